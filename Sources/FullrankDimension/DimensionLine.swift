import FullrankFiles
import FullrankModel
import FullrankRuns

/// Turns trials into lines of a journal, docs/file-formats.md.
public struct DimensionEncoder: TrialEncoder {
    let plan: DimensionPlan

    public func append(_ trial: DimensionTrial, to bytes: inout [UInt8]) {
        let start = bytes.count
        let widths = plan.architectures[plan.architecture(ofTrial: trial.trial)].widths
        var text = "{\"trial\":\(trial.trial),\"widths\":[\(list(widths))],\"draw\":\(plan.draw(ofTrial: trial.trial)),"
        text +=
            "\"rank\":\(trial.rank),\"bound\":\(trial.bound),\"points\":\(trial.points),\"end\":\"\(trial.end.word)\","
        text += "\"primes\":[\(list(trial.primes))],\"dissenting\":[\(list(trial.dissenting))]"
        bytes += text.utf8
        LineSeal.close(&bytes, from: start)
    }

    private func list(_ numbers: [some BinaryInteger]) -> String { numbers.map { "\($0)" }.joined(separator: ",") }
}

/// Turns the lines of a journal into trials of a plan.
public struct DimensionDecoder: TrialDecoder {
    private let plan: DimensionPlan
    public var isSealed = true

    init(_ plan: DimensionPlan) { self.plan = plan }

    public func trial(_ line: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> DimensionTrial {
        let text = Array(try LineSeal.open(line)) + [UInt8(ascii: "}")]
        guard let trial = trial(text) else { throw LineDamage("it is no trial of this plan") }
        return trial
    }

    public func words(problem: Int) -> String { "\(plan.architectures.count) architectures" }

    /// nil if the line is none of the plan's.
    private func trial(_ bytes: [UInt8]) -> DimensionTrial? {
        guard let json = try? JSONValue(parsing: bytes) else { return nil }
        func number(_ name: String) -> Int? { json[name]?.integer().flatMap { $0 >= 0 ? $0 : nil } }
        func primes(_ name: String) -> [UInt32]? {
            guard case .array(let items)? = json[name] else { return nil }
            let primes = items.compactMap { item -> UInt32? in item.integer() }
            return primes.count == items.count && primes.allSatisfy { (3...Prime.largest).contains($0) } ? primes : nil
        }
        guard let trial = number("trial"), trial < plan.allTrials, let rank = number("rank"),
            let bound = number("bound"),
            rank <= bound, let points = number("points"),
            let end = json["end"]?.string.flatMap(NetworkRank.End.init(word:)),
            let tried = primes("primes"), !tried.isEmpty, let dissenting = primes("dissenting"),
            dissenting.allSatisfy(tried.contains),
            json["widths"] == .integers(plan.architectures[plan.architecture(ofTrial: trial)].widths),
            number("draw") == plan.draw(ofTrial: trial)
        else { return nil }
        return DimensionTrial(
            trial: trial, rank: rank, bound: bound, points: points, end: end, primes: tried, dissenting: dissenting)
    }
}

extension NetworkRank.End {
    /// As journals have it.
    var word: String {
        switch self {
        case .allPoints: "points"
        case .bound: "bound"
        case .patience: "patience"
        }
    }

    init?(word: String) {
        switch word {
        case "points": self = .allPoints
        case "bound": self = .bound
        case "patience": self = .patience
        default: return nil
        }
    }
}
