import FullrankReport
import FullrankStatistics
import Testing

@Suite struct ThresholdCurveTests {
    @Test(arguments: [1, 3, 9], [5, 400])
    func everyMedianIsDrawnAndNoTextOverlaps(dimensions: Int, largestPoints: Int) throws {
        let widths = syntheticWidths(
            d0: Array(1...dimensions), points: Array(1...largestPoints), largestUnits: largestPoints)
        for largestUnits in [nil, largestPoints] {
            let svg = ThresholdCurve.svg(
                series: ThresholdCurve.series(widths, largestUnits: largestUnits), title: "Critical width",
                caption: PhaseDiagramTests.caption)
            let figure = try XMLTree(parsing: svg)
            #expect(figure.misplacedText == [])
            let markers = Self.markers(figure)
            #expect(markers.count == widths.count { $0.q50 != nil })
            let frame = try #require(figure.frames.first)
            // A marker may reach over the frame, its middle not.
            #expect(
                markers.allSatisfy {
                    $0.x >= frame.left - 0.3 && $0.x <= frame.right + 0.3 && $0.y >= frame.top - 0.3
                        && $0.y <= frame.bottom + 0.3
                })
            // Of one d0 a line and two bands; of several a line and two paths of bars, and bars in the legend.
            #expect(figure.all("path").count { $0.attributes["class"] != "bars" } == (dimensions == 1 ? 3 : dimensions))
            #expect(
                figure.all("path").count { $0.attributes["class"] == "bars" } == (dimensions == 1 ? 0 : 3 * dimensions))
        }
    }

    /// Middles of the markers that have hover text; the legend's have none.
    private static func markers(_ figure: XMLTree) -> [(x: Double, y: Double)] {
        let circles = figure.all("circle").filter { $0.text != "" }.map { ($0.number("cx"), $0.number("cy")) }
        let others = figure.all("polygon").filter { $0.text != "" }.map { polygon -> (Double, Double) in
            let corners = (polygon.attributes["points"] ?? "").split(separator: " ").map { corner in
                corner.split(separator: ",").compactMap { Double($0) }
            }
            func middle(_ axis: Int) -> Double {
                let values = corners.map { $0[axis] }
                return ((values.min() ?? 0) + (values.max() ?? 0)) / 2
            }
            return (middle(0), middle(1))
        }
        return circles + others
    }

    @Test func hoverTextAndCutBands() throws {
        let row = WidthStatistics(
            ratio: nil, inputDimension: 1, points: 40, trials: 100, q05: 96, q25: 110, q50: 120, q75: nil, q95: nil,
            reached: 60)
        let figure = try XMLTree(
            parsing: ThresholdCurve.svg(
                series: [.init(label: "d0 = 1", widths: [row], largestUnits: 130)], title: "", caption: ""))
        #expect(figure.all("circle").map(\.text).filter { $0 != "" } == ["n = 40: 120 (5% to 95%: 96 to not reached)"])
        let words = figure.all("text").map(\.text).joined(separator: " ")
        #expect(words.contains("largest width tried, 130."))
    }

    @Test func nothingToDraw() throws {
        #expect(try XMLTree(parsing: ThresholdCurve.svg(series: [], title: "T", caption: "C")).misplacedText == [])
    }
}
