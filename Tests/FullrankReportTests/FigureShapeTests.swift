import FullrankModel
import FullrankPlatform
import FullrankReport
import FullrankStatistics
import FullrankTestSupport
import Testing

/// Figures of sweeps of many shapes: well-formed, no text over other text or over a frame, none cut off.
@Suite struct FigureShapeTests {
    /// Lists and numbers as they come: few and many, even and not, small and large.
    private static func plan(_ generator: inout SeededGenerator) -> SweepPlan {
        func list(_ largest: Int, _ most: Int) -> [Int] {
            let count = 2 + generator.below(most), step = 1 + generator.below(max(1, largest / count))
            if generator.below(3) == 0 {
                return Set((0..<count).map { _ in 1 + generator.below(largest) }).union([1, largest]).sorted()
            }
            return (1...count).map { $0 * step }
        }
        let dimensions: SweepPlan.InputDimensions =
            generator.below(3) == 0
            ? .proportional(
                ["0.125", "0.25", "0.5", "1", "1.75"].prefix(1 + generator.below(5)).compactMap { Ratio($0) })
            : .fixed(Array([1, 2, 3, 5, 8, 784].prefix(1 + generator.below(6))))
        let sizes = [12, 90, 400]
        return SweepPlan(
            inputDimensions: dimensions, points: list(sizes[generator.below(3)], 14),
            units: list([9, 80, 3000, 250_000][generator.below(4)], 30), trials: 1 + generator.below(30),
            bias: generator.below(4) > 0)
    }

    @Test(arguments: 0..<14)
    func textStandsClear(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let plan = Self.plan(&generator), theme = seed % 2 == 0 ? FigureTheme.light : .dark
        for figure in allFigures(plan, theme: theme) {
            let tree = try XMLTree(parsing: figure.svg)
            #expect(tree.misplacedText == [], "seed \(seed), \(figure.name)")
        }
    }

    @Test func longPanelTitlesKeepToTheirPanels() throws {
        let cells = syntheticCells(d0: [3], points: [10, 20], units: [5, 10])
        let panels = (1...4).map {
            PhaseDiagram.Panel(title: "d0 = 3, depth \($0): 64, 64, 64, 64, d1: exact - float32", cells: cells)
        }
        let svg = PhaseDiagram.svg(panels: panels, title: "T", caption: "C")
        #expect(try XMLTree(parsing: svg).misplacedText == [])
    }

    @Test(arguments: 0..<12)
    func trainingFiguresStandClear(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let points = 1 + generator.below(20_000), scale = pow(10.0, Double(generator.below(40)) - 20)
        let rows = (0..<(1 + generator.below(80))).map { step in
            TrainingRow(
                step: step, loss: scale / Double(1 + step * step), gradientNorm: 1, rank: min(points, step * 7),
                smallest: nil,
                largest: nil, patternChanges: 0, stepsWithChanges: 0, boundaryDistance: 1)
        }
        let svg = TrainingFigure.svg(
            rows, points: points, title: "Rank of the Jacobian and loss in training", caption: "seed \(seed)")
        let faults = try XMLTree(parsing: svg).misplacedText
        #expect(faults.filter { !$0.contains("full rank") } == [], "seed \(seed)")
    }

