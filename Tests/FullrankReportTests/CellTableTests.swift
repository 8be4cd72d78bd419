import FullrankModel
import FullrankReport
import FullrankStatistics
import Testing

@Suite struct CellTableTests {
    static let text = """
        d0,n,d1,trials,full_rank,probability,ci_low,ci_high,mean_rank
        1,10,30,10,0,0.000000,0.000000,0.277533,8.250000
        1,10,60,10,10,1.000000,0.722467,1.000000,10.000000
        2,10,30,3,1,0.333333,0.061492,0.792340,9.666667

        """

    static let cells = [
        CellStatistics(
            ratio: nil, inputDimension: 1, points: 10, units: 30, trials: 10, fullRank: 0, meanRank: 8.25),
        CellStatistics(
            ratio: nil, inputDimension: 1, points: 10, units: 60, trials: 10, fullRank: 10, meanRank: 10),
        CellStatistics(
            ratio: nil, inputDimension: 2, points: 10, units: 30, trials: 3, fullRank: 1, meanRank: 29.0 / 3),
    ]

    @Test func exactText() {
        #expect(CellTable.csv(Self.cells) == Self.text)
        #expect(CellTable.csv(Self.cells.reversed()) == Self.text)
        #expect(CellTable.csv([]) == CellTable.header + "\n")
    }

    @Test func ratioStandsFirst() throws {
        let ratios = try ["10", "0.25", "2"].map { try #require(Ratio($0)) }
        let cells = syntheticCells(ratios: ratios, points: [3, 20], units: [1, 2])
        let text = CellTable.csv(cells)
        let lines = text.split(separator: "\n")
        #expect(lines[0] == "ratio," + CellTable.header)
        #expect(
            lines.dropFirst().map { $0.split(separator: ",")[0...3].joined(separator: ",") } == [
                "0.25,1,3,1", "0.25,1,3,2", "0.25,5,20,1", "0.25,5,20,2", "2,6,3,1", "2,6,3,2", "2,40,20,1",
                "2,40,20,2",
                "10,30,3,1", "10,30,3,2", "10,200,20,1", "10,200,20,2",
            ])
        #expect(CellTable.csv(try CellTable(parsing: text).cells) == text)
    }

    @Test func readsBackWhatItWrote() throws {
        let cells = syntheticCells(d0: [1, 2, 5], points: Array(0...40), units: Array(1...40), trials: 7)
        let table = try CellTable(parsing: CellTable.csv(cells))
        #expect(table.cells.map(\.fullRank) == cells.map(\.fullRank))
        #expect(table.cells.map(\.units) == cells.map(\.units))
        #expect(CellTable.csv(table.cells) == CellTable.csv(cells))
    }

    @Test func lineEndsOfOtherSystems() throws {
        let text = String(Self.text.flatMap { $0 == "\n" ? Array("\r\n") : [$0] })
        #expect(try CellTable(parsing: text).cells.count == 3)
    }

    /// What is replaced, by what, and the line refused.
    @Test(arguments: [
        ("mean_rank", "rank", 1), ("d0,n", "n,d0", 1), ("1,10,30,10,0,", "1,10,30,10,,", 2), ("8.25", "x", 2),
        ("8.250000", "8.25", 2), ("8.250000", "10.000001", 2), ("1,10,60,10,10", "1,10,60,10,11", 3),
        ("1,10,60,10,10", "1,10,60,0,0", 3), ("1,10,60,10,10", "1,10,60,10,9", 3), (",1.000000,10", ",10", 3),
        ("1,10,60", "1,10,30", 3), ("1,10,60", "1,9,60", 3), ("1,10,60", "-1,10,60", 3), ("0.061492", "0.061592", 4),
        ("667\n", "667", 4), ("2,10,30", "0,10,30", 4), ("667\n", "667\n\n", 5), ("2,10,30", "2 ,10,30", 4),
        ("1,10,60", "1,10,99999999999999999999", 3),
    ])
    func refusesDamageByItsLine(old: String, new: String, line: Int) throws {
        let damaged = Self.text.replacingFirst(old, by: new)
        try #require(damaged != Self.text)
        let error = #expect(throws: TableError.self) { try CellTable(parsing: damaged) }
        #expect(error?.line == line, "\(String(describing: error))")
    }

    @Test func everyCutIsRefusedOrWhole() {
        for length in Self.text.indices.dropFirst() where Self.text[Self.text.index(before: length)] != "\n" {
            #expect(throws: TableError.self) { try CellTable(parsing: String(Self.text[..<length])) }
        }
        #expect(throws: TableError.self) { try CellTable(parsing: "") }
    }
}

extension String {
    /// With the first occurrence of `old` replaced; the standard library has no such thing.
    func replacingFirst(_ old: String, by new: String) -> String {
        for start in indices where self[start...].hasPrefix(old) {
            return String(self[..<start]) + new + String(self[start...].dropFirst(old.count))
        }
        return self
    }
}
