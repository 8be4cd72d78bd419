import FullrankTestSupport
import Testing

/// A million cells in little memory, and in no more for more trials.
@Suite struct LargeSweepTests {
    private let folder = TemporaryFolder()
    private let grid = ["--d0", "1", "--n", "1..100", "--d1", "1..10000", "--threads", "1", "--backend", "cpu"]

    private func peak(_ arguments: [String]) -> Int {
        let command = RunningCommand(arguments)
        let peak = command.peakMemory()
        #expect(command.wait().status == 0)
        return peak
    }

    @Test func memoryIsFlat() throws {
        let few = peak(["sweep"] + grid + ["--trials", "100", "--output", folder.path + "/few"])
        let many = peak(["sweep"] + grid + ["--trials", "2000", "--output", folder.path + "/many"])
        // 25 MB each on the machine where this was written. The cells alone take a hundred bytes each if all are kept.
        #expect(few > 1_000_000 && few < 60_000_000, "\(few) bytes")
        #expect(many < few + 20_000_000, "\(many) bytes, \(few) with fewer trials")
        let merge = peak(["merge", folder.path + "/many", "--output", folder.path + "/merged"])
        #expect(merge < few + 20_000_000, "\(merge) bytes")
        for name in ["trials.jsonl", "widths.csv", "cells.csv", "diagram-d0-1.svg"] {
            #expect(folder.read("merged/" + name) == folder.read("many/" + name), "\(name)")
        }
        // The figure shows some of the cells, and says so.
        let figure = folder.text("many/diagram-d0-1.svg")
        #expect(figure.contains("every 40th") && figure.utf8.count < 4_000_000)
        #expect(folder.read("many/cells.csv")?.count { $0 == UInt8(ascii: "\n") } == 1_000_001)
    }
}
