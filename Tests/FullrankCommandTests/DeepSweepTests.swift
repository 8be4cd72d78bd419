import FullrankPlatform
import FullrankTestSupport
import Testing

/// `sweep --hidden`, `--depth`, and what works on the folder.
@Suite struct DeepSweepTests {
    private let folder = TemporaryFolder()
    private let grid = "--d0 1,2 --n 5..20:5 --d1 1,3,9 --trials 21 --seed 4"

    private func path(_ name: String) -> String { folder.path + "/" + name }
    private func sweep(_ line: String, _ name: String, _ location: SourceLocation = #_sourceLocation) {
        BuiltCommand.succeed("sweep \(line) --output", [path(name)], location)
    }
    /// `pivots` or `ranks` by the rest of the line.
    private func trials(_ name: String) -> [[String]] {
        // Without checksums, which are of whole lines.
        folder.text(name + "/trials.jsonl").replacing(#/,"crc32c":"\w+"/#, with: "").split(separator: "\n").dropFirst()
            .map {
                $0.split(separator: "\"pivots\":").map(String.init)
            }
    }

    /// Depth 2 is the shallow sweep: the same files, to the byte.
    @Test(arguments: ["", " --no-bias --inputs cube --init normal", " --method svd"])
    func depthTwoIsTheShallowSweep(more: String) {
        sweep(grid + more, "shallow")
        for (index, flags) in ["--depth 2", "--depth 2 --hidden 7"].enumerated() {
            sweep("\(grid)\(more) \(flags) --backend cpu", "deep-\(index)")
            expectSame(folder.contents(of: "deep-\(index)"), folder.contents(of: "shallow"))
        }
        // All of the network in --hidden.
        sweep("--d0 2 --n 9 --hidden 5 --trials 3\(more)", "whole")
        sweep("--d0 2 --n 9 --d1 5 --trials 3\(more)", "given")
        expectSame(folder.contents(of: "whole"), folder.contents(of: "given"))
    }

    /// Beside deeper networks too: the pivots of each width are those of a shallow sweep of that width.
    @Test func depthTwoAmongOthers() {
        sweep(grid + " --hidden 4 --depth 2,4", "deep")
        let lines = trials("deep")
        #expect(lines.count == 2 * 2 * 3 * 21)
        for width in [1, 3, 9] {
            sweep("--d0 1,2 --n 5..20:5 --d1 \(width) --trials 21 --seed 4", "shallow-\(width)")
            let own = lines.filter { $0[0].hasPrefix("{\"hidden\":\"none\"") && $0[0].contains("\"d1\":\(width),") }
            #expect(own.map { $0[1] } == trials("shallow-\(width)").map { $0[1] })
        }
        #expect(folder.text("deep/plan.json").contains("\"hidden\": [[], [4, 4]],"))
    }

    @Test func shardsInterruptionsAndThreadsAreOneRun() {
        let deep = grid + " --hidden 4 --depth 3,4"
        sweep(deep + " --threads 2", "one")
        for index in 1...3 { sweep("\(deep) --shard \(index)/3 --threads 1", "shard-\(index)") }
        BuiltCommand.succeed("merge", (1...3).map { path("shard-\($0)") } + ["--output", path("merged")])
        expectSame(folder.contents(of: "merged"), folder.contents(of: "one"))
        // A journal torn in mid-line, tables gone.
        sweep(deep, "torn")
        for name in folder.contents(of: "torn").keys where name.hasSuffix(".csv") { unlink(path("torn/" + name)) }
        folder.file("torn/trials.jsonl", Array((folder.read("torn/trials.jsonl") ?? []).prefix(3333)))
        #expect(BuiltCommand.run(["status", path("torn")]).output.contains("/252 trials"))
        sweep(deep, "torn")
        expectSame(folder.contents(of: "torn"), folder.contents(of: "one"))
        // Another list is another plan.
        let other = BuiltCommand.run(
            ["sweep"] + (grid + " --hidden 5 --depth 3,4 --output").split(separator: " ").map(String.init) + [
                path("one")
            ])
        #expect(other.status == 64 && other.messages.contains("hidden"), "\(other.messages)")
    }

    @Test func moreTrialsUntilIntervalsAreNarrow() {
        sweep("--d0 2 --n 4,8 --d1 1..3 --hidden 4 --trials 20", "grown")
        sweep("--d0 2 --n 4,8 --d1 1..3 --hidden 4 --trials 20 --half-width 0.12 --extend", "grown")
        sweep("--d0 2 --n 4,8 --d1 1..3 --hidden 4 --trials 20 --half-width 0.12", "once")
        for name in ["cells.csv", "widths.csv", "diagram-depth.svg"] {
            #expect(
                folder.holds("once/" + name) && folder.read("grown/" + name) == folder.read("once/" + name), "\(name)")
        }
    }

