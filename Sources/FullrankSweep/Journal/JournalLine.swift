import FullrankModel
import FullrankRuns

/// Writes journal lines (docs/file-formats.md) as bytes, without a string per number: a profile of 100 points takes less than a microsecond.
struct JournalLines {
    private(set) var bytes = [UInt8]()
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

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// - Precondition: singular values are finite (the runner refuses others).
    mutating func append(_ trial: SweepTrial) {
        let start = bytes.count
        bytes += beginnings[trial.problem]
        append(Int64(trial.trial))
        switch trial.result {
        case .profile(let profile):
            name("pivots")
            bytes.append(UInt8(ascii: "\""))
            ProfileText.append(profile.pivotColumns, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        case .summaries(let summaries):
            list("ranks", summaries) { lines, summary in
                if let summary { lines.append(Int64(summary.rank)) } else { lines.appendNull() }
            }
            list("largest", summaries) { lines, summary in
                if let summary { lines.append(summary.largest) } else { lines.appendNull() }
            }
            list("smallest", summaries) { lines, summary in
                if let summary { lines.append(summary.smallest) } else { lines.appendNull() }
            }
        }
        if isSealed { LineSeal.close(&bytes, from: start) } else { bytes += "}\n".utf8 }
    }

    private mutating func name(_ name: StaticString) {
        bytes.append(UInt8(ascii: ","))
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes += $0 }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func list<Item>(_ key: StaticString, _ items: [Item], _ write: (inout Self, Item) -> Void) {
        name(key)
        bytes.append(UInt8(ascii: "["))
        var first = true
        for item in items {
            if !first { bytes.append(UInt8(ascii: ",")) }
            first = false
            write(&self, item)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func append(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        var (low, high) = (start, bytes.count - 1)
        while low < high {
            bytes.swapAt(low, high)
            (low, high) = (low + 1, high - 1)
        }
    }

    /// The shortest digits that read back as the same double.
    private mutating func append(_ number: Double) {
        precondition(number.isFinite, "JSON has no \(number)")
        bytes += number.description.utf8
    }

    private mutating func appendNull() { bytes += "null".utf8 }
}
