import FullrankModel
import FullrankPlatform
import FullrankReport
import FullrankStatistics
import FullrankTestSupport
import Testing

/// Sweeps with a transition like the real one, made without a backend.
private func planted(_ plan: SweepPlan, points: [Int] = []) -> SweepDigest {
    var digest = SweepDigest(plan: plan, points: points)
    var generator = SeededGenerator(seed: 7)
    for (index, problem) in plan.problems.enumerated() {
        let k = problem.columnsPerUnit
        for _ in 0..<plan.trials {
            let slope = Double.random(in: 1...3, using: &generator)
            if plan.method == .exact {
                let columns = (0..<problem.largestPoints).map { row in
                    generator.below(400) == 0 ? -1 : Int64(Double(row / k) * slope) * Int64(k) + Int64(row % k)
                }
                digest.add(RankProfile(pivotColumns: columns, columnsPerUnit: k), problem: index)
            } else {
                let summaries = problem.points.flatMap { n in
                    problem.units.map { width -> SingularSummary? in
                        let rank = min(n, Int(Double(width * k) / slope))
                        return SingularSummary(largest: 3, smallest: rank == n ? 0.1 / Double(n) : 0, rank: rank)
                    }
                }
                digest.add(summaries, problem: index)
            }
        }
    }
    return digest
}

let figurePlans = [
    SweepPlan(inputDimensions: .fixed([1, 2, 3, 5]), points: [10, 20, 40, 80], units: Array(1...60), trials: 30),
    SweepPlan(inputDimensions: .fixed([1]), points: Array(1...60), units: [100_000], trials: 12),
    SweepPlan(
        inputDimensions: .proportional(["0.25", "2"].compactMap { Ratio($0) }), points: [8, 16, 24, 200],
        units: Array(1...12), trials: 20, bias: false),
]

func allFigures(_ plan: SweepPlan, theme: FigureTheme) -> [Figure] {
    var diagram = DiagramFigure()
    diagram.overlays = OverlayKind.allCases
    diagram.theme = theme
    diagram.resolution = plan.units.count == 1 ? 1 : nil
    diagram.gammas = Dictionary(
        plan.problems.map { ($0.inputDimension, [plan.points[0]: 0.3, plan.points[1]: 0.25]) },
        uniquingKeysWith: { first, _ in first })
    let digest = planted(plan, points: diagram.points(plan))
    let text = FigureText(title: "planted", plan: plan, version: "1.2.3", trials: digest.mostTrials)
    var widths = WidthFigures()
    widths.theme = theme
    var methods = MethodFigures()
    methods.theme = theme
    var other = plan
    other.method = .svd(.float32)
    let singular = planted(other)
    return [
        diagram.figure(digest, text: text), widths.curves(digest, text: text), widths.scaled(digest, text: text),
        widths.collapse(digest, text: text), widths.distribution(digest, text: text),
        methods.singularValues(singular, text: text), methods.difference(digest, [singular], text: text),
    ].compactMap { $0 }
}

