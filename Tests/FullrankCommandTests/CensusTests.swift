import FullrankTestSupport
import Testing

/// `--census`: obstructions.csv, which goes with cells.csv, whoever computed the trials.
@Suite struct CensusTests {
    private let folder = TemporaryFolder()
    private static let grid = "--d0 1,2 --n 4..16:4 --d1 2..14:4 --backend cpu"

    /// Rows of a table, by their leading columns.
    private func rows(_ file: String, key: Int) -> [(key: String, fields: [Int])] {
        folder.text(file).split(separator: "\n").dropFirst().map { line in
            let fields = line.split(separator: ",")
            return (fields.prefix(key).joined(separator: ","), fields.compactMap { Int($0) })
        }
    }

    @Test func everyDeficientTrialOfACellIsCountedOnce() {
        BuiltCommand.succeed("sweep \(Self.grid) --trials 40 --census --output", [folder.path + "/sweep"])
        var counted = [String: Int]()
        for row in rows("sweep/obstructions.csv", key: 3) {
            counted[row.key, default: 0] += row.fields[5]
            #expect(row.fields[3] == (row.fields[0] + 1) * row.fields[4] + 1, "generic data: \(row.fields)")
        }
        for row in rows("sweep/cells.csv", key: 3) {
            #expect(counted[row.key, default: 0] == row.fields[3] - row.fields[4], "\(row.key)")
        }
        #expect(folder.text("sweep/diagram-obstructions.svg").hasPrefix("<svg"))
    }

    @Test func shardsAndThreadsGiveTheSameTable() {
        BuiltCommand.succeed("sweep \(Self.grid) --trials 31 --census --threads 1 --output", [folder.path + "/whole"])
        let shards = (1...3).map { shard -> String in
            let path = "\(folder.path)/shard-\(shard)"
            BuiltCommand.succeed("sweep \(Self.grid) --trials 31 --shard \(shard)/3 --output", [path])
            return path
        }
        BuiltCommand.succeed("merge", shards + ["--output", folder.path + "/merged"])
        BuiltCommand.succeed("sweep \(Self.grid) --trials 31 --census --threads 3 --output", [folder.path + "/merged"])
        #expect(folder.text("whole/obstructions.csv") == folder.text("merged/obstructions.csv"))
    }

    /// A table of fewer trials would contradict cells.csv: it is kept up once it is there.
    @Test func theTableGrowsWithTheFolder() {
        let path = folder.path + "/sweep"
        BuiltCommand.succeed("sweep \(Self.grid) --trials 10 --census --output", [path])
        let before = folder.text("sweep/obstructions.csv")
        BuiltCommand.succeed("sweep \(Self.grid) --trials 30 --extend --output", [path])
        let after = folder.text("sweep/obstructions.csv")
        BuiltCommand.succeed("sweep \(Self.grid) --trials 30 --census --output", [folder.path + "/once"])
        #expect(before != after && after == folder.text("once/obstructions.csv"))
    }

    @Test func singularValuesTellNoPointsApart() {
        BuiltCommand.expectFailure(
            [
                "sweep", "--d0", "1", "--n", "3", "--d1", "3", "--method", "svd", "--census", "--output",
                folder.path + "/x",
            ],
            "sweep: --census goes with --method exact only", code: 64)
    }
}
