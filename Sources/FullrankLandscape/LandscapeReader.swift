import FullrankFiles
import FullrankModel
import FullrankNumbers

/// What is wrong with a file that should describe a problem or a point, in words.
public struct LandscapeFault: Error, Hashable, Sendable {
    public let words: String
}

/// A problem, or a point of one, as a JSON object: "X" (n rows of D numbers), "y" (n), then "K" or "w" (K rows of D)
/// and "z" (K). Numbers are JSON numbers, taken as the decimals they are, or strings such as "-7/2".
struct LandscapeReader {
    private let object: JSONValue
    let points: [[Fraction]]
    let labels: [Fraction]

    /// Bytes of a file, points and units that are taken.
    static let mostBytes = 64 << 20

    /// - Parameter known: names of members; others are refused, as a misspelt "frozen" would ask for another problem.
    init(_ bytes: [UInt8], known: [String]) throws(LandscapeFault) {
        do throws(JSONDamage) { object = try JSONValue(parsing: bytes) } catch {
            throw LandscapeFault(words: "not JSON: \(error.words)")
        }
        guard case .object(let members) = object else {
            throw LandscapeFault(words: "not a JSON object with members \"X\" and \"y\"")
        }
        if let other = members.first(where: { !known.contains($0.name) }) {
            let names = known.map { "\"\($0)\"" }.joined(separator: ", ")
            throw LandscapeFault(words: "member \"\(other.name.printable())\" is not known; known are \(names)")
        }
        points = try Self.matrix(object["X"], "X", columns: nil)
        labels = try Self.vector(object["y"], "\"y\"", count: points.count, "one for each row of \"X\"")
    }

    func has(_ name: String) -> Bool { object[name] != nil }

    func weights() throws(LandscapeFault) -> [[Fraction]] {
        try Self.matrix(object["w"], "w", columns: points[0].count)
    }

    func outputs(_ units: Int) throws(LandscapeFault) -> [Fraction] {
        try Self.vector(object["z"], "\"z\"", count: units, "one for each row of \"w\"")
    }

    func frozen(_ units: Int) throws(LandscapeFault) -> [Fraction]? {
        guard let value = object["frozen"], value != .null else { return nil }
        let frozen = try Self.vector(value, "\"frozen\"", count: units, "one for each unit")
        guard !frozen.contains(.zero) else {
            throw LandscapeFault(words: "\"frozen\" holds a 0; an output weight that is given is not 0")
        }
        return frozen
    }

    func units() throws(LandscapeFault) -> Int {
        guard let units: Int = object["K"]?.integer(), units > 0 else {
            throw LandscapeFault(words: "\"K\" is not a number of units from 1 on")
        }
        return units
    }

    private static func matrix(
        _ value: JSONValue?, _ name: String, columns: Int?
    ) throws(LandscapeFault) -> [[Fraction]] {
        guard case .array(let rows)? = value, !rows.isEmpty else {
            throw LandscapeFault(words: "\"\(name)\" is not a list of one row or more")
        }
        var width = columns
        var matrix = [[Fraction]]()
        for (place, row) in rows.enumerated() {
            let right = columns == nil ? "as many as the first row" : "as many as a row of \"X\""
            let numbers = try vector(row, "row \(place) of \"\(name)\"", count: width, right)
            guard !numbers.isEmpty else { throw LandscapeFault(words: "row \(place) of \"\(name)\" is empty") }
            width = numbers.count
            matrix.append(numbers)
        }
        return matrix
    }

    /// - Parameter right: what `count` is.
    private static func vector(
        _ value: JSONValue?, _ name: String, count: Int?, _ right: String
    ) throws(LandscapeFault) -> [Fraction] {
        guard case .array(let items)? = value else { throw LandscapeFault(words: "\(name) is not a list of numbers") }
        if let count, count != items.count {
            throw LandscapeFault(words: "\(name) has \(items.count) numbers, not \(count): \(right)")
        }
        var numbers = [Fraction]()
        for (place, item) in items.enumerated() {
            guard let number = item.fraction else {
                throw LandscapeFault(words: "\(name): entry \(place) is not a number or a fraction such as \"-7/2\"")
            }
            numbers.append(number)
        }
        return numbers
    }
}

extension LandscapeProblem {
    /// Largest file that is read, in bytes.
    public static let mostBytes = LandscapeReader.mostBytes

    /// A JSON object with members X, y, K and, if output weights are given, frozen.
    public init(parsing bytes: [UInt8]) throws(LandscapeFault) {
        let reader = try LandscapeReader(bytes, known: ["X", "y", "K", "frozen"])
        let units = try reader.units()
        self.init(points: reader.points, labels: reader.labels, units: units, frozen: try reader.frozen(units))
    }
}
