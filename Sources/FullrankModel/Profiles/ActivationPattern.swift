/// `A ∈ {0,1}^{d1×n}`, packed: which unit is active on which data point. Rows are units.
public struct ActivationPattern: Hashable, Sendable {
    public let units: Int
    public let points: Int
    /// `units` × `wordsPerUnit`; bit `j % 64` of a row's word `j / 64` is point j. Unused bits are 0.
    public let words: [UInt64]

    public static func wordsPerUnit(points: Int) -> Int { (points + 63) / 64 }
    public var wordsPerUnit: Int { Self.wordsPerUnit(points: points) }

    /// - Precondition: `words.count == units * wordsPerUnit(points: points)`.
    public init(units: Int, points: Int, words: [UInt64]) {
        precondition(words.count == units * Self.wordsPerUnit(points: points), "a pattern holds units × ⌈n/64⌉ words")
        self.units = units
        self.points = points
        self.words = words
    }

    /// Whether `unit` is active on `point`.
    public subscript(unit: Int, point: Int) -> Bool {
        words[unit * wordsPerUnit + point / 64] >> UInt64(point % 64) & 1 == 1
    }
}
