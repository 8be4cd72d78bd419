import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

/// A disk that fills up in mid-sweep: exit code 74, nothing lost, and the same command completes once there is room.
@Suite struct DiskFullTests {
    @Test(.enabled(if: SmallDisk.canBeMade, "disks in memory are Linux's, and need root"))
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

    /// Room for the journal, none for all tables: what is written is whole, and the rest follows without a trial lost.
    @Test(.enabled(if: SmallDisk.canBeMade, "disks in memory are Linux's, and need root"))
    func theTablesGoOnOnceThereIsRoom() throws {
        let line = "sweep --backend cpu --d0 1,2 --n 10..50:10 --d1 10..200:10 --trials 200 --output"
        let arguments = line.split(separator: " ").map(String.init)
        let folder = TemporaryFolder()
        #expect(BuiltCommand.run(arguments + [folder.path + "/sweep"]).status == 0)
        let whole = folder.contents(of: "sweep")
        let journal = try #require(whole["trials.jsonl"])

        let disk = try #require(SmallDisk(size: "\(journal.count / 1024 + 30)k"))
        let path = disk.path + "/sweep"
        let full = BuiltCommand.run(arguments + [path])
        #expect(full.status == 74, "\(full.messages)")
        #expect(full.messages.hasPrefix("fullrank: sweep: --output: \(path)/"))
        #expect(full.messages.hasSuffix(": No space left on device\n"))
        #expect(full.messages.contains(".csv") || full.messages.contains(".svg"), "\(full.messages)")
        let left = disk.folder.contents(of: "sweep")
        #expect(left["trials.jsonl"] == journal && left.count < whole.count)
        for (name, bytes) in left { #expect(bytes == whole[name], "\(name)") }

        try #require(disk.remount("size=20m"))
        let resumed = BuiltCommand.run(arguments + [path])
        #expect(resumed.messages.contains("400 of 400 trials are there already"), "\(resumed.messages)")
        expectSame(disk.folder.contents(of: "sweep"), whole)
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "disks in memory are Linux's, and need root"))
    func anExportLeavesNoHalfFiles() throws {
        let disk = try #require(SmallDisk(size: "64k"))
        let path = disk.path + "/trial"
        BuiltCommand.expectFailure(
            ["export", "--backend", "cpu", "--d0", "2", "--n", "50", "--d1", "100", "--output", path],
            "export: --output: \(path)/jacobian.npy: cannot be written: No space left on device", code: 74)
        expectSame(disk.folder.contents(of: "trial"), [:])
    }
}
