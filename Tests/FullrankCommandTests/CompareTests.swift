import FullrankTestSupport
import Testing

/// `--compare` of folders that are not alike: what they share.
@Suite struct CompareTests {
    private let folder = TemporaryFolder()

    private func sweep(_ name: String, _ words: String) {
        BuiltCommand.succeed("sweep --backend cpu \(words) --output \(folder.path)/\(name)")
    }

    private func rows(_ name: String) -> [[String]] {
        folder.text(name).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    }

    @Test(arguments: ["svd", "exact"])
    func commonTrialsAndCells(method: String) {
        sweep("a", "--d0 1,2 --n 5..20:5 --d1 3..15:3 --trials 20")
        sweep("b", "--d0 2,3 --n 10,15,16 --d1 4..12:2 --trials 12 --method \(method)")
        // What is shared, by itself.
        sweep("c", "--d0 2 --n 10,15 --d1 6,12 --trials 12")
        BuiltCommand.succeed("plot --compare \(folder.path)/b \(folder.path)/a")
        let table = rows("a/figure-methods.csv"), cells = rows("c/cells.csv")
        #expect(table.dropFirst().map { Array($0[..<5]) } == cells.dropFirst().map { Array($0[..<5]) })
        for row in table.dropFirst() { #expect(row[3] == "12" && row[6] == "12" && row[4] == row[7]) }
        let svg = folder.text("a/figure-methods.svg")
        #expect(svg.contains("Compared: the 12 trials of each problem and 4 cells that both sweeps hold."))
        #expect(svg.contains("<desc>sweep: 12 trials, seed 0"))
        #expect(method == "svd" ? svg.contains("rank by singular values in float64") : svg.contains("exact (b)"))
    }

    /// Three sweeps: what all of them hold, the same in every panel.
    @Test func ofThree() {
        sweep("a", "--d0 1 --n 5..20:5 --d1 3..15:3 --trials 20")
        sweep("b", "--d0 1 --n 5,10 --d1 3..15:3 --trials 10 --method svd")
        sweep("c", "--d0 1 --n 10,20 --d1 3..9:3 --trials 15 --method svd --precision float32")
        BuiltCommand.succeed("plot --compare \(folder.path)/b,\(folder.path)/c \(folder.path)/a")
        let table = rows("a/figure-methods.csv").dropFirst()
        #expect(table.count == 6 && table.allSatisfy { $0[1] == "10" && $0[3] == "10" && $0[6] == "10" })
        #expect(folder.text("a/figure-methods.svg").contains("3 cells that all 3 sweeps hold"))
    }

    /// Alike in all: nothing to add.
    @Test func whatIsAlikeIsNotExplained() {
        sweep("a", "--d0 1 --n 5,10 --d1 3,6 --trials 10")
        sweep("b", "--d0 1 --n 5,10 --d1 3,6 --trials 10 --method svd")
        BuiltCommand.succeed("plot --compare \(folder.path)/b \(folder.path)/a")
        #expect(!folder.text("a/figure-methods.svg").contains("Compared:"))
    }

    @Test(arguments: [
        "--d0 3 --n 5 --d1 3", "--d0 1 --n 6 --d1 3", "--ratio 1 --n 5 --d1 3", "--d0 1 --n 5 --d1 3 --hidden 4",
    ])
    func nothingShared(words: String) {
        sweep("a", "--d0 1 --n 5,10 --d1 3,6 --trials 10")
        sweep("b", words + " --trials 10")
        BuiltCommand.expectFailure(
            ["plot", folder.path + "/a", "--compare", folder.path + "/b"],
            "plot: --compare: no cell is in \(folder.path)/a and in \(folder.path)/b", code: 64)
    }

    /// Two shards hold no trial in common.
    @Test func noTrialShared() {
        sweep("a", "--d0 1 --n 5,10 --d1 3,6 --trials 10 --shard 1/2")
        sweep("b", "--d0 1 --n 5,10 --d1 3,6 --trials 10 --shard 2/2")
        BuiltCommand.expectFailure(
            ["plot", folder.path + "/a", "--compare", folder.path + "/b"],
            "plot: --compare: no trial is in \(folder.path)/a and in \(folder.path)/b", code: 64)
    }
}
