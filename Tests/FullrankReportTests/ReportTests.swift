import FullrankModel
import FullrankReport
import FullrankStatistics
import Testing

@Suite struct ReportPageTests {
    /// Well-formed as XML but for its first line, whatever the names in it are.
    @Test func hostileNamesStayText() throws {
        let plan = SweepPlan(
            inputDimensions: .fixed([1]), points: [2, 4], units: [1, 2], trials: 1,
            inputs: .file(path: "<script>alert(1)</script>&\".npy", fingerprint: "ff"), bias: false)
        var digest = SweepDigest(plan: plan)
        digest.add(RankProfile(pivotColumns: [0, 1, -1, -1], columnsPerUnit: 1), problem: 0)
        let text = FigureText(title: "a < b", plan: plan, version: "1")
        let figure = DiagramFigure().figure(digest, text: text)
        let page = Report(
            title: "a < b & \"c\"", digest: digest, figures: [figure], command: "fullrank sweep --inputs '<x>'",
            provenance: [("backend", "<cpu>")]
        ).html()
        let document = try #require(page.split(separator: "\n", maxSplits: 1).last)
        #expect(page.hasPrefix("<!DOCTYPE html>\n"))
        let tree = try XMLTree(parsing: String(document))
        #expect(tree.all("script").isEmpty && tree.all("svg").count == 1)
        #expect(tree.all("pre").map(\.text) == ["fullrank sweep --inputs '<x>'"])
        #expect(tree.all("td").contains { $0.text == "<cpu>" })
        #expect(tree.all("a").count == figure.tables.count)
        #expect(tree.all("td").contains { $0.text == "> 2" }, "a quantile that was not reached")
    }
}
