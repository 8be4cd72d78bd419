import FullrankPlatform
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

/// Shares of a sweep, each in a folder of its own, and what merging makes of them.
@Suite struct ShardTests {
    private let folder = TemporaryFolder()
    private let grid = ["--d0", "1,2", "--n", "10..30:10", "--d1", "5..20:5", "--trials", "43", "--backend", "cpu"]
    private let files = [
        "cells.csv", "widths.csv", "trials.jsonl", "plan.json", "diagram-all.svg", "diagram-widths.svg",
    ]

    private func path(_ name: String) -> String { folder.path + "/" + name }

    /// A journal's lines with the checksums that fit them.
    private func resealed(_ journal: String) -> String {
        journal.split(separator: "\n").map { line in
            var bytes = Array(line.utf8.prefix { $0 != UInt8(ascii: "}") }.dropLast(LineSeal.length - 1))
            LineSeal.close(&bytes, from: 0)
            return String(decoding: bytes, as: UTF8.self)
        }.joined()
    }

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
        #expect(
            merged.status == 0
                && merged.messagesBeforeFiles == "fullrank: merge: 86 of 86 trials, in \(path("merged"))\n")
        for name in files { #expect(folder.read("merged/" + name) == folder.read("one/" + name), "\(name)") }
        let status = BuiltCommand.run(["status", shards[0], path("one"), "--json"])
        #expect(status.output.contains("\"shard\": \"1/8\", \"trials\": 12, \"total\": 12, \"complete\": true"))
    }

    @Test func whatIsMissingIsSaidAndComputedInTheMergedFolder() {
        sweep([], "one")
        let shards = makeShards(4)
        let merged = BuiltCommand.run(["merge", shards[0], shards[3], shards[1], "--output", path("merged")])
        #expect(
            merged.messagesBeforeFiles
                == "fullrank: merge: 64 of 86 trials, in \(path("merged")); trials of shards 3/4 are missing\n")
        #expect(BuiltCommand.run(["status"] + shards.dropLast()).output.hasSuffix("missing shards: 4/4\n"))
        sweep([], "merged")
        for name in ["cells.csv", "widths.csv"] {
            #expect(folder.read("merged/" + name) == folder.read("one/" + name), "\(name)")
        }
    }

    /// What an earlier merge left in the output folder counts, and is compared.
    @Test func mergingBitByBit() {
        sweep([], "one")
        let shards = makeShards(3)
        let (first, second) = (
            BuiltCommand.run(["merge", shards[2], "--output", path("merged")]),
            BuiltCommand.run(["merge", shards[0], "--output", path("merged")])
        )
        #expect(
            first.messagesBeforeFiles.hasSuffix(
                ": 28 of 86 trials, in \(path("merged")); trials of shards 1/3, 2/3 are missing\n"))
        #expect(
            second.messagesBeforeFiles.hasSuffix(
                ": 58 of 86 trials, in \(path("merged")); trials of shards 2/3 are missing\n"))
        let third = BuiltCommand.run(["merge", shards[1], "--output", path("merged")])
        #expect(third.messagesBeforeFiles == "fullrank: merge: 86 of 86 trials, in \(path("merged"))\n")
        for name in ["cells.csv", "widths.csv", "plan.json"] {
            #expect(folder.read("merged/" + name) == folder.read("one/" + name), "\(name)")
        }
        let journal = folder.text("merged/trials.jsonl")
        let changed = journal.replacing(/"trial":0,"pivots":"[A-Z]/, with: "\"trial\":0,\"pivots\":\"E")
        #expect(changed != journal)
        folder.file("merged/trials.jsonl", resealed(changed))
        let before = folder.contents(of: "merged")
        BuiltCommand.expectFailure(
            ["merge"] + shards + ["--output", path("merged")],
            "merge: \(path("merged")) and \(shards[0]) hold different results of trial 0: one of them is wrong",
            code: 65)
        expectSame(folder.contents(of: "merged"), before)
        // A shard's own folder is no place for all of them.
        BuiltCommand.expectFailure(
            ["merge"] + shards + ["--output", shards[0]],
            "merge: --output: \(shards[0]) holds a sweep with another plan: shard is \"1/3\" there and none here. "
                + "Choose another --output, or --replace to start over", code: 64)
    }

    /// A journal of a million lines keeps the merge at work for a second.
    @Test(.enabled(if: Platform.isLinux, "macOS does not tell which signals a process answers"))
    func anInterruptedMergeSaysSo() {
        BuiltCommand.succeed(
            "sweep --d0 1 --n 2 --d1 1 --trials 1000000 --shard 1/2 --backend cpu --output", [path("half")], timeout: 60
        )
        let command = RunningCommand(["merge", path("half"), "--output", path("merged")])
        // SIGINT is bit 1 of the caught signals.
        #expect(
            command.runs {
                let status = TemporaryFolder.bytes(ofFile: "/proc/\(command.process)/status") ?? []
                let caught = String(decoding: status, as: UTF8.self).firstMatch(of: #/SigCgt:\s*([0-9a-f]+)/#)
                return caught.flatMap { UInt64($0.1, radix: 16) }.map { $0 & 2 != 0 } ?? false
            })
        usleep(100_000)  // signals are caught a little before merge has words of its own for them
        let result = command.end(SIGINT)
        #expect(result.status == 130)
        #expect(result.messages.withoutStoppingNotice == "fullrank: merge: interrupted; the same command goes on\n")
    }

    @Test func aFolderThatIsNoSweepHidesNoOther() {
        sweep(["--shard", "1/2"], "half")
        let result = BuiltCommand.run(["status", path("empty"), path("half"), path("none")])
        #expect(result.status == 65 && result.output.hasPrefix("\(path("half")), shard 1/2: complete  "))
        #expect(result.output.hasSuffix("missing shards: 2/2\n"))
        #expect(
            result.messages == "fullrank: status: \(path("empty")) is no sweep's folder: it has no plan.json\n"
                + "fullrank: status: \(path("none")) is no sweep's folder: it has no plan.json\n")
        let json = BuiltCommand.run(["status", "--json", path("none"), path("half")])
        #expect(json.status == 65 && json.output.hasPrefix("[{\"folder\": \"\(path("half"))\""))
    }

    /// Neither earlier runs nor the pauses between them count.
    @Test func theRateIsTheLastRuns() {
        sweep([], "one")
        BuiltCommand.succeed(
            "sweep --d0 1,2 --n 10..30:10 --d1 5..20:5 --trials 50 --backend cpu --extend --output", [path("one")])
        let note = folder.text("one/.fullrank.lock").split(separator: "\n")
        #expect(note.count == 2 && note[1] == "86 trials")
        for (name, seconds) in [("plan.json", 1), (".fullrank.lock", 1_000_000), ("trials.jsonl", 1_000_004.0)] {
            #expect(folder.setModified("one/" + name, seconds))
        }
        func status() -> String { BuiltCommand.run(["status", "--json", path("one")]).output }
        #expect(status().contains("\"trials_per_second\": 3.5, \"seconds_left\": 0.0"))
        // No run added anything since the folder was copied, say.
        folder.file("one/.fullrank.lock", "process 1 on node\n")
        #expect(status().contains("\"trials_per_second\": null, \"seconds_left\": 0.0"))
        #expect(BuiltCommand.run(["status", path("one")]).output == "\(path("one")): complete  100/100 trials\n")
    }

    @Test func overlapsMustAgree() throws {
        sweep([], "one")
        sweep(["--shard", "1/2"], "half")
        #expect(BuiltCommand.run(["merge", path("half"), path("one"), "--output", path("good")]).status == 0)
        // A pivot moved by hand in trial 0.
        let lines = folder.text("half/trials.jsonl").split(separator: "\n", omittingEmptySubsequences: false)
        let changed = lines[1].replacing(/"pivots":"[A-Z]/, with: "\"pivots\":\"E")
        try #require(changed != lines[1])
        _ = folder.file(
            "half/trials.jsonl", resealed(([lines[0], changed] + lines.dropFirst(2)).joined(separator: "\n")))
        BuiltCommand.expectFailure(
            ["merge", path("half"), path("one"), "--output", path("bad")],
            "merge: \(path("one")) and \(path("half")) hold different results of trial 0: one of them is wrong",
            code: 65)
        #expect(!folder.holds("bad"))
    }

    @Test func startingOverInAFolderThatIsReadIsRefused() {
        sweep([], "one")
        let before = folder.contents(of: "one")
        BuiltCommand.expectFailure(
            ["merge", path("one"), "--replace", "--output", path("./one/")],
            "merge: --output: \(path("./one/")) is one of the folders to merge, and --replace would delete it", code: 64
        )
        expectSame(folder.contents(of: "one"), before)
        #expect(BuiltCommand.run(["merge", path("one"), "--output", path("one")]).status == 0)
        expectSame(folder.contents(of: "one"), before)
    }

    @Test func otherPlansAndOtherFoldersAreRefused() {
        sweep(["--shard", "1/2"], "half")
        sweep(["--seed", "1"], "other")
        BuiltCommand.expectFailure(
            ["merge", path("half"), path("other"), "--output", path("bad")],
            "merge: \(path("other")) holds a sweep of another plan than \(path("half")): seed is 1, not 0; "
                + "prime is \(prime("other")), not \(prime("half"))", code: 64)
        // The first one, where the others are alike; and folders of another kind.
        BuiltCommand.expectFailure(
            ["merge", path("other"), path("half"), path("half"), "--output", path("bad")],
            "merge: \(path("other")) holds a sweep of another plan than \(path("half")): seed is 1, not 0; "
                + "prime is \(prime("other")), not \(prime("half"))", code: 64)
        BuiltCommand.succeed("minima --backend cpu --d0 1 --n 3 --d1 4 --trials 1 --output", [path("minima")])
        for folders in [["half", "minima", "half"], ["half", "minima"], ["minima", "half", "half"]] {
            BuiltCommand.expectFailure(
                ["merge"] + folders.map(path) + ["--output", path("bad")],
                "merge: \(path("minima")) holds a sweep of another plan than \(path("half")): "
                    + "format is fullrank-minima, not fullrank-sweep", code: 64)
        }
        BuiltCommand.expectFailure(
            ["status", path("empty")], "status: \(path("empty")) is no sweep's folder: it has no plan.json", code: 65)
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
