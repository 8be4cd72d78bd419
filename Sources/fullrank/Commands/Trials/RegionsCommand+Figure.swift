import FullrankFiles
import FullrankModel
import FullrankNumbers
import FullrankRegions
import FullrankReport
import FullrankSweep

extension RegionsRun {
    /// Different hyperplanes that a picture can show.
    private static let mostSectors = 360
    private static let mostFacets = 60
    /// Points whose sums of all subsets are shown.
    private static let mostSums = 8

    /// Writes the picture of regions and zonotope.
    func draw(_ path: String) throws(CommandFailure) {
        guard let fan = RegionFan(arrangement) else {
            throw CommandFailure(
                .badData,
                "--figure: the points span \(arrangement.dimension) \(arrangement.dimension == 1 ? "dimension" : "dimensions")\(biasWords); 2 or 3 can be drawn"
            )
        }
        let most = fan.dimension == 2 ? Self.mostSectors : Self.mostFacets
        guard arrangement.hyperplanes <= most else {
            throw .usage(
                "--figure: \(arrangement.hyperplanes) different points are too many; at most \(most) are drawn in "
                    + "\(fan.dimension) dimensions")
        }
        // Three dependent vectors would be drawn, but not as counted.
        _ = try failing { () throws(ArrangementError) in
            try arrangement.isInGeneralPosition(limit: Self.mostSets, threads: options.threads)
        }
        if arrangement.regionCount.int != fan.faces.count {
            writeMessage(
                "\(fan.faces.count) of \(arrangement.regionCount) regions are drawn; the others are too thin for double precision"
            )
        }
        do throws(SweepFolderError) {
            let folder = path.parentFolder ?? "."
            try FigureFolder(folder.isEmpty ? "/" : folder).write(
                name: path.lastPathComponent, contents: figure(fan).svg(theme: options.figures.theme))
        } catch {
            throw CommandFailure(error)
        }
        try writePaths([path])
        try writePaths(options.figures.convert([path]))
    }

    private var biasWords: String { options.problem.bias ? ", the bias's 1 included" : "" }

    private func figure(_ fan: RegionFan) -> RegionFigure {
        let zonotope = Zonotope(arrangement, fan)
        let (n, k) = (arrangement.points, arrangement.columns)
        let source =
            if case .given = options.problem.inputs { "given points" } else {
                "points of seed \(options.problem.seed), trial \(options.trial)"
            }
        let volumes = fan.dimension == 3 ? " Areas on the discs are true: each region's share of directions." : ""
        let words =
            "n = \(n) \(source), k = \(k)\(options.problem.bias ? " with bias" : ", no bias"). Left: a region of weights a "
            + "pattern, \(fan.faces.count) in all, cut by the hyperplanes w · x_j = 0; bits of a pattern are points 0 to \(n - 1)."
            + volumes
            + " Right: the zonotope of the points; its vertices are the sums of the active points of the regions, and no "
            + "other sum is one. fullrank \(version)."
        return RegionFigure(
            dimension: fan.dimension,
            faces: fan.faces.map { RegionFigure.Face(corners: $0.corners, pattern: $0.pattern) },
            hyperplanes: zip(fan.normals, arrangement.representatives).map { ($0, "x_\($1)") },
            zonotope: RegionFigure.Zonotope(
                vertices: zonotope.vertices, edges: zonotope.edges, facets: zonotope.facets, others: sums(fan)),
            axes: axes,
            title: "Activation regions of a unit and the zonotope of its \(n) points", caption: words)
    }

    /// The coordinates that are drawn. If the points span fewer dimensions, some coordinates are left out.
    private var axes: RegionFigure.Axes {
        let d0 = options.problem.inputDimension
        func name(_ coordinate: Int, _ bias: String, _ only: String, _ one: (Int) -> String) -> String {
            coordinate == d0 ? bias : d0 == 1 ? only : one(coordinate + 1)
        }
        return RegionFigure.Axes(
            weights: arrangement.coordinates.map { name($0, "bias b", "weight w") { "weight of coordinate \($0)" } },
            sums: arrangement.coordinates.map {
                name($0, "number of points added", "sum of inputs x") { "sum of coordinate \($0)" }
            })
    }

    /// In the plane, sums of few points that no unit makes.
    private func sums(_ fan: RegionFan) -> [[Double]] {
        let (n, k) = (arrangement.points, arrangement.columns)
        guard fan.dimension == 2, n <= Self.mostSums else { return [] }
        let found = Set(fan.faces.map(\.pattern))
        return (0..<1 << n).compactMap { mask -> [Double]? in
            let pattern = (0..<n).map { mask >> $0 & 1 == 1 }
            guard !found.contains(pattern) else { return nil }
            return arrangement.coordinates.map { coordinate in
                (0..<n).reduce(0) { $0 + (pattern[$1] ? arrangement.whole[$1 * k + coordinate] : 0) }
            }
        }
    }
}
