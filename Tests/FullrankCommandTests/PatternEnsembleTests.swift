import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

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
        let refused = BuiltCommand.run(
            (line + whole).split(separator: " ").map { $0 == "regions" ? "bernoulli" : String($0) })
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
                "\(words[0]): --patterns: 'region' is not one of init, bernoulli, regions; did you mean 'regions'?",
                code: 64)
        }
    }

    @Test func thresholdOfRegionsHasOneRow() {
        let path = folder.path + "/threshold"
        let result = BuiltCommand.succeed("threshold --patterns regions --d0 1 --n 6 --trials 50 --output \(path)")
        #expect(result.output.hasPrefix("d0 = 1, n = 6: median width "))
        #expect(rows("threshold").count == 1)
    }
}
