import FullrankRegions
import FullrankTestSupport
import Testing

@Suite struct RegionFanTests {
    /// Faces found by cutting are the regions found by numbers.
    @Test(arguments: [
        (1, 2, true), (5, 1, true), (30, 1, true), (4, 2, true), (9, 2, true), (25, 2, true), (6, 2, false),
        (12, 3, false),
    ])
    func facesAreTheRegions(n: Int, d0: Int, bias: Bool) throws {
        var generator = SeededGenerator(seed: UInt64(n))
        let arrangement = PointArrangement(randomInputs(n * d0, &generator), n, d0, bias: bias)
        guard let fan = RegionFan(arrangement) else { #expect(n == 1); return }
        let masks = fan.faces.map { face in
            face.pattern.enumerated().reduce(UInt64(0)) { $0 | ($1.element ? 1 << UInt64($1.offset) : 0) }
        }
        #expect(masks.count == Set(masks).count)
        #expect(Set(masks) == Set(try arrangement.masks()))
        // Each face lies on the sides it says.
        for face in fan.faces {
            for (normal, side) in zip(fan.normals, face.sides) {
                for corner in face.corners {
                    #expect(zip(normal, corner).reduce(0) { $0 + $1.0 * $1.1 } * Double(side) > -1e-9)
                }
            }
        }
    }

    @Test func zonotopeHasItsFaces() throws {
        var generator = SeededGenerator(seed: 4)
        let arrangement = PointArrangement(randomInputs(20, &generator), 10, 2)
        let fan = try #require(RegionFan(arrangement))
        let zonotope = Zonotope(arrangement, fan)
        // m (m - 1) + 2 vertices, m (m - 1) parallelograms, Euler.
        #expect(zonotope.vertices.count == 92 && zonotope.facets.count == 90 && zonotope.edges.count == 180)
        // Every vertex lies behind every facet.
        for facet in zonotope.facets {
            func height(_ vertex: [Double]) -> Double { zip(vertex, facet.normal).reduce(0) { $0 + $1.0 * $1.1 } }
            let top = height(zonotope.vertices[facet.corners[0]])
            for corner in facet.corners { #expect(abs(height(zonotope.vertices[corner]) - top) < 1e-12) }
            #expect(zonotope.vertices.allSatisfy { height($0) <= top + 1e-12 })
        }
        let plane = PointArrangement(randomInputs(6, &generator), 6, 1)
        let polygon = Zonotope(plane, try #require(RegionFan(plane)))
        #expect(polygon.vertices.count == 12 && polygon.edges.count == 12 && polygon.facets.isEmpty)
    }

    /// Opposite and equal points share a hyperplane; their sums still count.
    @Test func parallelPoints() throws {
        let arrangement = PointArrangement([1, 2, -2, -4, 0, 1], 3, 2, bias: false)
        let fan = try #require(RegionFan(arrangement))
        #expect(fan.faces.count == 4)
        let vertices = Set(Zonotope(arrangement, fan).vertices)
        #expect(vertices == [[1, 2], [1, 3], [-2, -4], [-2, -3]])
    }

    @Test("Drawing and errors are the same for any number of threads")
    func threads() throws {
        var generator = SeededGenerator(seed: 9)
        let sampler = RegionSampler(PointArrangement(randomInputs(60, &generator), 30, 2))
        let one = try sampler.pattern(seed: 5, trial: 2, units: 1000)
        for threads in [2, 3, 7, 64] {
            #expect(try sampler.pattern(seed: 5, trial: 2, units: 1000, threads: threads) == one)
        }
        // Several dependent triples; the one met first is named.
        let inputs = randomInputs(120, &generator)
        var line = inputs
        for point in [20, 30, 40, 50] { (line[2 * point], line[2 * point + 1]) = (Double(point), Double(2 * point)) }
        let arrangement = PointArrangement(line, 60, 2)
        var errors = Set<ArrangementError>()
        for threads in [1, 2, 3, 8] {
            do { _ = try arrangement.regions(limit: 1 << 20, threads: threads) } catch { errors.insert(error) }
        }
        #expect(errors.count == 1)
    }
}