    /// Exact ranks, singular values of both precisions, and two primes, on the same samples.
    @Test func methodsAgree() {
        let deep = grid + " --hidden 4,3"
        sweep(deep, "exact")
        sweep(deep + " --primes 2", "two")
        sweep(deep + " --method svd", "svd")
        sweep(deep + " --method svd --precision float32", "svd32")
        for other in ["two", "svd"] { #expect(folder.text("exact/cells.csv") == folder.text("\(other)/cells.csv")) }
        #expect(folder.text("exact/trials.jsonl") == folder.text("two/trials.jsonl"))
        #expect(!folder.holds("svd/widths.csv") && folder.text("svd32/plan.json").contains("svd-float32"))
        #expect(folder.text("exact/cells.csv").hasPrefix("hidden,d0,n,d1,trials,"))
        #expect(folder.text("exact/widths.csv").hasPrefix("hidden,d0,n,trials,q05,"))
        let plot = BuiltCommand.succeed("plot", [path("exact"), "--compare", path("svd")])
        #expect(
            plot.output
                == ["diagram", "depth", "widths", "methods"].map { path("exact/figure-\($0).svg") + "\n" }.joined())
        #expect(folder.text("exact/figure-methods.csv").hasPrefix("hidden,d0,n,d1,"))
        #expect(BuiltCommand.succeed("plot", [path("svd")]).output.contains("figure-singular-values.svg"))
    }

