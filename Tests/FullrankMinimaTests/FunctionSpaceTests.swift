import FullrankMinima
import Testing

@Suite struct FunctionSpaceTests {
    @Test(arguments: 2...7)
    func regionsOfAUnit(n: Int) {
        let space = FunctionSpace(points: (0..<n).map { Double($0 * $0) })
        #expect(space.regions.count == 2 * n && Set(space.regions.map(\.pattern)).count == 2 * n)
        #expect(space.vertices.count == 2 * n - 2)
        #expect(space.regions.count { $0.rank == 0 } == 1)
        #expect(space.regions.count { $0.rank == 1 } == 2)
        #expect(space.regions.count { $0.rank == 2 } == 2 * n - 3)
        #expect(space.regionsByRank(units: 1) == [1, 2, 2 * n - 3] + [Int](repeating: 0, count: n - 2))
        // A region's functions vanish where it is inactive.
        for region in space.regions {
            for vertex in region.vertices {
                for (bit, value) in zip(region.pattern, space.vertices[vertex]) {
                    #expect(bit == "1" ? value >= 0 : value == 0)
                }
            }
        }
    }

    /// The published counts.
    @Test func layersByRank() {
        let space = FunctionSpace(points: [-1, 0, 2])
        #expect(space.regionsByRank(units: 2) == [1, 6, 15, 14])
        #expect(space.regionsByRank(units: 3) == [1, 14, 57, 144])
        #expect(FunctionSpace(points: [0, 1, 2, 3, 4]).regionsByRank(units: 7) == nil)
    }
}
