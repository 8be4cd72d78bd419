import FullrankModel
import Testing

@Suite struct ColumnProfileTests {
    /// A profile of `rows` rows whose pivots are any of the columns, -1 now and then.
    private func randomProfile(rows: Int, _ random: inout some RandomNumberGenerator) -> RankProfile {
        var columns = (0..<Int64(3 * rows)).shuffled(using: &random).prefix(rows).map { $0 }
        for row in columns.indices where Int.random(in: 0..<5, using: &random) == 0 { columns[row] = -1 }
        return RankProfile(pivotColumns: columns, columnsPerUnit: 3)
    }

    @Test func columnsAloneGiveTheRanksOfListedPoints() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let rows = Int.random(in: 1...40, using: &random)
            let profile = randomProfile(rows: rows, &random)
            let points = Set((0..<3).map { _ in Int.random(in: 1...rows, using: &random) } + [rows]).sorted()
            let grouped = profile.grouped(by: points)
            #expect(Set(grouped.pivotColumns.filter { $0 >= 0 }) == Set(profile.pivotColumns.filter { $0 >= 0 }))
            for n in points {
                for units in 0...(rows + 1) {
                    #expect(grouped.rank(points: n, units: units) == profile.rank(points: n, units: units))
                }
                #expect(grouped.fullRankWidths[n] == profile.fullRankWidths[n])
            }
            // The same from the column profiles of the leading points.
            let leading = points.map {
                RankProfile(pivotColumns: Array(profile.pivotColumns[..<$0]), columnsPerUnit: 3).columnProfile
            }
            #expect(RankProfile(profiles: leading, points: points, columnsPerUnit: 3) == grouped)
        }
    }

    @Test func profilesThatDoNotNestAreNoProfile() {
        let few = ColumnProfile(columns: [0, 4], isProved: true)
        #expect(
            RankProfile(
                profiles: [few, ColumnProfile(columns: [0, 3, 5], isProved: false)], points: [2, 4], columnsPerUnit: 3)
                == nil)
        #expect(
            RankProfile(
                profiles: [few, ColumnProfile(columns: [0, 1, 2, 4], isProved: false)], points: [2, 3],
                columnsPerUnit: 3)
                == nil, "three pivots in two rows")
    }

    @Test func fewPointsListedMakeASweepOfColumns() {
        func finds(_ dimension: Int, _ points: [Int], _ change: (inout SweepPlan) -> Void = { _ in }) -> Bool {
            var plan = SweepPlan(inputDimensions: .fixed([dimension]), points: points, units: [10], trials: 1, seed: 0)
            change(&plan)
            return plan.findsColumnsOnly(plan.problems[0])
        }
        #expect(finds(3, [8]) && finds(10, [100_000]))
        #expect(finds(10, [100, 200]) && finds(5, [500, 1000, 2000]) && finds(3, [256, 300]))
        #expect(!finds(2, [1000]), "k = 3: seldom proved")
        #expect(!finds(10, [7]))
        #expect(!finds(10, Array(1...1000)) && !finds(10, [60, 120]))
        #expect(!finds(10, [1000]) { $0.primeCount = 2 })
        #expect(!finds(10, [1000]) { $0.method = .svd(.float64) })
        #expect(finds(3, [1000]) && !finds(3, [1000]) { $0.bias = false })
    }
}
