import FullrankModel

/// The errors of a sweep's folder.
public enum SweepFolderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system's message: "No space left on device". The lines already in the journal remain valid.
    case inputOutput(path: String, reason: String)
    /// The folder holds another sweep.
    case differentPlan(path: String, differences: [PlanDifference])
    /// A folder to be merged holds a sweep of another plan than another one.
    case unlikeFolder(path: String, other: String, differences: [PlanDifference])
    /// The folder holds this sweep, with fewer trials than asked for.
    case fewerTrials(path: String, differences: [PlanDifference])
    /// The folder holds this sweep, with more trials than the plan that was to extend it.
    case moreTrials(path: String, differences: [PlanDifference])
    /// A shard's trials are a share of fixed trials.
    case shardExtended(path: String)
    /// The folder holds another run of a command that is not a sweep.
    case differentRun(path: String, differences: [PlanDifference])
    /// No sweep's folder, but a file in it would be overwritten.
    case wouldOverwrite(path: String, file: String)
    /// Two folders hold one trial with different results: one of them is wrong.
    case differentTrial(path: String, other: String, trial: Int)
    /// Another process works in the folder.
    case busy(path: String, holder: String)
    /// A file does not hold what it should; the line is counted from 1, nil if it is not one line's fault.
    case damaged(path: String, line: Int?, reason: String)
    /// A file of a format version other than the one this program reads.
    case unknownVersion(path: String, version: String, known: Int)
    /// Read as a sweep's folder, but it is another command's: "train".
    case otherCommand(path: String, command: String)
    /// The path was read as a sweep's folder, but there is no plan.json.
    case notASweep(path: String)

    public var description: String {
        switch self {
        case .inputOutput(let path, let reason): "\(path): \(reason)"
        case .differentPlan(let path, let differences):
            "\(path) holds a sweep with another plan: "
                + differences.map(\.description).joined(separator: "; ")
                + ". Choose another --output, or --replace to start over"
        case .unlikeFolder(let path, let other, let differences):
            "\(path) holds a sweep of another plan than \(other): "
                + differences.map(\.contrast).joined(separator: "; ")
        case .fewerTrials(let path, let differences):
            "\(path) holds this sweep with fewer trials: "
                + differences.map(\.description).joined(separator: "; ")
                + ". --extend adds them; or choose another --output, or --replace to start over"
        case .moreTrials(let path, let differences):
            "\(path) holds more trials than are asked for: "
                + differences.map(\.description).joined(separator: "; ") + ". --extend only adds"
                + Self.leastAdvice(differences)
        case .shardExtended(let path):
            "\(path) holds a shard, whose trials are fixed: merge the shards, then --extend the merged folder"
        case .differentRun(let path, let differences):
            "\(path) holds a run with another plan: " + differences.map(\.description).joined(separator: "; ")
                + ". Choose another --output, or --replace to start over"
        case .wouldOverwrite(let path, let file):
            "\(path) is no sweep's folder (it has no plan.json) and its \(file) would be overwritten. "
                + "Choose another --output, or delete \(file)"
        case .differentTrial(let path, let other, let trial):
            "\(path) and \(other) hold different results of trial \(trial): one of them is wrong"
        case .busy(let path, let holder):
            "\(path) is in use by another fullrank\(holder.isEmpty ? "" : " (\(holder))"): "
                + "wait for it, or choose another --output"
        case .damaged(let path, let line, let reason):
            "\(path)\(line.map { ", line \($0)" } ?? "") is damaged: \(reason)"
        case .unknownVersion(let path, let version, let known):
            "\(path) has version \(version); this fullrank knows version \(known): "
                + (Int(version).map { $0 < known } == true
                    ? "use the older one it was made with, or compute it again" : "use a newer one")
        case .otherCommand(let path, let command): "\(path) is of fullrank \(command), not a sweep of full rank"
        case .notASweep(let path): "\(path) is no sweep's folder: it has no plan.json"
        }
    }
}

extension SweepFolderError {
    /// ": give --trials 500 or more"; empty if the numbers of trials are not the problem.
    private static func leastAdvice(_ differences: [PlanDifference]) -> String {
        var least = [String: Int]()
        for difference in differences where ["trials", "max_trials"].contains(difference.field) {
            guard let recorded = Int(difference.recorded), recorded > Int(difference.asked) ?? 0 else { continue }
            // A plan without half-width has no more than its --trials.
            let option = difference.field == "trials" || difference.asked == "none" ? "--trials" : "--max-trials"
            least[option] = max(recorded, least[option] ?? 0)
        }
        guard !least.isEmpty else { return "" }
        let words = least.sorted { $0.key > $1.key }.map { "\($0.key) \($0.value) or more" }
        return ": give " + words.joined(separator: " and ")
    }
}

/// One field in which two plans differ; values as in plan.json, "none" where absent.
public struct PlanDifference: Hashable, Sendable, CustomStringConvertible {
    public let field: String
    /// In the folder.
    public let recorded: String
    /// In this run.
    public let asked: String

    public init(field: String, recorded: String, asked: String) {
        self.field = field
        self.recorded = recorded
        self.asked = asked
    }

    /// The differences between the deciding fields in a folder and in this run, in the folder's order.
    package static func list(recorded: [JSONValue.Member], asked: [JSONValue.Member]) -> [PlanDifference] {
        var names = recorded.map(\.name)
        names += asked.map(\.name).filter { !names.contains($0) }
        return names.compactMap { name in
            let there = recorded.first { $0.name == name }?.value, here = asked.first { $0.name == name }?.value
            if there == here { return nil }
            // The same data under another name are the same data.
            if let print = there?["fingerprint"], print == here?["fingerprint"] { return nil }
            return PlanDifference(field: name, recorded: there?.text ?? "none", asked: here?.text ?? "none")
        }
    }

    public var description: String { "\(field) is \(Self.brief(recorded)) there and \(Self.brief(asked)) here" }

    /// Used for a folder that is compared with another folder, and not with this run.
    var contrast: String { "\(field) is \(Self.brief(recorded)), not \(Self.brief(asked))" }

    /// Shortens a list of a thousand widths to its two ends.
    private static func brief(_ value: String) -> String {
        value.count <= 72 ? value : "\(value.prefix(32)) ... \(value.suffix(16))"
    }
}
