import FullrankModel
import FullrankSweep
import FullrankTestSupport
import Testing

/// `fullrank regions` and `fullrank binary`.
@Suite struct RegionsCommandTests {
    private let folder = TemporaryFolder()

    private func json(_ line: String, _ more: [String] = []) throws -> JSONValue {
        try JSONValue(parsing: Array(BuiltCommand.succeed(line + " --json", more).output.utf8))
    }

    @Test(arguments: [(1, 5, 10), (2, 3, 8), (2, 6, 32), (2, 20, 382), (3, 9, 186), (9, 4, 16)])
    func counts(d0: Int, n: Int, count: Int) throws {
        let answer = try json("regions --d0 \(d0) --n \(n)")
        #expect(answer["count"]?.integer() == count)
        #expect(answer["general_position"]?.text == "true")
        let list = BuiltCommand.succeed("regions --d0 \(d0) --n \(n) --list").output.split(separator: "\n")
        #expect(list.count == count && Set(list).count == count)
        #expect(list.allSatisfy { $0.count == n })
    }

    @Test func countsBeyondAllBounds() throws {
        let answer = try json("regions --d0 40 --n 400")
        #expect(answer["general_position"]?.text == "null")
        #expect((answer["count"]?.string ?? "").count > 40)
        let result = BuiltCommand.run(["regions", "--d0", "40", "--n", "400", "--list"])
        #expect(result.status == 64 && result.messages.contains("'--sample M' draws from them"))
    }

    @Test func checksGivenPatterns() throws {
        let data = folder.file("x.csv", Array("0,0\n1,0\n0,1\n1,1\n".utf8))
        let patterns = folder.file(
            "a.npy", NPYBuilder.file(descriptor: "|u1", shape: "(2, 4)", data: [1, 0, 0, 1, 1, 1, 0, 0]))
        let answer = try json("regions", ["--data", data, "--check", patterns])
        guard case .array(let rows)? = answer["patterns"], rows.count == 2 else { Issue.record("no rows"); return }
        // Exclusive or: no line parts the corners of a square crosswise.
        #expect(rows[0].text == #"{"feasible": false, "points": [0, 1, 2, 3], "coefficients": [1, 1, 1, 1]}"#)
        #expect(rows[1]["feasible"]?.text == "true")
        guard case .array(let weights)? = rows[1]["weights"] else { Issue.record("no weights"); return }
        let w = weights.compactMap(\.double)
        #expect(w.count == 3 && w[2] > 0 && w[0] + w[2] > 0 && w[1] + w[2] < 0 && w[0] + w[1] + w[2] < 0)
    }

    @Test func refusesBadData() {
        let line = folder.file("line.csv", Array("0,0\n1,1\n5,2\n2,2\n7,1\n".utf8))
        BuiltCommand.expectFailure(
            ["regions", "--data", line],
            "regions: the data are not in general position: points 0, 1 and 3 are linearly dependent, the bias's 1 included",
            code: 65)
        BuiltCommand.expectFailure(
            ["regions", "--d0", "2", "--n", "5", "--output", "x"], "regions: --output goes with --list or --sample only",
            code: 64)
        BuiltCommand.expectFailure(
            ["regions", "--n", "5"], "regions: --data or --d0 is missing; see 'fullrank regions --help'", code: 64)
        let result = BuiltCommand.run([
            "sweep", "--inputs", line, "--patterns", "regions", "--n", "5", "--d1", "3", "--output", folder.path + "/o",
        ])
        #expect(result.status == 65 && result.messages.contains("points 0, 1 and 3 are linearly dependent"))
    }

    @Test func singularMatricesOfBits() throws {
        guard case .array(let rows) = try json("binary --d 1..6 --trials 20000") else { Issue.record("no list"); return }
        for (place, expected) in [0.5, 1 - 6 / 16.0, 1 - 174 / 512.0, 1 - 22560 / 65536.0].enumerated() {
            #expect(rows[place]["exact"]?.double == expected)
        }
        for row in rows {
            // Half-width of 95% times 2.5: all six at once.
            let half = 2.5 * ((row["ci_high"]?.double ?? 0) - (row["ci_low"]?.double ?? 0)) / 2
            #expect(abs((row["probability"]?.double ?? 9) - (row["exact"]?.double ?? 0)) < half, "\(row.text)")
        }
    }
}

/// `--patterns`.
@Suite struct PatternEnsembleTests {
    private let folder = TemporaryFolder()

    private func sweep(_ line: String, _ name: String) throws -> [[Double]] {
        let path = folder.path + "/" + name
        BuiltCommand.succeed("sweep " + line, ["--output", path])
        return rows(name)
    }

    private func rows(_ name: String) -> [[Double]] {
        folder.text(name + "/cells.csv").split(separator: "\n").dropFirst().map {
            $0.split(separator: ",").compactMap { Double($0) }
        }
    }

