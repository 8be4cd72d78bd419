import FullrankModel

/// Widths d_0, ..., d_L of a fully connected network: L ≥ 2 layers, all widths positive.
public struct Architecture: Hashable, Sendable, CustomStringConvertible {
    public let widths: [Int]

    /// Layers that the kernels take.
    public static let mostLayers = 1000
    /// P is below it.
    public static let mostParameters = 1 << 31
    /// For messages.
    public static let example = "2,3,4,1: inputs, hidden layers, outputs"

    /// - Parameter biases: whether they are parameters, which counts for the largest P.
    public init(_ widths: [Int], biases: Bool = false) throws(ArchitectureError) {
        guard widths.count >= 2 else { throw .tooShort(widths.count) }
        guard widths.count >= 3 else { throw .oneLayer(widths) }
        guard widths.count - 1 <= Self.mostLayers else { throw .tooDeep(widths.count - 1) }
        if let place = widths.firstIndex(where: { $0 < 1 }) {
            throw .notPositive(width: "\(widths[place])", place: place)
        }
        var parameters = 0
        for (inputs, units) in zip(widths, widths.dropFirst()) {
            // Each width is below 2^31, so that the product of two fits.
            guard inputs < Self.mostParameters, units < Self.mostParameters else { throw .tooManyParameters }
            parameters += units * (inputs + (biases ? 1 : 0))
            guard parameters < Self.mostParameters else { throw .tooManyParameters }
        }
        self.widths = widths
    }

    /// Reads "2,3,4,1", "2-3-4-1" or "[2, 3, 4, 1]".
    public init(parsing text: String, biases: Bool = false) throws(ArchitectureError) {
        var bytes = Array(text.utf8).filter { $0 != UInt8(ascii: " ") }
        if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") {
            bytes = Array(bytes.dropFirst().dropLast())
        }
        // "2--3-1" has a negative width, not an empty one.
        let separator = bytes.contains(UInt8(ascii: ",")) ? UInt8(ascii: ",") : UInt8(ascii: "-")
        var widths = [Int]()
        for item in bytes.split(separator: separator, omittingEmptySubsequences: false) {
            let word = String(decoding: item, as: UTF8.self)
            let digits = item.first == UInt8(ascii: "-") ? item.dropFirst() : item[...]
            guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                throw .notWidths(text)
            }
            guard digits.count == item.count else { throw .notPositive(width: word, place: widths.count) }
            guard let width = Int(word) else { throw .tooManyParameters }
            widths.append(width)
        }
        try self.init(widths, biases: biases)
    }

    /// "2-3-4-1"
    public var description: String { widths.map(String.init).joined(separator: "-") }

    /// L
    public var layers: Int { widths.count - 1 }
    public var inputs: Int { widths[0] }
    public var outputs: Int { widths[widths.count - 1] }
    public var hidden: ArraySlice<Int> { widths[1..<(widths.count - 1)] }
    /// Σ_{l<L} d_l
    public var hiddenUnits: Int { hidden.reduce(0, +) }

    public func shape(biases: Bool) -> Network.Shape {
        Network.Shape(
            inputDimension: inputs, layers: widths.dropFirst().map { Network.Shape.Layer(units: $0, bias: biases) })
    }

    /// Whether widths first never fall and then never rise.
    public var isUnimodal: Bool {
        var falls = false
        for (before, after) in zip(widths, widths.dropFirst()) {
            if after < before { falls = true }
            if after > before, falls { return false }
        }
        return true
    }
}

/// Why widths are no architecture: one line, which the flag or the file and line come before.
public enum ArchitectureError: Error, Hashable, Sendable, CustomStringConvertible {
    case notWidths(String)
    case tooShort(Int)
    case oneLayer([Int])
    case tooDeep(Int)
    case notPositive(width: String, place: Int)
    case tooManyParameters
    case notGrid(String)
    case tooMany

    public var description: String {
        switch self {
        case .notWidths(let text): "\(text.quoted) is not a list of widths such as \(Architecture.example)"
        case .tooShort(let count):
            "\(count) width\(count == 1 ? "" : "s") make\(count == 1 ? "s" : "") no network; at least three are needed, "
                + "such as \(Architecture.example)"
        case .oneLayer(let widths):
            "\(widths[0]),\(widths[1]) has one layer and no hidden one; at least three widths are needed, such as "
                + Architecture.example
        case .tooDeep(let layers): "\(layers) layers are too many; at most \(Architecture.mostLayers) are taken"
        case .notPositive(let width, let place): "width \(place + 1) is \(width); every width must be at least 1"
        case .notGrid(let words): "\(words); widths are given layer by layer, such as \(ArchitectureGrid.example)"
        case .tooMany: "more than \(DimensionPlan.mostArchitectures) architectures; fewer are taken"
        case .tooManyParameters: "the network has 2^31 parameters or more; fewer are taken"
        }
    }
}