    @Test func figuresAndReports() {
        sweep(grid + " --hidden 4 --depth 2,3", "deep")
        #expect(folder.holds("deep/diagram-hidden-none-d0-1.svg") && folder.holds("deep/diagram-hidden-4-d0-2.svg"))
        let all = BuiltCommand.succeed("plot --overlay all", [path("deep")])
        #expect(all.status == 0 && folder.text("deep/figure-diagram-curves.csv").contains("4,2,20,count,"))
        #expect(!folder.text("deep/figure-diagram-curves.csv").contains("theorem"))
        #expect(BuiltCommand.succeed("plot --terminal", [path("deep")]).output.contains("d0 = 2, depth 3: 4, d1"))
        BuiltCommand.succeed("report", [path("deep")])
        #expect(
            folder.text("deep/report.html").contains(
                "--d1 1,3,9 --trials 21 --seed 4 --depth 2,3 --hidden 4 --output again"))
        #expect(folder.text("deep/report.html").contains("forward and backward modulo the prime"))
        BuiltCommand.expectFailure(
            ["plot", path("deep"), "--overlay", "contours,theorem-5"],
            "plot: --overlay: theorem-5 is about one hidden layer, and \(path("deep")) holds deep networks; count and "
                + "contours go with them", code: 64)
        let resolution = BuiltCommand.run(["plot", path("deep"), "--resolution", "2"])
        #expect(resolution.status == 64 && resolution.messages.contains("tell of the listed d1 alone"))
        let dry = BuiltCommand.succeed("sweep \(grid) --hidden 4 --depth 2,3 --dry-run")
        #expect(dry.output.contains("trials: 252") && dry.output.contains("min(n, columns)"))
    }

    @Test(.enabled(if: JournalReaderTests.pythonIsHere, "SKIPPED: python3 is not here"))
    func pythonFindsTheSame() {
        sweep("--d0 1,3 --n 6,18 --d1 2,5 --trials 3 --hidden 6 --depth 2..5 --init he-uniform", "deep")
        sweep("--d0 2 --n 15 --hidden 5,7,3 --trials 2 --no-bias --inputs uniform", "whole")
        let scripts = JournalReaderTests.docs + "/../Scripts"
        #expect(shell("python3 '\(JournalReaderTests.docs)/journal.py' '\(path("deep"))' >/dev/null") == 0)
        for line in [2, 20, 26, 38, 49] {
            #expect(
                shell("python3 '\(scripts)/check/trial' '\(path("deep"))' \(line) >/dev/null") == 0, "line \(line)")
        }
        #expect(shell("python3 '\(scripts)/check/trial' '\(path("whole"))' 3 >/dev/null") == 0)
        // Of another seed it is another network.
        folder.file(
            "deep/plan.json",
            folder.text("deep/plan.json").split(separator: "\"seed\": 0").joined(separator: "\"seed\": 1"))
        #expect(shell("python3 '\(scripts)/check/trial' '\(path("deep"))' 49 >/dev/null 2>&1") != 0)
        BuiltCommand.succeed("export --d0 2 --n 9 --hidden 5,4,3 --trial 6 --seed 8 --output", [path("trial")])
        let sampling = "python3 '\(JournalReaderTests.docs)/sampling.py' '\(path("trial"))' --seed 8 --trial"
        #expect(shell("\(sampling) 6 >/dev/null") == 0 && shell("\(sampling) 7 >/dev/null") != 0)
    }

    @Test func exportWritesEveryLayer() {
        BuiltCommand.succeed("export --d0 2 --n 9 --d1 3 --hidden 5,4 --no-bias --output", [path("trial")])
        BuiltCommand.succeed("export --d0 2 --n 9 --hidden 5,4,3 --no-bias --output", [path("whole")])
        let files = folder.contents(of: "trial")
        expectSame(files, folder.contents(of: "whole"))
        let layers = (1...3).flatMap { ["layer-\($0)-weights.npy", "layer-\($0)-pattern.npy"] }
        #expect(Set(files.keys) == Set(layers + ["inputs.npy", "output_weights.npy", "jacobian.npy"]))
        // 3 · 4 + 4 · 5 + 5 · 2 columns.
        #expect(String(decoding: files["jacobian.npy"]!.prefix(120), as: UTF8.self).contains("(9, 42)"))
        let rank = BuiltCommand.succeed("rank --method svd", [path("trial/jacobian.npy")]).output
        sweep("--d0 2 --n 9 --hidden 5,4,3 --no-bias --trials 1", "sweep")
        let mean = folder.text("sweep/cells.csv").split(separator: ",").last ?? ""
        #expect(mean == rank.dropLast() + ".000000\n")
    }

    @Test(arguments: [
        (
            "--d1 3 --hidden 4 --census",
            "--census does not go with --hidden: its obstructions are those of one hidden layer"
        ),
        (
            "--d1 3 --hidden 4 --patterns regions",
            "--patterns regions does not go with --hidden: deep networks' weights are drawn"
        ),
        ("--d1 3 --hidden 4,,4", "--hidden: '' is not a width from 1 to 2147483647; write widths such as 64,64"),
        ("--d1 3 --hidden 0", "--hidden: '0' is not a width from 1 to 2147483647; write widths such as 64,64"),
        ("--d1 3 --hidden 4..6", "--hidden: '4..6' is not a width from 1 to 2147483647; write widths such as 64,64"),
        ("--d1 3 --depth 3", "--depth needs --hidden W, one width for the hidden layers before the last"),
        ("--d1 3 --depth 3 --hidden 4,4", "--depth needs --hidden W, one width for the hidden layers before the last"),
        ("--depth 3 --hidden 4", "--d1 is missing; see 'fullrank sweep --help'"),
        ("--d1 3 --depth 101 --hidden 4", "--depth: 101 is too large; at most 100 is taken"),
        (
            "--d1 3 --hidden 2000000000",
            "--hidden: a network of layers 2000000000, 3 has more than 2^31 parameters: lower its widths"
        ),
    ])
    func wrongFlags(line: String, message: String) {
        BuiltCommand.expectFailure(
            ["sweep", "--d0", "1", "--n", "3", "--output", path("none")] + line.split(separator: " ").map(String.init),
            "sweep: " + message, code: 64)
        #expect(!folder.holds("none"))
    }

    @Test(arguments: [
        ("sweep --ratio 1 --n 3 --d1 3 --hidden 4 --output x", "sweep: --ratio does not go with --hidden; give --d0"),
        (
            "threshold --d0 1 --n 3 --hidden 4 --output x",
            "threshold: --hidden is no option of threshold: a trial of a deep network gives the rank of its own width only; "
                + "sweep --hidden takes a list of widths"
        ),
        (
            "reproduce all --depth 3 --output x",
            "reproduce: --depth is no option of reproduce: deep networks are for sweep, export and explain"
        ),
        (
            "export --experiment minima --d0 1 --n 3 --d1 4 --hidden 3 --output x",
            "export: --hidden does not go with --experiment minima"
        ),
    ])
    func otherCommands(line: String, message: String) {
        BuiltCommand.expectFailure(line.split(separator: " ").map(String.init), message, code: 64)
    }
}
