import FullrankPlatform
import FullrankRuns
import FullrankTestSupport
import Testing

/// The same attacks on the folder of every kind of run made of trials: damaged, mixed up, killed in the midst. What is
/// refused is refused in one line, and left as it was; what continues ends as an undisturbed run, to the byte.
@Suite struct RunFolderAttackTests {
    struct Kind: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// Takes a few milliseconds.
        let short: [String]
        /// Takes some tenths of a second, most of them after the journal's first trials.
        let long: [String]

        init(_ name: String, _ line: String, long: String) {
            (testDescription, short) = (name, line.split(separator: " ").map(String.init))
            self.long = long.split(separator: " ").map(String.init)
        }
    }

    static let kinds = [
        Kind(
            "sweep", "sweep --backend cpu --threads 2 --d0 1,2 --n 6,12 --d1 2,5 --trials 20 --seed 3",
            long: "sweep --backend cpu --threads 2 --d0 2..4 --n 150 --d1 90 --trials 1500 --seed 3"),
        Kind(
            "networks", "sweep --trained all --outputs 2 --threads 2 --d0 1,3 --n 4,8 --d1 2,4 --trials 20 --seed 3",
            long: "sweep --trained all --threads 2 --d0 3 --n 60 --d1 30 --trials 2000 --seed 3"),
        Kind(
            "minima", "minima --backend cpu --threads 2 --labels random --d0 1,2 --n 4,8 --d1 5,9 --trials 20 --seed 3",
            long: "minima --backend cpu --threads 2 --labels random --d0 3 --n 30 --d1 60 --trials 80 --seed 3"),
        Kind(
            "dimension", "dimension --grid 2,1..3,1..3,1 --activation power:2 --threads 2 --trials 3 --seed 3",
            long: "dimension --grid 3,3..6,3..6,1 --activation relu --threads 2 --trials 90 --seed 3"),
        Kind(
            "landscape", "landscape sample --threads 2 --d0 1,2 --n 4 --d1 2 --trials 20 --seed 3",
            long: "landscape sample --threads 2 --d0 2 --n 6 --d1 3 --draws 5 --trials 70 --seed 3"),
    ]

    private let folder = TemporaryFolder()
    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func run(
        _ arguments: [String], in name: String, _ more: [String] = [], _ location: SourceLocation = #_sourceLocation
    ) {
        let result = BuiltCommand.run(arguments + more + ["--output", path(name)])
        #expect(result.status == 0, "\(result.messages)", sourceLocation: location)
    }

    /// A folder of its own with these files.
    private func write(_ files: [String: [UInt8]], to name: String) {
        shell("rm -rf '\(path(name))' && mkdir '\(path(name))'")
        for (file, bytes) in files { folder.file("\(name)/\(file)", bytes) }
    }

    private func expectRefused(
        _ arguments: [String], code: Int32, _ words: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let result = BuiltCommand.run(arguments)
        #expect(result.status == code && result.output == "", "\(result.messages)", sourceLocation: location)
        #expect(result.messages.contains(words), "\(words): \(result.messages)", sourceLocation: location)
        let lines = result.messages.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2, "\(result.messages)", sourceLocation: location)
    }

    /// The command itself, `status` and `merge` refuse it, and none of them changes it.
    private func expectAllRefuse(
        _ kind: Kind, _ name: String, _ words: String, with more: [String] = [],
        _ location: SourceLocation = #_sourceLocation
    ) {
        let before = folder.contents(of: name)
        expectRefused(kind.short + more + ["--output", path(name)], code: 65, words, location)
        expectRefused(["status", path(name)], code: 65, words, location)
        expectRefused(["merge", path(name), "--output", path("merged-" + name)], code: 65, words, location)
        expectSame(folder.contents(of: name), before, location)
        #expect(!folder.holds("merged-" + name), sourceLocation: location)
    }

    @Test(arguments: kinds) func tornJournalsContinueAndChangedLinesAreNamed(kind: Kind) {
        run(kind.short, in: "whole")
        let whole = folder.contents(of: "whole"), journal = whole["trials.jsonl"] ?? []
        for length in [0, 5, journal.count / 3, journal.count * 2 / 3, journal.count - 1] {
            write(whole.merging(["trials.jsonl": Array(journal[..<length])]) { $1 }, to: "torn")
            run(kind.short, in: "torn")
            expectSame(folder.contents(of: "torn"), whole)
        }
        let ends = journal.indices.filter { journal[$0] == UInt8(ascii: "\n") }
        #expect(ends.count > 25)
        for line in [1, ends.count / 2, ends.count] {
            let start = line == 1 ? 0 : ends[line - 2] + 1
            for place in [start + 7, ends[line - 1]] {
                var changed = journal
                changed[place] ^= 4
                write(whole.merging(["trials.jsonl": changed]) { $1 }, to: "changed")
                expectRefused(["status", path("changed")], code: 65, "trials.jsonl, line \(line) is damaged: ")
            }
        }
        // A trial that occurs twice, and a whole line of something else.
        for line in [journal[(ends[1] + 1)...ends[2]], "{\"trial\":0}\n".utf8.map { $0 }[...]] {
            write(whole.merging(["trials.jsonl": journal + line]) { $1 }, to: "more")
            expectAllRefuse(kind, "more", "trials.jsonl, line \(ends.count + 1) is damaged: ")
        }
    }

    /// Members that are read by nobody, or may be missing as in folders of before.
    private static let notes = ["error_bound", "proved_by_order", "primes"]

    @Test(arguments: kinds) func plansOfAnotherFormAreRefused(kind: Kind) {
        run(kind.short, in: "whole")
        let whole = folder.contents(of: "whole"), plan = String(decoding: whole["plan.json"] ?? [], as: UTF8.self)
        let lines = plan.split(separator: "\n").dropFirst().dropLast().map { String($0) }
        #expect(lines.count > 12)
        func write(_ lines: [String]) {
            let members = lines.map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }.joined(separator: ",\n")
            self.write(whole.merging(["plan.json": Array("{\n\(members)\n}\n".utf8)]) { $1 }, to: "changed")
        }
        for (place, line) in lines.enumerated() {
            let name = String(line.split(separator: "\"")[1])
            guard !Self.notes.contains(name) else { continue }
            var others = lines
            others.remove(at: place)
            write(others)
            expectRefused(
                ["status", path("changed")], code: 65,
                name == "prime" && kind.testDescription == "sweep"
                    ? "\"prime\" cannot be none" : "\"\(name)\" is missing")
            others.insert("  \"\(name)\": -1", at: place)
            write(others)
            expectRefused(["status", path("changed")], code: 65, "plan.json")
        }
        write(lines.map { $0.hasPrefix("  \"version\"") ? "  \"version\": 9" : $0 })
        expectAllRefuse(kind, "changed", "has version 9; this fullrank knows version 1")
        for bytes in [[], Array("{".utf8), Array(plan.utf8.dropLast(3)), Array("[]\n".utf8)] {
            self.write(whole.merging(["plan.json": bytes]) { $1 }, to: "changed")
            expectAllRefuse(kind, "changed", "plan.json is damaged: ")
        }
    }

    /// Each command finds the folders of every other one.
    @Test func kindsAreNotMixedUp() {
        for kind in Self.kinds { run(kind.short, in: kind.testDescription) }
        for kind in Self.kinds {
            for other in Self.kinds where other.testDescription != kind.testDescription {
                let name = path(other.testDescription), before = folder.contents(of: other.testDescription)
                let result = BuiltCommand.run(kind.short + ["--output", name])
                #expect([64, 65].contains(result.status), "\(result.messages)")
                #expect(
                    result.messages.contains("another plan: format is") || result.messages.contains("is of fullrank"),
                    "\(kind.testDescription) in \(other.testDescription): \(result.messages)")
                expectRefused(
                    ["merge", path(kind.testDescription), name, "--output", path("odd")], code: 64,
                    " holds a sweep of another plan than ")
                expectSame(folder.contents(of: other.testDescription), before)
            }
        }
        #expect(!folder.holds("odd"))
    }

    @Test(arguments: kinds) func shardsAreCheckedAndMissingOnesNamed(kind: Kind) {
        run(kind.short, in: "whole")
        let whole = folder.contents(of: "whole")
        for index in 1...3 { run(kind.short, in: "\(index)", ["--shard", "\(index)/3"]) }
        let others = Array(kind.short.dropLast()) + ["4"]
        run(others, in: "other", ["--shard", "2/3"])
        expectRefused(
            ["merge", path("1"), path("other"), path("3"), "--output", path("merged")], code: 64,
            "\(path("other")) holds a sweep of another plan than \(path("1")): seed is 4, not 3")
        #expect(!folder.holds("merged"))

        // The trials of another shard.
        var mixed = folder.contents(of: "1")
        mixed["trials.jsonl"] = folder.contents(of: "2")["trials.jsonl"]
        write(mixed, to: "mixed")
        expectAllRefuse(
            kind, "mixed", "trials.jsonl, line 2 is damaged: \"trial\" is ", with: ["--shard", "1/3"])

        // One is missing; it comes by a second merge, or by the command itself.
        func merged(_ parts: [String], _ words: String, into name: String) {
            let result = BuiltCommand.run(["merge"] + parts.map { path($0) } + ["--output", path(name)])
            #expect(result.status == 0 && result.messagesBeforeFiles.contains(words), "\(result.messages)")
        }
        merged(["3", "1"], "; trials of shards 2/3 are missing\n", into: "merged")
        shell("cp -r '\(path("merged"))' '\(path("completed"))'")
        merged(["2"], " trials, in \(path("merged"))\n", into: "merged")
        run(kind.short, in: "completed")
        merged(["3", "1", "2", "whole"], " trials, in \(path("together"))\n", into: "together")
        for (file, bytes) in whole where file != "trials.jsonl" {
            #expect(folder.read("merged/" + file) == bytes && folder.read("completed/" + file) == bytes, "\(file)")
        }
        expectSame(folder.contents(of: "together"), whole)

        // A line that is whole, and another trial's result: which of the two is wrong can't be known.
        var lines = String(decoding: whole["trials.jsonl"] ?? [], as: UTF8.self).split(separator: "\n").map {
            "\($0)\n"
        }
        let results = lines.indices.dropFirst().first { line in
            body(lines[line]).rest != body(lines[1]).rest && body(lines[line]).problem == body(lines[1]).problem
        }
        guard let results else {
            Issue.record("all trials have one result")
            return
        }
        lines[1] = sealed(body(lines[1]).problem + body(lines[1]).trial + body(lines[results]).rest)
        var changed = whole
        changed["trials.jsonl"] = Array(lines.joined().utf8)
        guard kind.testDescription != "dimension" else { return }
        write(changed, to: "changed")
        expectRefused(
            ["merge", path("1"), "--output", path("changed")], code: 65, " hold different results of trial 0: one of ")
    }

    /// What stands before the trial, the trial, and its result without the checksum.
    private func body(_ line: String) -> (problem: String, trial: String, rest: String) {
        let text = line.dropLast(LineSeal.length + 1), mark = "\"trial\":"
        guard let range = text.firstRange(of: mark) else { return ("", "", "") }
        let number = text[range.upperBound...].prefix { $0.isNumber }
        return (
            String(text[..<range.lowerBound]), mark + number, String(text[range.upperBound...].dropFirst(number.count))
        )
    }

    private func sealed(_ body: String) -> String {
        var bytes = Array(body.utf8)
        LineSeal.close(&bytes, from: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "mounting a small tmpfs needs root"), arguments: kinds)
    func readOnlyFoldersAreSaidToBeThat(kind: Kind) throws {
        let disk = try #require(SmallDisk(size: "20m"))
        let sweep = disk.path + "/sweep"
        #expect(BuiltCommand.run(kind.short + ["--output", sweep]).status == 0)
        let whole = disk.folder.contents(of: "sweep"), journal = whole["trials.jsonl"] ?? []
        disk.folder.file("sweep/trials.jsonl", Array(journal[..<(journal.count / 2)]))
        let torn = disk.folder.contents(of: "sweep")
        try #require(disk.remount("ro"))
        for name in ["sweep", "new"] {
            expectRefused(kind.short + ["--output", disk.path + "/" + name], code: 74, "Read-only file system")
        }
        #expect(BuiltCommand.run(["status", sweep]).status == 0)
        let merged = BuiltCommand.run(["merge", sweep, "--output", path("merged")])
        #expect(merged.status == 0, "\(merged.messages)")
        #expect(disk.folder.contents(of: "sweep") == torn)
        try #require(disk.remount("rw"))
        #expect(BuiltCommand.run(kind.short + ["--output", sweep]).status == 0)
        expectSame(disk.folder.contents(of: "sweep"), whole)
    }

    @Test(arguments: kinds) func runsEndedInTheMidstContinue(kind: Kind) {
        run(kind.long, in: "whole")
        let whole = folder.contents(of: "whole"), journal = whole["trials.jsonl"] ?? []
        for (signal, status) in [(SIGKILL, 137), (SIGINT, 130)] as [(Int32, Int32)] {
            let before = folder.read("ended/trials.jsonl")?.count ?? 0
            let command = RunningCommand(kind.long + ["--output", path("ended")])
            // The header alone is shorter than 100 bytes, a line longer than 40.
            #expect(command.runs { (folder.read("ended/trials.jsonl")?.count ?? 0) > max(100, before + 40) })
            let result = command.end(signal)
            #expect(result.status == status, "\(result.messages)")
            let kept = folder.read("ended/trials.jsonl") ?? []
            #expect(journal.starts(with: kept) && kept.count < journal.count)
            guard signal != SIGKILL else { continue }
            let trials = kept.count { $0 == UInt8(ascii: "\n") } - 1
            let words = "interrupted: \(trials) of "
            #expect(result.messages.contains(words), "\(words): \(result.messages)")
            #expect(result.messages.contains(" are kept in \(path("ended")); the same command goes on from there\n"))
        }
        run(kind.long, in: "ended")
        expectSame(folder.contents(of: "ended"), whole)
    }
}
