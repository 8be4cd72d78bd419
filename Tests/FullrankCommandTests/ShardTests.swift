import FullrankTestSupport
import Testing

/// Shares of a sweep, each in a folder of its own, and what merging makes of them.
@Suite struct ShardTests {
    private let folder = TemporaryFolder()
    private let grid = ["--d0", "1,2", "--n", "10..30:10", "--d1", "5..20:5", "--trials", "43", "--backend", "cpu"]
    private let files = ["cells.csv", "widths.csv", "trials.jsonl", "plan.json", "diagram-all.svg", "diagram-widths.svg"]

    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func sweep(_ arguments: [String], _ name: String) {
        let result = BuiltCommand.run(["sweep"] + grid + arguments + ["--output", path(name)])
        #expect(result.status == 0, "\(result.messages)")
    }

    private func makeShards(_ count: Int) -> [String] {
        (1...count).map { index in
            sweep(["--shard", "\(index)/\(count)"], "shard-\(index)")
            return path("shard-\(index)")
        }
    }

    @Test func shardsMergedAreOneRun() {
        sweep([], "one")
        let shards = makeShards(8)
        let merged = BuiltCommand.run(["merge"] + shards.reversed() + ["--output", path("merged")])
        #expect(merged.status == 0 && merged.messages == "fullrank: merge: 86 of 86 trials, in \(path("merged"))\n")
        for name in files { #expect(folder.read("merged/" + name) == folder.read("one/" + name), "\(name)") }
        let status = BuiltCommand.run(["status", shards[0], path("one"), "--json"])
        #expect(status.output.contains("\"shard\": \"1/8\", \"trials\": 12, \"total\": 12, \"complete\": true"))
    }

    @Test func whatIsMissingIsSaidAndComputedInTheMergedFolder() {
        sweep([], "one")
        let shards = makeShards(4)
        let merged = BuiltCommand.run(["merge", shards[0], shards[3], shards[1], "--output", path("merged")])
        #expect(merged.messages == "fullrank: merge: 64 of 86 trials, in \(path("merged")); shards 3/4 are missing\n")
        #expect(BuiltCommand.run(["status"] + shards.dropLast()).output.hasSuffix("missing shards: 4/4\n"))
        sweep([], "merged")
        for name in ["cells.csv", "widths.csv"] {
            #expect(folder.read("merged/" + name) == folder.read("one/" + name), "\(name)")
        }
    }

    @Test func overlapsMustAgree() throws {
        sweep([], "one")
        sweep(["--shard", "1/2"], "half")
        #expect(BuiltCommand.run(["merge", path("half"), path("one"), "--output", path("good")]).status == 0)
        // A pivot moved by hand in trial 0.
        let lines = folder.text("half/trials.jsonl").split(separator: "\n", omittingEmptySubsequences: false)
        let changed = lines[1].replacing(/"pivots":"[A-Z]/, with: "\"pivots\":\"E")
        try #require(changed != lines[1])
        _ = folder.file("half/trials.jsonl", ([lines[0], changed] + lines.dropFirst(2)).joined(separator: "\n"))
        BuiltCommand.expectFailure(
            ["merge", path("half"), path("one"), "--output", path("bad")],
            "merge: \(path("one")) and \(path("half")) hold different results of trial 0: one of them is wrong", code: 65)
        #expect(!folder.holds("bad"))
    }

    @Test func startingOverInAFolderThatIsReadIsRefused() {
        sweep([], "one")
        let before = folder.contents(of: "one")
        BuiltCommand.expectFailure(
            ["merge", path("one"), "--replace", "--output", path("./one/")],
            "merge: --output: \(path("./one/")) is one of the folders to merge, and --replace would delete it", code: 64)
        expectSame(folder.contents(of: "one"), before)
        #expect(BuiltCommand.run(["merge", path("one"), "--output", path("one")]).status == 0)
        expectSame(folder.contents(of: "one"), before)
    }

    @Test func otherPlansAndOtherFoldersAreRefused() {
        sweep(["--shard", "1/2"], "half")
        sweep(["--seed", "1"], "other")
        BuiltCommand.expectFailure(
            ["merge", path("half"), path("other"), "--output", path("bad")],
            "merge: \(path("other")) holds a sweep of another plan than the first: seed is 1 there and 0 here; "
                + "prime is \(prime("other")) there and \(prime("half")) here", code: 64)
        BuiltCommand.expectFailure(
            ["status", folder.path], "status: \(folder.path) is no sweep's folder: it has no plan.json", code: 65)
        BuiltCommand.expectFailure(
            ["sweep"] + grid + ["--shard", "2/2", "--output", path("half")],
            "sweep: --output: \(path("half")) holds a sweep with another plan: shard is \"1/2\" there and \"2/2\" here. "
                + "Choose another --output, or --replace to start over", code: 64)
    }

    @Test(arguments: ["0/2", "3/2", "2", "1/2/3", "a/b", "-1/2", "1/", "slurmy", "slurm/", "slurm/0", "slurm/2/3", ""])
    func badShards(text: String) {
        BuiltCommand.expectFailure(
            ["sweep"] + grid + ["--shard", text, "--output", path("bad")],
            "sweep: --shard: '\(text)' is neither I/K, I from 1 to K, such as 2/8, nor slurm or slurm/K", code: 64)
    }

    private func prime(_ name: String) -> String {
        let line = folder.text(name + "/plan.json").split(separator: "\n").first { $0.contains("\"prime\"") } ?? ""
        return String(line.filter(\.isNumber))
    }
}
