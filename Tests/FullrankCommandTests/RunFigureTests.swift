import FullrankTestSupport
import Testing

/// `plot` and `report` of every kind of run but the sweep of full rank, which has tests of its own.
@Suite struct RunFigureTests {
    private let folder = TemporaryFolder()
    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func run(_ line: String, _ name: String) { BuiltCommand.succeed(line, ["--output", path(name)]) }

    private func page(_ name: String) -> String {
        #expect(BuiltCommand.succeed("report", [path(name)]).output == path(name) + "/report.html\n")
        return folder.text(name + "/report.html")
    }

    /// Runs the command of a run's page in its folder, into the folder "again" beside it.
    private func repeatCommand(of page: String, in run: String = "s") {
        guard let from = page.firstRange(of: "<pre>"), let to = page.firstRange(of: " --output again</pre>") else {
            Issue.record("no command in the page")
            return
        }
        let command = page[from.upperBound..<to.lowerBound]
        #expect(command.hasPrefix("fullrank "))
        let line = "cd '\(path(run))' && \"$0\" \(command.dropFirst("fullrank ".count)) --replace --output ../again"
        let result = BuiltCommand.runInShell(line)
        #expect(result.status == 0, "\(command): \(result.messages)")
    }

    private static let sample = "landscape sample --d0 1,2 --n 4,6 --d1 1..3 --trials 4 --draws 2 --seed 3"

    @Test func sampledCells() {
        run(Self.sample + " --saddles --init normal --no-bias", "s")
        #expect(BuiltCommand.succeed("plot", [path("s")]).output == path("s") + "/figure-diagram.svg\n")
        let table = folder.text("s/figure-diagram.csv").split(separator: "\n")
        #expect(table.first == "quantity,d0,n,d1,combinations,holds" && table.count <= 1 + 4 * 2 * 2 * 3)
        for row in table where row.hasPrefix("full_rank,") {
            let fields = row.split(separator: ",")
            let key = fields[1...3].joined(separator: ",") + ",4,\(fields[4]),\(fields[5]),"
            #expect(folder.text("s/cells.csv").contains("\n" + key), "\(row)")
        }
        #expect(table.count { $0.hasPrefix("full_rank,") } == 12)
        let page = page("s")
        for heading in ["Question", "Figures", "Numbers", "Method", "The same again"] {
            #expect(page.contains("<h2>\(heading)</h2>"), "\(heading)")
        }
        #expect(page.contains("d0 = 2: holds a saddle: fraction of combinations</caption>"))
        repeatCommand(of: page)
        #expect(folder.text("again/cells.csv") == folder.text("s/cells.csv"))
        #expect(BuiltCommand.succeed("plot --terminal", [path("s")]).output.contains("d0 = 1: full rank"))
        BuiltCommand.succeed("plot --theme dark --no-title --width 500 --output", [path("d"), path("s")])
        #expect(folder.text("d/figure-diagram-dark.svg").contains("width=\"500\""))
    }

    /// One d0: the figure is the run's own, byte for byte; so is that of a single row.
    @Test(arguments: [
        ("--d0 2 --n 4,6 --d1 1..3", "diagram-d0-2", "diagram"),
        ("--d0 1 --n 5 --d1 1..3", "diagram-fraction", "fraction"),
    ])
    func sampledCellsAsTheRunDraws(grid: String, own: String, name: String) {
        run("landscape sample \(grid) --cells regions --labels teacher --frozen alternating --trials 3", "s")
        BuiltCommand.succeed("plot", [path("s")])
        #expect(folder.text("s/figure-\(name).svg") == folder.text("s/\(own).svg"))
        #expect(folder.text("s/figure-\(name).csv").hasPrefix("quantity,d0,n,d1,"))
        repeatCommand(of: page("s"))
        #expect(folder.text("again/cells.csv") == folder.text("s/cells.csv"))
    }

