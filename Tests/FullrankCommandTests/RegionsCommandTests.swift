import FullrankFiles
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
            ["regions", "--d0", "2", "--n", "5", "--output", "x"],
            "regions: --output goes with --list or --sample only",
            code: 64)
        BuiltCommand.expectFailure(
            ["regions", "--n", "5"], "regions: --data or --d0 is missing; see 'fullrank regions --help'", code: 64)
        let result = BuiltCommand.run([
            "sweep", "--inputs", line, "--patterns", "regions", "--n", "5", "--d1", "3", "--output", folder.path + "/o",
        ])
        #expect(result.status == 65 && result.messages.contains("points 0, 1 and 3 are linearly dependent"))
    }

    @Test func singularMatricesOfBits() throws {
        guard case .array(let rows) = try json("binary --d 1..6 --trials 20000") else {
            Issue.record("no list"); return
        }
        for (place, expected) in [0.5, 1 - 6 / 16.0, 1 - 174 / 512.0, 1 - 22560 / 65536.0].enumerated() {
            #expect(rows[place]["exact"]?.double == expected)
        }
        for row in rows {
            // Half-width of 95% times 2.5: all six at once.
            let half = 2.5 * ((row["ci_high"]?.double ?? 0) - (row["ci_low"]?.double ?? 0)) / 2
            #expect(abs((row["probability"]?.double ?? 9) - (row["exact"]?.double ?? 0)) < half, "\(row.text)")
        }
    }
    @Test func volumesOfGivenPoints() throws {
        let data = folder.file("x.csv", Array("0.25\n-0.9\n0\n-0.5\n".utf8))
        let text = BuiltCommand.succeed("regions --data \(data) --volumes --epsilon 0.1", timeout: 60).output
        for words in [
            "1100     0.062500", "0001     0.031250", "d1 = 59.02 ", "γ = 0.062500", " exactly\n",
            " measured, 1000 networks\n",
        ] {
            #expect(text.contains(words), "\(words) in \(text)")
        }
        let answer = try JSONValue(
            parsing: Array(BuiltCommand.succeed("regions --data \(data) --volumes --json", timeout: 60).output.utf8))
        guard case .array(let patterns)? = answer["patterns"] else { Issue.record("no patterns"); return }
        #expect(patterns.count == 8)
        for pattern in patterns {
            let (exact, drawn) = (pattern["exact"]?.double ?? 9, pattern["drawn"]?.double ?? 9)
            #expect(
                abs(drawn / 100_000 - exact) <= 3.2905 * (exact * (1 - exact) / 100_000).squareRoot(), "\(pattern.text)"
            )
        }
        // Mean 7, variance 14.
        #expect(answer["chi_square"]?.double ?? 99 < 30)
        let (exact, measured) = (
            answer["exact_full_rank"]?.double ?? 9, (answer["measured_full_rank"]?.double ?? 0) / 1000
        )
        #expect(exact >= 0.9 && abs(measured - exact) <= 3.2905 * (exact * (1 - exact) / 1000).squareRoot())
        let widths = (answer["exact_width"]?.integer() ?? 0, answer["measured_width"]?.integer() ?? 99)
        #expect(abs(widths.0 - widths.1) <= 2, "\(widths)")
        let theory = BuiltCommand.succeed("theory --inputs \(data) --n 4 --measure 2000").output
        #expect(
            theory.contains("d1 = 59.022 ") && theory.contains("measured: full rank in a share 1 - ε of 2000 networks"))
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
        for line in [
            "regions --d0 3 --n 25 --sample 500 --seed 4", "regions --d0 2 --n 80 --list",
            "regions --d0 3 --n 40 --json",
        ] {
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
            Set(folder.text("1/trials.jsonl").split(separator: "\n"))
                == Set(folder.text("3/trials.jsonl").split(separator: "\n")))
    }
}
