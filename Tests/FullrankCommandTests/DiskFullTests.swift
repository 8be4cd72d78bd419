import FullrankSweep
import FullrankTestSupport
import Testing

/// A disk that fills up in mid-sweep: exit code 74, nothing lost, and the same command completes once there is room.
@Suite struct DiskFullTests {
    @Test(.enabled(if: SmallDisk.canBeMade, "mounting a small tmpfs needs root"))
    func aSweepGoesOnOnceThereIsRoom() throws {
        let disk = try #require(SmallDisk(size: "1m"))
        let path = disk.path + "/sweep"
        BuiltCommand.expectFailure(
            LongSweep.arguments(path), "sweep: --output: \(path)/trials.jsonl: No space left on device", code: 74)
        let kept = LongSweep.journalled(disk.folder, "sweep")
        #expect(kept > 0 && kept < LongSweep.trials)
        #expect(try SweepReader(path).readTrials { _ in }.count == kept, "the journal can be read")
        let journal = try #require(disk.folder.read("sweep/trials.jsonl"))
        #expect(LongSweep.undisturbed["trials.jsonl"]?.starts(with: journal) == true)
        #expect(!disk.folder.holds("sweep/cells.csv"))

        // Still full: the same words, nothing worse.
        let again = BuiltCommand.run(LongSweep.arguments(path))
        #expect(again.status == 74)
        #expect(again.messages.hasSuffix("sweep: --output: \(path)/trials.jsonl: No space left on device\n"))

        try #require(disk.remount("size=60m"))
        #expect(BuiltCommand.run(LongSweep.arguments(path)).status == 0)
        LongSweep.expectUndisturbed(disk.folder, "sweep")
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "mounting a small tmpfs needs root"))
    func anExportLeavesNoHalfFiles() throws {
        let disk = try #require(SmallDisk(size: "64k"))
        let path = disk.path + "/trial"
        BuiltCommand.expectFailure(
            ["export", "--backend", "cpu", "--d0", "2", "--n", "50", "--d1", "100", "--output", path],
            "export: --output: \(path)/jacobian.npy: cannot be written: No space left on device", code: 74)
        expectSame(disk.folder.contents(of: "trial"), [:])
    }
}
