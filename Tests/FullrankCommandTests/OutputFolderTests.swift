import FullrankModel
import FullrankPlatform
import FullrankTestSupport
import Testing

/// Output folders that can't be used: the message, word for word, the exit code, and nothing overwritten.
@Suite struct OutputFolderTests {
    private let folder = TemporaryFolder()

    private func sweep(_ output: String, trials: String = "5") -> [String] {
        "sweep --backend cpu --d0 1 --n 2,3 --d1 3,4 --trials".split(separator: " ").map(String.init)
            + [trials, "--output", output]
    }

    @Test func anotherPlan() {
        let path = folder.path + "/there"
        #expect(BuiltCommand.run(sweep(path)).status == 0)
        let before = folder.contents(of: "there")
        BuiltCommand.expectFailure(
            sweep(path, trials: "6"),
            "sweep: --output: \(path) holds this sweep with fewer trials: trials is 5 there and 6 here. --extend adds them; "
                + "or choose another --output, or --replace to start over", code: 64)
        BuiltCommand.expectFailure(
            sweep(path) + ["--no-bias", "--seed", "9"],
            "sweep: --output: \(path) holds a sweep with another plan: seed is 0 there and 9 here; "
                + "bias is true there and false here; prime is 5567207 there and \(prime(seed: 9)) here. "
                + "Choose another --output, or --replace to start over", code: 64)
        expectSame(folder.contents(of: "there"), before)
        // The same plan is welcome, and changes nothing.
        #expect(BuiltCommand.run(sweep(path)).status == 0)
        expectSame(folder.contents(of: "there"), before)
    }

    private func prime(seed: UInt64) -> UInt32 { Prime.drawn(seed: seed) }

    @Test(arguments: ["cells.csv", "widths.csv", "trials.jsonl", "diagram-d0-1.svg"])
    func foreignFiles(name: String) {
        folder.file(name, "precious")
        let message =
            "--output: \(folder.path) is no sweep's folder (it has no plan.json) and its \(name) would be "
            + "overwritten. Choose another --output, or delete \(name)"
        BuiltCommand.expectFailure(sweep(folder.path), "sweep: " + message, code: 64)
        BuiltCommand.expectFailure(
            ["threshold", "--backend", "cpu", "--d0", "1", "--n", "3", "--output", folder.path],
            "threshold: " + message, code: 64)
        expectSame(folder.contents(), [name: Array("precious".utf8)])
    }

    @Test(arguments: ["plan.json", "trials.jsonl"])
    func damagedFiles(name: String) {
        let path = folder.path + "/there"
        #expect(BuiltCommand.run(sweep(path)).status == 0)
        folder.file("there/" + name, "{\"format\": \"something else\"}\n")
        let before = folder.contents(of: "there")
        let result = BuiltCommand.run(sweep(path))
        #expect(result.status == 65)
        #expect(result.messages.hasPrefix("fullrank: sweep: --output: \(path)/\(name)"), "\(result.messages)")
        #expect(result.messages.contains(" is damaged: ") && result.messages.split(separator: "\n").count == 1)
        expectSame(folder.contents(of: "there"), before)
    }

    @Test func linksAreNotFollowed() {
        folder.file("victim", "precious")
        mkdir(folder.path + "/s", 0o777)
        symlink("../victim", folder.path + "/s/.fullrank.lock")
        BuiltCommand.expectFailure(
            sweep(folder.path + "/s"),
            "sweep: --output: \(folder.path)/s/.fullrank.lock: a symbolic link, which is not written through: remove it",
            code: 74)
        symlink("victim", folder.path + "/certificate.json.partial")
        let explained = BuiltCommand.run(
            [
                "explain", "--backend", "cpu", "--d0", "1", "--n", "2", "--d1", "3", "--output",
                folder.path + "/certificate.json",
            ])
        #expect(explained.status == 74 && folder.text("victim") == "precious")
    }

    /// A plan that can't be is refused by all who read it, in the same words.
    @Test func impossiblePlans() {
        let path = folder.path + "/there"
        #expect(BuiltCommand.run(sweep(path)).status == 0)
        let plan = folder.text("there/plan.json")
        for (old, new, words) in [
            ("\"prime\": 5567207", "\"prime\": 7", "\"prime\" cannot be 7: of this plan it is 5567207"),
            ("\"seed\": 0", "\"seed\": -1", "\"seed\" cannot be -1"),
            ("\"trials\": 5", "\"trials\": 0", "\"trials\" cannot be 0"),
        ] {
            folder.file("there/plan.json", plan.replacing(old, with: new))
            for command in ["status", "plot", "report", "merge --output \(folder.path)/merged"] {
                let words = "\(command.prefix { $0 != " " }): \(path)/plan.json is damaged: " + words
                BuiltCommand.expectFailure(command.split(separator: " ").map(String.init) + [path], words, code: 65)
            }
        }
    }

