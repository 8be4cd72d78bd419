import FullrankFiles
import FullrankLandscape
import FullrankModel
import FullrankNumbers
import FullrankSweep

/// Decides whether a point is a local minimum, prints why, and writes the certificate if a folder is given.
func runPointCheck(
    _ path: String, _ given: LandscapePoint, _ tolerance: Fraction?, _ options: LandscapeOptions
) throws(CommandFailure) {
    var point = given
    if let tolerance {
        guard let rounding = PointRounding(given, tolerance: tolerance) else {
            throw CommandFailure(
                .badData,
                "--round: the exact solution leaves the face next to the point of \(path.printable()); "
                    + "train longer, or change TOL"
            )
        }
        point = rounding.point
        writeMessage(rounding.words)
    }
    let check: PointCheck
    do throws(LandscapeError) { check = try PointCheck(point) } catch {
        guard case .tooManyFaces(let sets, let limit) = error else { throw CommandFailure(error, signal: nil) }
        throw .usage(
            "\(path.printable()): a unit has too many points on its boundary: \(sets) sets of them; "
                + "at most \(limit) are looked at"
        )
    }
    try writeOutput(options.json ? check.certificate : check.words)
    guard let folder = options.output else { return }
    do throws(SweepFolderError) {
        try FigureFolder(folder).write(name: "certificate.json", contents: check.certificate)
        WrittenFiles.note("\(folder)/certificate.json")
    } catch {
        throw CommandFailure(error)
    }
}

extension PointRounding {
    fileprivate var words: String {
        var parts = [String]()
        for (unit, points) in boundaries.enumerated() where !points.isEmpty {
            parts.append(
                "unit \(unit) onto the hyperplanes of points \(points.map { "\($0)" }.joined(separator: ", "))")
        }
        parts += idle.map { "z of unit \($0) to 0" }
        return "rounded: " + (parts + ["weights by at most \(change)"]).joined(separator: "; ")
    }
}

extension PointCheck {
    fileprivate var words: String {
        let loss = "loss \(point.loss) (\(point.loss.double))\n"
        switch verdict {
        case .minimum:
            let onBoundary = units.indices.filter { !units[$0].boundary.isEmpty }
            let places =
                onBoundary.isEmpty
                ? "no unit on a boundary"
                : onBoundary.map {
                    "unit \($0) on the boundary of points \(units[$0].boundary.map { "\($0)" }.joined(separator: ", "))"
                }.joined(separator: "; ")
            return "local minimum, \(loss)\(places)\n"
        case .descent(let descent):
            let direction = "(" + descent.weights.map(\.description).joined(separator: ", ") + ")"
            let change = descent.output.isZero ? "" : " and its output weight by \(descent.output)"
            let slope = descent.slope.isZero ? "in second order" : "slope \(descent.slope)"
            return
                "not a local minimum, \(loss)unit \(descent.unit): moving its weights along \(direction)\(change) "
                + "lowers the loss, \(slope)\n"
        }
    }
}
