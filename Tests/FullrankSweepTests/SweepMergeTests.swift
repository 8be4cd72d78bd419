import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

/// Merging walks journals line by line; the obvious merge is a table of all trials, here what the fake backend gives.
@Suite struct SweepMergeTests {
    /// A folder whose journal holds these trials in this order.
    private func journal(_ trials: [SweepTrial], of plan: SweepPlan) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        try SweepFolder(folder.path, plan: plan, provenance: provenance).resume { _ in }.journal.append(trials)
        return folder
    }

    private func merged(_ folders: [TemporaryFolder], _ plan: SweepPlan) throws -> (delivered: [SweepTrial], count: Int)
    {
        let merge = try SweepMerge(folders.map(\.path))
        let output = TemporaryFolder()
        var delivered = [SweepTrial]()
        try merge.write(to: SweepFolder(output.path, plan: plan, provenance: provenance)) { delivered.append($0) }
        var written = [SweepTrial]()
        try SweepReader(output.path).readTrials { written.append($0) }
        #expect(written == delivered)
        return (delivered, merge.count)
    }

    /// Any parts, in order, in pieces or shuffled, that overlap or not, leave gaps or not.
    @Test(arguments: 0..<60 as Range<UInt64>) func anyPartsMergeToWhatTheyHold(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var plan = plans[Int(seed) % plans.count]
        plan.trials = [3, 40, 300].randomElement(using: &generator)!
        let all = expected(plan)
        var held = Set<SweepTrial>()
        let folders = try (0..<Int.random(in: 1...5, using: &generator)).map { _ in
            var part = all
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: break
            case 1:
                let (a, b) = (generator.below(all.count), generator.below(all.count))
                part = Array(all[min(a, b)...max(a, b)])
            case 2: part.removeAll { _ in Bool.random(using: &generator) }
            default:
                part.removeAll { _ in Bool.random(using: &generator) }
                part.shuffle(using: &generator)
            }
            held.formUnion(part)
            return try journal(part, of: plan)
        }
        let result = try merged(folders, plan)
        #expect(result.delivered == all.filter(held.contains), "seed \(seed)")
        #expect(result.count == held.count, "seed \(seed)")
    }

    /// A trial that two folders hold with different results, wherever it stands, is found before anything is written.
    @Test(arguments: 0..<20 as Range<UInt64>) func theTrialThatDiffersIsNamed(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let plan = plans[0]
        let all = expected(plan)
        let wrong = all.randomElement(using: &generator)!
        guard case .profile(let profile) = wrong.result else { return #expect(Bool(false), "exact") }
        var columns = profile.pivotColumns
        columns[0] = columns[0] < 0 ? (0...).first { !columns.contains($0) }! : -1
        let changed = all.map {
            $0 == wrong
                ? SweepTrial(
                    problem: $0.problem, trial: $0.trial,
                    result: .profile(RankProfile(pivotColumns: columns, columnsPerUnit: profile.columnsPerUnit))) : $0
        }
        let others = all.filter { $0 != wrong }
        let folders = try [others, all, changed.shuffled(using: &generator)].map { try journal($0, of: plan) }
        let error = folderError { _ = try SweepMerge(folders.map(\.path)) }
        guard case .differentTrial(let path, let other, wrong.trial)? = error else {
            return #expect(Bool(false), "seed \(seed): \(String(describing: error))")
        }
        #expect([path, other].sorted() == folders.dropFirst().map(\.path).sorted(), "seed \(seed)")
        #expect(folderError { _ = try SweepMerge(folders.dropLast().map(\.path)) } == nil)
    }

    /// Of two plans the one that fewer folders have; of as many, the later one's.
    @Test func theFolderOfAnotherPlanIsNamed() throws {
        var plan = plans[0]
        let (a, b, c) = (try journal([], of: plan), try journal([], of: plan), try journal([], of: plan))
        plan.bias = false
        let (x, y) = (try journal([], of: plan), try journal([], of: plan))
        let cases = [
            ([a, x], x, a), ([x, a], a, x), ([x, a, b], x, a), ([a, x, b, y], x, a), ([x, y, a, b, c], x, a),
            ([a, x, y], a, x),
        ]
        for (folders, unlike, other) in cases {
            let recorded = unlike === x || unlike === y ? "false" : "true"
            let error = folderError { _ = try SweepMerge(folders.map(\.path)) }
            #expect(
                error
                    == .unlikeFolder(
                        path: unlike.path, other: other.path,
                        differences: [
                            PlanDifference(
                                field: "bias", recorded: recorded, asked: recorded == "true" ? "false" : "true")
                        ]))
        }
    }

    @Test func aJournalCutOffMeanwhileIsDamage() throws {
        let plan = plans[0]
        let folder = try journal(expected(plan), of: plan)
        let merge = try SweepMerge([folder.path])
        folder.file("trials.jsonl", Array(folder.read("trials.jsonl")!.dropLast(30)))
        let output = TemporaryFolder()
        let error = folderError {
            try merge.write(to: SweepFolder(output.path, plan: plan, provenance: provenance)) { _ in }
        }
        #expect(
            error
                == .damaged(path: folder.path + "/trials.jsonl", line: nil, reason: "it was changed while it was read"))
    }

    /// A line longer than the cursor's first reading, and than the reader's buffer.
    @Test func longLines() throws {
        let plan = SweepPlan(inputDimensions: .fixed([1]), points: [200_000], units: [1 << 20], trials: 2)
        let trials = expected(plan)
        let folder = try journal(trials, of: plan)
        #expect(folder.read("trials.jsonl")!.count > 1 << 20)
        #expect(try merged([folder, folder], plan).delivered == trials)
    }
}
