import FullrankTestSupport
import Testing

@Suite struct PlotTests {
    private let folder = TemporaryFolder()

    private func sweep(_ name: String, _ more: String = "") {
        BuiltCommand.succeed(
            "sweep --backend cpu --d0 1,2 --n 5..20:5 --d1 3..15:3 --trials 20 \(more)", ["--output", folder.path + "/" + name])
    }

    private func rows(_ name: String) -> [[String]] {
        folder.text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func figuresAndTheirTables() throws {
        sweep("s")
        let before = folder.contents(of: "s")
        let path = folder.path + "/s"
        let result = BuiltCommand.succeed("plot --overlay all", [path])
        let names = result.output.split(separator: "\n").map(String.init)
        #expect(names == ["diagram", "widths", "scaled", "collapse", "distribution"].map { "\(path)/figure-\($0).svg" })
        // The sweep's own files stay as they were, and the figure's numbers are theirs.
        for (name, bytes) in before { #expect(folder.contents(of: "s")[name] == bytes, "\(name)") }
        #expect(rows("s/figure-diagram.csv").dropFirst().map { Array($0[..<5]) } == rows("s/cells.csv").dropFirst().map { Array($0[..<5]) })
        #expect(folder.text("s/figure-widths.csv") == folder.text("s/widths.csv"))
        let curves = Set(rows("s/figure-diagram-curves.csv").dropFirst().map { $0[2] })
        #expect(curves == [
            "count", "theorem-5", "theorem-10", "anticoncentration", "steps-0.05", "steps-0.5", "steps-0.95",
            "contour-0.05", "contour-0.5", "contour-0.95",
        ])
        let dark = BuiltCommand.succeed("plot --theme dark --overlay none --output \(folder.path)/d", [path]).output
        #expect(dark.hasPrefix("\(folder.path)/d/figure-diagram-dark.svg\n"))
        #expect(folder.text("d/figure-diagram-dark.svg").contains("#16181c"))
        #expect(BuiltCommand.succeed("plot --theme dark --overlay none --output \(folder.path)/d", [path]).output == dark)
    }

    @Test func everyWidthOfOneSweep() {
        sweep("s")
        BuiltCommand.succeed("plot --resolution 1", [folder.path + "/s"])
        let fine = rows("s/figure-diagram.csv")
        #expect(fine.count == 1 + 2 * 20 * 15)
        for row in rows("s/cells.csv").dropFirst() { #expect(fine.contains(Array(row[..<5])), "\(row)") }
    }

    /// Of regions each n is a problem of its own: a panel a d0 all the same.
    @Test func regionsOfEachN() {
        sweep("s", "--patterns regions")
        BuiltCommand.succeed("plot --resolution 1", [folder.path + "/s"])
        #expect(rows("s/figure-diagram.csv").count == 1 + 2 * 4 * 15)
        let text = folder.text("s/figure-diagram.svg")
        #expect(text.matches(of: /class="cells"/).count == 2 && text.contains("uniform over the non-empty activation regions"))
    }

    @Test func methodsAgainstEachOther() {
        sweep("exact")
        sweep("svd", "--method svd")
        let result = BuiltCommand.succeed("plot --compare \(folder.path)/svd", [folder.path + "/exact"])
        #expect(result.output.hasSuffix("/figure-methods.svg\n"))
        let table = rows("exact/figure-methods.csv")
        #expect(table.count == 1 + 2 * 4 * 5)
        #expect(table.dropFirst().allSatisfy { $0[4] == $0[7] }, "float64 agrees on so small a grid")
        let names = BuiltCommand.succeed("plot", [folder.path + "/svd"]).output
        #expect(names.hasSuffix("/figure-diagram.svg\n\(folder.path)/svd/figure-singular-values.svg\n"))

        sweep("seed", "--seed 9")
        BuiltCommand.expectFailure(
            ["plot", folder.path + "/exact", "--compare", folder.path + "/seed"],
            "plot: --compare: \(folder.path)/seed holds other samples than \(folder.path)/exact: seed is 9 there and 0 here", code: 64)
        BuiltCommand.expectFailure(
            ["plot", folder.path + "/svd", "--resolution", "1"],
            "plot: --resolution goes with the exact method; \(folder.path)/svd is a sweep of svd-float64", code: 64)
        BuiltCommand.expectFailure(
            ["plot", folder.path], "plot: \(folder.path) is no sweep's folder: it has no plan.json", code: 65)
    }

    @Test func trialsThatDifferByProblem() {
        sweep("s", "--half-width 0.12 --max-trials 400")
        BuiltCommand.succeed("plot", [folder.path + "/s"])
        #expect(rows("s/figure-diagram.csv").dropFirst().map { Array($0[..<5]) } == rows("s/cells.csv").dropFirst().map { Array($0[..<5]) })
    }

    @Test func aTerminalGetsColoursAndAFileCharacters() throws {
        sweep("s")
        let words = ["plot", folder.path + "/s", "--terminal"]
        let plain = BuiltCommand.run(words).output
        #expect(plain.utf8.allSatisfy { $0 < 128 && $0 != 27 } && plain.contains("d0 = 1") && plain.contains("@"))
        #expect(!folder.holds("s/figure-diagram.svg"))
        func shown(_ environment: [String]) throws -> String {
            let terminal = try #require(MessageChannel.terminal(columns: 60))
            let result = BuiltCommand.run(words, output: terminal.path, environment: environment)
            #expect(result.status == 0, "\(result.messages)")
            return terminal.text()
        }
        let full = try shown(["TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8", "NO_COLOR="])
        #expect(full.contains("\u{1b}[38;2;") && full.contains("▀"))
        let indexed = try shown(["TERM=xterm-256color", "COLORTERM=", "LC_ALL=C", "NO_COLOR="])
        #expect(indexed.contains("\u{1b}[48;5;") && indexed.utf8.allSatisfy { $0 < 128 })
        for bare in [["TERM=xterm-256color", "NO_COLOR=1"], ["TERM=dumb", "NO_COLOR="]] {
            #expect(try shown(bare + ["COLORTERM=truecolor", "LC_ALL=C"]).utf8.allSatisfy { $0 != 27 })
        }
    }
}
