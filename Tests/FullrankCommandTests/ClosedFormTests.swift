import FullrankModel
import FullrankTestSupport
import Testing

/// Closed forms beside what is measured.
@Suite struct ClosedFormTests {
    private let folder = TemporaryFolder()

    private func rows(_ name: String) -> [[Double]] {
        folder.text(name).split(separator: "\n").dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } }
    }

    /// 100,000 trials, 99.9% a cell, fixed seeds: regions and volumes on a line, bits.
    @Test(arguments: [
        ("--patterns regions --d0 1 --n 3,5,10 --d1 2,3,8,20", 12),
        ("--patterns regions --d0 3 --n 2,4,6 --d1 1,4", 4),
        ("--patterns bernoulli --d0 5 --n 2,4,6,7 --d1 2,5,9", 9),
        ("--patterns bernoulli --no-bias --d0 1 --n 1,2,4 --d1 2,4", 5),
        ("--inputs FILE --n 2,5,8 --d1 4,10,40", 9),
        ("--inputs FILE --init normal --n 8 --d1 4,10,40", 3),
    ])
    func closedFormsAreMetOnManyTrials(line: String, count: Int) {
        let data = folder.file("x.csv", Array("-0.9\n-0.5\n-0.45\n0\n0.1\n0.6\n0.85\n0.95\n".utf8))
        let words = line.replacing("FILE", with: data)
        let result = BuiltCommand.succeed(
            "sweep --backend cpu --seed 1 --trials \(line.contains("--d0 3") ? 2000 : 100_000) \(words) --output",
            [folder.path + "/s"],
            timeout: 60)
        let table = rows("s/exact.csv")
        #expect(table.count == count, "\(folder.text("s/exact.csv"))")
        for row in table {
            // d0,n,d1,trials,full_rank,probability,ci_low,ci_high,exact
            let (trials, exact) = (row[3], row[8])
            let deviation = (exact * (1 - exact) / trials).squareRoot()
            #expect(abs(row[4] / trials - exact) <= 3.2905 * deviation + 1 / trials, "\(row)")
        }
        #expect(
            result.messages.contains(
                "exact.csv: \(count) cells with a closed form: measured and exact differ by at most "))
        let printed = result.output.split(separator: "\n")
        #expect(
            printed.count == count + 1 && printed[0].split(separator: " ") == ["d0", "n", "d1", "measured", "exact"])
    }

    /// (n, d1) = (3, 2): 14 of 36 regions, (3, 3): 144 of 216.
    @Test func enumeratedCasesAreExact() {
        BuiltCommand.succeed(
            "sweep --patterns regions --d0 1 --n 3 --d1 2,3 --trials 10 --output", [folder.path + "/s"])
        #expect(rows("s/exact.csv").map { $0[8] } == [0.388888888889, 0.666666666667])
        BuiltCommand.succeed("sweep --d0 1 --n 3 --d1 2,3 --trials 10 --output", [folder.path + "/none"])
        #expect(!folder.holds("none/exact.csv"))
        #expect(
            BuiltCommand.succeed(
                "threshold --patterns regions --d0 1 --n 20 --trials 10 --output", [folder.path + "/t"]
            )
            .output.hasSuffix("; exactly 31, 19 to 56\n"))
    }

    @Test func theDiagramShowsTheExactCurves() {
        BuiltCommand.succeed(
            "sweep --patterns regions --d0 1 --n 5,10,20 --d1 10..60:10 --trials 200 --output", [folder.path + "/s"])
        BuiltCommand.succeed("plot", [folder.path + "/s"])
        let curves = folder.text("s/figure-diagram-curves.csv")
        #expect(curves.contains("1,20,exact-0.5,31,,\n"), "\(curves)")
        #expect(folder.text("s/figure-diagram.svg").contains("exact, in closed form"))
    }

    @Test func ensemblesInOneFigure() {
        let line = "threshold --d0 1 --n 12 --trials 300 --output"
        BuiltCommand.succeed(line, [folder.path + "/init"])
        BuiltCommand.succeed(
            "sweep --patterns regions --d0 1 --n 3,6,12 --d1 500 --trials 300 --output", [folder.path + "/regions"])
        let result = BuiltCommand.succeed("plot", [folder.path + "/init", "--against", folder.path + "/regions"])
        #expect(result.output.hasSuffix("/figure-ensembles.svg\n"))
        let table = folder.text("init/figure-ensembles.csv").split(separator: "\n")
        #expect(table.count == 1 + 12 + 3)
        #expect(
            table.contains {
                $0.hasPrefix("\"patterns uniform over the regions\",1,12,300,") && $0.hasSuffix(",9,15,29")
            }, "\(table)")
        let svg = folder.text("init/figure-ensembles.svg")
        #expect(svg.contains("uniform weights") && svg.contains("exact, in closed form"))
        BuiltCommand.succeed("sweep --d0 1 --n 3 --d1 9 --method svd --trials 3 --output", [folder.path + "/svd"])
        BuiltCommand.expectFailure(
            ["plot", folder.path + "/init", "--against", folder.path + "/svd"],
            "plot: --against goes with the exact method; \(folder.path)/svd is a sweep of svd-float64", code: 64)
    }
}
