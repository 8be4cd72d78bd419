import FullrankTestSupport
import Testing

/// What `minima` has in common with `sweep`: narrow intervals, more trials, files as data.
@Suite struct MinimaFlagTests {
    private let folder = TemporaryFolder()
    private static let grid = "minima --d0 1,2 --n 5..20:5 --d1 10..50:10"
    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func rows(_ name: String) -> [[String]] {
        folder.text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// More trials in the same folder are those of a run that asked for them at once.
    @Test func extending() {
        BuiltCommand.succeed(Self.grid + " --trials 10", ["-o", path("a")])
        let refused = BuiltCommand.run(
            (Self.grid + " --trials 25 -o \(path("a"))").split(separator: " ").map(String.init))
        #expect(refused.status == 64 && refused.messages.contains("--extend adds them"))
        BuiltCommand.succeed(Self.grid + " --trials 25 --extend", ["-o", path("a")])
        BuiltCommand.succeed(Self.grid + " --trials 25", ["-o", path("b")])
        for name in ["cells.csv", "widths.csv"] { #expect(folder.text("a/\(name)") == folder.text("b/\(name)")) }
        #expect(folder.text("a/plan.json").contains("\"trials\": 25"))
        let fewer = BuiltCommand.run(
            (Self.grid + " --trials 10 --extend -o \(path("a"))").split(separator: " ").map(String.init))
        #expect(fewer.status == 64 && fewer.messages.contains("more trials than are asked for"))
    }

    /// As many trials as make every interval narrow; the same, whatever was there before.
    @Test func halfWidths() throws {
        let line = Self.grid + " --trials 10 --half-width 0.12"
        let result = BuiltCommand.succeed(line, ["-o", path("a")])
        #expect(result.messages.contains("no half-width above 0.12"))
        let cells = rows("a/cells.csv")
        let (low, high, trials) = (
            try #require(cells[0].firstIndex(of: "ci_low")), try #require(cells[0].firstIndex(of: "ci_high")),
            try #require(cells[0].firstIndex(of: "trials"))
        )
        for row in cells.dropFirst() {
            let (a, b) = (try #require(Double(row[low])), try #require(Double(row[high])))
            #expect((b - a) / 2 <= 0.12 + 1e-6)
        }
        #expect(cells.dropFirst().contains { Int($0[trials]) ?? 0 > 10 })
        #expect(BuiltCommand.succeed("status", [path("a")]).output.contains(": complete"))
        // From a folder with other trials, and of a plan with too many.
        BuiltCommand.succeed(Self.grid + " --trials 7", ["-o", path("b")])
        BuiltCommand.succeed(line + " --extend", ["-o", path("b")])
        #expect(folder.text("b/cells.csv") == folder.text("a/cells.csv"))
        BuiltCommand.succeed("plot", [path("a")])
        let drawn = rows("a/figure-diagram.csv").dropFirst().map { $0[4] }
        #expect(drawn == cells.dropFirst().map { $0[trials] })
        BuiltCommand.succeed("report", [path("a")])
        #expect(folder.text("a/report.html").contains("--trials 10 --half-width 0.12 --max-trials "))
    }

    @Test func filesAsData() {
        let points =
            (0..<12).map { "\(Double($0 * $0 % 7) * 100 + Double($0)),\($0 * 5 % 11)" }.joined(separator: "\n") + "\n"
        let csv = folder.file("points.csv", points)
        let words = "minima --n 4,8 --d1 10,30 --trials 5 --inputs \(csv)"
        BuiltCommand.succeed(words, ["-o", path("plain")])
        BuiltCommand.succeed(words + " --standardise --subsample 9", ["-o", path("prepared")])
        #expect(!folder.text("plain/plan.json").contains("standardise"))
        #expect(folder.text("prepared/plan.json").contains("\"standardise\": true"))
        BuiltCommand.succeed("report", [path("prepared")])
        #expect(folder.text("prepared/report.html").contains("--standardise --subsample 9"))
        // The plan is read back as it was written.
        BuiltCommand.succeed(words + " --standardise --subsample 9", ["-o", path("prepared")])
        let other = BuiltCommand.run((words + " -o \(path("prepared"))").split(separator: " ").map(String.init))
        #expect(other.status == 64 && other.messages.contains("inputs is "))
        BuiltCommand.expectFailure(
            "minima --d0 1 --n 4 --d1 10 --standardise -o x".split(separator: " ").map(String.init),
            "minima: --standardise goes with --inputs FILE only", code: 64)
        // Compressed and in MNIST's format.
        let idx: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 4, 0, 0, 0, 2, 1, 9, 4, 3, 7, 7, 2, 5]
        let images = folder.path + "/points.idx"
        folder.file("points.idx", idx)
        BuiltCommand.succeed("minima --n 4 --d1 10 --trials 3 --inputs \(images)", ["-o", path("idx")])
    }
}
