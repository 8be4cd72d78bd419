import FullrankBackends
import FullrankModel
import Testing

/// Several devices as one: here the CPU, several times.
@Suite struct DeviceGroupTests {
    private static func group(_ count: Int) throws -> DeviceGroup {
        DeviceGroup(try (0..<count).map { _ in try CBackend(.cpu(), options: BackendOptions(threads: 1)) })
    }

    private let problem = TrialProblem(seed: 3, points: 30, inputDimension: 2, units: 20)

    @Test(arguments: [1, 2, 3, 5]) func answersAreThoseOfOneDevice(count: Int) throws {
        let one = try CBackend(.cpu()), group = try Self.group(count)
        for trials in [0..<0, 7..<8, 5..<12, 0..<40] as [Range<UInt64>] {
            let expected = try one.rankProfiles(of: problem, trials: trials, prime: Prime.largest)
            let found = try group.rankProfiles(of: problem, trials: trials, prime: Prime.largest)
            #expect(expected.map(profile) == found.map(profile))
            var large = problem
            (large.points, large.inputDimension) = (60, 5)
            let columns = try one.columnProfiles(of: large, trials: trials, prime: Prime.largest)
            let columnsOfGroup = try group.columnProfiles(of: large, trials: trials, prime: Prime.largest)
            #expect(columns.map(column) == columnsOfGroup.map(column) && columnsOfGroup.count == trials.count)
            let cells = [Cell(points: 10, units: 5), Cell(points: 30, units: 20)]
            let values = try one.singularValues(of: problem, cells: cells, trials: trials, precision: .float64)
            let split = try group.singularValues(of: problem, cells: cells, trials: trials, precision: .float64)
            #expect(values.map(summary) == split.map(summary) && split.count == 2 * trials.count)
        }
    }

    @Test func matricesAreSplitToo() throws {
        // Planted: matrix i of 7 has rank min(i, 4).
        let matrices = (0..<7).flatMap { rank in
            (0..<4).flatMap { row in (0..<5).map { column in row == column && row < rank ? 1.0 : 0.0 } }
        }
        let group = try Self.group(3)
        let found = try group.rankProfiles(ofMatrices: matrices, batch: 7, rows: 4, columns: 5, prime: Prime.largest)
        #expect(found.map { profile($0)?.rank } == [0, 1, 2, 3, 4, 4, 4])
        let values = try group.singularValues(ofMatrices: matrices, batch: 7, rows: 4, columns: 5, precision: .float32)
        #expect(values.map { summary($0)?.rank } == [0, 1, 2, 3, 4, 4, 4])
    }

    @Test func aMembersErrorIsTheGroups() throws {
        let group = try Self.group(2)
        #expect(throws: BackendError.self) {
            _ = try group.rankProfiles(of: problem, trials: 0..<10, prime: 8_388_594)
        }
        #expect(group.device.hasPrefix("2 x "))
    }

    private func profile(_ outcome: Outcome<RankProfile>) -> RankProfile? {
        if case .computed(let profile) = outcome { profile } else { nil }
    }

    private func column(_ outcome: Outcome<ColumnProfile>) -> ColumnProfile? {
        if case .computed(let profile) = outcome { profile } else { nil }
    }

    private func summary(_ outcome: Outcome<SingularSummary>) -> SingularSummary? {
        if case .computed(let summary) = outcome { summary } else { nil }
    }
}
