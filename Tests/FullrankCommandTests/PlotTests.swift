import FullrankTestSupport
import Testing

@Suite struct PlotTests {
    private let folder = TemporaryFolder()

    private func sweep(_ name: String, _ more: String = "") {
        BuiltCommand.succeed(
            "sweep --backend cpu --d0 1,2 --n 5..20:5 --d1 3..15:3 --trials 20 \(more)",
            ["--output", folder.path + "/" + name])
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
        #expect(
            names == ["diagram", "widths", "scaled", "collapse", "distribution"].map { "\(path)/figure-\($0).svg" })
        // The sweep's own files stay as they were, and the figure's numbers are theirs.
        for (name, bytes) in before { #expect(folder.contents(of: "s")[name] == bytes, "\(name)") }
        #expect(
            rows("s/figure-diagram.csv").dropFirst().map { Array($0[..<5]) }
                == rows("s/cells.csv").dropFirst().map { Array($0[..<5]) })
        #expect(folder.text("s/figure-widths.csv") == folder.text("s/widths.csv"))
        let curves = Set(rows("s/figure-diagram-curves.csv").dropFirst().map { $0[2] })
        #expect(
            curves == [
                "count", "theorem-5", "theorem-10", "anticoncentration", "steps-0.05", "steps-0.5", "steps-0.95",
                "contour-0.05", "contour-0.5", "contour-0.95", "law-0.05", "law-0.5", "law-0.95",
            ])
        let dark = BuiltCommand.succeed("plot --theme dark --overlay none --output \(folder.path)/d", [path]).output
        #expect(dark.hasPrefix("\(folder.path)/d/figure-diagram-dark.svg\n"))
        #expect(folder.text("d/figure-diagram-dark.svg").contains("#16181c"))
        // A dark figure has tables of its own: the light one's numbers stay.
        let light = folder.text("s/figure-diagram.csv")
        BuiltCommand.succeed("plot --theme dark --resolution 1", [path])
        #expect(folder.text("s/figure-diagram.csv") == light && folder.text("s/figure-diagram-dark.csv") != light)
        #expect(
            BuiltCommand.succeed("plot --theme dark --overlay none --output \(folder.path)/d", [path]).output == dark)
    }

    @Test func everyWidthOfOneSweep() {
        sweep("s")
        BuiltCommand.succeed("plot --resolution 1", [folder.path + "/s"])
        let fine = rows("s/figure-diagram.csv")
        #expect(fine.count == 1 + 2 * 20 * 15)
        for row in rows("s/cells.csv").dropFirst() { #expect(fine.contains(Array(row[..<5])), "\(row)") }
    }

    /// With regions each n is a problem of its own, but there is one panel for each d0.
    @Test func regionsOfEachN() {
        sweep("s", "--patterns regions")
        BuiltCommand.succeed("plot --resolution 1", [folder.path + "/s"])
        #expect(rows("s/figure-diagram.csv").count == 1 + 2 * 4 * 15)
        let text = folder.text("s/figure-diagram.svg")
        #expect(
            text.matches(of: /class="cells"/).count == 2
                && text.contains("uniform over the non-empty activation regions"))
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
            "plot: --compare: \(folder.path)/seed holds other samples than \(folder.path)/exact: seed is 9 there and 0 here",
            code: 64)
        BuiltCommand.expectFailure(
            ["plot", folder.path + "/svd", "--resolution", "1"],
            "plot: --resolution goes with the exact method; \(folder.path)/svd is a sweep of svd-float64", code: 64)
        BuiltCommand.expectFailure(
            ["plot", folder.path + "/none"], "plot: \(folder.path)/none is no sweep's folder: it has no plan.json",
            code: 65)
    }

    /// Both methods and their difference, each a row of panels.
    @Test func comparisonShowsBothAndTheDifference() {
        sweep("exact")
        sweep("svd", "--method svd --precision float32")
        BuiltCommand.succeed("plot --compare \(folder.path)/svd", [folder.path + "/exact"])
        let svg = folder.text("exact/figure-methods.svg")
        #expect(svg.matches(of: /class="cells"/).count == 6 && svg.contains("difference of fractions"))
        #expect(svg.contains("fullrank-viridis") && svg.contains("fullrank-bluered"))
    }

    /// A census gives a figure whose numbers are those of cells.csv and obstructions.csv.
    @Test func obstructionsOfACensus() throws {
        sweep("s", "--census")
        #expect(folder.text("s/diagram-obstructions.svg").contains("What makes the Jacobian deficient"))
        let names = BuiltCommand.succeed("plot", [folder.path + "/s"]).output
        #expect(names.contains("/figure-obstructions.svg\n"))
        let table = rows("s/figure-obstructions.csv").dropFirst(), cells = rows("s/cells.csv").dropFirst()
        #expect(table.map { Array($0[..<5]) } == cells.map { Array($0[..<5]) })
        for row in table {
            let numbers = row.compactMap { Int($0) }
            #expect(numbers[3] - numbers[4] == numbers[5...].reduce(0, +))
        }
        let deficient = table.flatMap { $0[5...].compactMap { Int($0) } }.reduce(0, +)
        #expect(
            deficient == rows("s/obstructions.csv").dropFirst().compactMap { Int($0[5]) }.reduce(0, +) && deficient > 0)
        // Other trials than the census saw.
        sweep("t", "--seed 5")
        #expect(BuiltCommand.run(["plot", folder.path + "/t"]).messagesBeforeFiles == "")
        _ = folder.file("t/obstructions.csv", folder.text("s/obstructions.csv"))
        #expect(
            BuiltCommand.run(["plot", folder.path + "/t"]).messages.contains(
                "obstructions.csv is not of the trials that are here"))
    }

    @Test func foldersOfMinima() {
        BuiltCommand.succeed(
            "minima --d0 1,2 --n 5..25:5 --d1 20..100:20 --trials 5", ["--output", folder.path + "/m"])
        let path = folder.path + "/m"
        let names = BuiltCommand.succeed("plot", [path]).output.split(separator: "\n").map(String.init)
        #expect(names == ["diagram", "widths"].map { "\(path)/figure-\($0).svg" })
        let decided = rows("m/cells.csv").dropFirst().map {
            [$0[0], $0[1], $0[2], "\(Int($0[3])! - Int($0[8])!)", $0[4]]
        }
        #expect(rows("m/figure-diagram.csv").dropFirst().map { Array($0[1...]) } == decided)
        #expect(folder.text("m/figure-widths.csv") == folder.text("m/widths.csv"))
        #expect(rows("m/figure-diagram-curves.csv").count > 1)
        let text = BuiltCommand.succeed("plot --terminal", [path]).output
        #expect(
            text.contains("d0 = 2, polynomial labels") && text.contains("fraction of regions with a zero-loss minimum"))
        #expect(BuiltCommand.succeed("report", [path]).output == "\(path)/report.html\n")
        let page = folder.text("m/report.html")
        #expect(
            page.contains("fullrank minima --d0 1,2 --n 5..25:5 --d1 20..100:20 --trials 5 --seed 0")
                && page.contains("</html>"))
        #expect(page.matches(of: #/<svg /#).count == 2 && !page.contains("<script"))
        BuiltCommand.expectFailure(
            ["plot", path, "--resolution", "1"],
            "plot: --resolution goes with sweeps of full rank; \(path) is one of minima", code: 64)
        BuiltCommand.expectFailure(
            ["report", path, "--compare", path],
            "report: --compare goes with sweeps of full rank; \(path) is one of minima",
            code: 64)
    }

    /// It ends with its figure's name and the picture, and plot and report read what it leaves.
    @Test func publishedMinimaEndWithTheirFigure() {
        let path = folder.path + "/g"
        let result = BuiltCommand.succeed("reproduce global-minima --trials 1", ["--output", path], timeout: 90)
        let figures = ["polynomial", "teacher", "random", "all"]
        #expect(result.output == figures.map { "\(path)/diagram-\($0).svg\n" }.joined())
        for title in ["d0 = 1, polynomial labels", "d0 = 2, teacher labels", "d0 = 5, random labels"] {
            #expect(result.messages.contains(title))
        }
        #expect(result.messagesBeforeFiles.hasSuffix("fraction of regions with a zero-loss minimum; n across, d1 up\n"))
        #expect(folder.text("g/diagram-all.svg").matches(of: /class="cells"/).count == 9)
        #expect(BuiltCommand.succeed("plot", [path]).output == "\(path)/figure-diagram.svg\n")
        #expect(rows("g/figure-diagram.csv").count > 800)
        #expect(BuiltCommand.succeed("report", [path]).output == "\(path)/report.html\n")
        #expect(
            folder.text("g/report.html").contains("fullrank reproduce global-minima --trials 1 --seed 0 --output again")
        )
    }

    @Test func trialsThatDifferByProblem() {
        sweep("s", "--half-width 0.12 --max-trials 400")
        BuiltCommand.succeed("plot", [folder.path + "/s"])
        #expect(
            rows("s/figure-diagram.csv").dropFirst().map { Array($0[..<5]) }
                == rows("s/cells.csv").dropFirst().map { Array($0[..<5]) })
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
