import FullrankTestSupport
import Testing

/// `--half-width`, `--max-trials` and `--extend`.
@Suite struct PrecisionTests {
    private let folder = TemporaryFolder()
    private static let grid = "--backend cpu --d0 1,3 --n 10..30:10 --d1 5..35:10 --trials 40 --seed 5"

    private func path(_ name: String) -> String { folder.path + "/" + name }

    @discardableResult
    private func sweep(_ options: String, _ name: String, _ location: SourceLocation = #_sourceLocation)
        -> CommandResult
    {
        BuiltCommand.succeed("sweep \(Self.grid) \(options) --output", [path(name)], location)
    }

    private func expectSameTables(_ one: String, _ other: String, _ location: SourceLocation = #_sourceLocation) {
        var (left, right) = (folder.contents(of: one), folder.contents(of: other))
        // Trials stand in the order in which they were finished.
        (left["trials.jsonl"], right["trials.jsonl"]) = ([], [])
        expectSame(left, right, location)
    }

    private func trials(_ name: String, column: Int = 3) -> Set<Int> {
        Set(
            folder.text(name + "/cells.csv").split(separator: "\n").dropFirst().compactMap {
                Int($0.split(separator: ",")[column])
            })
    }

    @Test func intervalsAreAsNarrowAsAsked() throws {
        let result = sweep("--half-width 0.05", "a")
        for row in folder.text("a/cells.csv").split(separator: "\n").dropFirst() {
            let numbers = row.split(separator: ",").compactMap { Double($0) }
            #expect((numbers[7] - numbers[6]) / 2 <= 0.05 + 1e-6, "\(row)")
        }
        let counts = trials("a").sorted()
        #expect(counts.count == 2 && counts[1] <= 381, "\(counts)")
        #expect(result.messages.contains("; \(counts[0]) to \(counts[1]) trials a problem, no half-width above 0.05\n"))
        #expect(
            folder.text("a/plan.json").contains("\"trials\": 40,\n  \"half_width\": 0.05,\n  \"max_trials\": 381,\n"))
        // Too few: it says of how many cells.
        let short = sweep("--half-width 0.05 --max-trials 100", "b")
        #expect(trials("b") == [100])
        let words = try #require(short.messages.firstMatch(of: #/; 100 trials a problem, (\d+) of 24 cells have/#))
        let wide = folder.text("b/cells.csv").split(separator: "\n").dropFirst().count {
            let numbers = $0.split(separator: ",").compactMap { Double($0) }
            return (numbers[7] - numbers[6]) / 2 > 0.05
        }
        #expect(Int(words.1) == wide && wide > 0)
    }

    /// Threads, a journal cut anywhere and shuffled, a folder that grew: the same tables.
    @Test(arguments: ["", "--method svd --max-trials 120"])
    func theTablesFollowFromThePlan(method: String) throws {
        let target = "--half-width 0.06 " + method
        sweep(target, "one")
        sweep(target + " --threads 1", "two")
        expectSame(folder.contents(of: "one"), folder.contents(of: "two"))

        let lines = folder.text("one/trials.jsonl").split(separator: "\n").map { $0 + "\n" }
        var generator = SeededGenerator(seed: 77)
        for round in 0..<4 {
            var rest = lines.dropFirst().prefix(Int.random(in: 0..<lines.count, using: &generator))
            if round % 2 == 1 { rest.shuffle(using: &generator) }
            folder.file("two/trials.jsonl", lines[0] + rest.joined())
            sweep(target, "two")
            if round % 2 == 0 { expectSame(folder.contents(of: "one"), folder.contents(of: "two")) }
            expectSameTables("one", "two")
        }

        let plain = method.hasPrefix("--method svd") ? "--method svd" : ""
        BuiltCommand.succeed("sweep \(Self.grid.replacing("40", with: "17")) \(plain) --output", [path("grown")])
        sweep(plain + " --extend", "grown")
        sweep("--half-width 0.1 \(plain) --max-trials 90 --extend", "grown")
        sweep(target + " --extend", "grown")
        expectSameTables("one", "grown")
        // The larger plan is the folder's now, with or without --extend.
        #expect(sweep(target, "grown").messages.contains("from 0 new trials"))

        let merged = BuiltCommand.succeed("merge", [path("grown"), path("one"), "--output", path("merged")])
        let count = lines.count - 1
        #expect(merged.messagesBeforeFiles == "fullrank: merge: \(count) of \(count) trials, in \(path("merged"))\n")
        expectSameTables("one", "merged")
    }

    @Test func shardsAreMergedThenExtended() {
        sweep("--half-width 0.08", "one")
        for shard in ["1", "2"] { sweep("--shard \(shard)/2", shard) }
        BuiltCommand.succeed("merge", [path("1"), path("2"), "--output", path("merged")])
        sweep("--half-width 0.08 --extend", "merged")
        expectSameTables("one", "merged")
    }

