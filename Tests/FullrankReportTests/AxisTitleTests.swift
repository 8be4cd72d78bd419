import FullrankModel
import FullrankReport
import FullrankStatistics
import FullrankTestSupport
import Testing

/// Every panel says what runs across and what runs up, in words that a reader of the figure alone understands.
@Suite struct AxisTitleTests {
    /// Frames of panels: colour bars and legends are narrower.
    private func panels(_ tree: XMLTree) -> [Box] {
        tree.frames.filter { $0.right - $0.left > 150 && $0.bottom - $0.top > 100 }
    }

    /// What is missing, panel by panel.
    private func missingTitles(_ tree: XMLTree) -> [String] {
        let titles = tree.all("text").filter {
            $0.number("font-size") >= 12 && $0.attributes["text-anchor"] == "middle"
                && $0.text.contains(where: \.isLetter)
        }
        return panels(tree).flatMap { panel -> [String] in
            let middle = (x: (panel.left + panel.right) / 2, y: (panel.top + panel.bottom) / 2)
            let across = titles.contains {
                $0.attributes["transform"] == nil && abs($0.number("x") - middle.x) < 1
                    && (panel.bottom...(panel.bottom + 45)).contains($0.number("y"))
            }
            let up = titles.contains {
                $0.attributes["transform"] != nil && abs($0.number("y") - middle.y) < 1
                    && ((panel.left - 80)...panel.left).contains($0.number("x"))
            }
            return (across ? [] : ["\(panel): nothing across"]) + (up ? [] : ["\(panel): nothing up"])
        }
    }

    @Test(arguments: figurePlans.indices)
    func everyPanelOfSweeps(plan: Int) throws {
        for figure in allFigures(figurePlans[plan], theme: .light) {
            let tree = try XMLTree(parsing: figure.svg)
            #expect(!panels(tree).isEmpty && missingTitles(tree) == [], "\(figure.name)")
            #expect(rawIdentifiers(tree) == [], "\(figure.name)")
        }
    }

    @Test func everyPanelOfDeepSweepsAndTraining() throws {
        let plan = SweepPlan(
            inputDimensions: .fixed([3]), points: [8, 16], units: [1, 2, 4, 8, 16, 32], trials: 8,
            hidden: [HiddenLayers([]), HiddenLayers([8])])
        let cells = (plan.hidden ?? []).flatMap { list in
            plan.points.flatMap { n in
                plan.units.map {
                    CellStatistics(
                        ratio: nil, hidden: list, inputDimension: 3, points: n, units: $0, trials: 8,
                        fullRank: min(8, $0),
                        meanRank: 1)
                }
            }
        }
        let figure = try #require(
            DeepFigures().depths(plan, cells: cells, text: FigureText(title: "deep", plan: plan, version: "1")))
        let row = TrainingRow(
            step: 0, loss: 1, gradientNorm: 1, rank: 3, smallest: nil, largest: nil, patternChanges: 0,
            stepsWithChanges: 0,
            boundaryDistance: 1)
        for svg in [figure.svg, TrainingFigure.svg([row], points: 4, title: "T", caption: "C")] {
            let tree = try XMLTree(parsing: svg)
            #expect(panels(tree).count == 2 && missingTitles(tree) == [] && rawIdentifiers(tree) == [])
        }
    }

    @Test func picturesOfTrialsRegionsAndFunctions() throws {
        let line = try XMLTree(
            parsing: ObstructionFigureTests().figure(1, points: 9, units: 5, obstructions: 2, seed: 1).svg())
        #expect(texts(line, startingWith: "input x").count == 2 && texts(line, startingWith: "all points").count == 1)
        #expect(texts(line, startingWith: "point ").count >= 2)
        let plane = try XMLTree(
            parsing: ObstructionFigureTests().figure(2, points: 9, units: 5, obstructions: 2, seed: 1).svg())
        #expect(missingTitles(plane) == [] && panels(plane).count == 1)
        let flat = try XMLTree(parsing: RegionFigureTests().figure(2).svg())
        for title in ["w", "b", "s", "t"] { #expect(flat.all("text").contains { $0.text == title }, "\(title)") }
        let round = try XMLTree(parsing: RegionFigureTests().figure(3).svg())
        #expect(
            texts(round, startingWith: "towards larger ").count == 2
                && texts(round, startingWith: "directions of w").count == 2)
        #expect(texts(round, startingWith: "along the longest axis").count == 1)
        let functions = try XMLTree(parsing: functionSpace)
        #expect(texts(functions, startingWith: "share of each point").count == 3)
        #expect(texts(functions, startingWith: "shares: 1 in a corner").count == 3)
        for tree in [line, plane, flat, round, functions] { #expect(rawIdentifiers(tree) == []) }
    }

    private func texts(_ tree: XMLTree, startingWith beginning: String) -> [XMLTree] {
        tree.all("text").filter { $0.text.hasPrefix(beginning) }
    }

    /// On three points, evenly spaced.
    private let functionSpace = FunctionSpaceFigure.svg(
        vertices: [[0, 0, 1], [0, 1.0 / 3, 2.0 / 3], [2.0 / 3, 1.0 / 3, 0], [1, 0, 0]],
        patterns: ["011", "111", "110"], mostUnits: 3,
        title: "T", caption: "corner f_j of w_1 ≥ 0")

    /// f_0, x_j, n^b: as a program writes them. Symbols are set, so that the drawn letters have no sign between them.
    private func rawIdentifiers(_ tree: XMLTree) -> [String] {
        tree.all("text").map(\.text).filter { $0.contains(/[A-Za-z]_[A-Za-z0-9]/) || $0.contains("^") }
    }

    /// Two units make the functions that three make: the panels differ by how many regions hold each.
    @Test func sumsOfTwoAndThreeUnitsLookDifferent() throws {
        let tree = try XMLTree(parsing: functionSpace)
        #expect(tree.all("path").count { $0.attributes["class"] == "sums" } == 3 + 7)
        #expect(texts(tree, startingWith: "sums of 2 units: 3 pairs").count == 1)
        #expect(texts(tree, startingWith: "sums of 3 units: 7 triples").count == 1)
    }

    /// A file's name in a caption stays as it is.
    @Test func namesOfFilesAreNoSymbols() throws {
        func drawn(_ caption: String) throws -> [XMLTree] {
            let tree = try XMLTree(
                parsing: FunctionSpaceFigure.svg(
                    vertices: [[0, 0, 1], [1, 0, 0]], patterns: ["111"], mostUnits: 1, title: "", caption: caption))
            return tree.all("text").filter { $0.text.contains("inputs") }
        }
        #expect(try drawn("inputs x_1.csv").first?.text == "inputs x_1.csv")
        #expect(try drawn("inputs x_1.").first?.text == "inputs x1.")
        #expect(try drawn("inputs b_file").first?.text == "inputs b_file")
        #expect(try drawn("inputs B n^b and h").first?.text == "inputs B nb and h")
    }
}
