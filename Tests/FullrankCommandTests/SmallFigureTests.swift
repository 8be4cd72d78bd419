import FullrankTestSupport
import Testing

/// Figures of grids that are a row, a column or a cell.
@Suite struct SmallFigureTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/s" }

    private func rows(_ name: String) -> [[String]] {
        folder.text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test(arguments: [
        "--d0 1,2 --n 8 --d1 2..12:2", "--d0 1 --n 8 --d1 60", "--ratio 0.5,1 --n 8 --d1 4,6",
        "--d0 2 --n 8 --d1 3,4 --hidden 4",
    ])
    func oneNumberOfPoints(grid: String) {
        BuiltCommand.succeed("sweep --trials 30 \(grid) --output \(path)")
        #expect(folder.holds("s/diagram-fraction.svg"))
        #expect(folder.holds("s/diagram-distribution.svg") == !grid.contains("hidden"))
        let names = BuiltCommand.succeed("plot \(path)").output
        #expect(names.contains("figure-fraction.svg\n"))
        // A sweep of one width is called a threshold in captions of plot.
        let isOneWidth = grid.hasSuffix(" 60")
        #expect((folder.text("s/figure-fraction.svg") == folder.text("s/diagram-fraction.svg")) == !isOneWidth)
        if !grid.contains("hidden"), !isOneWidth {
            #expect(folder.text("s/figure-distribution.svg") == folder.text("s/diagram-distribution.svg"))
        }
        // The numbers of cells.csv.
        let cells = rows("s/cells.csv"), drawn = rows("s/figure-fraction.csv")
        #expect(drawn.count == cells.count)
        for name in ["d0", "n", "d1", "trials", "full_rank", "probability", "ci_low", "ci_high"] {
            let own = cells[0].firstIndex(of: name), other = drawn[0].firstIndex(of: name)
            guard let own, let other else { Issue.record("no \(name) in \(cells[0]) or \(drawn[0])"); continue }
            #expect(cells.map { $0[own] } == drawn.map { $0[other] }, "\(name)")
        }
    }

    /// Singular values tell of the listed widths alone.
    @Test func oneWidthOfSingularValues() {
        BuiltCommand.succeed("sweep --trials 10 --method svd --d0 1 --n 4,8,12 --d1 5 --output \(path)")
        #expect(
            folder.text("s/diagram-fraction.svg").contains("Fraction of full rank against the number of points, d1 = 5")
        )
        #expect(BuiltCommand.succeed("plot \(path)").output.contains("figure-fraction.svg\n"))
    }

    @Test func oneCellOfMinima() {
        BuiltCommand.succeed("minima --d0 1 --n 8 --d1 60 --trials 5 --output \(path)")
        #expect(folder.holds("s/diagram-fraction.svg"))
        #expect(BuiltCommand.succeed("plot \(path)").output == "\(path)/figure-fraction.svg\n")
        #expect(rows("s/figure-fraction.csv")[0][4] == "feasible")
    }

    /// A grid has its heatmap: nothing more.
    @Test func gridsHaveNone() {
        BuiltCommand.succeed("sweep --trials 5 --d0 1 --n 4,8 --d1 2,4 --output \(path)")
        #expect(!folder.holds("s/diagram-fraction.svg") && !folder.holds("s/diagram-distribution.svg"))
    }
}
