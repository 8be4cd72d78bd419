/// A finished trial: one line of a journal.
public protocol JournalTrial: Equatable, Sendable {
    /// Index of its problem in the plan.
    var problem: Int { get }
    /// Counted from 0.
    var trial: Int { get }
}

/// Turns the lines of a journal into trials of a plan: strictly, line by line, without memory of earlier lines.
public protocol TrialDecoder {
    associatedtype Trial: JournalTrial
    /// Whether lines end with their checksums, as the journal's first line says.
    var isSealed: Bool { get set }
    /// The trial that a line describes, if it fits the plan. The line includes its newline.
    ///
    /// - Throws: `LineDamage`.
    mutating func trial(_ line: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> Trial
    /// A problem in words: "d0 = 2, n = 30".
    func words(problem: Int) -> String
}

/// Turns trials of a plan into lines of a journal.
public protocol TrialEncoder {
    associatedtype Trial: JournalTrial
    /// Appends the trial's line, its newline included.
    mutating func append(_ trial: Trial, to bytes: inout [UInt8])
}
