import FullrankModel
import FullrankReport
import FullrankStatistics
import Testing

@Suite struct CellTableWritingTests {
    private func written(_ tallies: [SweepTally]) -> (bytes: [UInt8], longestPiece: Int) {
        var bytes = [UInt8]()
        var longest = 0
        CellTable.write(tallies) { piece in
            bytes += piece
            longest = max(longest, piece.count)
        }
        return (bytes, longest)
    }

    private func tally(_ ratio: Ratio?, d0: Int, points: [Int], units: [Int], trials: Int) -> SweepTally {
        var tally = SweepTally(
            problem: SweepProblem(ratio: ratio, inputDimension: d0, points: points, units: units, bias: true))
        for trial in 0..<trials {
            let columns = (0..<points.last!).map { (point: Int) -> Int64 in
                Int64((7 + trial) * point % (9 * d0 + 9))
            }
            tally.add(RankProfile(pivotColumns: columns, columnsPerUnit: d0 + 1))
        }
        return tally
    }

    /// In pieces, whatever the order of the problems: the text of all cells at once.
    @Test func piecesAddUpToTheText() throws {
        let one = tally(nil, d0: 1, points: Array(1...40), units: Array(1...90), trials: 3)
        let two = tally(nil, d0: 2, points: [4, 5], units: [1, 2], trials: 5)
        let result = written([two, one])
        #expect(String(decoding: result.bytes, as: UTF8.self) == CellTable.csv(one.cells + two.cells))
        #expect(result.bytes.count > 100_000 && result.longestPiece < 70_000)
        let ratios = try ["2", "0.5"].map { try #require(Ratio($0)) }
        let tallies = ratios.flatMap { ratio in
            [8, 3].map { tally(ratio, d0: ratio.inputDimension(points: $0), points: [$0], units: [2, 3], trials: 2) }
        }
        #expect(String(decoding: written(tallies).bytes, as: UTF8.self) == CellTable.csv(tallies.flatMap(\.cells)))
        let table = try CellTable(parsing: String(decoding: written(tallies).bytes, as: UTF8.self))
        #expect(table.cells.map(\.points) == [3, 3, 8, 8, 3, 3, 8, 8])
    }

    @Test func noTrialsNoRows() {
        let empty = tally(nil, d0: 1, points: [3], units: [2], trials: 0)
        #expect(String(decoding: written([empty]).bytes, as: UTF8.self) == CellTable.header + "\n")
    }
}
