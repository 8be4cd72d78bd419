import FullrankModel

/// Widths layer by layer as lists and ranges: "2,1..6,1..6:2,1", "2,1+3+5,4,1".
public struct ArchitectureGrid: Hashable, Sendable {
    /// By layer, ascending.
    public let choices: [[Int]]

    /// For messages.
    public static let example = "2,1..6,1+3+5,1"

    /// - Throws: `ArchitectureError`
    public init(parsing text: String, biases: Bool = false) throws(ArchitectureError) {
        var choices = [[Int]]()
        for layer in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            // The grammar of lists, with + for the comma.
            let list = String(decoding: layer.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: ",") : $0 }, as: UTF8.self)
            do throws(ListError) {
                choices.append(try IntegerList(list, minimum: 1, maximum: Architecture.mostParameters - 1).values)
            } catch {
                throw .notGrid("\(error)")
            }
        }
        self.choices = choices
        // The widest alone tells whether all of them are architectures.
        _ = try Architecture(choices.map { $0[$0.count - 1] }, biases: biases)
        var count = 1
        for choice in choices {
            let (product, overflow) = count.multipliedReportingOverflow(by: choice.count)
            guard !overflow, product <= DimensionPlan.mostArchitectures else { throw .tooMany }
            count = product
        }
    }

    /// Layers with more than one width.
    public var free: [Int] { choices.indices.filter { choices[$0].count > 1 } }

    /// As `init(parsing:)` reads it: "2,1..6,1+3+5,1".
    public var words: String {
        choices.map { IntegerList.text($0).utf8.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: "+") : $0 } }
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
    }

    /// All of them; the last layer's widths change fastest.
    public func architectures(biases: Bool) throws(ArchitectureError) -> [Architecture] {
        var widths: [[Int]] = [[]]
        for choice in choices { widths = widths.flatMap { before in choice.map { before + [$0] } } }
        return try widths.map { (widths) throws(ArchitectureError) in try Architecture(widths, biases: biases) }
    }

    /// The grid that architectures make up, each once and in any order; nil if they are none.
    public init?(_ architectures: [Architecture]) {
        guard let layers = architectures.first?.widths.count, architectures.allSatisfy({ $0.widths.count == layers })
        else {
            return nil
        }
        choices = (0..<layers).map { layer in Set(architectures.map { $0.widths[layer] }).sorted() }
        var count = 1
        for choice in choices {
            let (product, overflow) = count.multipliedReportingOverflow(by: choice.count)
            guard !overflow else { return nil }
            count = product
        }
        guard count == architectures.count, Set(architectures).count == count else { return nil }
    }
}
