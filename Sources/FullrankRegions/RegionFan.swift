import FullrankPlatform

/// The regions of an arrangement in two or three dimensions as shapes: sectors of the plane, or polygons on the
/// sphere. In floating point, found by cutting with one hyperplane after the other, apart from `RegionFinder`.
public struct RegionFan: Sendable {
    public struct Face: Sendable {
        /// On which side of each hyperplane, 1 or -1.
        public let sides: [Int8]
        /// By point: whether a unit with these weights is active on it.
        public let pattern: [Bool]
        /// Unit vectors around the face: its two rays, or its corners, with some points of its sides between them.
        public let corners: [[Double]]
    }

    /// 2 or 3
    public let dimension: Int
    /// Unit normals of the hyperplanes.
    public let normals: [[Double]]
    /// In three dimensions the first half lies on the positive side of the last hyperplane, and each face of the second
    /// is opposite to one of the first.
    public let faces: [Face]

    /// - Returns: nil if the points do not span two or three dimensions.
    public init?(_ arrangement: PointArrangement) {
        dimension = arrangement.dimension
        guard dimension == 2 || dimension == 3 else { return nil }
        normals = (0..<arrangement.hyperplanes).map { Self.unit(arrangement.vector($0)) }
        let cells = dimension == 2 ? Self.sectors(normals) : Self.polygons(normals)
        faces = cells.map { sides, corners in
            Face(
                sides: sides,
                pattern: arrangement.sides.map { side in side.map { Int(sides[$0.hyperplane]) == $0.sign } ?? false },
                corners: corners)
        }
    }

    private typealias Cell = (sides: [Int8], corners: [[Double]])

    private static func sectors(_ normals: [[Double]]) -> [Cell] {
        let rays = normals.flatMap { [[-$0[1], $0[0]], [$0[1], -$0[0]]] }
            .sorted { atan2($0[1], $0[0]) < atan2($1[1], $1[0]) }
        return rays.indices.map { index in
            let (from, to) = (rays[index], rays[(index + 1) % rays.count])
            // Two opposite rays of one line have no sum: a quarter turn is between them.
            let middle = rays.count == 2 ? [-from[1], from[0]] : [from[0] + to[0], from[1] + to[1]]
            return (normals.map { dot($0, middle) > 0 ? 1 : -1 }, [from, to])
        }
    }

    private static func polygons(_ normals: [[Double]]) -> [Cell] {
        let last = normals.count - 1
        let pole = normals[last]
        // Two directions across the pole.
        let place = pole.indices.min { abs(pole[$0]) < abs(pole[$1]) } ?? 0
        let first = unit(cross(pole, (0..<3).map { $0 == place ? 1 : 0 }))
        let second = cross(pole, first)
        let equator = [first, second, first.map { -$0 }, second.map { -$0 }]
        var cells: [Cell] = [([], equator)]
        for normal in normals.dropLast() {
            cells = cells.flatMap { cell -> [Cell] in
                let (above, below) = cut(cell.corners, by: normal)
                var parts = [Cell]()
                if let above { parts.append((cell.sides + [1], above)) }
                if let below { parts.append((cell.sides + [-1], below)) }
                return parts.map { ($0.sides, halved($0.corners, normal, pole)) }
            }
        }
        let upper = cells.map { ($0.sides + [1], $0.corners) }
        return upper + upper.map { sides, corners in (sides.map { -$0 }, corners.map { $0.map { -$0 } }) }
    }

    /// Parts of a spherical polygon on both sides of a great circle; nil for one that is empty.
    private static func cut(_ corners: [[Double]], by normal: [Double]) -> (above: [[Double]]?, below: [[Double]]?) {
        let heights = corners.map { corner -> Double in
            let height = dot(corner, normal)
            return abs(height) < 1e-14 ? 0 : height
        }
        guard heights.contains(where: { $0 < 0 }) else { return (corners, nil) }
        guard heights.contains(where: { $0 > 0 }) else { return (nil, corners) }
        var above = [[Double]](), below = [[Double]]()
        for (index, corner) in corners.enumerated() {
            let next = (index + 1) % corners.count
            let (height, following) = (heights[index], heights[next])
            if height >= 0 { above.append(corner) }
            if height <= 0 { below.append(corner) }
            guard height * following < 0 else { continue }
            let crossing = unit((0..<3).map { corner[$0] * abs(following) + corners[next][$0] * abs(height) })
            above.append(crossing)
            below.append(crossing)
        }
        return (above, below)
    }

    /// Puts a corner into the middle of a side that is half of the great circle of `normal`, on the pole's side: its ends
    /// are opposite, and would not tell where it runs.
    private static func halved(_ corners: [[Double]], _ normal: [Double], _ pole: [Double]) -> [[Double]] {
        corners.indices.flatMap { index -> [[Double]] in
            let corner = corners[index]
            guard dot(corner, corners[(index + 1) % corners.count]) < -1 + 1e-12 else { return [corner] }
            let height = dot(pole, normal)
            return [corner, unit((0..<3).map { pole[$0] - height * normal[$0] })]
        }
    }

    static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    static func cross(_ a: [Double], _ b: [Double]) -> [Double] {
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    }
    static func unit(_ vector: [Double]) -> [Double] {
        // Scaled first: squares of very small and large numbers leave the range.
        let largest = vector.map { abs($0) }.max() ?? 0
        guard largest > 0 else { return vector }
        let scaled = vector.map { $0 / largest }
        let length = dot(scaled, scaled).squareRoot()
        return scaled.map { $0 / length }
    }
}
