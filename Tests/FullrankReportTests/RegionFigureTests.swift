import FullrankReport
import Testing

@Suite struct RegionFigureTests {
    func figure(_ dimension: Int) -> RegionFigure {
        let axes = (0..<dimension).map { axis in (0..<dimension).map { $0 == axis ? 1.0 : 0.0 } }
        // Orthants, first those with the last coordinate positive, in the order around it, then their opposites.
        let around: [[Double]] = [[1, 1], [-1, 1], [-1, -1], [1, -1]]
        var signs = around
        if dimension == 3 {
            signs = around.map { $0 + [1] }
            signs += signs.map { $0.map { -$0 } }
        }
        let faces = signs.map { sign -> RegionFigure.Face in
            var corners = axes.enumerated().map { index, axis in axis.map { $0 * sign[index] + 0 } }
            if dimension == 2, sign[0] * sign[1] < 0 { corners.reverse() }
            return RegionFigure.Face(corners: corners, pattern: sign.map { $0 > 0 })
        }
        let vertices = faces.map { $0.pattern.map { $0 ? 1.0 : 0 } }
        let facets: [(corners: [Int], normal: [Double])] =
            dimension == 2 ? [] : [([0, 1, 2, 3], [0, 0, 1]), ([4, 5, 6, 7], [0, 0, -1])]
        return RegionFigure(
            dimension: dimension, faces: faces, hyperplanes: axes.enumerated().map { ($1, "x_\($0)") },
            zonotope: RegionFigure.Zonotope(vertices: vertices, edges: [(0, 1)], facets: facets, others: []),
            axes: .init(weights: Array(["w", "b", "c"][..<dimension]), sums: Array(["s", "t", "u"][..<dimension])),
            title: "A < B & C", caption: "x")
    }

    @Test(arguments: [2, 3])
    func aFaceARegion(dimension: Int) throws {
        for theme in [FigureTheme.light, .dark] {
            let svg = figure(dimension).svg(theme: theme)
            let tree = try XMLTree(parsing: svg)
            let regions = tree.all("path").filter { $0.attributes["class"] == "region" }
            #expect(regions.count == (dimension == 2 ? 4 : 8))
            #expect(Set(regions.map(\.text)).count == regions.count)
            #expect(svg == figure(dimension).svg(theme: theme))
            #expect(!svg.contains("nan") && !svg.contains("inf"))
            let width = tree.number("width")
            for circle in tree.all("circle") { #expect((0...width).contains(circle.number("cx"))) }
            // One of the two facets is seen.
            #expect(tree.all("path").count { $0.attributes["class"] == "facet" } == (dimension == 2 ? 0 : 1))
        }
    }
}
