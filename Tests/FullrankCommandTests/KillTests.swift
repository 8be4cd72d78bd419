import FullrankPlatform
import FullrankTestSupport
import Testing

/// Sends a hundred SIGKILLs at random moments, 25 for each seed, in every phase of a sweep's life. The same command
/// continues after each, and the folder ends as an undisturbed run's, to the byte.
@Suite struct KillTests {
    /// Some kills must land in each; the rest may land anywhere.
    enum Phase: CaseIterable {
        /// Before anything of the folder was touched, at the first start or a later one.
        case start
        /// plan.json being written, or written and no journal begun.
        case plan
        /// Trials were added to the journal.
        case journal
        /// The journal is whole, some table or diagram was written or was being written.
        case tables

        var leastKills: Int {
            switch self {
            case .start: 2
            case .plan: 1
            case .journal: 5
            case .tables: 3
            }
        }
    }

    @Test(arguments: [201, 202, 203, 204] as [UInt64])
    func killsInEveryPhaseLoseNothing(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var kills = [Phase: Int]()
        var elsewhere = 0
        var isDone: Bool {
            kills.values.reduce(elsewhere, +) >= 25
                && Phase.allCases.allSatisfy { kills[$0, default: 0] >= $0.leastKills }
        }
        for round in 0..<15 where !isDone {
            let victim = Victim("seed \(seed), round \(round)")
            // Aimed at the phases in their order, each moment at random.
            let end = Timeline.measured.end, tables = Timeline.measured.tables
            let moments: [(Victim) -> Bool] = [
                { $0.kill(at: generator.below(Timeline.measured.plan)) },
                { !$0.isPlanned && $0.kill(once: { $0.isBeingPlanned }, after: generator.below(1500)) },
                { $0.killInTheJournal(after: generator.below(end / 8)) },
                { $0.killInTheJournal(after: generator.below(end / 8)) },
                { $0.killInTheJournal(after: generator.below(end / 8)) },
                { $0.kill(at: generator.below(end)) },
                { $0.kill(once: { $0.isJournalWhole }, after: generator.below(tables)) },
                { $0.kill(at: generator.below(end)) },
            ]
            for moment in moments {
                let before = victim.state()
                // Not killed, because it was done before its moment.
                guard moment(victim) else { continue }
                if let phase = victim.phase(since: before) { kills[phase, default: 0] += 1 } else { elsewhere += 1 }
            }
            victim.finish()
        }
        #expect(isDone, "seed \(seed): the kills landed in \(kills), \(elsewhere) elsewhere")
    }
}

/// The undisturbed run of the sweep that is killed, and its moments in microseconds after its start.
private struct Timeline {
    var plan = 0
    /// The journal is whole.
    var journal = 0
    var end = 0
    var files: [String: [UInt8]] = [:]
    var tables: Int { max(end - journal, 1) }

    /// Eight problems, so that the journal grows in eight steps at least.
    static let arguments =
        "sweep --backend cpu --d0 1..8 --n 10..50:10 --d1 10..200:10 --seed 7 --trials 250 --output"
        .split(separator: " ").map(String.init)

    static let measured: Timeline = {
        var timeline = Timeline()
        let folder = TemporaryFolder()
        // Once for the files, once for the times.
        _ = BuiltCommand.run(arguments + [folder.path + "/first"])
        timeline.files = folder.contents(of: "first")
        let size = timeline.files["trials.jsonl"]?.count ?? 0
        let start = ContinuousClock.now
        func now() -> Int { Int((ContinuousClock.now - start) / .microseconds(1)) }
        let command = RunningCommand(arguments + [folder.path + "/second"])
        _ = command.runs { folder.holds("second/plan.json") }
        timeline.plan = now()
        _ = command.runs { folder.size("second/trials.jsonl") == size }
        timeline.journal = now()
        let status = command.wait().status
        timeline.end = now()
        precondition(status == 0 && size > 0 && timeline.files.count == 14, "\(status), \(timeline.files.keys)")
        return timeline
    }()
}

