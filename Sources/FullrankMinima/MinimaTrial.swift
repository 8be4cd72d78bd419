import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// A finished trial.
public struct MinimaTrial: JournalTrial, Hashable {
    /// Index of its d0 in the plan.
    public var problem: Int
    public var trial: Int
    public var answer: MinimaAnswer

    public init(problem: Int, trial: Int, answer: MinimaAnswer) {
        self.problem = problem
        self.trial = trial
        self.answer = answer
    }

    /// Verdict on a cell, by indices of the plan's lists.
    public func verdict(points: Int, units: Int, in plan: MinimaPlan) -> Verdict {
        switch answer {
        case .brackets(let rows): rows[points][plan.units[units]]
        case .verdicts(let cells): cells[points * plan.units.count + units]
        }
    }
}

/// A journal's lines, docs/file-formats.md.
package enum MinimaLine {
    /// Without a checksum, as before version 2.
    package static func text(_ trial: MinimaTrial, plan: MinimaPlan) -> String {
        var text = "{\"d0\":\(plan.inputDimensions[trial.problem]),\"trial\":\(trial.trial),"
        switch trial.answer {
        case .brackets(let rows):
            text += "\"infeasible\":[\(rows.map { "\($0.infeasible)" }.joined(separator: ","))],"
            text += "\"feasible\":[\(rows.map { "\($0.feasible)" }.joined(separator: ","))]}\n"
        case .verdicts(let cells):
            let width = plan.units.count
            let rows = plan.points.indices.map { row in
                "\"" + cells[row * width..<(row + 1) * width].map { ["0", "1", "?"][Int($0.rawValue)] }.joined() + "\""
            }
            text += "\"verdicts\":[\(rows.joined(separator: ","))]}\n"
        }
        return text
    }

    /// nil if the line is none of the plan's.
    package static func trial(_ bytes: [UInt8], plan: MinimaPlan) -> MinimaTrial? {
        guard let json = try? JSONValue(parsing: bytes), let dimension: Int = json["d0"]?.integer(),
            let problem = plan.inputDimensions.firstIndex(of: dimension), let trial: Int = json["trial"]?.integer(),
            (0..<plan.mostTrials).contains(trial)
        else { return nil }
        func numbers(_ name: String) -> [Int]? {
            guard case .array(let items)? = json[name], items.count == plan.points.count else { return nil }
            let numbers = items.compactMap { item -> Int? in item.integer() }
            let largest = plan.units.last ?? 0
            return numbers.count == items.count && numbers.allSatisfy { (-1...largest).contains($0) } ? numbers : nil
        }
        if plan.labels == .teacher {
            guard case .array(let rows)? = json["verdicts"], rows.count == plan.points.count else { return nil }
            var cells = [Verdict]()
            for row in rows {
                guard let text = row.string, text.utf8.count == plan.units.count else { return nil }
                for byte in text.utf8 {
                    switch Character(Unicode.Scalar(byte)) {
                    case "0": cells.append(.infeasible)
                    case "1": cells.append(.feasible)
                    case "?": cells.append(.undecided)
                    default: return nil
                    }
                }
            }
            return MinimaTrial(problem: problem, trial: trial, answer: .verdicts(cells))
        }
        guard let low = numbers("infeasible"), let high = numbers("feasible") else { return nil }
        let rows = zip(low, high).map { WidthBracket(infeasible: $0, feasible: $1) }
        guard rows.allSatisfy({ $0.feasible < 0 || $0.infeasible < $0.feasible }) else { return nil }
        return MinimaTrial(problem: problem, trial: trial, answer: .brackets(rows))
    }
}

/// Turns trials into lines of a journal.
public struct MinimaEncoder: TrialEncoder {
    let plan: MinimaPlan
    /// With checksums, or without as before version 2.
    let isSealed: Bool

    public func append(_ trial: MinimaTrial, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += MinimaLine.text(trial, plan: plan).utf8
        guard isSealed else { return }
        bytes.removeLast(2)
        LineSeal.close(&bytes, from: start)
    }
}

/// Turns the lines of a journal into trials of a plan.
public struct MinimaDecoder: TrialDecoder {
    private let plan: MinimaPlan
    public var isSealed = true

    init(_ plan: MinimaPlan) { self.plan = plan }

    public func trial(_ line: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> MinimaTrial {
        let text = isSealed ? Array(try LineSeal.open(line)) + [UInt8(ascii: "}")] : Array(line.dropLast())
        guard let trial = MinimaLine.trial(text, plan: plan) else { throw LineDamage("it is no trial of this plan") }
        return trial
    }

    public func words(problem: Int) -> String { "d0 = \(plan.inputDimensions[problem])" }
}
