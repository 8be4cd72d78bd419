import FullrankModel
import FullrankTestSupport
import Testing

/// `--primes`.
@Suite struct PrimesTests {
    private let folder = TemporaryFolder()

    /// diag(1, p) for 4,000 primes p of the range: rank 1 modulo p, 2 in truth. With a seed whose first prime is one of
    /// them, that prime alone tells one rank too low.
    @Test func aSecondPrimeFindsWhatTheFirstDivides() throws {
        let primes = Array((Prime.smallestDrawn...Prime.largest).lazy.filter { Prime.isPrime($0) }.prefix(4000))
        let content = NPYBuilder.file(
            descriptor: "<u4", shape: "(4000, 2, 2)", data: NPYBuilder.bytes(primes.flatMap { [1, 0, 0, $0] }))
        let path = folder.file("matrices.npy", content)
        func drawn(_ seed: UInt64, _ index: Int) -> UInt32 {
            Prime.drawn(seed: Prime.seed(seed, content: content), index: index)
        }
        let seed = try #require(
            (UInt64(0)..<5000).first { primes.contains(drawn($0, 0)) && !primes.contains(drawn($0, 1)) })
        let prime = drawn(seed, 0)
        let place = try #require(primes.firstIndex(of: prime))

        let line = "rank --backend cpu --seed \(seed)"
        let one = BuiltCommand.succeed(line + " --primes 1", [path]).output.split(separator: "\n")
        #expect(one.count == 4000 && one.indices.filter { one[$0] != "2" } == [place] && one[place] == "1")
        let both = BuiltCommand.succeed(line, [path])
        #expect(both.output == String(repeating: "2\n", count: 4000))
        #expect(both.messages == "fullrank: matrix \(place): modulo \(prime) the rank is lower\n")
        let json = BuiltCommand.succeed(line + " --json", [path]).output
        #expect(json.contains("\"prime\": \(prime), \"primes\": [\(prime), \(drawn(seed, 1))], \"error_bound\": "))
        // Another seed, other primes.
        #expect(
            BuiltCommand.succeed("rank --backend cpu --primes 1 --seed \(seed + 1)", [path]).output != one.joined(
                separator: "\n") + "\n")
    }

    @Test func sweepsWithTwoPrimesHaveTheSameTables() {
        let grid = "--d0 1,3 --n 5..20:5 --d1 2..12:5 --trials 30 --backend cpu --output"
        BuiltCommand.succeed("sweep \(grid)", [folder.path + "/one"])
        BuiltCommand.succeed("sweep --primes 2 \(grid)", [folder.path + "/two"])
        for name in ["cells.csv", "widths.csv", "trials.jsonl"] {
            #expect(folder.text("one/\(name)") == folder.text("two/\(name)"))
        }
        #expect(folder.text("two/plan.json").contains("\"primes\": [5567207, 5256359]"))
        let other = BuiltCommand.run(["sweep"] + grid.split(separator: " ").map(String.init) + [folder.path + "/two"])
        #expect(other.status == 64 && other.messages.contains("primes"), "\(other.messages)")
    }

    @Test(arguments: ["sweep --d0 1 --n 3 --d1 3 --output x", "rank a.npy", "reproduce all --output x"])
    func primesAreOfTheExactMethod(line: String) {
        let words = line.split(separator: " ").map(String.init)
        BuiltCommand.expectFailure(
            words + ["--method", "svd", "--primes", "2"], "\(words[0]): --primes goes with --method exact only",
            code: 64)
        BuiltCommand.expectFailure(
            words + ["--primes", "0"], "\(words[0]): --primes: '0' is not a positive whole number", code: 64)
    }
}
