/// Why a line is not a trial, in words.
public struct LineDamage: Error {
    public let words: String
    public init(_ words: String) { self.words = words }
}
