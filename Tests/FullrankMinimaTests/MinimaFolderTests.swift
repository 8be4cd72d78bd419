import FullrankBackends
import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

@Suite struct MinimaFolderTests {
    private let backend: any MinimaBackend
    private let provenance = RunProvenance(fullrank: "0", backend: "cpu", device: "test", library: "none")

    init() throws {
        backend = try CBackend(BackendTable.cpu(), options: BackendOptions(threads: 2))
    }

    private func plan(_ labels: LabelSource = .random, trials: Int = 6) -> MinimaPlan {
        MinimaPlan(
            inputDimensions: [1, 2], points: [3, 6, 9], units: [5, 20, 40], trials: trials, seed: 3, labels: labels,
            outputs: .random)
    }

    private func run(_ plan: MinimaPlan, in path: String, shard: Shard? = nil) throws -> [MinimaTally] {
        var tallies = plan.inputDimensions.indices.map { MinimaTally(plan: plan, problem: $0) }
        let folder = try MinimaFolder(path, plan: plan, shard: shard, provenance: provenance)
        let summary = try MinimaRunner(plan: plan, backend: backend).run(
            in: folder, deliver: { tallies[$0.problem].add($0) })
        #expect(summary.isCompleted)
        return tallies
    }

    private func bytes(_ path: String) throws -> [UInt8] { try #require(try Files.read(path)) }

    @Test(arguments: LabelSource.allCases)
    func journalsGoOnAfterATornLine(labels: LabelSource) throws {
        let folder = TemporaryFolder()
        let whole = try run(plan(labels), in: folder.path + "/whole")
        let table = MinimaTable.csv(whole.flatMap(\.cells))
        let journal = try bytes(folder.path + "/whole/trials.jsonl")
        #expect(folder.resize("whole/trials.jsonl", to: journal.count * 3 / 5))
        let resumed = try run(plan(labels), in: folder.path + "/whole")
        #expect(MinimaTable.csv(resumed.flatMap(\.cells)) == table)
        #expect(try bytes(folder.path + "/whole/trials.jsonl") == journal)
        #expect(whole[0].cells.allSatisfy { $0.undecided == 0 })
    }

    /// Trials of all d0 together are more than an Int counts.
    @Test func aPlanBeyondItsBoundsIsDamaged() throws {
        let folder = TemporaryFolder()
        _ = try run(plan(), in: folder.path + "/whole")
        let text = String(decoding: try bytes(folder.path + "/whole/plan.json"), as: UTF8.self)
        for (good, bad) in [("\"trials\": 6", "\"trials\": \(Int.max)"), ("[5, 20, 40]", "[5, 20, 4000000000]")] {
            #expect(text.contains(good))
            folder.file("whole/plan.json", text.replacing(good, with: bad))
            #expect(throws: SweepFolderError.self) { try MinimaStatus(folder.path + "/whole") }
        }
    }

    @Test func shardsMergeToTheWhole() throws {
        let folder = TemporaryFolder()
        _ = try run(plan(trials: 7), in: folder.path + "/whole")
        for index in 1...3 {
            _ = try run(plan(trials: 7), in: folder.path + "/\(index)", shard: Shard(index: index, count: 3))
        }
        let merge = try MinimaMerge((1...3).map { folder.path + "/\($0)" })
        #expect(merge.missingShards?.isEmpty == true && merge.count == merge.total)
        let merged = try MinimaFolder(folder.path + "/merged", plan: merge.record.plan, provenance: provenance)
        try merge.write(to: merged)
        #expect(try bytes(folder.path + "/merged/trials.jsonl") == bytes(folder.path + "/whole/trials.jsonl"))
        #expect(try bytes(folder.path + "/merged/plan.json") == bytes(folder.path + "/whole/plan.json"))
        #expect(throws: SweepFolderError.self) { try MinimaMerge([folder.path + "/1", folder.path + "/none"]) }
    }

    @Test func otherPlansAndDamageAreRefused() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/sweep"
        _ = try run(plan(), in: path)
        #expect(throws: SweepFolderError.self) {
            _ = try MinimaFolder(path, plan: plan(.teacher), provenance: provenance)
        }
        _ = try MinimaFolder(path, plan: plan(), provenance: provenance)
        let journal = String(decoding: try bytes(path + "/trials.jsonl"), as: UTF8.self)
        for (from, to) in [
            ("\"trial\":1", "\"trial\":99"), ("\"feasible\"", "\"feasable\""), ("\"trial\":1", "\"trial\":0"),
        ] {
            let damaged = journal.replacing(from, with: to, maxReplacements: 1)
            #expect(damaged != journal)
            try Files.writeWhole(Array(damaged.utf8), folder: path, name: "trials.jsonl")
            #expect(throws: SweepFolderError.self) { try MinimaReader(path).readTrials { _ in } }
        }
    }

    /// As with sweeps; and a folder of the version before goes on as it is.
    @Test(arguments: [LabelSource.random, .teacher]) func everyFlippedBitNamesItsLine(labels: LabelSource) throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/sweep", plan = plan(labels, trials: 2)
        _ = try run(plan, in: path)
        let whole = try bytes(path + "/trials.jsonl"), record = MinimaRecord(plan: plan, provenance: provenance)
        var journal = whole, line = 1
        for place in whole.indices {
            for bit in 0..<8 {
                journal[place] = whole[place] ^ 1 << bit
                do throws(SweepFolderError) {
                    _ = try JournalScanner.read(journal, path: "x", record) { _ in }
                    Issue.record("byte \(place), bit \(bit) passed")
                } catch {
                    guard case .damaged("x", line, _) = error else {
                        Issue.record("byte \(place), bit \(bit) of line \(line): \(error)")
                        continue
                    }
                }
            }
            journal[place] = whole[place]
            if whole[place] == UInt8(ascii: "\n") { line += 1 }
        }
        let text = String(decoding: whole, as: UTF8.self)
        let old = text.replacing(#/,"crc32c":"[0-9a-f]{8}"/#, with: "").replacing(
            "\"version\":2", with: "\"version\":1")
        #expect(old.utf8.count == whole.count - 20 * 5)
        folder.file("sweep/trials.jsonl", Array(old.utf8.dropLast(9)))
        _ = try run(plan, in: path)
        #expect(try bytes(path + "/trials.jsonl") == Array(old.utf8))
        let merged = try MinimaFolder(folder.path + "/merged", plan: plan, provenance: provenance)
        try MinimaMerge([path]).write(to: merged)
        #expect(try bytes(folder.path + "/merged/trials.jsonl") == whole)
    }

    /// Cut short it is no other kind of sweep's.
    @Test func aTruncatedPlanIsDamaged() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/sweep"
        _ = try run(plan(), in: path)
        let whole = try bytes(path + "/plan.json")
        for length in [0, 1, 20, whole.count / 2, whole.count - 3] {
            folder.file("sweep/plan.json", Array(whole[..<length]))
            do throws(SweepFolderError) {
                _ = try MinimaFolder(path, plan: plan(), provenance: provenance)
                Issue.record("\(length) bytes passed")
            } catch {
                guard case .damaged(path + "/plan.json", nil, _) = error else {
                    Issue.record("\(length) bytes: \(error)")
                    continue
                }
            }
        }
    }

    /// Step vectors: complete from the sufficient width on, but for a few; a verdict is the same with other threads.
    @Test func stepsBecomeFeasible() throws {
        let n = 8
        let width = Int(CompletePatterns.sufficientWidth(points: n, epsilon: 0.1).rounded(.up))
        let plan = MinimaPlan(
            inputDimensions: [1], points: [n], units: [2, width], trials: 200, labels: .random, regions: .regions)
        var tally = MinimaTally(plan: plan, problem: 0)
        let folder = TemporaryFolder()
        let output = try MinimaFolder(folder.path + "/steps", plan: plan, provenance: provenance)
        _ = try MinimaRunner(plan: plan, backend: backend).run(in: output, deliver: { tally.add($0) })
        #expect(tally.cells[0].feasible == 0)
        #expect(tally.cells[1].feasible > 190)
    }
}