    private func expect(_ row: [Double], near probability: Double) {
        // d0,n,d1,trials,full_rank,probability: five standard deviations.
        let deviation = max(probability * (1 - probability), 1e-6) / row[3]
        #expect(abs(row[5] - probability) < 5 * deviation.squareRoot() + 1e-9, "\(row) against \(probability)")
    }

    @Test func bernoulliWithFewPoints() throws {
        let rows = try sweep("--patterns bernoulli --d0 5 --n 2,4,6 --d1 2,5,9 --trials 20000", "few")
        #expect(rows.count == 9)
        for row in rows {
            var probability = 1.0, inactive = 1.0
            for _ in 0..<Int(row[2]) { inactive /= 2 }
            for _ in 0..<Int(row[1]) { probability *= 1 - inactive }
            expect(row, near: probability)
        }
    }

    /// All (2n)^d1 patterns at d0 = 1: the counts of Jacobians of full rank, by hand (n, d1) = (3, 2): 14 of 36, (3, 3):
    /// 144 of 216.
    @Test func regionsOfOneInput() throws {
        let rows = try sweep("--patterns regions --d0 1 --n 3 --d1 2,3 --trials 20000", "steps")
        expect(rows[0], near: 14.0 / 36)
        expect(rows[1], near: 144.0 / 216)
    }

    /// d0 = 2, n = 3 = k: all 2^n patterns alike, so the closed form of bernoulli holds.
    @Test func regionsOfIndependentPoints() throws {
        for row in try sweep("--patterns regions --d0 2 --n 3 --d1 1,2,4 --trials 4000", "independent") {
            var inactive = 1.0
            for _ in 0..<Int(row[2]) { inactive /= 2 }
            expect(row, near: (1 - inactive) * (1 - inactive) * (1 - inactive))
        }
    }

    /// d0 = 2, n = 4: every pair of the 14 regions, by rank.
    @Test func regionsAgainstAllOfThem() throws {
        let path = folder.path + "/all.npy"
        BuiltCommand.succeed("regions --d0 2 --n 4 --list --output \(path)")
        let list = try NPYFile(path: path).values.map { Int($0) }
        #expect(list.count == 14 * 4)
        // Points are generic, so the rank is min over sets S of 4 − |S| + 3 rank(A_S), and the pattern of trial 0 stands
        // for all trials: which of the 2^4 patterns miss depends on the points, how many of them does not.
        var full = 0
        for first in 0..<14 {
            for second in 0..<14 {
                let columns = (0..<4).map { [list[4 * first + $0], list[4 * second + $0]] }
                var isFull = true
                for set in 1..<16 {
                    let members = (0..<4).filter { set >> $0 & 1 == 1 }.map { columns[$0] }
                    let nonzero = members.filter { $0 != [0, 0] }
                    let rank = nonzero.isEmpty ? 0 : nonzero.allSatisfy { $0 == nonzero[0] } ? 1 : 2
                    if members.count > 3 * rank { isFull = false }
                }
                if isFull { full += 1 }
            }
        }
        let rows = try sweep("--patterns regions --d0 2 --n 4 --d1 2 --trials 20000 --threads 2", "pairs")
        expect(rows[0], near: Double(full) / 196)
    }

    @Test func foldersAndResuming() {
        let line = "sweep --patterns regions --d0 1,2 --n 3,6 --d1 2,9 --trials 12 --output "
        let (whole, half, other) = (folder.path + "/whole", folder.path + "/half", folder.path + "/other")
        BuiltCommand.succeed(line + whole)
        BuiltCommand.succeed(line + half + " --shard 1/2")
        BuiltCommand.succeed(line + other + " --shard 2/2")
        BuiltCommand.succeed("merge \(half) \(other) --output \(folder.path)/merged")
        #expect(rows("merged") == rows("whole"))
        let plan = folder.text("whole/plan.json")
        #expect(plan.contains("\"patterns\": \"regions\"") && !plan.contains("\"init\""))
        let again = BuiltCommand.succeed(line + whole)
        #expect(again.messages.contains("48 of 48 trials are there already"))
        let refused = BuiltCommand.run((line + whole).split(separator: " ").map { $0 == "regions" ? "bernoulli" : String($0) })
        #expect(refused.status != 0 && refused.messages.contains("patterns"))
    }

