import FullrankPlatform
import FullrankReport
import FullrankTestSupport
import Testing

/// The picture of `fullrank explain`.
@Suite struct ObstructionFigureTests {
    func figure(_ dimension: Int, points: Int, units: Int, obstructions: Int, scale: Double = 1, seed: UInt64)
        -> ObstructionFigure
    {
        var generator = SeededGenerator(seed: seed)
        func number() -> Double { Double.random(in: -1...1, using: &generator) }
        return ObstructionFigure(
            dimension: dimension, points: (0..<(points * dimension)).map { _ in number() * scale },
            boundaries: (0..<units).map { _ in .init(weights: (0..<dimension).map { _ in number() }, bias: number()) },
            obstructions: (0..<obstructions).map { _ in
                let members = Set((0..<(dimension + 2)).map { _ in generator.below(points) }).sorted()
                return .init(
                    points: members,
                    words: "points \(members): no unit tells them apart (k + 1 = \(dimension + 2) points, rank A_C = 1)"
                )
            },
            title: "Rank \(points - obstructions) of \(points)",
            caption: "\(points) points, \(units) units. Lines: where a unit switches.")
    }

    @Test(arguments: [1, 2], [(1, 1, 0), (2, 1, 1), (9, 5, 2), (100, 300, 6), (60, 3000, 40)])
    func textStandsClearOfTextAndFrames(dimension: Int, size: (Int, Int, Int)) throws {
        let figure = figure(dimension, points: size.0, units: size.1, obstructions: size.2, seed: 1)
        for theme in [FigureTheme.light, .dark] {
            let tree = try XMLTree(parsing: figure.svg(theme: theme))
            #expect(tree.misplacedText == [])
            let dots = tree.all("circle").filter { $0.attributes["fill"] == theme.ink }
            #expect(dots.count >= size.0 || dimension == 1 && dots.count + 3 * min(size.2, 6) >= size.0)
            // Everything within the picture.
            for circle in tree.all("circle") {
                #expect((0...tree.number("width")).contains(circle.number("cx")))
                #expect((0...tree.number("height")).contains(circle.number("cy")))
            }
        }
        #expect(figure.svg() == figure.svg() && figure.svg() != figure.svg(theme: .dark))
    }

    /// The largest and the smallest doubles, and points that all lie on one place.
    @Test(arguments: [1, 2], [1.7e308, 1e-300, 5e-324, 0, 1e16])
    func anyNumbersGiveAPicture(dimension: Int, scale: Double) throws {
        let svg = figure(dimension, points: 7, units: 4, obstructions: 3, scale: scale, seed: 2).svg()
        #expect(!svg.contains("nan") && !svg.contains("inf"))
        let tree = try XMLTree(parsing: svg)
        #expect(tree.misplacedText == [])
        for circle in tree.all("circle") { #expect((0...tree.number("width")).contains(circle.number("cx"))) }
    }

    /// On a line what is shown enlarged is the obstruction, in the order of its points, and no boundary between the first
    /// and the last where no unit tells them apart.
    @Test func aRowShowsItsObstructionEnlarged() throws {
        let figure = ObstructionFigure(
            dimension: 1, points: [-1, 0.5, 0.501, 0.502, 1],
            boundaries: [-0.9, 0.4999, 0.5021, 0.503, 7].map { .init(weights: [2], bias: -2 * $0) },
            obstructions: [.init(points: [1, 2, 3], words: "")], title: "", caption: "")
        let tree = try XMLTree(parsing: figure.svg())
        let row = try #require(tree.frames.last)
        let dots = tree.all("circle").filter { $0.attributes["r"] == "4" }.map { $0.number("cx") }
        #expect(dots.count == 3 && dots[2] - dots[0] > 0.55 * (row.right - row.left))
        #expect(abs(dots[1] - (dots[0] + dots[2]) / 2) < 0.01)
        let switches = tree.all("line").filter { $0.number("y1") == row.top && $0.number("y2") == row.bottom }
        #expect(switches.count == 2)
        for line in switches { #expect(line.number("x1") < dots[0] || line.number("x1") > dots[2]) }
    }
}
