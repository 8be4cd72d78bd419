import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

@Suite struct DiskFullTests {
    @Test(.enabled(if: SmallDisk.canBeMade, "disks in memory are Linux's, and need root"))
    func aFullDiskLosesNothingAndResumes() throws {
        let disk = try #require(SmallDisk(size: "200k"))
        var plan = plans[0]
        plan.points = [100]
        plan.trials = 2000
        // Calls of at most 50 trials, so that the disk fills up somewhere between.
        let behaviour = FakeRankBackend.Behaviour(memory: 50)
        var kept = 0
        do {
            let sweep = try SweepFolder(disk.path, plan: plan, provenance: provenance)
            let error = folderError {
                _ = try SweepRunner(plan: plan, backend: FakeRankBackend(behaviour)).run(in: sweep) { _ in kept += 1 }
            }
            #expect(
                error == .inputOutput(path: disk.path + "/trials.jsonl", reason: "No space left on device"))
        }
        #expect(kept > 0 && kept < 4000)
        #expect(try SweepReader(disk.path).readTrials { _ in }.count == kept, "what was delivered is on disk")
        #expect(disk.folder.read("trials.jsonl")?.last == UInt8(ascii: "\n"), "no half line is left")

        try #require(disk.remount("size=20m"))
        let sweep = try SweepFolder(disk.path, plan: plan, provenance: provenance)
        var trials = [SweepTrial]()
        let summary = try SweepRunner(plan: plan, backend: FakeRankBackend()).run(in: sweep) { trials.append($0) }
        #expect(summary.end == .completed && summary.resumed == kept)
        #expect(trials == expected(plan))
    }

    /// The disk is full while the next call runs, which would run for hours: the call ends, and the error is told.
    @Test(.enabled(if: SmallDisk.canBeMade, "disks in memory are Linux's, and need root"), .timeLimit(.minutes(1)))
    func aFullDiskEndsTheRunningCall() throws {
        let disk = try #require(SmallDisk(size: "40k"))
        var plan = plans[0]
        plan.points = [100]
        plan.trials = 20_000
        let sweep = try SweepFolder(disk.path, plan: plan, provenance: provenance)
        let error = folderError {
            _ = try SweepRunner(plan: plan, backend: FakeRankBackend(.init(blocksFromCall: 2))).run(in: sweep) { _ in }
        }
        #expect(error == .inputOutput(path: disk.path + "/trials.jsonl", reason: "No space left on device"))
    }
}
