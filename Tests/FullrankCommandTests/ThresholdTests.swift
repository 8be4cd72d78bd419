import FullrankTestSupport
import Testing

/// `fullrank threshold`: what it prints and what widths.csv holds.
@Suite struct ThresholdTests {
    private let folder = TemporaryFolder()

    private func threshold(_ line: String, _ name: String) -> CommandResult {
        BuiltCommand.succeed("threshold --backend cpu " + line, ["--output", folder.path + "/" + name])
    }

    private func rows(_ name: String) -> [[String]] {
        folder.text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func theLastLineOfTheTableIsPrinted() throws {
        let result = threshold("--d0 3,10 --n 60 --trials 40 --seed 2", "t")
        let table = rows("t/widths.csv")
        #expect(table[0] == ["d0", "n", "trials", "q05", "q25", "q50", "q75", "q95", "reached"])
        #expect(table.count == 1 + 2 * 60, "every n' up to n")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 2)
        for (line, row) in zip(lines, [table[60], table[120]]) {
            let widths = "median width \(row[5]), 5% to 95% of 40 trials: \(row[3]) to \(row[7])"
            #expect(line == "d0 = \(row[0]), n = 60: " + widths)
            #expect(row[2] == "40" && row[8] == "40", "all reached: \(row)")
            // No fewer columns than rows will do: h(n) ≥ n/k.
            #expect(Int(row[3])! * (Int(row[0])! + 1) >= 60)
        }
        // Quantiles rise along a row; h rises with n.
        for row in table.dropFirst() { #expect(row[3...7].map { Int($0)! } == row[3...7].map { Int($0)! }.sorted()) }
        for problem in [table[1...60], table[61...120]] {
            let medians = problem.map { Int($0[5])! }
            #expect(medians == medians.sorted() && medians[0] >= 1)
        }
    }

    /// At the median width at least half of a sweep's trials, the same ones, have full rank; below it fewer.
    @Test func theMedianIsWhereASweepCrossesOneHalf() throws {
        _ = threshold("--d0 2 --n 30 --trials 50 --seed 6", "t")
        let median = try #require(Int(rows("t/widths.csv")[30][5]))
        BuiltCommand.succeed(
            "sweep --backend cpu --d0 2 --n 30 --trials 50 --seed 6 --d1 \(median - 1),\(median)",
            ["--output", folder.path + "/s"])
        let cells = rows("s/cells.csv")
        #expect(Int(cells[1][4])! < 25 && Int(cells[2][4])! >= 25, "\(cells)")
    }

    /// The same trials: n alone has the row that all n' up to n end with, and most trials are proved.
    @Test(arguments: ["--d0 4 --n 90 --trials 30 --seed 3", "--d0 6,3 --n 150 --trials 12 --patterns bernoulli"])
    func aloneIsTheLastRow(options: String) throws {
        _ = threshold(options, "all")
        let alone = threshold(options + " --alone", "alone")
        let n = String(options.split(separator: " ")[3])
        let last = rows("all/widths.csv").filter { $0[1] == n }
        #expect(!last.isEmpty && Array(rows("alone/widths.csv").dropFirst()) == last)
        let proved = try #require(alone.messages.firstMatch(of: /\((\d+) proved\) in/))
        #expect(Int(proved.1)! >= 20)
    }

    @Test func widthsThatAreNotReached() {
        let result = threshold("--d0 1 --n 50 --trials 20 --max-d1 3", "t")
        #expect(
            result.output == "d0 = 1, n = 50: median width more than 3, 5% to 95% of 20 trials: more than 3 to "
                + "more than 3; 20 did not reach full rank\n")
        #expect(rows("t/widths.csv").last == ["1", "50", "20", "", "", "", "", "", "0"])
    }

    @Test func ratiosHaveOneLineEach() {
        let result = threshold("--ratio 0.25,2 --n 40 --trials 10", "t")
        #expect(
            rows("t/widths.csv").map { $0[..<3].joined(separator: ",") } == ["ratio,d0,n", "0.25,10,40", "2,80,40"])
        #expect(result.output.split(separator: "\n").count == 2)
    }
}
