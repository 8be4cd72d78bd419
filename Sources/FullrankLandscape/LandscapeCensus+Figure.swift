import FullrankNumbers
import FullrankReport

/// What each face of a unit's plane holds, for data that span two dimensions.
struct PlaneFaces: Sendable {
    let faces: [LandscapeFigure.Face]

    /// - Returns: nil unless the weights are a plane.
    init?(_ pieces: MinimaPieces, global: Fraction) {
        let arrangement = pieces.arrangement
        guard arrangement.dimension == 2 else { return nil }
        var holdings = arrangement.faces.indices.map { face in
            pieces.saddleCells.contains(face) ? LandscapeFigure.Holding.saddle : .nothing
        }
        for index in pieces.classOf.indices where pieces.classOf[index] >= 0 {
            let isGlobal = pieces.classes[Int(pieces.classOf[index])].loss == global
            for state in pieces.states(index) where holdings[state / 3] != .global {
                holdings[state / 3] = isGlobal ? .global : .bad
            }
        }
        faces = arrangement.faces.indices.compactMap { face in
            var corners = arrangement.faces[face].rays.map { Self.unit(arrangement.rays[$0]) }
            if corners.isEmpty { return nil }
            // Counter-clockwise.
            if corners.count == 2, corners[0][0] * corners[1][1] < corners[0][1] * corners[1][0] {
                corners.swapAt(0, 1)
            }
            return LandscapeFigure.Face(corners: corners, pattern: arrangement.word(face), holding: holdings[face])
        }
    }

    private static func unit(_ vector: [Fraction]) -> [Double] {
        let values = vector.map(\.double), largest = values.reduce(0) { max($0, abs($1)) }
        let scaled = values.map { $0 / largest }
        let length = (scaled[0] * scaled[0] + scaled[1] * scaled[1]).squareRoot()
        return scaled.map { $0 / length }
    }
}

extension LandscapeCensus {
    /// Whether there is a figure.
    public var isPlane: Bool { plane != nil }

    /// The plane of a unit's weights, and for one unit the loss over it; nil unless the points span two dimensions.
    ///
    /// - Parameters:
    ///   - hasBias: whether the last coordinate of the points is the bias's 1.
    ///   - version: the program's, for the caption.
    public func figure(hasBias: Bool, version: String) -> LandscapeFigure? {
        guard let plane else { return nil }
        let names = coordinates.map { $0 == problem.points[0].count - 1 && hasBias ? "bias b" : "weight w_\($0 + 1)" }
        let points = problem.points.map { row in coordinates.map { row[$0].double } }
        var panels = [LandscapeFigure.LossPanel]()
        if problem.units == 1 {
            let hasSaddle = saddles.first.map { !$0.isEmpty } ?? false
            for sign in [1.0, -1.0] where problem.frozen.map({ Double($0[0].signum) == sign }) ?? true {
                let minima = minima.filter { Double($0.outputs[0].signum) == sign }.map { piece in
                    (coordinates.map { (piece.weights[0][$0] * piece.outputs[0]).double }, piece.loss == globalMinimum)
                }
                panels.append(LandscapeFigure.LossPanel(sign: sign, minima: minima, hasSaddle: hasSaddle))
            }
        }
        let loss =
            panels.isEmpty
            ? "" : " Right: the loss, darker where it is higher; circles are one point of each piece of minima."
        return LandscapeFigure(
            faces: plane.faces, points: points, labels: problem.labels.map(\.double), panels: panels, axes: names,
            title:
                "Critical points of \(problem.units) unit\(problem.units == 1 ? "" : "s") on \(points.count) points",
            caption:
                "Sectors are the \(cellsPerUnit) cells of a unit's weights, lines their boundaries, coloured by the best "
                + "that a combination with a unit there holds; \(valleys.count) components of minima, \(badValleys) of "
                + "them bad, global minimum \(globalMinimum).\(loss) fullrank \(version).")
    }
}
