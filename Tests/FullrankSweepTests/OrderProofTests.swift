import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

/// What plan.json says of trials that are proved by order, and what it stops saying where not all are.
@Suite struct OrderProofTests {
    private let provenance = RunProvenance(fullrank: "0.1", backend: "cpu", device: "here", library: "")

    private func plan(_ dimensions: [Int], bias: Bool = true, patterns: PatternEnsemble = .initialization) -> SweepPlan
    {
        SweepPlan(
            inputDimensions: .fixed(dimensions), points: [4, 9], units: [3, 20], trials: 3, patterns: patterns,
            bias: bias)
    }

    @Test func plansOfOneInputHaveNoErrorBound() throws {
        let line = SweepRecord(plan: plan([1]), provenance: provenance)
        #expect(line.provedByOrder == [1] && line.errorBound == nil)
        let json = try JSONValue(parsing: line.bytes)
        #expect(json["proved_by_order"] == .integers([1]) && json["error_bound"] == nil)
        #expect(try SweepRecord(parsing: line.bytes, path: "plan.json") == line)
        let mixed = SweepRecord(plan: plan([1, 3]), provenance: provenance)
        #expect(
            mixed.provedByOrder == [1] && mixed.errorBound == Prime.shortfallBound(pivots: 9, prime: mixed.plan.prime))
        #expect(SweepRecord(plan: plan([1], patterns: .regions), provenance: provenance).provedByOrder == [1])
        for other in [plan([1], bias: false), plan([2]), plan([1], patterns: .bernoulli)] {
            let record = SweepRecord(plan: other, provenance: provenance)
            #expect(record.provedByOrder.isEmpty && record.errorBound != nil)
        }
    }

    /// A folder of an earlier version says nothing of proofs, and what is merged with it doesn't either.
    @Test func mergesSayWhatAllFoldersSay() throws {
        let folder = TemporaryFolder()
        let shards = [Shard("1/2")!, Shard("2/2")!]
        for (index, shard) in shards.enumerated() {
            let sweep = try SweepFolder(
                "\(folder.path)/\(index)", plan: plan([1]), shard: shard, provenance: provenance)
            let runner = try SweepRunner(
                plan: plan([1]), shard: shard, backend: CBackend(.cpu(), options: BackendOptions(threads: 1)))
            let summary = try runner.run(in: sweep) { _ in }
            #expect(summary.proved == summary.trials && summary.trials > 0)
        }
        func merged() throws -> SweepRecord { try SweepMerge(["\(folder.path)/0", "\(folder.path)/1"]).record }
        #expect(try merged().provedByOrder == [1])
        var old = try SweepRecord(parsing: folder.read("1/plan.json")!, path: "plan.json")
        (old.provedByOrder, old.errorBound) = ([], 0.25)
        _ = folder.file("1/plan.json", old.bytes)
        let record = try merged()
        #expect(record.provedByOrder.isEmpty && record.errorBound == 0.25)
    }

    /// Every number of a file, ties and the point 0 among them, by order as by elimination modulo a prime that is too
    /// small for the former.
    @Test func fileDataGiveTheSameProfiles() throws {
        let values = [0.5, -1, 0, 2, 0.5, 3, -0.0, 1.25, -2, 4]
        let problem = TrialProblem(
            seed: 3, points: 10, inputDimension: 1, units: 400,
            inputs: .given(DataSet(points: 10, inputDimension: 1, values: values)))
        #expect(problem.isProvedByOrder)
        let backend = try CBackend(.cpu(), options: BackendOptions(threads: 1))
        func profiles(_ prime: UInt32) throws -> [RankProfile] {
            try backend.rankProfiles(of: problem, trials: 0..<50, prime: prime).compactMap {
                if case .computed(let profile) = $0 { profile } else { nil }
            }
        }
        let byOrder = try profiles(8388593), byElimination = try profiles(4194287)
        #expect(byOrder == byElimination && byOrder.count == 50)
        #expect(byOrder.allSatisfy { $0.rank == 8 && $0.pivotColumns[4] == -1 && $0.pivotColumns[6] == -1 })
    }
}
