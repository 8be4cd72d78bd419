import FullrankTestSupport
import Testing

/// The same seed gives the same tables, to the byte: for any number of threads, a part of the grid, a resumed run.
@Suite struct SameNumbersTests {
    private let folder = TemporaryFolder()

    private func rows(_ name: String) -> [[Substring]] {
        folder.text(name).split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    @Test(arguments: [
        "sweep --d0 1,3 --n 5..65:20 --d1 10..90:20 --trials 60 --seed 3",
        "sweep --ratio 0.25,1 --n 10..50:10 --d1 1..6 --trials 50 --inputs cube --init normal --no-bias",
        "sweep --d0 2 --n 10,30 --d1 5,20 --trials 8 --method svd",
        "sweep --d0 2 --n 10,30 --d1 5,20 --trials 8 --method svd --precision float32",
        "threshold --d0 1,4 --n 80 --trials 30",
        "threshold --d0 4 --n 1100 --trials 2",
    ])
    func anyNumberOfThreads(line: String) {
        for threads in ["1", "2", "7"] {
            BuiltCommand.succeed(
                line, ["--backend", "cpu", "--threads", threads, "--output", "\(folder.path)/\(threads)"])
        }
        let single = folder.contents(of: "1")
        #expect(single["cells.csv"]?.isEmpty == false)
        expectSame(folder.contents(of: "2"), single)
        expectSame(folder.contents(of: "7"), single)
    }

    /// Rows of cells.csv are the larger grid's; so are widths' quantiles, where the smaller grid's widths reach them.
    @Test(arguments: [
        ("--d0", "1,2,5", "5..45:5", "10..120:10", "2,5", "10,15,40", "20,30,60"),
        ("--ratio", "0.5,1", "10..50:10", "1..12", "1", "20,30", "2,4,5"),
    ])
    func aPartOfTheGrid(
        axis: String, d0: String, n: String, d1: String, partD0: String, partN: String, partD1: String
    ) {
        for (name, d0, n, d1) in [("whole", d0, n, d1), ("part", partD0, partN, partD1)] {
            BuiltCommand.succeed(
                "sweep --backend cpu --trials 40 --seed 11",
                [axis, d0, "--n", n, "--d1", d1, "--output", folder.path + "/" + name])
        }
        let whole = rows("whole/cells.csv"), part = rows("part/cells.csv")
        #expect(part.count > 5 && part.first == whole.first)
        for row in part { #expect(whole.contains(row), "\(row)") }

        let header = rows("part/widths.csv")[0]
        let quantiles = header.firstIndex(of: "q05")!, reached = header.firstIndex(of: "reached")!
        let largest = Int(partD1.split(separator: ",").last!)!
        var compared = 0
        for row in rows("part/widths.csv").dropFirst() {
            let other = rows("whole/widths.csv").filter { $0[..<quantiles] == row[..<quantiles] }
            #expect(other.count == 1, "\(row)")
            for (one, two) in zip(row[quantiles..<reached], other[0][quantiles..<reached]) {
                if one.isEmpty {
                    #expect(two.isEmpty || Int(two)! > largest, "\(row) \(other[0])")
                } else {
                    #expect(one == two, "\(row) \(other[0])")
                    compared += 1
                }
            }
            #expect(Int(row[reached])! <= Int(other[0][reached])!)
            if row[reached] == other[0][reached] { #expect(row == other[0]) }
        }
        #expect(compared >= 5)
    }

    /// A journal cut anywhere, its lines in another order: the same command makes the same tables.
    @Test func resumedInAnyOrder() {
        let arguments = ["--d0", "1,2", "--n", "10..40:10", "--d1", "20..80:20", "--output", folder.path + "/sweep"]
        BuiltCommand.succeed("sweep --backend cpu --trials 60", arguments)
        let whole = folder.contents(of: "sweep")
        let journal = whole["trials.jsonl"] ?? []
        let seed: UInt64 = 211
        var generator = SeededGenerator(seed: seed)
        for round in 0..<12 {
            var left = Array(journal[..<generator.below(journal.count)])
            if round % 2 == 1 {
                var lines = left.split(separator: UInt8(ascii: "\n")).dropLast().dropFirst().map(Array.init)
                lines.shuffle(using: &generator)
                left = Array(journal.prefix { $0 != UInt8(ascii: "\n") }) + [UInt8(ascii: "\n")]
                for line in lines where generator.below(3) > 0 { left += line + [UInt8(ascii: "\n")] }
            }
            folder.file("sweep/trials.jsonl", left)
            folder.file("sweep/cells.csv", "stale\n")
            BuiltCommand.succeed("sweep --backend cpu --trials 60", arguments)
            var again = folder.contents(of: "sweep")
            // Trials stand in the journal as they were finished; cut off only, they are in the old order.
            if round % 2 == 1 { again["trials.jsonl"] = whole["trials.jsonl"] }
            expectSame(again, whole)
        }
    }

    /// And only the same seed does.
    @Test func anotherSeedGivesOtherNumbers() {
        for seed in ["1", "2"] {
            BuiltCommand.succeed(
                "reproduce fixed-input --backend cpu --trials 3 --seed \(seed) --output", [folder.path + "/" + seed])
        }
        #expect(folder.text("1/cells.csv") != folder.text("2/cells.csv"))
        #expect(rows("1/cells.csv").count == 401 && rows("1/widths.csv").count == 41)
    }
}
