import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankStatistics
import FullrankSweep
import FullrankTestSupport
import Testing

/// Trials added until intervals are narrow: what counts follows from the plan alone.
@Suite struct PrecisionTests {
    /// Plans whose problems need different numbers of trials.
    static let targets: [SweepPlan] = plans.enumerated().map { index, plan in
        var plan = plan
        plan.target = IntervalTarget(halfWidth: [0.06, 0.06, 0.2, 0.06][index], maxTrials: [900, 300, 60, 300][index])
        return plan
    }

    /// The rule, slowly: every trial there could be, cells counted one by one at each checkpoint.
    private func counted(_ plan: SweepPlan) -> [SweepTrial] {
        var whole = plan
        (whole.trials, whole.target) = (plan.mostTrials, nil)
        let all = expected(whole)
        return plan.problems.indices.flatMap { index -> [SweepTrial] in
            let trials = all.filter { $0.problem == index }
            var checkpoint = plan.trials
            while let next = plan.target?.nextCheckpoint(
                after: checkpoint, widest: widest(plan.problems[index], trials.prefix(checkpoint)))
            { checkpoint = next }
            return Array(trials.prefix(checkpoint))
        }
    }

    private func widest(_ problem: SweepProblem, _ trials: some Collection<SweepTrial>) -> WidestCell {
        var counts = [Int]()
        for (i, points) in problem.points.enumerated() {
            for (j, units) in problem.units.enumerated() {
                counts.append(
                    trials.count {
                        switch $0.result {
                        case .profile(let profile): profile.rank(points: points, units: units) == points
                        case .summaries(let cells): cells[i * problem.units.count + j]!.rank == points
                        }
                    })
            }
        }
        return WidestCell(trials: trials.count, fullRanks: counts)
    }

    private func run(
        _ plan: SweepPlan, in path: String, _ behaviour: FakeRankBackend.Behaviour = .init(), extending: Bool = false
    ) throws -> (trials: [SweepTrial], summary: SweepSummary, events: [SweepEvent]) {
        let folder = try SweepFolder(path, plan: plan, provenance: provenance, extending: extending)
        var tallies = plan.problems.map { SweepTally(problem: $0) }
        var (trials, events) = ([SweepTrial](), [SweepEvent]())
        let summary = try SweepRunner(plan: plan, backend: FakeRankBackend(behaviour)).run(in: folder) {
            tallies.add($0)
            trials.append($0)
        } widest: {
            tallies[$0].widest
        } event: {
            events.append($0)
        }
        trials.sort { ($0.problem, $0.trial) < ($1.problem, $1.trial) }
        return (trials, summary, events)
    }

    @Test(arguments: targets) func trialsAreThoseOfTheRule(plan: SweepPlan) throws {
        let folder = TemporaryFolder()
        let reference = counted(plan)
        let run = try run(plan, in: folder.path + "/a")
        #expect(run.trials == reference)
        let trials = plan.problems.indices.map { index in reference.count { $0.problem == index } }
        #expect(trials.count == 1 || Set(trials).count > 1, "\(trials)")
        #expect(run.summary.total == reference.count && run.summary.trials == reference.count && !run.summary.mayGrow)
        // A smaller memory makes other batches.
        #expect(try self.run(plan, in: folder.path + "/b", .init(memory: 7)).trials == reference)
        // All there: nothing is computed.
        let again = try self.run(plan, in: folder.path + "/a")
        #expect(again.trials == reference && again.summary.trials == 0 && again.summary.resumed == reference.count)
    }

