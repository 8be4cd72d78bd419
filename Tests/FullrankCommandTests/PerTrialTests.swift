import FullrankTestSupport
import Testing

/// `--per-trial`: trials.csv, which adds up to cells.csv, whoever computed the trials and in whatever order.
@Suite struct PerTrialTests {
    private let folder = TemporaryFolder()

    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func rows(_ name: String) -> [[String]] {
        folder.text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test(arguments: [
        "sweep --d0 1,2 --n 3..15:4 --d1 2,3,9 --trials 13",
        "sweep --ratio 0.5,1 --n 4,6 --d1 1,2,5 --trials 7 --no-bias",
        "sweep --d0 2 --hidden 4 --n 4,6 --d1 1,2 --trials 5",
        "sweep --d0 2 --n 4,9 --d1 2,3 --trials 6 --method svd",
        "threshold --d0 1,3 --n 9 --trials 8",
    ])
    func ranksAddUpToTheCells(line: String) throws {
        BuiltCommand.succeed(line + " --backend cpu --per-trial", ["--output", path("s")])
        let table = rows("s/trials.csv"), cells = rows("s/cells.csv")
        let key = try #require(cells[0].firstIndex(of: "trials"))
        let isSVD = line.contains("svd")
        #expect(
            table[0] == Array(cells[0][..<key]) + ["trial", "rank", "full_rank"]
                + (isSVD ? ["largest", "smallest"] : []))
        var counts = [[String]: (trials: Set<Int>, ranks: Int, full: Int)]()
        for row in table.dropFirst() {
            let (trial, rank, full) = (Int(row[key])!, Int(row[key + 1])!, Int(row[key + 2])!)
            var count = counts[Array(row[..<key])] ?? ([], 0, 0)
            #expect(count.trials.insert(trial).inserted, "\(row)")
            #expect((rank == Int(row[key - 2])!) == (full == 1), "\(row)")
            count.ranks += rank
            count.full += full
            counts[Array(row[..<key])] = count
            if isSVD { #expect(Double(row[key + 3])! >= Double(row[key + 4])!) }
        }
        #expect(counts.count == cells.count - 1)
        for cell in cells.dropFirst() {
            let count = try #require(counts[Array(cell[..<key])])
            let trials = Int(cell[key])!
            #expect(count.trials == Set(0..<trials) && count.full == Int(cell[key + 1])!, "\(cell)")
            #expect(abs(Double(count.ranks) / Double(trials) - Double(cell[key + 5])!) < 1e-6, "\(cell)")
        }
    }

    private static let grid = "--d0 1,2 --n 4..16:4 --d1 2..14:4 --backend cpu --trials 31"

    /// For any threads, shards, order of the journal; a later run keeps the table up.
    @Test func theBytesDependOnThePlanAlone() {
        BuiltCommand.succeed("sweep \(Self.grid) --per-trial --threads 1", ["--output", path("one")])
        let table = folder.read("one/trials.csv")
        BuiltCommand.succeed("sweep \(Self.grid) --threads 3", ["--output", path("three")])
        #expect(!folder.holds("three/trials.csv"))
        var lines = folder.text("three/trials.jsonl").split(separator: "\n").map(String.init)
        var generator = SeededGenerator(seed: 5)
        lines = [lines[0]] + lines.dropFirst().dropLast(9).shuffled(using: &generator)
        folder.file("three/trials.jsonl", lines.map { $0 + "\n" }.joined())
        BuiltCommand.succeed("sweep \(Self.grid) --threads 3 --per-trial", ["--output", path("three")])
        #expect(folder.read("three/trials.csv") == table)
        let shards = (1...3).map { shard -> String in
            BuiltCommand.succeed("sweep \(Self.grid) --shard \(shard)/3", ["--output", path("shard-\(shard)")])
            return path("shard-\(shard)")
        }
        BuiltCommand.succeed("merge --per-trial", shards.reversed() + ["--output", path("merged")])
        #expect(folder.read("merged/trials.csv") == table)

        let longer = Self.grid.replacing("--trials 31", with: "--trials 50")
        BuiltCommand.succeed("sweep \(longer) --extend", ["--output", path("one")])
        BuiltCommand.succeed("sweep \(longer) --per-trial", ["--output", path("fresh")])
        #expect(
            folder.read("one/trials.csv") == folder.read("fresh/trials.csv") && folder.read("one/trials.csv") != table)
    }

    /// With a half-width, the trials that count, and no others that the journal holds.
    @Test func onlyTrialsThatCount() throws {
        let line = "sweep --d0 2 --n 12 --d1 4,8 --backend cpu --trials 40 --max-trials 400 --half-width"
        BuiltCommand.succeed("\(line) 0.06 --per-trial", ["--output", path("s")])
        BuiltCommand.succeed("\(line) 0.05", ["--output", path("t")])
        folder.file("s/trials.jsonl", folder.text("t/trials.jsonl"))
        let before = folder.read("s/trials.csv")
        BuiltCommand.succeed("\(line) 0.06", ["--output", path("s")])
        #expect(folder.read("s/trials.csv") == before)
        let trials = rows("s/cells.csv")[1][3]
        #expect(rows("s/trials.csv").count == 1 + 2 * Int(trials)! && rows("t/trials.jsonl").count - 1 > Int(trials)!)
    }

    @Test func dryRunsAndMinima() throws {
        let said = BuiltCommand.succeed("sweep \(Self.grid) --per-trial --dry-run").output
        #expect(said.contains("; trials.csv takes about "), "\(said)")
        let json = BuiltCommand.succeed("sweep \(Self.grid) --per-trial --dry-run --json").output
        let told = try #require(json.firstMatch(of: /"trials_csv_bytes": ([0-9.]+)/))
        BuiltCommand.succeed("sweep \(Self.grid) --per-trial", ["--output", path("s")])
        let size = Double(folder.text("s/trials.csv").utf8.count)
        #expect(Double(told.1)! >= size * 0.95 && Double(told.1)! < size * 1.3)
        BuiltCommand.succeed("minima --d0 1 --n 4 --d1 3 --trials 2 --backend cpu", ["--output", path("m")])
        BuiltCommand.expectFailure(
            ["merge", path("m"), "--per-trial", "--output", path("x")],
            "merge: --per-trial goes with sweeps of full rank, not with folders of fullrank-minima", code: 64)
    }
}