    @Test(arguments: [
        "--grid 2,1..3,1+3,1 --activation power:2",
        "--widths 2,3,2 --activation identity --biases --points 4 --trials 2",
        "--widths 3,3,3,1 --activation leaky:0.5 --trials 20 --weights normal --points 30 --patience 5",
        "--list LIST --activation power:3 --primes 1",
    ])
    func dimensions(line: String) {
        let list = folder.file("list.csv", "architecture\n2-3-1\n\"[3, 2, 2]\"\n2-2-2-1\n")
        run(
            "dimension " + line.split(separator: " ").map { $0 == "LIST" ? list : String($0) }.joined(separator: " "),
            "s")
        let page = page("s")
        #expect(page.contains("download=\"dimensions.csv\""))
        repeatCommand(of: page)
        #expect(folder.text("again/dimensions.csv") == folder.text("s/dimensions.csv"))
        let plot = BuiltCommand.run(["plot", path("s")])
        if line.hasPrefix("--grid") {
            #expect(folder.text("s/figure-defect.svg") == folder.text("s/diagram-defect.svg"))
        } else if line.contains("leaky") {
            #expect(folder.text("s/figure-histogram.svg") == folder.text("s/diagram-histogram.svg"))
        } else {
            #expect(plot.status == 64 && plot.messages.contains("'fullrank report' has its table"))
        }
    }

    @Test func networksFromFiles() {
        let networks = String(#filePath.dropLast("RunFigureTests.swift".count)) + "Networks"
        let files = ["layers-2-float64.npz", "layers-3-float64.npz"].map { "\(networks)/\($0)" }
        BuiltCommand.succeed(
            "network --trained all --inputs", ["\(networks)/inputs.npy"] + files + ["--output", path("s")])
        #expect(BuiltCommand.succeed("plot", [path("s")]).output == path("s") + "/figure-ranks.svg\n")
        #expect(folder.text("s/figure-ranks.svg") == folder.text("s/diagram-ranks.svg"))
        #expect(folder.text("s/figure-ranks.csv") == folder.text("s/ranks.csv"))
        let page = page("s")
        repeatCommand(of: page)
        #expect(folder.text("again/ranks.csv") == folder.text("s/ranks.csv"))
        let terminal = BuiltCommand.run(["plot", "--terminal", path("s")])
        #expect(terminal.status == 64 && terminal.messages.contains("is one of network"))
    }

    /// Options that mean something for sweeps of full rank only.
    @Test(arguments: ["plot", "report"])
    func optionsOfOtherRuns(command: String) {
        run(Self.sample, "sample")
        run("dimension --widths 2,3,1 --activation power:2", "dimension")
        for (name, words) in [("sample", "landscape sample"), ("dimension", "dimension")] {
            for option in [["--overlay", "none"], ["--resolution", "1"], ["--compare", path("x")]] {
                BuiltCommand.expectFailure(
                    [command, path(name)] + option,
                    "\(command): \(option[0]) goes with sweeps of full rank; \(path(name)) is one of \(words)", code: 64
                )
            }
        }
    }

    /// A folder whose journal holds no trial.
    @Test func emptyJournals() {
        run(Self.sample, "s")
        let lines = folder.text("s/trials.jsonl").split(separator: "\n")
        _ = folder.file("s/trials.jsonl", String(lines[0]) + "\n")
        for command in ["plot", "report"] {
            BuiltCommand.expectFailure(
                [command, path("s")], "\(command): \(path("s")): its journal holds no trial yet", code: 65)
        }
    }

    @Test func helpNamesEveryKind() {
        for command in ["plot", "report"] {
            let help = BuiltCommand.succeed("\(command) --help").output
            for kind in [
                "sweep", "threshold", "minima", "landscape sample", "dimension", "train", "network", "reproduce",
            ] {
                #expect(help.contains(kind), "\(command): \(kind)")
            }
        }
    }
}