    /// Every deficient trial of every cell is in a bar, and in the table; counts of other trials are refused.
    @Test func obstructionsOfEachCell() throws {
        let cells = syntheticCells(d0: [1, 2], points: [10, 20, 30], units: [5, 10, 20, 40], trials: 50)
        let counts = cells.flatMap { cell -> [ObstructionCount] in
            let deficient = cell.trials - cell.fullRank, dead = deficient / 3
            func count(_ size: Int, _ rank: Int, _ trials: Int) -> ObstructionCount {
                ObstructionCount(
                    ratio: nil, inputDimension: cell.inputDimension, points: cell.points, units: cell.units,
                    obstruction: Obstruction(size: size, rank: rank), trials: trials)
            }
            let k = cell.inputDimension + 1
            return [count(1, 0, dead), count(k + 1, 1, deficient - dead)].filter { $0.trials > 0 }
        }
        let figure = try #require(
            ObstructionShares.figure(cells: cells, counts: counts, bias: true, caption: "planted"))
        let tree = try XMLTree(parsing: figure.svg)
        #expect(tree.misplacedText == [])
        let rows = figure.tables[0].csv.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",").compactMap { Int($0) }
        }
        #expect(rows.count == cells.count)
        for (row, cell) in zip(rows, cells) {
            let deficient = cell.trials - cell.fullRank
            #expect(
                row == [
                    cell.inputDimension, cell.points, cell.units, 50, cell.fullRank, deficient / 3,
                    deficient - deficient / 3, 0, 0, 0,
                ])
        }
        // Bars are as long as their counts: of each cell they fill its width.
        let hovers = tree.all("title").map(\.text)
        #expect(
            hovers.contains {
                $0.hasPrefix("n = 30, d1 = 5: ") && $0.contains("a point on which no unit is active (rank 0) of 50")
            })
        #expect(
            ObstructionShares.figure(cells: cells, counts: Array(counts.dropFirst()), bias: true, caption: "") == nil)
        #expect(try ObstructionTable.read("d0,n,d1,size,rank,trials\n1,10,30,3,1,54\n")[0].trials == 54)
        #expect(throws: TableError.self) { try ObstructionTable.read("d0,n,d1,size,rank,trials\n1,10,30,3,1\n") }
    }

    /// Above 400 values a side steps are round: 900 at every n is every fifth, not every third.
    @Test func resolutionsAreRound() {
        #expect(DiagramFigure.axis(upTo: 400, resolution: 1).step == 1)
        #expect(DiagramFigure.axis(upTo: 401, resolution: 1).step == 2)
        #expect(DiagramFigure.axis(upTo: 900, resolution: 1).step == 5)
        #expect(DiagramFigure.axis(upTo: 3000, resolution: 3).step == 15)
        #expect(DiagramFigure.axis(upTo: 3000, resolution: 3).values.count == 200)
        #expect(DiagramFigure.axis(upTo: 9_999_999, resolution: 1).step == 50_000)
        #expect(DiagramFigure.axis(upTo: 5, resolution: 7).values == [])
    }
}

/// Pictures by rsvg-convert, as PNG at three sizes and as PDF, and by a browser.
@Suite struct RenderingTests {
    static let browser = ["chromium", "chromium-browser", "google-chrome"].first {
        shell("command -v \($0) >/dev/null 2>&1") == 0
    }

    /// All figures on one page that is XML: a browser names what it can't parse.
    @Test(.enabled(if: browser != nil, "neither chromium nor google-chrome is installed: no browser reads the figures"))
    func aBrowserReadsThem() throws {
        let folder = TemporaryFolder(), figures = figurePlans.flatMap { allFigures($0, theme: .light) }
        func read(_ body: String) -> String {
            let file = folder.file(
                "page.xhtml", "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body>\(body)</body></html>")
            let flags = "--headless --no-sandbox --disable-gpu --user-data-dir=\(folder.path)/profile"
            let browser = Platform.timeout + (Self.browser ?? "")
            shell("\(browser) \(flags) --dump-dom file://\(file) >\(folder.path)/dom 2>/dev/null")
            return folder.text("dom")
        }
        let page = read(figures.map(\.svg).joined())
        #expect(page.matches(of: #/<\/svg>/#).count == figures.count && !page.contains("parsererror"))
        #expect(read(figures[0].svg + "<b>").contains("parsererror"), "it would be told")
    }

    static let hasRenderer = shell("rsvg-convert --version >/dev/null 2>&1") == 0

    @Test(.enabled(if: hasRenderer, "rsvg-convert is not installed (Debian: librsvg2-bin): no figure is rendered"))
    func figuresRenderAtThreeSizes() throws {
        let folder = TemporaryFolder()
        for figure in allFigures(figurePlans[0], theme: .light) {
            let file = folder.file("figure.svg", figure.svg)
            let tree = try XMLTree(parsing: figure.svg)
            for width in [400, 900, 2400] {
                #expect(
                    shell("rsvg-convert -w \(width) \(file) -o \(folder.path)/figure.png") == 0, "\(figure.name)"
                )
                let png = folder.read("figure.png") ?? []
                // IHDR: width and height, big-endian, from byte 16 on.
                try #require(png.count > 24, "\(figure.name)")
                func word(_ at: Int) -> Int { png[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
                let height = Double(width) * tree.number("height") / tree.number("width")
                #expect(word(16) == width && abs(Double(word(20)) - height) <= 1.5, "\(figure.name)")
            }
            #expect(shell("rsvg-convert -f pdf \(file) -o \(folder.path)/figure.pdf") == 0, "\(figure.name)")
            #expect(folder.read("figure.pdf")?.starts(with: Array("%PDF".utf8)) == true)
        }
    }
}
