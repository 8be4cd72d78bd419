import FullrankTestSupport
import Testing

/// `sweep --trained, --outputs, --activation`, and what works on the folder.
@Suite struct NetworkSweepTests {
    private let folder = TemporaryFolder()
    private let grid = "--d0 1,2 --n 4..24:5 --d1 2,5,9 --trials 11 --seed 4"

    private func path(_ name: String) -> String { folder.path + "/" + name }
    @discardableResult
    private func sweep(_ line: String, _ name: String, _ location: SourceLocation = #_sourceLocation) -> CommandResult {
        BuiltCommand.succeed("sweep \(line) --output", [path(name)], location)
    }
    /// A column of a table.
    private func column(_ title: String, _ table: String) -> [Substring] {
        let rows = folder.text(table).split(separator: "\n").map { $0.split(separator: ",") }
        guard let place = rows.first?.firstIndex(of: Substring(title)) else { return [] }
        return rows.dropFirst().map { $0[place] }
    }

    /// Spelled out, the plain sweep's network is the plain sweep: the same files, to the byte.
    @Test func thePlainSweepIsAsItWas() {
        sweep(grid, "plain")
        sweep(grid + " --trained hidden --outputs 1 --activation relu", "spelled")
        expectSame(folder.contents(of: "spelled"), folder.contents(of: "plain"))
        #expect(folder.text("plain/plan.json").contains("\"format\": \"fullrank-sweep\""))
    }

    /// With one output, and no bias there, training it changes no rank.
    @Test func trainingTheOutputChangesNothing() {
        sweep(grid, "plain")
        sweep(grid + " --trained all", "all")
        sweep(grid + " --activation leaky:0", "leaky")
        let ranks = column("mean_rank", "plain/cells.csv")
        #expect(ranks.count == 2 * 5 * 3)
        #expect(column("mean_rank", "all/cells.csv") == ranks && column("mean_rank", "leaky/cells.csv") == ranks)
        sweep(grid + " --trained all --output-bias", "bias")
        #expect(column("mean_rank", "bias/cells.csv") != ranks)
    }

    /// The identity, whatever it is called, has the bound of a linear network, and random weights reach it.
    @Test(arguments: ["--output-bias", "--no-bias", ""])
    func linearNetworksByEveryName(biases: String) {
        for (name, activation) in [("identity", "identity"), ("leaky", "leaky:1"), ("power", "power:1")] {
            sweep(
                "--d0 1,4 --n 1..9:4 --d1 1..3 --trials 3 --trained all --outputs 3 \(biases) --activation \(activation)",
                name)
        }
        let cells = folder.text("identity/cells.csv")
        #expect(folder.text("leaky/cells.csv") == cells && folder.text("power/cells.csv") == cells)
        for column in [column("at_bound", "identity/cells.csv")] {
            #expect(column.allSatisfy { $0 == "3" }, "\(cells)")
        }
    }

    /// "1 cell from 1 trial", not "1 cells".
    @Test func oneOfEverything() {
        let one = sweep("--d0 1 --n 3 --d1 2 --trials 1 --trained all --outputs 2", "one").messages
        #expect(one.contains("sweep: 1 cell from 1 trial in ") && one.contains("every rank is at the bound"))
        #expect(folder.text("one/diagram-fraction.svg").contains("sweep: 1 trial, seed 0"))
        let plain = BuiltCommand.succeed("sweep --d0 1 --n 3 --d1 2 --trials 1", ["--output", path("plain")]).messages
        #expect(plain.contains("sweep: 1 cell from 1 trial "))
        let dimension = BuiltCommand.succeed(
            "dimension --widths 2,3,1 --activation power:2", ["--output", path("dimension")])
        #expect(dimension.messages.contains("dimension: 1 architecture, 1 trial in "))
        let threshold = BuiltCommand.succeed("threshold --d0 1 --n 3 --trials 1 --output", [path("threshold")]).output
        #expect(threshold.contains("5% to 95% of 1 trial: "))
    }

    @Test func shardsInterruptionsAndThreadsAreOneRun() {
        let line = grid + " --trained all --outputs 2"
        let first = sweep(line + " --threads 2", "one")
        #expect(first.messagesBeforeFiles.hasPrefix("fullrank: sweep: 30 cells from 22 trials in "))
        for index in 1...3 { sweep("\(line) --shard \(index)/3 --threads 1", "shard-\(index)") }
        let status = BuiltCommand.succeed("status --json", [path("shard-1")]).output
        #expect(status.contains("\"shard\": \"1/3\", \"trials\": 8, \"total\": 8, \"complete\": true"))
        let merged = BuiltCommand.succeed(
            "merge", [2, 1, 3].map { path("shard-\($0)") } + ["--output", path("merged")])
        #expect(merged.messagesBeforeFiles == "fullrank: merge: 22 of 22 trials, in \(path("merged"))\n")
        expectSame(folder.contents(of: "merged"), folder.contents(of: "one"))
        sweep(line, "torn")
        folder.file("torn/trials.jsonl", Array((folder.read("torn/trials.jsonl") ?? []).prefix(1111)))
        #expect(BuiltCommand.run(["status", path("torn")]).output.contains("/22 trials"))
        #expect(sweep(line, "torn").messages.contains(" of 22 trials are there already"))
        expectSame(folder.contents(of: "torn"), folder.contents(of: "one"))
        let rest = BuiltCommand.succeed("merge", [path("shard-3"), path("shard-1"), "--output", path("part")])
        #expect(rest.messages.contains("shards 2/3 are missing"))
    }

