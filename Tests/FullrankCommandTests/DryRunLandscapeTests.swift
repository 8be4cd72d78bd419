import FullrankFiles
import FullrankTestSupport
import Testing

/// `landscape sample --dry-run`.
@Suite struct DryRunLandscapeTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/s" }
    private static let line = "landscape sample --d0 1,2 --n 4,6 --d1 1..3 --trials 40 --draws 2"

    private func estimate(_ line: String, output: Bool = false) throws -> JSONValue {
        let printed = BuiltCommand.succeed(line + " --dry-run --json", output ? ["--output", path] : []).output
        guard case .array(let runs) = try JSONValue(parsing: Array(printed.utf8)), runs.count == 1 else {
            throw Missing(printed)
        }
        return runs[0]
    }

    private struct Missing: Error {
        let words: String
        init(_ words: String) { self.words = words }
    }

    private func number(_ key: String, _ run: JSONValue) throws -> Double {
        guard let value = run[key].flatMap({ Double($0.text) }) else { throw Missing(key) }
        return value
    }

    @Test func people() {
        let printed = BuiltCommand.succeed(Self.line + " --dry-run").output.split(separator: "\n")
        let lines = [
            #/landscape sample: 2 problems, 12 cells, 40 trials each/#, #/trials: 80/#,
            #/work: 960 combinations of cells, 12 in each trial/#,
            #/time: about .* on cpu, .*; from (?:trials of|smaller).*, run now for 0\.[\d.]+ s; tables and figures .*/#,
            #/memory: about [\d.]+ MB at the peak, from the probe's and the shapes/#,
            #/disk: about [\d.]+ kB of journal, from the probe's lines/#,
        ]
        #expect(printed.count == lines.count)
        for (line, pattern) in zip(printed, lines) { #expect(line.wholeMatch(of: pattern) != nil, "\(line)") }
    }

    /// Time within a factor of twenty only: tests share their machine.
    @Test(arguments: [line, "landscape sample --d0 2 --n 8,10 --d1 1..4 --trials 30 --saddles --cells regions"])
    func nearWhatHappens(line: String) throws {
        let before = try estimate(line, output: true)
        #expect(!folder.holds("s"), "nothing is written")
        let start = ContinuousClock.now
        BuiltCommand.succeed(line, ["--output", path])
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let journal = folder.text("s/trials.jsonl").split(separator: "\n").dropFirst()
        #expect(try number("trials_left", before) == Double(journal.count))
        let bytes = journal.reduce(0) { $0 + $1.utf8.count + 1 }
        #expect((0.6...1.6).contains(try number("journal_bytes", before) / Double(bytes)))
        #expect(try number("seconds", before) < 20 * seconds)
        #expect(try number("seconds_most", before) > (seconds - 0.1) / 20)
        #expect((5e6...500e6).contains(try number("memory_bytes", before)))
        let after = try estimate(line, output: true)
        #expect(try number("trials_left", after) == 0 && number("combinations", after) == 0)
        #expect(try number("trials_done", after) == Double(journal.count))
    }

    /// What a run would refuse is refused with its message; shards and extensions are counted.
    @Test func folders() throws {
        BuiltCommand.succeed(Self.line, ["--output", path])
        let other = Self.line + " --seed 1"
        let run = BuiltCommand.run(other.split(separator: " ").map(String.init) + ["--output", path])
        let dry = BuiltCommand.run(other.split(separator: " ").map(String.init) + ["--dry-run", "--output", path])
        #expect(run.status == dry.status && run.messages == dry.messages && dry.messages.contains("seed is 0 there"))
        let more = Self.line.split(separator: " ").map { $0 == "40" ? "100" : String($0) }.joined(separator: " ")
        #expect(try number("trials_left", estimate(more + " --extend", output: true)) == 120)
        #expect(try number("trials_left", estimate(Self.line + " --shard 1/4")) == 20)
        for task in ["census", "check", "descend"] {
            BuiltCommand.expectFailure(
                ["landscape", task, "P", "--dry-run"], "landscape: --dry-run does not go with '\(task)'", code: 64)
        }
        let json = BuiltCommand.run(Self.line.split(separator: " ").map(String.init) + ["--json", "--output", path])
        #expect(json.status == 64 && json.messages.contains("--json does not go with 'sample'"))
    }
}
