import FullrankModel
import FullrankRuns

/// Writes journal lines (docs/file-formats.md) as bytes, without a string per number: a profile of 100 points takes
/// less than a microsecond.
public struct JournalEncoder: TrialEncoder {
    /// A line's beginning, up to the trial number, by problem.
    private let beginnings: [[UInt8]]
    /// Whether lines end with their checksums.
    private let isSealed: Bool

    init(problems: [SweepProblem], isSealed: Bool = true) {
        self.isSealed = isSealed
        beginnings = problems.map { problem in
            let ratio = problem.ratio.map { "\"ratio\":\"\($0)\"," } ?? ""
            let hidden = problem.hidden.map { "\"hidden\":\"\($0)\"," } ?? ""
            let units = problem.hidden == nil ? "" : "\"d1\":\(problem.largestUnits),"
            let shape = "\"d0\":\(problem.inputDimension),\(units)\"n\":\(problem.largestPoints)"
            return Array("{\(ratio)\(hidden)\(shape),\"trial\":".utf8)
        }
    }

    /// - Precondition: singular values are finite (the runner refuses others).
    public func append(_ trial: SweepTrial, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += beginnings[trial.problem]
        bytes.append(Int64(trial.trial))
        switch trial.result {
        case .profile(let profile):
            bytes.append(name: "pivots")
            bytes.append(UInt8(ascii: "\""))
            ProfileText.append(profile.pivotColumns, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        case .summaries(let summaries):
            bytes.append(name: "ranks", list: summaries) { $0.append(Int64($1.rank)) }
            bytes.append(name: "largest", list: summaries) { $0.append($1.largest) }
            bytes.append(name: "smallest", list: summaries) { $0.append($1.smallest) }
        }
        if isSealed { LineSeal.close(&bytes, from: start) } else { bytes += "}\n".utf8 }
    }
}

extension [UInt8] {
    fileprivate mutating func append(name: StaticString) {
        append(UInt8(ascii: ","))
        append(UInt8(ascii: "\""))
        name.withUTF8Buffer { self += $0 }
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }

    /// Items that are nil become null.
    fileprivate mutating func append<Item>(name: StaticString, list: [Item?], _ write: (inout Self, Item) -> Void) {
        append(name: name)
        append(UInt8(ascii: "["))
        var first = true
        for item in list {
            if !first { append(UInt8(ascii: ",")) }
            first = false
            if let item { write(&self, item) } else { self += "null".utf8 }
        }
        append(UInt8(ascii: "]"))
    }

    fileprivate mutating func append(_ number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = count
        repeat {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        var (low, high) = (start, count - 1)
        while low < high {
            swapAt(low, high)
            (low, high) = (low + 1, high - 1)
        }
    }

    /// The shortest digits that read back as the same double.
    fileprivate mutating func append(_ number: Double) {
        precondition(number.isFinite, "JSON has no \(number)")
        self += number.description.utf8
    }
}