    /// Names of files on standard output and in the report are those of messages: U+202E turns no text around.
    @Test func namesOnStandardOutput() {
        let path = folder.path + "/a\u{202e}b\nc"
        #expect(BuiltCommand.run(sweep(path)).status == 0)
        let shown = folder.path + "/a\\u{202E}b\\nc"
        let report = BuiltCommand.run(["report", path])
        #expect(report.output == shown + "/report.html\n")
        let plot = BuiltCommand.run(["plot", path])
        #expect(plot.status == 0 && plot.output.split(separator: "\n").allSatisfy { $0.hasPrefix(shown + "/figure-") })
        let status = BuiltCommand.run(["status", path, "--json"]).output
        #expect(status.contains("/a\\u202eb\\u000ac\"") && !status.unicodeScalars.contains("\u{202e}"))
        let points = folder.file("p\u{202e}q.csv", "1\n2\n3\n")
        BuiltCommand.succeed(
            "sweep --backend cpu --n 2,3 --d1 3,4 --trials 3 --output \(folder.path)/data --inputs", [points])
        BuiltCommand.succeed("report", [folder.path + "/data"])
        let page = folder.text("data/report.html")
        #expect(!page.unicodeScalars.contains("\u{202e}") && page.contains("p\\u{202E}q.csv"))
        // The command, too, and it still names the file.
        #expect(page.contains("--inputs $'") && page.contains("p\\342\\200\\256q.csv'"))
    }

    @Test func pathsUnderAFile() {
        let file = folder.file("file", "mine")
        for path in [file, file + "/below"] {
            BuiltCommand.expectFailure(sweep(path), "sweep: --output: \(path): Not a directory", code: 74)
        }
        BuiltCommand.expectFailure(
            ["reproduce", "all", "--trials", "1", "--backend", "cpu", "--output", file],
            "reproduce: --output: \(file)/fixed-input: Not a directory", code: 74)
        #expect(folder.text("file") == "mine")
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "disks in memory are Linux's, and need root"))
    func readOnlyFolders() throws {
        let disk = try #require(SmallDisk(size: "200k"))
        disk.folder.file("mine", "mine")
        try #require(disk.remount("ro"))
        let words = "Read-only file system"
        BuiltCommand.expectFailure(
            sweep(disk.path), "sweep: --output: \(disk.path)/.fullrank.lock: \(words)", code: 74)
        BuiltCommand.expectFailure(sweep(disk.path + "/new"), "sweep: --output: \(disk.path)/new: \(words)", code: 74)
        BuiltCommand.expectFailure(
            ["export", "--backend", "cpu", "--d0", "1", "--n", "2", "--d1", "3", "--output", disk.path],
            "export: --output: \(disk.path)/inputs.npy: cannot be written: \(words)", code: 74)
        expectSame(disk.folder.contents(), ["mine": Array("mine".utf8)])
    }
}

/// `--replace` starts over.
@Suite struct ReplaceTests {
    private let folder = TemporaryFolder()

    @Test func anotherPlanTakesTheFolderOver() throws {
        let path = folder.path + "/sweep", fresh = folder.path + "/fresh"
        let small = ["--d0", "2", "--n", "5,10", "--d1", "3,6", "--trials", "7", "--backend", "cpu"]
        #expect(
            BuiltCommand.run(["sweep", "--d0", "1,3", "--n", "10", "--d1", "5", "--backend", "cpu", "--output", path])
                .status == 0)
        _ = folder.file("sweep/notes.txt", "mine")
        #expect(BuiltCommand.run(["sweep"] + small + ["--output", path]).status == 64, "refused without --replace")
        #expect(BuiltCommand.run(["sweep"] + small + ["--replace", "--output", path]).status == 0)
        #expect(BuiltCommand.run(["sweep"] + small + ["--replace", "--output", fresh]).status == 0)
        for name in ["cells.csv", "widths.csv", "trials.jsonl", "plan.json"] {
            #expect(folder.read("sweep/" + name) == folder.read("fresh/" + name), "\(name)")
        }
        #expect(folder.text("sweep/notes.txt") == "mine", "other files stay")
        #expect(!folder.holds("sweep/diagram-d0-3.svg"), "a diagram of the sweep before")
    }
}