    @Test func statusSaysThatMoreMayFollow() {
        sweep("--half-width 0.08", "a")
        let lines = folder.text("a/trials.jsonl").split(separator: "\n").map { $0 + "\n" }
        let whole = BuiltCommand.succeed("status", [path("a"), "--json"]).output
        #expect(
            whole.contains("\"trials\": \(lines.count - 1), \"total\": \(lines.count - 1), \"complete\": true")
                && whole.contains("\"total_may_grow\": false"))
        // The first 40 trials of the first problem, and 3 of the second: the first has its next checkpoint.
        folder.file("a/trials.jsonl", lines[..<44].joined())
        let part = BuiltCommand.succeed("status", [path("a"), "--json"]).output
        #expect(part.contains("\"trials\": 43, ") && part.contains("\"total_may_grow\": true"), "\(part)")
        let text = BuiltCommand.succeed("status", [path("a")]).output
        #expect(text.contains("+ trials"), "\(text)")
    }

    @Test func reproduceAndThreshold() {
        let result = BuiltCommand.succeed(
            "reproduce fixed-input --trials 5 --half-width 0.2 --backend cpu --output", [path("r")])
        #expect(result.messages.contains("no half-width above 0.2"))
        #expect(trials("r").count > 1 && trials("r").max()! <= 21)
        // A trial of threshold tells of every width: their number is known before.
        BuiltCommand.succeed("threshold --d0 2 --n 6 --half-width 0.05 --backend cpu --output", [path("t")])
        #expect(trials("t") == [381])
        #expect(folder.text("t/plan.json").contains("\"trials\": 381,\n  \"seed\""))
        BuiltCommand.succeed("threshold --d0 2 --n 6 --trials 400 --extend --backend cpu --output", [path("t")])
        #expect(trials("t") == [400])
    }

    @Test(arguments: [
        ("--half-width 0", "--half-width: '0' is not a decimal above 0 and below 0.5, such as 0.01"),
        ("--half-width 0.5", "--half-width: '0.5' is not a decimal above 0 and below 0.5, such as 0.01"),
        ("--half-width -0.1", "--half-width: '-0.1' is not a decimal above 0 and below 0.5, such as 0.01"),
        ("--half-width 1e-2", "--half-width: '1e-2' is not a decimal above 0 and below 0.5, such as 0.01"),
        ("--half-width nan", "--half-width: 'nan' is not a decimal above 0 and below 0.5, such as 0.01"),
        ("--half-width 0.00001", "--half-width: 1e-05 may take more than 2147483647 trials: too small"),
        ("--max-trials 200", "--max-trials goes with --half-width only"),
        ("--half-width 0.1 --max-trials 39", "--max-trials: 39 is less than the 40 of --trials"),
        (
            "--half-width 0.1 --shard 1/2",
            "--half-width does not go with --shard: run the shards with --trials, merge them, and give the sweep with "
                + "--half-width and --extend in the merged folder"
        ),
        ("--extend --replace", "--extend and --replace exclude each other; give one of them"),
        (
            "--extend --shard 1/2",
            "--extend does not go with --shard: merge the shards, then --extend the merged folder"
        ),
    ])
    func wrongOptions(options: String, message: String) {
        BuiltCommand.expectFailure(
            "sweep \(Self.grid) \(options) --output".split(separator: " ").map(String.init) + [path("x")],
            "sweep: " + message, code: 64)
    }

    @Test func whatCannotBeExtended() {
        sweep("", "a")
        let before = folder.contents(of: "a")
        func refused(_ line: String, _ message: String) {
            BuiltCommand.expectFailure(
                line.split(separator: " ").map(String.init) + ["--output", path("a")],
                "sweep: --output: \(path("a")) " + message, code: 64)
        }
        let fewer = Self.grid.replacing("40", with: "30"), more = Self.grid.replacing("40", with: "50")
        refused(
            "sweep \(fewer) --extend",
            "holds more trials than are asked for: trials is 40 there and 30 here. --extend only adds: "
                + "give --trials 40 or more")
        refused(
            "sweep \(fewer) --half-width 0.2 --extend",
            "holds more trials than are asked for: trials is 40 there and 30 here; half_width is none there and 0.2 here; "
                + "max_trials is none there and 30 here. --extend only adds: give --trials 40 or more")
        refused(
            "sweep \(more)",
            "holds this sweep with fewer trials: trials is 40 there and 50 here. --extend adds them; or choose another "
                + "--output, or --replace to start over")
        refused(
            "sweep \(more) --extend --no-bias",
            "holds a sweep with another plan: trials is 40 there and 50 here; bias is true there and false here. "
                + "Choose another --output, or --replace to start over")
        expectSame(folder.contents(of: "a"), before)
        sweep("--shard 1/2", "half")
        BuiltCommand.expectFailure(
            "sweep \(more) --extend --output".split(separator: " ").map(String.init) + [path("half")],
            "sweep: --output: \(path("half")) holds a shard, whose trials are fixed: merge the shards, then --extend the "
                + "merged folder", code: 64)
    }
}
