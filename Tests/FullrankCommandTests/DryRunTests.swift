import FullrankTestSupport
import Testing

/// `--dry-run`: what a job would take.
@Suite struct DryRunTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/sweep" }
    private static let sweep = "sweep --backend cpu --d0 1,2 --n 10..60:10 --d1 20..100:20 --trials 400"

    private func json(_ line: String, output: Bool = false) -> String {
        BuiltCommand.succeed(line + " --dry-run --json", output ? ["--output", path] : []).output
    }

    /// The value of a key in the first object that has it.
    private func number(_ key: String, _ json: String, _ location: SourceLocation = #_sourceLocation) -> Double {
        guard let start = json.firstRange(of: "\"\(key)\": ")?.upperBound,
            let value = Double(json[start...].prefix { !",}".contains($0) })
        else {
            Issue.record("no \(key) in \(json)", sourceLocation: location)
            return -1
        }
        return value
    }

    @Test func people() {
        let text = BuiltCommand.succeed(Self.sweep + " --dry-run").output
        let lines = [
            #/sweep: 2 problems, 60 cells, 400 trials each/#, #/trials: 800/#,
            #/work: 5\.4e7 multiply-adds, from the shapes: .*/#,
            #/time: about [\d.]+ s on cpu, .*; from trials of these shapes, run now for 0\.[\d.]+ s; tables and figures .*/#,
            #/memory: about [\d.]+ MB at the peak, from the probe's/#,
            #/disk: about [\d.]+ kB of journal, from the probe's lines/#,
        ]
        let printed = text.split(separator: "\n")
        #expect(printed.count == lines.count)
        for (line, pattern) in zip(printed, lines) { #expect(line.wholeMatch(of: pattern) != nil, "\(line)") }
    }

    /// Time within a factor of ten only: tests share their machine. Scripts/check/estimates looks closer.
    @Test(arguments: [
        sweep, "threshold --backend cpu --d0 10 --n 2600 --trials 2",
        "sweep --backend cpu --d0 2 --n 10..40:10 --d1 10..40:10 --trials 60 --method svd",
        "sweep --backend cpu --ratio 0.5,1 --n 20..140:4 --d1 1..6 --trials 30",
    ])
    func estimatesAreNearWhatHappens(line: String) throws {
        let estimate = json(line, output: true)
        #expect(!folder.holds("sweep"), "nothing is written")
        #expect(number("trials_done", estimate) == 0 && number("probe_seconds", estimate) < 3)
        let start = ContinuousClock.now
        BuiltCommand.succeed(line, ["--output", path])
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let journal = folder.read("sweep/trials.jsonl") ?? []
        #expect(Int(number("trials_left", estimate)) == journal.count { $0 == UInt8(ascii: "\n") } - 1)
        let lines = journal.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
        let ratio = number("journal_bytes", estimate) / Double(lines.count)
        #expect(ratio > 0.7 && ratio < 1.4, "\(ratio)")
        #expect(number("seconds", estimate) < 10 * seconds && number("seconds", estimate) > (seconds - 0.1) / 10)
        #expect(number("memory_bytes", estimate) > 5e6 && number("memory_bytes", estimate) < 500e6)

        let after = json(line, output: true)
        #expect(number("trials_left", after) == 0 && number("seconds", after) == 0)
        #expect(number("trials_done", after) == number("trials_left", estimate))
    }

    @Test func whatIsThereIsTakenOff() {
        BuiltCommand.succeed(Self.sweep, ["--output", path])
        let lines = folder.text("sweep/trials.jsonl").split(separator: "\n").map { $0 + "\n" }
        folder.file("sweep/trials.jsonl", lines[..<301].joined())
        let before = folder.contents(of: "sweep")
        let part = json(Self.sweep, output: true)
        #expect(number("trials_done", part) == 300 && number("trials_left", part) == 500)
        let text = BuiltCommand.succeed(Self.sweep + " --dry-run", ["--output", path]).output
        #expect(text.contains("\ntrials: 500 left; 300 of 800 are in \(path)\n"), "\(text)")
        // As the run itself would: refused, extended, started over.
        let more = Self.sweep.replacing("400", with: "500")
        let refused = BuiltCommand.run((more + " --dry-run --output \(path)").split(separator: " ").map(String.init))
        #expect(
            refused.status == 64 && refused.messages.contains("trials is 400 there and 500 here. --extend adds them"))
        #expect(number("trials_left", json(more + " --extend", output: true)) == 700)
        #expect(number("trials_left", json(more + " --replace", output: true)) == 1000)
        expectSame(folder.contents(of: "sweep"), before)
    }

    @Test func halfWidthsGiveARange() {
        let line = Self.sweep + " --half-width 0.02"
        let fresh = json(line)
        #expect(number("trials_left", fresh) == 800 && number("trials_left_most", fresh) == 2 * 2398)
        #expect(number("multiply_adds_most", fresh) > 5 * number("multiply_adds", fresh))
        #expect(BuiltCommand.succeed(line + " --dry-run").output.contains("\ntrials: 800 to 4796\n"))
        BuiltCommand.succeed(line, ["--output", path])
        let done = json(line, output: true)
        #expect(number("trials_left", done) == 0 && number("trials_left_most", done) == 0)
    }

    @Test func otherCommandsAndShards() {
        let both = json("reproduce all --trials 3 --backend cpu")
        #expect(both.hasPrefix("[{\"title\": \"fixed-input\"") && both.contains("{\"title\": \"proportional-input\""))
        #expect(number("problems", both) == 4 && number("cells", both) == 400)
        #expect(number("trials_left", json(Self.sweep + " --shard 1/3")) == 2 * 134)
        #expect(number("trials_left", json("threshold --d0 1 --n 4 --backend cpu")) == 100)
        folder.file("cells.csv", "precious")
        BuiltCommand.expectFailure(
            (Self.sweep + " --dry-run --output \(folder.path)").split(separator: " ").map(String.init),
            "sweep: --output: \(folder.path) is no sweep's folder (it has no plan.json) and its cells.csv would be overwritten. "
                + "Choose another --output, or delete cells.csv", code: 64)
        // --replace replaces sweeps only.
        let replaced = BuiltCommand.run(
            (Self.sweep + " --dry-run --replace --output \(folder.path)").split(separator: " ").map(String.init))
        #expect(replaced.status == 64 && replaced.messages.contains("cells.csv would be overwritten"))
    }

    /// Refused before a list of so many numbers is made.
    @Test(arguments: ["--d0 1 --n 2147483647", "--d0 1..101 --n 100000"])
    func tooManyCellsOfAThreshold(words: String) {
        let result = BuiltCommand.run(
            ("threshold --dry-run --backend cpu " + words).split(separator: " ").map(String.init))
        #expect(result.status == 64 && result.seconds < 1)
        #expect(result.messages.contains("cells, one for each d0 and n' up to n; at most 10000000 are taken"))
    }
}
