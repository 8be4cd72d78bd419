import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

/// Several primes in a sweep: with tiny ones, so that they do disagree.
@Suite struct PrimesTests {
    private let folder = TemporaryFolder()
    private let plan = SweepPlan(
        inputDimensions: .fixed([1, 2]), points: [4, 12], units: [3, 9], trials: 40, seed: 5, primeCount: 2)
    private let provenance = RunProvenance(fullrank: "0", backend: "cpu", device: "d", library: "l")
    private static let tiny: [UInt32] = [3, 5, 7, 11, 13]

    private func cpu() throws -> any RankBackend {
        try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
    }

    private func profiles(
        _ plan: SweepPlan, in path: String? = nil, event: (SweepEvent) -> Void = { _ in },
        prime: (@Sendable (Int) -> UInt32)? = nil
    ) throws -> [[Int]: RankProfile] {
        let runner = try SweepRunner(plan: plan, backend: cpu(), prime: prime)
        var found = [[Int]: RankProfile]()
        func deliver(_ trial: SweepTrial) {
            if case .profile(let profile) = trial.result { found[[trial.problem, trial.trial]] = profile }
        }
        if let path {
            let folder = try SweepFolder(path, plan: plan, provenance: provenance)
            _ = try runner.run(in: folder, deliver: deliver, event: event)
        } else {
            _ = try runner.run(deliver: deliver, event: event)
        }
        return found
    }

    /// Tiny primes first, the seed's after them: what two of the seed's agree on wins, and every quarrel is told once.
    @Test func disagreementsAreResolvedToldAndCounted() throws {
        var single = plan
        single.primeCount = 1
        let expected = try profiles(single)
        var told = [PrimeDisagreement]()
        let seed = plan.seed
        let path = folder.path + "/sweep"
        let found = try profiles(plan, in: path) {
            if case .disagreed(let one) = $0 { told.append(one) }
        } prime: {
            $0 == 0 ? 3 : Prime.drawn(seed: seed, index: $0)
        }
        #expect(found == expected)
        #expect(told.count > 40, "modulo 3 most profiles are too low")
        for one in told {
            #expect(one.dissenting == [3] && one.primes.count == 3)
            #expect(found[[one.inputDimension - 1, one.trial]] != nil)
        }
        let record = try SweepReader(path).record
        #expect(record.disagreements.count == told.count && Set(record.disagreements) == Set(told))
        // In table order, and the same from a journal that is all there.
        let again = try SweepFolder(path, plan: plan, provenance: provenance)
        #expect(again.record.disagreements == record.disagreements)
        let keys = record.disagreements.map { $0.inputDimension * 1000 + $0.trial }
        #expect(keys == keys.sorted())
    }

    /// None is ever too high: the resolved profile dominates what each prime alone says.
    @Test func tinyPrimesAlone() throws {
        let tiny = Self.tiny
        let found = try profiles(plan, prime: { $0 < tiny.count ? tiny[$0] : Prime.drawn(seed: 1, index: $0) })
        var single = plan
        single.primeCount = 1
        let right = try profiles(single)
        for prime in [0, 1] {
            let low = try profiles(single, prime: { _ in tiny[prime] })
            for (key, profile) in found {
                #expect(profile.dominates(low[key]!), "\(key) modulo \(tiny[prime])")
                #expect(right[key]!.dominates(profile))
            }
        }
    }

    @Test func planJSONTellsThePrimesAndTheirBound() throws {
        let record = SweepRecord(plan: plan, provenance: provenance)
        let json = try JSONValue(parsing: record.bytes)
        #expect(json["primes"] == .array(plan.primes.map { .integer($0) }))
        #expect(record.errorBound == plan.primes.reduce(1.0) { $0 * Prime.shortfallBound(pivots: 12, prime: $1) })
        #expect(try SweepRecord(parsing: record.bytes, path: "plan.json") == record)
        var single = plan
        single.primeCount = 1
        #expect(record.differences(from: single).map(\.field) == ["primes"])
        #expect(SweepRecord(plan: single, provenance: provenance).differences(from: plan).map(\.field) == ["primes"])
        #expect(try JSONValue(parsing: SweepRecord(plan: single, provenance: provenance).bytes)["primes"] == nil)
    }
}
