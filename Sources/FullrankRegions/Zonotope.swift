/// The zonotope `Σ_j conv{0, x_j}` of points that span two or three dimensions, in floating point: its vertices are
/// the sums of the points of each activation region (P Proposition 7), its edges the walls between regions.
public struct Zonotope: Sendable {
    /// By face of the fan, in its order.
    public let vertices: [[Double]]
    /// Pairs of vertices whose patterns differ on one hyperplane.
    public let edges: [(Int, Int)]
    /// In three dimensions the parallelograms, corners around, with their outward normals.
    public let facets: [(corners: [Int], normal: [Double])]

    public init(_ arrangement: PointArrangement, _ fan: RegionFan) {
        let k = arrangement.columns
        vertices = fan.faces.map { face in
            arrangement.coordinates.map { coordinate in
                face.pattern.indices.reduce(0) {
                    $0 + (face.pattern[$1] ? arrangement.whole[$1 * k + coordinate] : 0)
                }
            }
        }
        var numbers = [[Int8]: Int]()
        for (index, face) in fan.faces.enumerated() { numbers[face.sides] = index }
        func turned(_ sides: [Int8], _ hyperplanes: Int...) -> [Int8] {
            var sides = sides
            for hyperplane in hyperplanes { sides[hyperplane] = -sides[hyperplane] }
            return sides
        }
        var edges = [(Int, Int)]()
        for (index, face) in fan.faces.enumerated() {
            for hyperplane in face.sides.indices where face.sides[hyperplane] > 0 {
                if let other = numbers[turned(face.sides, hyperplane)] { edges.append((index, other)) }
            }
        }
        self.edges = edges
        var facets = [(corners: [Int], normal: [Double])]()
        if fan.dimension == 3 {
            for second in fan.normals.indices {
                for first in 0..<second {
                    let axis = RegionFan.unit(RegionFan.cross(fan.normals[first], fan.normals[second]))
                    for normal in [axis, axis.map { -$0 }] {
                        var sides = fan.normals.map { RegionFan.dot($0, normal) > 0 ? 1 as Int8 : -1 }
                        (sides[first], sides[second]) = (-1, -1)
                        let around = [
                            sides, turned(sides, first), turned(sides, first, second), turned(sides, second),
                        ].compactMap { numbers[$0] }
                        if around.count == 4 { facets.append((around, normal)) }
                    }
                }
            }
        }
        self.facets = facets
    }
}
