import FullrankChecksum
import FullrankModel

/// The whole state of training: the further run depends on nothing else.
public struct TrainingState: Hashable, Sendable {
    public internal(set) var network: TwoLayerNetwork
    /// The optimizer's memory.
    var moments: [Double]
    /// The step that comes next: this many updates were made. One more than the plan's steps: all is done.
    public internal(set) var step = 0
    /// Pattern before the last update, and at the last row; empty before the first.
    var lastPattern = [UInt64]()
    var recordedPattern = [UInt64]()
    var stepsWithChanges = 0
    public internal(set) var rows = [TrainingRow]()

    public init(_ plan: TrainingPlan) {
        network = plan.network()
        moments = [Double](repeating: 0, count: plan.optimizer.memory * network.trained(outputs: plan.trainsOutputs))
    }
}

// A checkpoint: one list of float64, so that any program that reads .npy files reads it.
extension TrainingState {
    private static let format = 2.0
    /// The same without a checksum.
    private static let formatWithout = 1.0

    /// CRC-32C of the numbers as little-endian bytes.
    private static func checksum(_ numbers: ArraySlice<Double>) -> Double {
        let words = numbers.map { $0.bitPattern.littleEndian }
        return Double(words.withUnsafeBytes { fr_crc32c($0.baseAddress, $0.count) })
    }

    /// The content between the format and the checksum.
    ///
    /// - Returns: nil if the format is unknown, or the checksum another.
    static func content(of checkpoint: [Double]) -> ArraySlice<Double>? {
        var rest = checkpoint[...]
        switch rest.popFirst() {
        case formatWithout: return rest
        case format: return rest.popLast() == checksum(checkpoint.dropLast()) ? rest : nil
        default: return nil
        }
    }

    /// Format (2), step, steps with changes, then four counts each before its numbers: parameters; moments; the two
    /// patterns, each word as two numbers below 2^32, the lower half first; rows, nine numbers each in the table's
    /// order (NaN if there is none); last the checksum of all these.
    public var checkpoint: [Double] {
        var numbers = [Self.format, Double(step), Double(stepsWithChanges)]
        func append(_ part: [Double]) { numbers.append(Double(part.count)); numbers += part }
        append(network.parameters)
        append(moments)
        append((lastPattern + recordedPattern).flatMap { [Double($0 & 0xffff_ffff), Double($0 >> 32)] })
        append(
            rows.flatMap {
                [
                    Double($0.step), $0.loss, $0.gradientNorm, Double($0.rank), $0.smallest ?? .nan, $0.largest ?? .nan,
                    Double($0.patternChanges), Double($0.stepsWithChanges), $0.boundaryDistance,
                ]
            })
        return numbers + [Self.checksum(numbers[...])]
    }

    /// - Returns: nil if the numbers are not a checkpoint of this plan, or some of them were changed.
    public init?(_ plan: TrainingPlan, checkpoint: [Double]) {
        self.init(plan)
        guard var rest = Self.content(of: checkpoint) else { return nil }
        func count(_ most: Int) -> Int? {
            guard let number = rest.popFirst(), let whole = Int(exactly: number), (0...most).contains(whole) else {
                return nil
            }
            return whole
        }
        func part() -> [Double]? {
            // The count itself is one of the remaining numbers.
            guard let length = count(max(0, rest.count - 1)) else { return nil }
            defer { rest = rest.dropFirst(length) }
            return Array(rest.prefix(length))
        }
        let words = plan.units * ActivationPattern.wordsPerUnit(points: plan.points)
        guard let step = count(plan.steps + 1), let changes = count(plan.steps),
            let parameters = part(), parameters.count == network.parameters.count, let moments = part(),
            moments.count == self.moments.count, let patterns = part(), patterns.count == (step == 0 ? 0 : 4 * words),
            let table = part(), table.count == 9 * plan.recordedSteps(before: step), rest.isEmpty
        else { return nil }
        var halves = [UInt64]()
        for number in patterns {
            guard let half = UInt32(exactly: number) else { return nil }
            halves.append(UInt64(half))
        }
        let whole = stride(from: 0, to: halves.count, by: 2).map { halves[$0] | halves[$0 + 1] << 32 }
        var rows = [TrainingRow]()
        for start in stride(from: 0, to: table.count, by: 9) {
            let row = table[start..<(start + 9)].map { $0 }
            guard let step = Int(exactly: row[0]), step == min(rows.count * plan.every, plan.steps),
                row[1].isFinite, row[1] >= 0, let rank = Int(exactly: row[3]), (0...plan.points).contains(rank),
                let entries = Int(exactly: row[6]), (0...plan.points * plan.units).contains(entries),
                let steps = Int(exactly: row[7]), (0...plan.every).contains(steps)
            else { return nil }
            rows.append(
                TrainingRow(
                    step: step, loss: row[1], gradientNorm: row[2], rank: rank, smallest: row[4].isNaN ? nil : row[4],
                    largest: row[5].isNaN ? nil : row[5], patternChanges: entries, stepsWithChanges: steps,
                    boundaryDistance: row[8]))
        }
        self.step = step
        self.moments = moments
        self.rows = rows
        stepsWithChanges = changes
        network.parameters = parameters
        lastPattern = Array(whole.prefix(whole.count / 2))
        recordedPattern = Array(whole.suffix(whole.count / 2))
    }
}