    /// Any part of any journal, in any order, with trials that the plan does not ask for among them.
    @Test(arguments: 0..<30) func anyJournalGivesTheSame(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let plan = Self.targets[Int(seed) % Self.targets.count]
        var whole = plan
        (whole.trials, whole.target) = (plan.mostTrials, nil)
        let folder = TemporaryFolder()
        _ = try run(whole, in: folder.path + "/whole")
        var lines = folder.text("whole/trials.jsonl").split(separator: "\n")
        let header = lines.removeFirst()
        lines.shuffle(using: &generator)
        lines = Array(lines.prefix(Int.random(in: 0...lines.count, using: &generator)))
        _ = try SweepFolder(folder.path + "/part", plan: plan, provenance: provenance)
        _ = folder.file("part/trials.jsonl", ([header] + lines).map { $0 + "\n" }.joined())
        let reference = counted(plan)
        let run = try run(plan, in: folder.path + "/part")
        #expect(run.trials == reference, "seed \(seed)")
        #expect(run.summary.resumed + run.summary.trials == reference.count, "seed \(seed)")
        let status = try SweepStatus(folder.path + "/part")
        #expect(status.isComplete && !status.count.mayGrow && status.count.total == reference.count)
        // No trial was computed twice.
        #expect(
            Set(folder.text("part/trials.jsonl").split(separator: "\n")).count == lines.count + 1 + run.summary.trials)
    }

    @Test func progressHasTheTotalThatIsKnown() throws {
        let plan = Self.targets[0]
        let folder = TemporaryFolder()
        let run = try run(plan, in: folder.path, .init(memory: 5))
        var total = plan.trials * plan.problems.count
        #expect(run.events.first == .started(total: total, resumed: 0))
        var share = 0.0
        for event in run.events {
            switch event {
            case .extended(let larger):
                #expect(larger > total)
                (total, share) = (larger, 0)
            case .finished(let progress):
                // The event of the last call comes before the bound is counted anew.
                #expect(progress.total == total && progress.share >= share && progress.share <= 1)
                #expect(progress.trials <= progress.total)
                share = progress.share
            default: break
            }
        }
        guard case .finished(let last)? = run.events.last else { return #expect(Bool(false)) }
        #expect(last.trials == last.total && last.share > 0.999 && last.total == run.summary.total)
    }

    /// A folder goes on with a larger plan, as if that had been the first.
    @Test(arguments: plans.indices) func extendedFoldersAreSingleRuns(index: Int) throws {
        let target = Self.targets[index]
        let half = target.target!.halfWidth, most = target.mostTrials
        func plan(_ trials: Int, _ halfWidth: Double? = nil, _ most: Int = 0) -> SweepPlan {
            var plan = plans[index]
            plan.trials = trials
            plan.target = halfWidth.map { IntervalTarget(halfWidth: $0, maxTrials: most) }
            return plan
        }
        let steps = [
            plan(3), plan(8), plan(8, half * 1.5, most / 2), plan(8, half, most / 2), plan(8, half, most),
            plan(9, half, most + 10), plan(most + 20),
        ]
        let folder = TemporaryFolder()
        for (place, step) in steps.enumerated() {
            let run = try run(step, in: folder.path + "/grown", extending: true)
            #expect(run.trials == (step.target == nil ? expected(step) : counted(step)), "step \(place)")
            #expect(try SweepReader(folder.path + "/grown").record == SweepRecord(plan: step, provenance: provenance))
            if place > 0 {
                #expect(
                    folderError { _ = try self.run(steps[place - 1], in: folder.path + "/grown", extending: true) }
                        .map { if case .moreTrials = $0 { true } else { false } } == true, "back to step \(place - 1)")
            }
        }
    }

    @Test func whatCannotBeExtended() throws {
        let folder = TemporaryFolder()
        let plan = plans[0]
        var more = plan
        more.trials = 9
        _ = try SweepFolder(folder.path + "/a", plan: plan, provenance: provenance)
        let words = folderError { _ = try SweepFolder(folder.path + "/a", plan: more, provenance: provenance) }
        #expect(
            words?.description.contains("with fewer trials: trials is 7 there and 9 here. --extend adds them") == true)
        more.seed = 3
        let other = folderError {
            _ = try SweepFolder(folder.path + "/a", plan: more, provenance: provenance, extending: true)
        }
        guard case .differentPlan = other else { return #expect(Bool(false), "\(String(describing: other))") }
        more.seed = plan.seed
        _ = try SweepFolder(folder.path + "/b", plan: plan, shard: Shard("1/2"), provenance: provenance)
        #expect(
            folderError {
                _ = try SweepFolder(
                    folder.path + "/b", plan: more, shard: Shard("1/2"), provenance: provenance, extending: true)
            } == .shardExtended(path: folder.path + "/b"))
        #expect(try SweepReader(folder.path + "/a").record.plan == plan)
    }

    @Test func targetsAreReadBack() throws {
        var plan = plans[0]
        plan.target = IntervalTarget(halfWidth: 0.1 + 0.2, maxTrials: 7)
        let record = SweepRecord(plan: plan, provenance: provenance)
        #expect(try SweepRecord(parsing: record.bytes, path: "plan.json") == record)
        let text = String(decoding: record.bytes, as: UTF8.self)
        for (old, new) in [
            ("\"max_trials\": 7", "\"max_trials\": 6"), ("0.30000000000000004", "0.5"),
            ("0.30000000000000004", "\"x\""),
        ] {
            let changed = text.replacing(old, with: new)
            let error = folderError { _ = try SweepRecord(parsing: Array(changed.utf8), path: "plan.json") }
            #expect(error?.description.contains("cannot be") == true, "\(new)")
        }
    }
}