/// A folder whose sweep is killed repeatedly.
private final class Victim {
    private let folder = TemporaryFolder()
    private let name: String

    init(_ name: String) { self.name = name }

    /// Files by name, hidden ones too, each with its number on the disk: a file written anew has another.
    struct State {
        var files: [String: FileStatus.Identity] = [:]
        var journal = 0
    }

    var isPlanned: Bool { folder.holds("sweep/plan.json") }
    var isBeingPlanned: Bool { isPlanned || folder.holds("sweep/.plan.json.partial") }
    var isJournalWhole: Bool { folder.size("sweep/trials.jsonl") == Timeline.measured.files["trials.jsonl"]?.count }

    func state() -> State {
        var state = State(journal: folder.size("sweep/trials.jsonl") ?? 0)
        for name in TemporaryFolder.names(in: folder.path + "/sweep")
        where name.first != "." || name.hasSuffix(".partial") {
            state.files[name] = FileStatus(ofLinkAt: "\(folder.path)/sweep/\(name)")?.identity
        }
        return state
    }

    /// nil where a kill changed only what had been killed before, such as a part of the journal's header.
    func phase(since before: State) -> KillTests.Phase? {
        let after = state()
        func isTable(_ name: String) -> Bool { !name.contains("plan.json") && name != "trials.jsonl" }
        if isJournalWhole, after.files.contains(where: { isTable($0.key) && before.files[$0.key] != $0.value }) {
            return .tables
        }
        if after.journal > max(before.journal, 100) { return .journal }
        if before.files["plan.json"] == nil, after.files.keys.contains(where: { $0.contains("plan.json") }) {
            return .plan
        }
        return after.files == before.files && after.journal == before.journal ? .start : nil
    }

    /// Runs the sweep and kills it this many microseconds after its start; false if it was done before.
    func kill(at moment: Int) -> Bool { kill(once: { _ in true }, after: moment) }

    /// Runs the sweep and kills it this many microseconds after a condition holds; false if it was done before.
    func kill(once condition: (Victim) -> Bool, after delay: Int) -> Bool {
        let command = RunningCommand(Timeline.arguments + [folder.path + "/sweep"])
        guard command.runs(until: { condition(self) }) else {
            #expect(command.wait().status == 0, "\(name)")
            return false
        }
        usleep(UInt32(delay))
        let result = command.end(SIGKILL)
        #expect(result.status == 137 || result.status == 0, "\(name): \(result.status), \(result.messages)")
        check()
        return result.status == 137
    }

    /// The same, after this run's first trials are in the journal.
    func killInTheJournal(after delay: Int) -> Bool {
        // The header alone is shorter than 100 bytes, a step longer.
        let before = folder.size("sweep/trials.jsonl") ?? 0
        return kill(
            once: { $0.isJournalWhole || ($0.folder.size("sweep/trials.jsonl") ?? 0) > before + 100 }, after: delay)
    }

    /// Every file is whole, the journal the beginning of the undisturbed one: what a reader may meet at any time.
    private func check() {
        for (file, bytes) in folder.contents(of: "sweep") {
            let whole = Timeline.measured.files[file] ?? []
            #expect(file == "trials.jsonl" ? whole.starts(with: bytes) : whole == bytes, "\(name): \(file)")
        }
    }

    /// Lets it end; its folder must be the undisturbed one's.
    func finish() {
        let before = folder.size("sweep/trials.jsonl") ?? 0
        let result = BuiltCommand.run(Timeline.arguments + [folder.path + "/sweep"])
        #expect(result.status == 0, "\(name): \(result.messages)")
        #expect((folder.size("sweep/trials.jsonl") ?? 0) >= before, "\(name)")
        expectSame(folder.contents(of: "sweep"), Timeline.measured.files)
    }
}

extension TemporaryFolder {
    /// A file's size; nil if there is none.
    fileprivate func size(_ name: String) -> Int? { FileStatus(at: path + "/" + name)?.size }
}
