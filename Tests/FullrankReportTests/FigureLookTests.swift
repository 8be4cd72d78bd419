import FullrankModel
import FullrankReport
import FullrankStatistics
import FullrankTestSupport
import Testing

/// Titles and captions that are left out, sizes that are asked for, and intervals that can be told apart.
@Suite struct FigureLookTests {
    private func svg(_ change: (inout FigureTheme) -> Void) -> [Figure] {
        var theme = FigureTheme.light
        change(&theme)
        return allFigures(figurePlans[0], theme: theme)
    }

    @Test func titlesAndCaptionsAreLeftOut() throws {
        for (whole, bare) in zip(svg { _ in }, svg { ($0.hasTitle, $0.hasCaption) = (false, false) }) {
            let (before, after) = (try XMLTree(parsing: whole.svg), try XMLTree(parsing: bare.svg))
            func words(_ tree: XMLTree) -> String { tree.all("text").map(\.text).joined(separator: " ") }
            #expect(words(before).contains("planted:") && !words(after).contains("planted:"), "\(whole.name)")
            #expect(before.all("text").contains { $0.attributes["font-weight"] == "bold" })
            #expect(!after.all("text").contains { $0.attributes["font-weight"] == "bold" })
            // Still there for who can't see the figure; all the rest is as before, in less room.
            #expect(after.all("title").first?.text == whole.title && bare.svg.contains("<desc>"))
            #expect(
                after.all("path").count == before.all("path").count && after.number("height") < before.number("height"))
            #expect(after.misplacedText == [], "\(whole.name)")
        }
    }

    @Test(arguments: [120, 1000, 3001])
    func widthScalesAll(width: Int) throws {
        for (own, scaled) in zip(svg { _ in }, svg { $0.width = width }) {
            let (before, after) = (try XMLTree(parsing: own.svg), try XMLTree(parsing: scaled.svg))
            #expect(after.number("width") == Double(width))
            #expect(
                abs(after.number("height") / after.number("width") - before.number("height") / before.number("width"))
                    < 1e-3)
            #expect(after.attributes["viewBox"] == before.attributes["viewBox"])
            #expect(after.all("text").map(\.text) == before.all("text").map(\.text))
        }
    }

    private func chart(curves: Int, values: [Double]) -> Chart {
        let marks = (0..<curves).flatMap { place -> [Chart.Mark] in
            let style = Chart.Style(place, of: curves, isMarked: true)
            // All the same: bands would cover each other.
            func points(_ y: Double) -> [FigurePoint] { values.map { FigurePoint(x: $0, y: y) } }
            return [
                Chart.Mark(.band(low: points(0.2), high: points(0.8)), style), Chart.Mark(.line(points(0.5)), style),
                Chart.Mark(.dots(points(0.5), hover: []), style),
            ]
        }
        let panel = Chart.Panel(
            title: "", across: ChartAxis(title: "across", values: values), up: ChartAxis(title: "up", fixed: 0...1),
            marks: marks)
        return Chart(panels: [panel], legend: [], title: "", caption: "")
    }

    /// Where the upright parts of each curve's bars are.
    private func bars(_ chart: Chart) throws -> [[Double]] {
        let paths = try XMLTree(parsing: chart.svg()).all("path").filter { $0.attributes["class"] == "bars" }
        return paths.map { path in
            let strokes = (path.attributes["d"] ?? "").matches(of: /M([0-9.]+) [0-9.]+L([0-9.]+)/)
            let upright = strokes.filter { $0.1 == $0.2 }
            return upright.compactMap { Double($0.1) }.sorted()
        }
    }

    @Test(arguments: 2...6, [[1, 2, 3, 4, 5], Array(stride(from: 1.0, through: 200, by: 1))])
    func barsNeverCoverEachOther(curves: Int, values: [Double]) throws {
        let chart = chart(curves: curves, values: values)
        #expect(chart.drawsBars && chart.intervalWord == "bars" && !chart.barNote.isEmpty)
        let places = try bars(chart)
        #expect(places.count == curves && places.allSatisfy { !$0.isEmpty })
        let all = places.joined().sorted()
        #expect(zip(all, all.dropFirst()).allSatisfy { $1 - $0 > 4.5 })
        // Few values: each curve has a bar at each of them.
        if values.count == 5 { #expect(places.allSatisfy { $0.count == 5 }) }
    }

    /// One curve has many values, another few: it gets bars, too.
    @Test func aSparseCurveHasBars() throws {
        let (many, few) = (
            chart(curves: 2, values: (1...40).map(Double.init)), chart(curves: 2, values: [4, 6, 10, 16, 25, 40])
        )
        var both = many
        both.panels[0].marks = Array(many.panels[0].marks[..<3]) + few.panels[0].marks[3...]
        let places = try bars(both)
        #expect(places.count == 2 && places.allSatisfy { $0.count >= 3 })
        let all = places.joined().sorted()
        #expect(zip(all, all.dropFirst()).allSatisfy { $1 - $0 > 4.5 })
    }

    @Test func aCurveAloneKeepsItsBand() throws {
        let chart = chart(curves: 1, values: [1, 2, 3])
        #expect(!chart.drawsBars && chart.intervalWord == "bands" && chart.barNote == "")
        #expect(try bars(chart).isEmpty)
    }
}
