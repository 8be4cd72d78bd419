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
            #expect(figure.all("circle").count == widths.count { $0.q50 != nil })
            let frame = try #require(figure.frames.first)
            #expect(figure.all("circle").allSatisfy {
                $0.number("cx") >= frame.left && $0.number("cx") <= frame.right && $0.number("cy") >= frame.top
                    && $0.number("cy") <= frame.bottom
            })
            #expect(figure.all("path").count == 3 * dimensions)
        }
    }

    @Test func hoverTextAndCutBands() throws {
        let row = WidthStatistics(
            ratio: nil, inputDimension: 1, points: 40, trials: 100, q05: 96, q25: 110, q50: 120, q75: nil, q95: nil,
            reached: 60)
        let figure = try XMLTree(parsing: ThresholdCurve.svg(
            series: [.init(label: "d0 = 1", widths: [row], largestUnits: 130)], title: "", caption: ""))
        #expect(figure.all("circle").map(\.text) == ["n = 40: 120 (5% to 95%: 96 to not reached)"])
        let words = figure.all("text").map(\.text).joined(separator: " ")
        #expect(words.contains("largest width tried, 130."))
    }

    @Test func nothingToDraw() throws {
        #expect(try XMLTree(parsing: ThresholdCurve.svg(series: [], title: "T", caption: "C")).misplacedText == [])
    }
}