@Suite struct FigureTests {
    @Test(arguments: figurePlans.indices, [FigureTheme.light, .dark])
    func figuresAreWellFormedAndTextIsReadable(plan: Int, theme: FigureTheme) throws {
        let figures = allFigures(figurePlans[plan], theme: theme)
        #expect(figures.count == Set(figures.map(\.name)).count && figures.count >= 6, "\(figures.map(\.name))")
        for figure in figures {
            let tree = try XMLTree(parsing: figure.svg)
            #expect(tree.misplacedText == [], "\(figure.name)")
            #expect(figure.svg.contains(theme.background) && tree.all("script").isEmpty)
            #expect(tree.all("text").contains { figure.title.hasPrefix($0.text) }, "its title")
            #expect(figure.svg.utf8.count < 2_000_000)
            for table in figure.tables {
                let rows = table.csv.split(separator: "\n", omittingEmptySubsequences: false)
                let columns = rows[0].split(separator: ",").count
                #expect(rows.count > 2 && rows.last == "", "\(table.name)")
                for row in rows.dropLast() {
                    #expect(
                        row.split(separator: ",", omittingEmptySubsequences: false).count == columns,
                        "\(table.name): \(row)")
                }
            }
        }
    }

    /// A resolution counts h(n) ≤ d1 at cells that the sweep did not list. For listed cells the counts agree.
    @Test func finerCellsAgreeWithListedOnes() throws {
        var plan = figurePlans[0]
        plan.inputDimensions = .fixed([2])
        var fine = DiagramFigure()
        fine.resolution = 1
        let points = fine.points(plan)
        #expect(points == Array(1...80))
        let digest = planted(plan, points: points)
        let cells = fine.panels(digest)[0].cells
        #expect(cells.count == 80 * 60)
        let listed = DiagramFigure().panels(digest)[0].cells
        #expect(listed.count == 4 * 60)
        for cell in listed { #expect(cells.contains(cell), "\(cell)") }
    }

    /// 10⁷ cells are thinned to 250 per side, and the caption says so; at a resolution they become an image.
    @Test func neverMoreRectanglesThanAPageHolds() throws {
        var plan = SweepPlan(
            inputDimensions: .fixed([2]), points: Array(1...1000), units: Array(1...10_000), trials: 3)
        let coarse = DiagramFigure().figure(planted(plan), text: FigureText(title: "x", plan: plan, version: "1"))
        let tree = try XMLTree(parsing: coarse.svg)
        #expect(
            coarse.svg.contains("Drawn: every 4th n and every 40th d1")
                || tree.all("text").contains { $0.text.contains("every 40th d1") })
        #expect(tree.all("rect").count + tree.all("image").count < 21_000 && tree.misplacedText == [])
        #expect(coarse.tables[0].csv.split(separator: "\n").count == 1 + 250 * 250)

        plan = SweepPlan(inputDimensions: .fixed([2]), points: [300], units: Array(1...400), trials: 200)
        var fine = DiagramFigure()
        fine.resolution = 1
        let figure = fine.figure(
            planted(plan, points: fine.points(plan)), text: FigureText(title: "x", plan: plan, version: "1"))
        #expect(try XMLTree(parsing: figure.svg).all("rect").count < 21_000)
    }

    /// Colours of different methods: a table row for each cell, and the size of the difference in the hover text.
    @Test func differencesNameBothCounts() throws {
        var plan = figurePlans[0]
        plan.inputDimensions = .fixed([2])
        var other = plan
        other.method = .svd(.float32)
        let text = FigureText(title: "x", plan: plan, version: "1")
        let figure = try #require(MethodFigures().difference(planted(plan), [planted(other)], text: text))
        let rows = figure.tables[0].csv.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",").map(String.init)
        }
        #expect(rows.count == 4 * 60)
        let hovers = Set(try XMLTree(parsing: figure.svg).all("title").map(\.text))
        for row in rows {
            #expect(row[6] == "30" && row[5] == "svd-float32")
            #expect(
                hovers.contains("n = \(row[1]), d1 = \(row[2]): \(row[4])/\(row[3]) - \(row[7])/\(row[6])"), "\(row)")
        }
    }

    @Test func captionsSayHowManyTrials() {
        var plan = figurePlans[0]
        func caption(_ trials: Int?) -> String {
            FigureText(title: "t", plan: plan, version: "1", trials: trials).caption
        }
        #expect(caption(nil).hasPrefix("t: 30 trials, seed 0, inputs standard normal"))
        #expect(caption(7).hasPrefix("t: up to 7 of 30 trials, "))
        plan.target = IntervalTarget(halfWidth: 0.05, maxTrials: 400)
        #expect(caption(60).hasPrefix("t: 30 to 400 trials for a half-width of 0.05, at most 60 so far, "))
    }
}
