/// A point, in pixels (y down) or in the units of a figure's axes.
public struct FigurePoint: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// An area of a figure, in pixels.
struct Rectangle: Hashable, Sendable {
    var left: Double
    var top: Double
    var width: Double
    var height: Double
    var right: Double { left + width }
    var bottom: Double { top + height }

    /// The part of a segment inside, by Liang and Barsky's method; nil if none is. Figures clip their lines
    /// themselves: clip paths need identifiers, which clash when figures share an HTML page.
    func clipped(_ from: FigurePoint, _ to: FigurePoint) -> (FigurePoint, FigurePoint)? {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        var (enter, leave) = (0.0, 1.0)
        let edges = [(-dx, from.x - left), (dx, right - from.x), (-dy, from.y - top), (dy, bottom - from.y)]
        for (step, room) in edges {
            if step == 0 {
                if room < 0 { return nil }
            } else if step < 0 {
                enter = max(enter, room / step)
            } else {
                leave = min(leave, room / step)
            }
        }
        guard enter < leave else { return nil }
        return (
            FigurePoint(x: from.x + enter * dx, y: from.y + enter * dy),
            FigurePoint(x: from.x + leave * dx, y: from.y + leave * dy)
        )
    }
}

extension Rectangle {
    /// The part of a polygon inside, by Sutherland and Hodgman's method.
    func clippedPolygon(_ corners: [FigurePoint]) -> [FigurePoint] {
        // Signed distances to the four edges, positive inside.
        let edges: [(FigurePoint) -> Double] = [
            { $0.x - left }, { right - $0.x }, { $0.y - top }, { bottom - $0.y },
        ]
        return edges.reduce(corners) { corners, distance in
            var kept = [FigurePoint]()
            for (index, corner) in corners.enumerated() {
                let before = corners[(index + corners.count - 1) % corners.count]
                let (from, to) = (distance(before), distance(corner))
                if (from < 0) != (to < 0) {
                    let share = from / (from - to)
                    kept.append(
                        FigurePoint(
                            x: before.x + share * (corner.x - before.x), y: before.y + share * (corner.y - before.y)))
                }
                if to >= 0 { kept.append(corner) }
            }
            return kept
        }
    }
}

/// One axis of cells drawn to scale: cells meet halfway between listed values.
struct CellAxis {
    /// Listed values, ascending.
    let values: [Int]
    /// `values.count + 1` cell edges, ascending.
    let edges: [Double]

    /// - Precondition: `values` ascend and are not empty.
    init(_ values: [Int]) {
        self.values = values
        let middles = zip(values, values.dropFirst()).map { (left: Int, right: Int) -> Double in
            (Double(left) + Double(right)) / 2
        }
        let first = Double(values[0])
        let last = Double(values[values.count - 1])
        // The outer cells are as wide outside as inside, but no axis of counts starts below 0.
        let low = first - (middles.first.map { $0 - first } ?? 0.5)
        let high = last + (middles.last.map { last - $0 } ?? 0.5)
        edges = [first > 0 ? max(low, 0) : low] + middles + [high]
    }

    var low: Double { edges[0] }
    var high: Double { edges[edges.count - 1] }

    /// Where a value lies, 0 at the low end and 1 at the high end.
    func position(_ value: Double) -> Double { (value - low) / (high - low) }
}
