import FullrankTestSupport
import Testing

/// `--primes`.
@Suite struct PrimesTests {
    private let folder = TemporaryFolder()

    /// diag(1, p) with p the prime that seed 0 draws first: rank 1 modulo p, 2 in truth.
    @Test func aSecondPrimeFindsWhatTheFirstDivides() {
        let prime: [UInt8] = [0xe7, 0xf2, 0x54, 0]  // 5567207
        let data: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + prime
        let path = folder.file("matrix.npy", NPYBuilder.file(descriptor: "<i4", shape: "(2, 2)", data: data))
        #expect(BuiltCommand.succeed("rank --backend cpu", [path]).output == "1\n")
        let both = BuiltCommand.succeed("rank --backend cpu --primes 2", [path])
        #expect(both.output == "2\n")
        #expect(both.messages == "fullrank: matrix 0: modulo 5567207 the rank is lower\n")
        let json = BuiltCommand.succeed("rank --backend cpu --primes 2 --json", [path]).output
        #expect(json.contains("\"prime\": 5567207, \"primes\": [5567207, 5256359], \"error_bound\": 1.3"))
        // Another seed, another prime.
        #expect(BuiltCommand.succeed("rank --backend cpu --seed 1", [path]).output == "2\n")
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
            words + ["--method", "svd", "--primes", "2"], "\(words[0]): --primes goes with --method exact only", code: 64)
        BuiltCommand.expectFailure(
            words + ["--primes", "0"], "\(words[0]): --primes: '0' is not a positive whole number", code: 64)
    }
}
