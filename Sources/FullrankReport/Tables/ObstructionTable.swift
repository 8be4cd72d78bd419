import FullrankModel
import FullrankStatistics

/// `obstructions.csv`: for each cell of a sweep with a deficient trial, what makes how many of its trials deficient;
/// ordered by d0 (ratio first in a ratio sweep), n, d1, size, rank.
public enum ObstructionTable {
    public static let header = "d0,n,d1,size,rank,trials"

    /// Reads a table back, refusing a damaged one by its line.
    public static func read(_ text: String) throws(TableError) -> [ObstructionCount] {
        var reader = TableReader(text)
        let hasRatio = try reader.readHeader(header)
        var counts = [ObstructionCount]()
        while try reader.next() {
            let (ratio, first) = try reader.readRatio(hasRatio, fields: 6)
            func number(_ field: Int, _ name: String) throws(TableError) -> Int {
                try reader.integer(first + field, name)
            }
            counts.append(
                ObstructionCount(
                    ratio: ratio, inputDimension: try number(0, "d0"), points: try number(1, "n"),
                    units: try number(2, "d1"),
                    obstruction: Obstruction(size: try number(3, "size"), rank: try number(4, "rank")),
                    trials: try number(5, "trials")))
        }
        return counts
    }

    /// Writes the table piece by piece: memory does not grow with its length.
    ///
    /// - Parameter tallies: one per problem, in the plan's order.
    public static func write<Failure>(
        _ tallies: [ObstructionTally], to write: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let hasRatio = tallies.contains { $0.problem.ratio != nil }
        var bytes = Array(((hasRatio ? "ratio," : "") + header + "\n").utf8)
        for tally in tallies {
            try tally.forEachCell { (counts) throws(Failure) in
                for count in counts {
                    if hasRatio { bytes += "\(count.ratio?.description ?? ""),".utf8 }
                    bytes += "\(count.inputDimension),\(count.points),\(count.units),".utf8
                    bytes += "\(count.obstruction.size),\(count.obstruction.rank),\(count.trials)\n".utf8
                }
                if bytes.count >= 1 << 16 {
                    try write(bytes)
                    bytes.removeAll(keepingCapacity: true)
                }
            }
        }
        if !bytes.isEmpty { try write(bytes) }
    }
}
