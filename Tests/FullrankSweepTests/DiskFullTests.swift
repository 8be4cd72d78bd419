import FullrankModel
import FullrankSweep
import Glibc
import Testing

/// A file system of 200 kB, where this process may mount one.
private final class SmallDisk {
    let folder: TemporaryFolder
    init?() {
        guard let made = try? TemporaryFolder() else { return nil }
        folder = made
        guard system("mount -t tmpfs -o size=200k none '\(folder.path)' 2>/dev/null") == 0 else { return nil }
    }
    deinit { _ = system("umount -l '\(folder.path)'") }
}

private let canMount = SmallDisk() != nil

@Suite struct DiskFullTests {
    @Test(.enabled(if: canMount, "mounting a small tmpfs needs root"))
    func aFullDiskLosesNothingAndResumes() throws {
        let disk = try #require(SmallDisk())
        var plan = plans[0]
        plan.points = [100]
        plan.trials = 2000
        // Calls of at most 50 trials, so that the disk fills up somewhere between.
        let behaviour = FakeRankBackend.Behaviour(memory: 50)
        var kept = 0
        do {
            let sweep = try SweepFolder(disk.folder.path, plan: plan, provenance: provenance)
            let error = folderError {
                _ = try SweepRunner(plan: plan, backend: FakeRankBackend(behaviour)).run(in: sweep) { _ in kept += 1 }
            }
            #expect(
                error == .inputOutput(path: disk.folder.path + "/trials.jsonl", reason: "No space left on device"))
        }
        #expect(kept > 0 && kept < 4000)
        #expect(try SweepReader(disk.folder.path).readTrials { _ in }.count == kept, "what was delivered is on disk")
        #expect(disk.folder.read("trials.jsonl")?.last == UInt8(ascii: "\n"), "no half line is left")

        try #require(system("mount -o remount,size=20m '\(disk.folder.path)'") == 0)
        let sweep = try SweepFolder(disk.folder.path, plan: plan, provenance: provenance)
        var trials = [SweepTrial]()
        let summary = try SweepRunner(plan: plan, backend: FakeRankBackend()).run(in: sweep) { trials.append($0) }
        #expect(summary.end == .completed && summary.resumed == kept)
        #expect(trials == expected(plan))
    }
}