    @Test func exportsDrawnPatterns() throws {
        for (patterns, d0) in [("bernoulli", 3), ("regions", 1), ("regions", 3)] {
            let path = folder.path + "/\(patterns)-\(d0)"
            BuiltCommand.succeed("export --patterns \(patterns) --d0 \(d0) --n 12 --d1 9 --trial 4 --output \(path)")
            #expect(!folder.holds("\(patterns)-\(d0)/weights.npy"))
            let pattern = try NPYFile(path: path + "/pattern.npy")
            #expect(pattern.shape == [9, 12])
            let jacobian = try NPYFile(path: path + "/jacobian.npy")
            for unit in 0..<9 {
                for point in 0..<12 {
                    // The bias's column.
                    let entry = jacobian.values[point * 9 * (d0 + 1) + unit * (d0 + 1) + d0]
                    #expect(entry == pattern.values[unit * 12 + point])
                }
            }
            guard patterns == "regions" else { continue }
            let drawn = BuiltCommand.succeed("regions --d0 \(d0) --n 12 --trial 4 --sample 9").output
            #expect(drawn.filter { $0 != "\n" }.map { $0 == "1" ? 1 : 0 } == pattern.values)
        }
    }

    @Test func refusesWhatHasNoMeaning() {
        for command in ["sweep --d1 3", "threshold", "export --d1 3"] {
            let words = command.split(separator: " ").map(String.init) + ["--d0", "1", "--n", "3", "--output", "x"]
            BuiltCommand.expectFailure(
                words + ["--patterns", "bernoulli", "--init", "normal"],
                "\(words[0]): --init does not go with --patterns bernoulli, which draws no weights", code: 64)
            BuiltCommand.expectFailure(
                words + ["--patterns", "region"],
                "\(words[0]): --patterns: 'region' is not one of init, bernoulli, regions; did you mean 'regions'?", code: 64)
        }
    }

