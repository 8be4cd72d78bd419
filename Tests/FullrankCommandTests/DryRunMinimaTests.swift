import FullrankFiles
import FullrankSweep
import FullrankTestSupport
import Testing

/// `--dry-run` of the experiment on global minima.
@Suite struct DryRunMinimaTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/minima" }
    private static let line = "minima --backend cpu --d0 1,2 --n 4..12:4 --d1 5..25:10 --trials 40"

    /// The printed objects, one for each plan.
    private func runs(_ line: String, output: Bool = false) throws -> [JSONValue] {
        let printed = BuiltCommand.succeed(line + " --dry-run --json", output ? ["--output", path] : []).output
        guard case .array(let runs) = try JSONValue(parsing: Array(printed.utf8)) else {
            Issue.record("no list: \(printed)")
            return []
        }
        return runs
    }

    private func one(_ line: String, output: Bool = false) throws -> JSONValue {
        let runs = try runs(line, output: output)
        #expect(runs.count == 1)
        return try #require(runs.first)
    }

    private func number(_ key: String, _ run: JSONValue, _ location: SourceLocation = #_sourceLocation) -> Double {
        guard let value = run[key].flatMap({ Double($0.text) }) else {
            Issue.record("no \(key) in \(run.text)", sourceLocation: location)
            return -1
        }
        return value
    }

    private func refused(_ line: String) -> CommandResult {
        BuiltCommand.run(line.split(separator: " ").map(String.init))
    }

    @Test func people() {
        let text = BuiltCommand.succeed(Self.line + " --dry-run").output
        let lines = [
            #/minima: 2 problems, 18 cells, 40 trials each/#, #/trials: 80/#,
            #/work: 720 verdicts, 9 of each trial's regions/#,
            #/time: about [\d.]+ s(?: to [\d.]+ (?:s|min))? on cpu, .*; from .*, run now for [\d.]+ s; tables and figures .*/#,
            #/memory: about [\d.]+ MB at the peak, from the probe's and the shapes/#,
            #/disk: about [\d.]+ kB of journal, from the probe's lines/#,
        ]
        let printed = text.split(separator: "\n")
        #expect(printed.count == lines.count)
        for (line, pattern) in zip(printed, lines) { #expect(line.wholeMatch(of: pattern) != nil, "\(line)") }
    }

    /// Time within a factor of ten only: tests share their machine.
    @Test(arguments: [
        line, line + " --labels teacher", line + " --labels random --no-bias",
        "minima --backend cpu --d0 2 --n 5,11 --d1 10..70:20 --trials 12 --patterns regions",
        "minima --backend cpu --d0 5 --n 60,120 --d1 100,200 --trials 6 --labels random",
    ])
    func estimatesAreNearWhatHappens(line: String) throws {
        let estimate = try one(line, output: true)
        #expect(!folder.holds("minima"), "nothing is written")
        guard case .object(let members) = estimate else { return }
        #expect(
            members.map(\.name) == [
                "title", "folder", "backend", "device", "problems", "cells", "trials_done", "running", "trials_left",
                "trials_left_most", "verdicts", "verdicts_most", "seconds", "seconds_most", "memory_bytes",
                "device_memory_bytes", "journal_bytes", "journal_bytes_most", "measured_problems", "probe_seconds",
            ])
        #expect(number("trials_done", estimate) == 0 && number("probe_seconds", estimate) < 6)
        let start = ContinuousClock.now
        BuiltCommand.succeed(line, ["--output", path])
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let journal = folder.read("minima/trials.jsonl") ?? []
        #expect(Int(number("trials_left", estimate)) == journal.count { $0 == UInt8(ascii: "\n") } - 1)
        let lines = journal.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
        let ratio = number("journal_bytes", estimate) / Double(lines.count)
        #expect(ratio > 0.8 && ratio < 1.25, "\(ratio)")
        #expect(number("seconds", estimate) <= number("seconds_most", estimate))
        #expect(number("seconds", estimate) < 10 * seconds && number("seconds_most", estimate) > (seconds - 0.1) / 10)
        #expect(number("memory_bytes", estimate) > 5e6 && number("memory_bytes", estimate) < 500e6)

        let after = try one(line, output: true)
        #expect(
            number("trials_left", after) == 0 && number("seconds_most", after) == 0 && number("verdicts", after) == 0)
        #expect(number("trials_done", after) == number("trials_left", estimate))
    }

    @Test func whatIsThereIsTakenOff() throws {
        BuiltCommand.succeed(Self.line, ["--output", path])
        let lines = folder.text("minima/trials.jsonl").split(separator: "\n").map { $0 + "\n" }
        folder.file("minima/trials.jsonl", lines[..<31].joined())
        let before = folder.contents(of: "minima")
        let part = try one(Self.line, output: true)
        #expect(number("trials_done", part) == 30 && number("trials_left", part) == 50)
        let text = BuiltCommand.succeed(Self.line + " --dry-run", ["--output", path]).output
        #expect(text.contains("\ntrials: 50 left; 30 of 80 are in \(path)\n"), "\(text)")
        // As the run itself would: refused, extended, started over.
        let more = Self.line.replacing("--trials 40", with: "--trials 50")
        let refusal = refused(more + " --dry-run --output \(path)")
        #expect(refusal.status == 64 && refusal.messages.contains("trials is 40 there and 50 here. --extend adds them"))
        #expect(number("trials_left", try one(more + " --extend", output: true)) == 70)
        #expect(number("trials_left", try one(more + " --replace", output: true)) == 100)
        expectSame(folder.contents(of: "minima"), before)
        let sweep = refused("sweep --d0 1 --n 4 --d1 5 --dry-run --output \(path)")
        #expect(sweep.status != 0)
    }

    @Test func shardsAndHalfWidths() throws {
        let shard = try one(Self.line + " --shard 1/3")
        #expect(number("trials_left", shard) == 2 * 14 && number("verdicts", shard) == 9 * 28)
        let wide = try one(Self.line + " --half-width 0.02 --max-trials 900")
        #expect(number("trials_left", wide) == 80 && number("trials_left_most", wide) == 1800)
        #expect(number("verdicts_most", wide) == 9 * 1800)
    }

    /// A trial far too long to run is not run.
    @Test func longTrials() throws {
        let run = try one("minima --backend cpu --d0 3 --n 2000 --d1 4000 --labels random --trials 10")
        #expect(number("measured_problems", run) == 0 && number("probe_seconds", run) < 10)
        #expect(number("seconds_most", run) > 1.5 * number("seconds", run))
        #expect(number("memory_bytes", run) > 48 * 2000 * 2000)
    }

    @Test func publishedGrids() throws {
        let grids = try runs("reproduce global-minima --trials 3 --backend cpu --shard 1/3")
        #expect(grids.count == 9)
        #expect(grids.map { $0["title"]?.string }.first == "global-minima, polynomial-d0-1")
        for grid in grids {
            #expect(number("cells", grid) == 100 && number("trials_left", grid) == 1 && number("verdicts", grid) == 100)
        }
        let text = BuiltCommand.succeed(
            "reproduce global-minima --dry-run --trials 2 --backend cpu", ["--output", path]
        ).output
        #expect(
            text.contains(#/\nall 9: 18 trials, about .* s.*, at most .* MB of memory, about .* kB of journals\n$/#),
            "\(text)")
        #expect(!folder.holds("minima"))
    }

    @Test func usageErrors() {
        let shapes = "--d0 1 --n 4 --d1 5"
        #expect(refused("minima \(shapes)").status == 64)
        folder.file("cells.csv", "precious")
        let foreign = refused("minima \(shapes) --dry-run --output \(folder.path)")
        #expect(foreign.status == 64 && foreign.messages.contains("cells.csv would be overwritten"))
        // A sweep's folder is refused in the words of the run itself.
        BuiltCommand.succeed("sweep --backend cpu --d0 1 --n 4 --d1 5 --trials 2", ["--output", path])
        let run = refused("minima \(shapes) --output \(path)"),
            dry = refused("minima \(shapes) --dry-run --output \(path)")
        #expect(run.status == 64 && dry.status == run.status && dry.messages == run.messages, "\(dry.messages)")
    }
}