    /// Every figure, and a page; a folder of folders holds this kind, too.
    @Test func figuresAndPages() {
        sweep(grid + " --trained all --outputs 3 --activation leaky:0.5", "runs/grid")
        for name in [
            "cells.csv", "ranks.csv", "diagram-d0-1.svg", "diagram-d0-2.svg", "diagram-all.svg", "diagram-ranks.svg",
        ] {
            #expect(folder.read("runs/grid/" + name) != nil, "\(name)")
        }
        #expect(folder.text("runs/grid/diagram-ranks.svg").contains("bound, for any weights"))
        sweep("--d0 2 --n 30 --d1 2,5 --hidden 4 --trials 5 --trained all --outputs 2", "runs/deep")
        #expect(folder.text("runs/deep/cells.csv").hasPrefix("hidden,d0,n,d1,rows,parameters,bound,trials,at_bound,"))
        #expect(folder.read("runs/deep/diagram-fraction.svg") != nil)
        sweep("--ratio 0.5 --n 4,8 --d1 2,5 --trials 5 --activation identity", "runs/ratio")
        BuiltCommand.succeed("plot", [path("runs")])
        BuiltCommand.succeed("report", [path("runs")])
        for name in [
            "grid/figure-diagram.svg", "grid/figure-ranks.csv", "deep/figure-fraction.svg", "deep/report.html",
        ] {
            #expect(folder.read("runs/" + name) != nil, "\(name)")
        }
        #expect(
            folder.text("runs/grid/report.html").contains(
                "--trained all --outputs 3 --activation leaky:0.5 --output again"))
        #expect(BuiltCommand.succeed("plot --terminal", [path("runs/grid")]).output.contains("ranks at the bound"))
    }

    @Test func dryRunsAndJSON() {
        let dry = BuiltCommand.succeed("sweep \(grid) --trained all --outputs 2 --dry-run").output
        #expect(
            dry.hasPrefix("sweep: 2 problems, 30 cells, 11 trials each\ntrials: 22\n") && dry.contains("multiply-adds"))
        let json = BuiltCommand.succeed("sweep \(grid) --outputs 2 --json --output", [path("json")]).output
        #expect(
            json.contains(
                "{\"d0\": 1, \"n\": 4, \"d1\": 2, \"rows\": 8, \"parameters\": 4, \"bound\": 4, \"trials\": 11, "))
        #expect(
            BuiltCommand.succeed("sweep \(grid) --outputs 2 --dry-run --output", [path("json")]).output.contains(
                "22 of 22"))
    }

    @Test func badFlagsAreRefusedInOneLine() {
        let line = ["sweep"] + grid.split(separator: " ").map(String.init) + ["--output", path("none")]
        for (flags, message) in [
            ("--trained 1,2", "--trained: '1,2' is not one of all, hidden"),
            ("--outputs 0", "--outputs: '0' is not a positive whole number"),
            (
                "--activation power:0",
                "--activation: 'power:0' has no such exponent; power:R takes R from 1 to 1000"
            ),
            (
                "--trained all --backend cuda",
                "--backend cuda does not go with --trained: these ranks are computed on the CPU"
            ),
            ("--activation tanh", "--activation: 'tanh' is not one of relu, leaky:SLOPE, identity, power:R"),
            (
                "--outputs 2 --census",
                "--census does not go with --outputs: its obstructions are those of one hidden layer and one output"
            ),
            (
                "--trained all --half-width 0.1",
                "--half-width does not go with --trained: give --trials, and more of them with --extend"
            ),
            (
                "--trained all --method svd",
                "--method svd does not go with --trained; 'fullrank network --method svd' ranks networks from files"
            ),
            (
                "--activation identity --patterns bernoulli",
                "--patterns bernoulli does not go with --activation, which needs drawn weights"
            ),
            (
                "--outputs 2000000000 --trained all",
                "--d1, --outputs: a network has more than 2^31 parameters: lower one of them"
            ),
        ] {
            BuiltCommand.expectFailure(
                line + flags.split(separator: " ").map(String.init), "sweep: " + message, code: 64)
        }
        sweep(grid, "plain")
        sweep(grid + " --trained all", "all")
        BuiltCommand.expectFailure(
            ["sweep"] + grid.split(separator: " ").map(String.init) + ["--output", path("all")],
            "sweep: --output: \(path("all"))/plan.json is of fullrank sweep with --trained, --outputs or --activation, not a sweep "
                + "of full rank", code: 65)
        BuiltCommand.expectFailure(
            ["merge", path("all"), path("plain"), "--output", path("merged")],
            "merge: \(path("plain")) holds a sweep of another plan than \(path("all")): format is fullrank-sweep, not "
                + "fullrank-network-sweep", code: 64)
    }
}