    @Test func thresholdOfRegionsHasOneRow() {
        let path = folder.path + "/threshold"
        let result = BuiltCommand.succeed("threshold --patterns regions --d0 1 --n 6 --trials 50 --output \(path)")
        #expect(result.output.hasPrefix("d0 = 1, n = 6: median width "))
        #expect(rows("threshold").count == 1)
    }
}

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
            "sweep --backend cpu --seed 1 --trials \(line.contains("--d0 3") ? 2000 : 100_000) \(words) --output", [folder.path + "/s"],
            timeout: 60)
        let table = rows("s/exact.csv")
        #expect(table.count == count, "\(folder.text("s/exact.csv"))")
        for row in table {
            // d0,n,d1,trials,full_rank,probability,ci_low,ci_high,exact
            let (trials, exact) = (row[3], row[8])
            let deviation = (exact * (1 - exact) / trials).squareRoot()
            #expect(abs(row[4] / trials - exact) <= 3.2905 * deviation + 1 / trials, "\(row)")
        }
        #expect(result.messages.contains("exact.csv: \(count) cells with a closed form: measured and exact differ by at most "))
        let printed = result.output.split(separator: "\n")
        #expect(printed.count == count + 1 && printed[0].split(separator: " ") == ["d0", "n", "d1", "measured", "exact"])
    }

    /// (n, d1) = (3, 2): 14 of 36 regions, (3, 3): 144 of 216.
    @Test func enumeratedCasesAreExact() {
        BuiltCommand.succeed("sweep --patterns regions --d0 1 --n 3 --d1 2,3 --trials 10 --output", [folder.path + "/s"])
        #expect(rows("s/exact.csv").map { $0[8] } == [0.388888888889, 0.666666666667])
        BuiltCommand.succeed("sweep --d0 1 --n 3 --d1 2,3 --trials 10 --output", [folder.path + "/none"])
        #expect(!folder.holds("none/exact.csv"))
        #expect(
            BuiltCommand.succeed("threshold --patterns regions --d0 1 --n 20 --trials 10 --output", [folder.path + "/t"])
                .output.hasSuffix("; exactly 31, 19 to 56\n"))
    }

    @Test func theDiagramShowsTheExactCurves() {
        BuiltCommand.succeed("sweep --patterns regions --d0 1 --n 5,10,20 --d1 10..60:10 --trials 200 --output", [folder.path + "/s"])
        BuiltCommand.succeed("plot", [folder.path + "/s"])
        let curves = folder.text("s/figure-diagram-curves.csv")
        #expect(curves.contains("1,20,exact-0.5,31,,\n"), "\(curves)")
        #expect(folder.text("s/figure-diagram.svg").contains("exact, in closed form"))
    }

    @Test func ensemblesInOneFigure() {
        let line = "threshold --d0 1 --n 12 --trials 300 --output"
        BuiltCommand.succeed(line, [folder.path + "/init"])
        BuiltCommand.succeed("sweep --patterns regions --d0 1 --n 3,6,12 --d1 500 --trials 300 --output", [folder.path + "/regions"])
        let result = BuiltCommand.succeed("plot", [folder.path + "/init", "--against", folder.path + "/regions"])
        #expect(result.output.hasSuffix("/figure-ensembles.svg\n"))
        let table = folder.text("init/figure-ensembles.csv").split(separator: "\n")
        #expect(table.count == 1 + 12 + 3)
        #expect(table.contains { $0.hasPrefix("\"patterns uniform over the regions\",1,12,300,") && $0.hasSuffix(",9,15,29") }, "\(table)")
        let svg = folder.text("init/figure-ensembles.svg")
        #expect(svg.contains("uniform weights") && svg.contains("exact, in closed form"))
        BuiltCommand.succeed("sweep --d0 1 --n 3 --d1 9 --method svd --trials 3 --output", [folder.path + "/svd"])
        BuiltCommand.expectFailure(
            ["plot", folder.path + "/init", "--against", folder.path + "/svd"],
            "plot: --against goes with the exact method; \(folder.path)/svd is a sweep of svd-float64", code: 64)
    }

    @Test func volumesOfGivenPoints() throws {
        let data = folder.file("x.csv", Array("0.25\n-0.9\n0\n-0.5\n".utf8))
        let text = BuiltCommand.succeed("regions --data \(data) --volumes --epsilon 0.1", timeout: 60).output
        for words in ["1100     0.062500", "0001     0.031250", "d1 = 59.02 ", "γ = 0.062500", " exactly\n", " measured, 1000 networks\n"] {
            #expect(text.contains(words), "\(words) in \(text)")
        }
        let answer = try JSONValue(parsing: Array(BuiltCommand.succeed("regions --data \(data) --volumes --json", timeout: 60).output.utf8))
        guard case .array(let patterns)? = answer["patterns"] else { Issue.record("no patterns"); return }
        #expect(patterns.count == 8)
        for pattern in patterns {
            let (exact, drawn) = (pattern["exact"]?.double ?? 9, pattern["drawn"]?.double ?? 9)
            #expect(abs(drawn / 100_000 - exact) <= 3.2905 * (exact * (1 - exact) / 100_000).squareRoot(), "\(pattern.text)")
        }
        // Mean 7, variance 14.
        #expect(answer["chi_square"]?.double ?? 99 < 30)
        let (exact, measured) = (answer["exact_full_rank"]?.double ?? 9, (answer["measured_full_rank"]?.double ?? 0) / 1000)
        #expect(exact >= 0.9 && abs(measured - exact) <= 3.2905 * (exact * (1 - exact) / 1000).squareRoot())
        let widths = (answer["exact_width"]?.integer() ?? 0, answer["measured_width"]?.integer() ?? 99)
        #expect(abs(widths.0 - widths.1) <= 2, "\(widths)")
        let theory = BuiltCommand.succeed("theory --inputs \(data) --n 4 --measure 2000").output
        #expect(theory.contains("d1 = 59.022 ") && theory.contains("measured: full rank in a share 1 - ε of 2000 networks"))
        #expect(theory.contains("d1 = \(widths.0) ") && theory.contains("Proposition 11"))
    }

    @Test(arguments: ["--d0 1 --n 7", "--d0 2 --n 9", "--d0 2 --n 5 --theme dark", "--d0 3 --no-bias --n 14"])
    func figuresShowEveryRegion(line: String) throws {
        let path = folder.path + "/new/fan.svg"
        #expect(BuiltCommand.succeed("regions \(line) --figure \(path)").output == path + "\n")
        let svg = folder.text("new/fan.svg")
        let count = Int(BuiltCommand.succeed("regions \(line.replacing("--theme dark", with: ""))").output.dropLast())
        #expect(svg.matches(of: /class="region"/).count == count)
        #expect(svg.contains(line.contains("dark") ? "#16181c" : "#ffffff"))
        if JournalReaderTests.pythonIsHere {
            #expect(folder.python("import xml.etree.ElementTree as e\ne.parse('new/fan.svg')\n"))
        }
    }

    @Test func threadsChangeNothing() {
        for line in ["regions --d0 3 --n 25 --sample 500 --seed 4", "regions --d0 2 --n 80 --list", "regions --d0 3 --n 40 --json"] {
            let one = BuiltCommand.succeed(line + " --threads 1").output
            #expect(BuiltCommand.succeed(line + " --threads 5").output == one && !one.isEmpty)
        }
        for threads in [1, 3] {
            BuiltCommand.succeed(
                "sweep --backend cpu --patterns regions --d0 2 --n 6,9 --d1 5,9 --trials 30 --threads \(threads) --output",
                [folder.path + "/\(threads)"])
        }
        for name in ["cells.csv", "widths.csv"] { #expect(folder.read("1/" + name) == folder.read("3/" + name)) }
        #expect(
            Set(folder.text("1/trials.jsonl").split(separator: "\n")) == Set(folder.text("3/trials.jsonl").split(separator: "\n")))
    }
}
