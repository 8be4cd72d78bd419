import FullrankModel
import FullrankReport
import FullrankStatistics
import Testing

@Suite struct WidthTableTests {
    static let text = """
        d0,n,trials,q05,q25,q50,q75,q95,reached
        1,0,4,0,0,0,0,0,4
        1,10,4,31,31,40,,,2
        2,10,4,,,,,,0

        """

    static func row(_ d0: Int, _ n: Int, _ widths: [Int?]) -> WidthStatistics {
        var histogram = WidthHistogram()
        for width in widths { histogram.add(width) }
        return WidthStatistics(ratio: nil, inputDimension: d0, points: n, histogram: histogram)
    }

    static let rows = [row(1, 0, [0, 0, 0, 0]), row(1, 10, [40, nil, 31, nil]), row(2, 10, [nil, nil, nil, nil])]

    @Test func exactTextAndBack() throws {
        #expect(WidthTable.csv(Self.rows) == Self.text)
        #expect(WidthTable.csv(Self.rows.reversed()) == Self.text)
        #expect(try WidthTable(parsing: Self.text).widths == Self.rows)
    }

    @Test func ratioStandsFirst() throws {
        let half = try #require(Ratio("0.5"))
        let row = WidthStatistics(
            ratio: half, inputDimension: 5, points: 10, histogram: WidthHistogram())
        let text = "ratio," + WidthTable.header + "\n0.5,5,10,0,,,,,,0\n"
        #expect(WidthTable.csv([row]) == text)
        #expect(try WidthTable(parsing: text).widths == [row])
    }

    @Test(arguments: [
        ("reached", "seen", 1), ("31,31,40", "31,41,40", 3), ("31,31,40,,,2", "31,31,40,,,5", 3),
        ("31,31,40,,", "31,31,40,50,", 3), ("31,31,40,,", "31,,40,,", 3), ("31,31,40,,", "31,31,x,,", 3),
        ("31,31,40,,", "31,31,40,", 3), ("2,10,4,,,,,,0\n", "2,10,4,,,,,,0", 4), ("2,10", "1,10", 4),
    ])
    func refusesDamageByItsLine(old: String, new: String, line: Int) throws {
        let damaged = Self.text.replacingFirst(old, by: new)
        try #require(damaged != Self.text)
        let error = #expect(throws: TableError.self) { try WidthTable(parsing: damaged) }
        #expect(error?.line == line, "\(String(describing: error))")
    }
}
