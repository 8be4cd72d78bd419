import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankSweep
import FullrankTestSupport
import Testing

/// `fullrank rank` on .npy files of every kind.
@Suite struct RankTests {
    private let folder = TemporaryFolder()

    private func run(_ path: String, _ more: String = "") -> CommandResult {
        BuiltCommand.succeed("rank", [path, "--backend", "cpu"] + more.split(separator: " ").map(String.init))
    }

    /// A product of random integer factors: of this rank, and exact in every type.
    private func planted(rank: Int, rows: Int, columns: Int, _ generator: inout SeededGenerator) -> [Int] {
        let left = (0..<(rows * rank)).map { _ in 1 + generator.below(3) }
        let right = (0..<(rank * columns)).map { _ in 1 + generator.below(3) }
        return (0..<(rows * columns)).map { (place: Int) -> Int in
            let row = place / columns, column = place % columns
            return (0..<rank).reduce(0) { (sum: Int, k: Int) -> Int in
                sum + left[row * rank + k] * right[k * columns + column]
            }
        }
    }

    private func data(_ values: [Int], _ type: String) -> [UInt8] {
        switch type {
        case "<f8": NPYBuilder.doubles(values.map(Double.init))
        case ">f8": NPYBuilder.doubles(values.map(Double.init), bigEndian: true)
        case "<f4": NPYBuilder.bytes(values.map { Float($0).bitPattern })
        case "=f2": NPYBuilder.bytes(values.map { $0 == 0 ? 0 : Self.half($0) })
        case "|u1": NPYBuilder.bytes(values.map { UInt8($0) })
        case "<i2": NPYBuilder.bytes(values.map { Int16($0) })
        case ">i4": NPYBuilder.bytes(values.map { Int32($0) }, bigEndian: true)
        default: NPYBuilder.bytes(values.map { Int64($0) })
        }
    }

    /// A whole number below 2048 in binary16.
    private static func half(_ value: Int) -> UInt16 {
        let exponent = Double(value).exponent
        return UInt16(exponent + 15) << 10 | UInt16(value << (10 - Int(exponent))) & 0x3ff
    }

    @Test(arguments: ["<f8", ">f8", "<f4", "=f2", "|u1", "<i2", ">i4", "<i8"], [false, true])
    func plantedRanksInABatch(type: String, fortran: Bool) {
        var generator = SeededGenerator(seed: 221)
        let (rows, columns) = (6, 9)
        let batch = (0...6).map { planted(rank: $0, rows: rows, columns: columns, &generator) }
        var values = batch.flatMap { $0 }
        if fortran {
            // The first index runs fastest.
            values = (0..<values.count).map { place in
                let (item, row, column) = (place % 7, place / 7 % rows, place / (7 * rows))
                return batch[item][row * columns + column]
            }
        }
        let path = folder.file(
            "batch.npy",
            NPYBuilder.file(descriptor: type, shape: "(7, 6, 9)", fortran: fortran, data: data(values, type)))
        for method in ["exact", "svd", "svd --precision float64"] {
            #expect(run(path, "--method " + method).output == "0\n1\n2\n3\n4\n5\n6\n", "\(method)")
        }
    }

    /// Finite numbers whose singular values are beyond their precision have a rank all the same.
    @Test func singularValuesOutOfRange() throws {
        func file(_ name: String, _ descriptor: String, _ data: [UInt8]) -> String {
            folder.file(name, NPYBuilder.file(descriptor: descriptor, shape: "(2, 2)", data: data))
        }
        let one = file("one.npy", "<f8", NPYBuilder.doubles([1e308, 1e308, 1e308, 1e308]))
        let two = file("two.npy", "<f8", NPYBuilder.doubles([1.7e308, 1.7e308, 1.7e308, -1.7e308]))
        let single = file("f32.npy", "<f4", NPYBuilder.bytes([3e38, 3e38, 3e38, 3e38].map { Float($0).bitPattern }))
        #expect(run(one, "--method svd").output == "1\n")
        #expect(run(two, "--method svd").output == "2\n")
        #expect(run(single, "--method svd").output == "1\n")
        let json = run(two, "--method svd --json").output
        #expect(json.contains("\"largest\": null") && json.contains("beyond float64 (1.8e+308)"), "\(json)")
        #expect(run(single, "--method svd --json").output.contains("\"largest\": 6.0"), "beyond float32 alone")

        let wide = file("wide.npy", "<f8", NPYBuilder.doubles([1, 0, 1e39, 1]))
        BuiltCommand.expectFailure(
            ["rank", wide, "--backend", "cpu", "--method", "svd", "--precision", "float32"],
            "rank: \(wide): matrix 0, row 1, column 0: 1e+39 is too large for float32 (3.4e+38); --precision float64 "
                + "takes it", code: 65)
        // The journal holds the values themselves.
        let path = folder.path + "/sweep"
        BuiltCommand.expectFailure(
            [
                "sweep", "--backend", "cpu", "--inputs", two, "--n", "2", "--d1", "4", "--method", "svd", "--trials",
                "1",
                "--output", path,
            ],
            "sweep: d0 = 2, n = 2, d1 = 4, trial 0: a singular value is beyond float64 (1.8e+308), which the journal "
                + "cannot hold: scale the points down", code: 65)
    }

    @Test func oneMatrixAndTheWordsAboutLowRanks() {
        let path = folder.file(
            "low.npy", NPYBuilder.file(descriptor: "|u1", shape: "(2, 3)", data: [1, 2, 3, 2, 4, 6]))
        let low = run(path)
        #expect(low.output == "1\n")
        let primes = Self.primes([UInt8](TemporaryFolder.bytes(ofFile: path) ?? []))
        #expect(
            low.messages
                == "fullrank: modulo \(primes[0]) and \(primes[1]); a rank is too low with a chance of about 1 in "
                + "\(Int(1 / (2 / Double(primes[0] - 1) * (2 / Double(primes[1] - 1))))), never too high\n")
        let full = run(
            folder.file("full.npy", NPYBuilder.file(descriptor: "|u1", shape: "(2, 2)", data: [1, 2, 2, 5])))
        #expect(full.output == "2\n" && full.messages == "")
        #expect(run(path, "--method svd").messages == "")
    }

    /// What `rank` draws for a file.
    private static func primes(_ content: [UInt8], seed: UInt64 = 0) -> [UInt32] {
        let drawn = Prime.seed(seed, content: content)
        return (0..<2).map { Prime.drawn(seed: drawn, index: $0) }
    }

    /// 1 and 1e-9 side by side: rank 2, which float32 can't see.
    @Test func precisions() {
        let path = folder.file(
            "thin.npy", NPYBuilder.file(descriptor: "<f8", shape: "(2, 2)", data: NPYBuilder.doubles([1, 0, 0, 1e-9])))
        #expect(run(path).output == "2\n")
        #expect(run(path, "--method svd").output == "2\n")
        #expect(run(path, "--method svd --precision float32").output == "1\n")
        let single = folder.file(
            "single.npy",
            NPYBuilder.file(
                descriptor: "<f4", shape: "(2, 2)", data: NPYBuilder.bytes([Float(1), 0, 0, 1e-9].map(\.bitPattern))))
        #expect(run(single, "--method svd").output == "1\n", "a float32 file is ranked in float32")
        #expect(run(single, "--method svd --json").output.contains("\"svd-float32\""))
    }

    @Test func jsonKeysOfTheExactMethod() throws {
        let path = folder.file(
            "pair.npy", NPYBuilder.file(descriptor: "|u1", shape: "(2, 2, 2)", data: [1, 2, 2, 4, 1, 0, 0, 1]))
        let answer = try JSONValue(parsing: Array(run(path, "--json --seed 3").output.utf8))
        #expect(answer["file"] == .string(path) && answer["method"] == .string("exact"))
        #expect(answer["rows"] == .integer(2) && answer["columns"] == .integer(2))
        let primes = Self.primes(TemporaryFolder.bytes(ofFile: path) ?? [], seed: 3)
        #expect(answer["prime"] == .integer(primes[0]) && answer["primes"] == .integers(primes.map { Int($0) }))
        #expect(answer["error_bound"] == .double(2 / Double(primes[0] - 1) * (2 / Double(primes[1] - 1))))
        #expect(
            answer["matrices"]
                == .array([
                    .object([
                        .init("rank", .integer(1)), .init("full_rank", .bool(false)),
                        .init("full_column_rank", .bool(false)),
                    ]),
                    .object([
                        .init("rank", .integer(2)), .init("full_rank", .bool(true)),
                        .init("full_column_rank", .bool(true)),
                    ]),
                ]))
    }

    /// σ of ((3, 0), (4, 5)) are √45 and √5.
    @Test func singularValues() throws {
        let path = folder.file("two.npy", NPYBuilder.file(descriptor: "|u1", shape: "(2, 2)", data: [3, 0, 4, 5]))
        let answer = try JSONValue(parsing: Array(run(path, "--method svd --json").output.utf8))
        #expect(answer["method"] == .string("svd-float64") && answer["prime"] == nil && answer["error_bound"] == nil)
        guard case .array(let matrices) = answer["matrices"], matrices.count == 1,
            case .number(let largest) = matrices[0]["largest"], case .number(let smallest) = matrices[0]["smallest"]
        else { return #expect(Bool(false), "\(answer.text)") }
        #expect(abs(Double(largest)! - 45.0.squareRoot()) < 1e-14)
        #expect(abs(Double(smallest)! - 5.0.squareRoot()) < 1e-14)
        #expect(matrices[0]["rank"] == .integer(2) && matrices[0]["full_rank"] == .bool(true))
    }

    /// Full rank is as many as there are rows, as in a sweep, where these are the points.
    @Test func fullRankIsThatOfTheRows() throws {
        for (shape, rows, columns) in [("(2, 3)", true, false), ("(3, 2)", false, true)] {
            let path = folder.file("f.npy", NPYBuilder.file(descriptor: "|u1", shape: shape, data: [1, 0, 0, 1, 1, 1]))
            let answer = try JSONValue(parsing: Array(run(path, "--json").output.utf8))
            guard case .array(let matrices) = answer["matrices"] else { return #expect(Bool(false)) }
            #expect(matrices[0]["rank"] == .integer(2) && matrices[0]["full_rank"] == .bool(rows))
            #expect(matrices[0]["full_column_rank"] == .bool(columns))
        }
    }

    /// The determinant of the first is what was every matrix's only prime once; those of the others are products of the
    /// primes that the seed alone would draw.
    @Test func noFileIsAlwaysWrong() throws {
        let known = folder.file(
            "known.npy",
            NPYBuilder.file(
                descriptor: "<i4", shape: "(2, 2)", data: NPYBuilder.bytes([2300, 377, 9, 2422].map { Int32($0) })))
        for seed in 0..<20 { #expect(run(known, "--seed \(seed)").output == "2\n", "\(seed)") }
        var low = 0
        for seed in UInt64(0)..<20 {
            let factors = (0..<2).map { Int64(Prime.drawn(seed: seed, index: $0)) }
            let matrix = [factors[0], 0, 0, factors[1]]
            let path = folder.file(
                "arranged.npy", NPYBuilder.file(descriptor: "<i8", shape: "(2, 2)", data: NPYBuilder.bytes(matrix)))
            if run(path, "--seed \(seed)").output != "2\n" { low += 1 }
        }
        #expect(low == 0)
    }

    /// 4,000 matrices whose determinants are products of two primes of the range, each prime once: a single prime of those
    /// gives one rank too low, two primes none.
    @Test func determinantsOfManyPrimes() throws {
        let primes = (Prime.smallestDrawn...Prime.largest).lazy.filter { Prime.isPrime($0) }.prefix(8000)
        let values = Array(primes.map(Double.init))
        // Each a matrix (p, 0; 0, q): its determinant is the product of two primes.
        let matrices = stride(from: 0, to: values.count, by: 2).flatMap { (place) -> [Double] in
            [values[place], 0, 0, values[place + 1]]
        }
        let path = folder.file(
            "many.npy",
            NPYBuilder.file(descriptor: "<f8", shape: "(\(values.count / 2), 2, 2)", data: NPYBuilder.doubles(matrices))
        )
        for seed in 0..<4 {
            let ranks = run(path, "--seed \(seed)").output
            #expect(ranks == String(repeating: "2\n", count: values.count / 2), "seed \(seed)")
        }
    }

    /// One content meets other primes with another seed, and one seed others with another content.
    @Test func primesComeOfContentAndSeed() {
        let content = [UInt8](repeating: 7, count: 21)
        var seen = Set<[UInt32]>()
        for seed in UInt64(0)..<200 { seen.insert(Self.primes(content, seed: seed)) }
        for place in 0..<21 {
            var other = content
            other[place] = 8
            seen.insert(Self.primes(other))
        }
        seen.insert(Self.primes(content + [7]))
        #expect(seen.count == 222)
        #expect(Self.primes(content, seed: 5) == Self.primes(content, seed: 5))
    }

    /// 2^53 + 1 and 2^53 are one float64; 2^64 - 1 is none.
    @Test func wholeNumbersAreTakenWhole() {
        let big: Int64 = 1 << 53
        for fortran in [false, true] {
            let signed = folder.file(
                "signed.npy",
                NPYBuilder.file(
                    descriptor: ">i8", shape: "(2, 2)", fortran: fortran,
                    data: NPYBuilder.bytes([big + 1, 1, big, 1], bigEndian: true)))
            #expect(run(signed).output == "2\n")
            let svd = run(signed, "--method svd")
            #expect(svd.output == "1\n")
            #expect(
                svd.messages.contains("signed.npy: integers beyond 2^53 are rounded to float64 for singular values"))
        }
        let negative = folder.file(
            "negative.npy",
            NPYBuilder.file(
                descriptor: "<i8", shape: "(3, 2)",
                data: NPYBuilder.bytes([-big - 1, big + 1, -3, 3, .min + 1, .max] as [Int64])))
        #expect(run(negative).output == "1\n")
        let unsigned = folder.file(
            "unsigned.npy",
            NPYBuilder.file(descriptor: "<u8", shape: "(2, 2)", data: NPYBuilder.bytes([.max, 1, .max, 1] as [UInt64])))
        #expect(run(unsigned).output == "1\n")
        let near = folder.file(
            "near.npy",
            NPYBuilder.file(
                descriptor: "<u8", shape: "(2, 2)", data: NPYBuilder.bytes([.max, 1, .max - 1, 1] as [UInt64])))
        #expect(run(near).output == "2\n")
    }

    @Test func readsStandardInput() {
        let path = folder.file("in.npy", NPYBuilder.file(descriptor: "|u1", shape: "(2, 2)", data: [1, 2, 2, 5]))
        func pipe(_ line: String) -> Int32 {
            shell("cd \(folder.path) && \(line) | '\(BuiltCommand.path)' rank - --backend cpu >out 2>err")
        }
        #expect(pipe("cat \(path)") == 0 && folder.text("out") == "2\n" && folder.text("err") == "")
        #expect(pipe("gzip -c \(path)") == 0 && folder.text("out") == "2\n")
        #expect(pipe("printf no") == 65)
        #expect(folder.text("err").hasPrefix("fullrank: rank: standard input: is not a .npy file"))
        // Under its own name, whatever that is, gzip is known by its bytes.
        #expect(shell("cd \(folder.path) && gzip -c in.npy >packed.npy") == 0)
        #expect(run(folder.path + "/packed.npy").output == "2\n")
    }

    @Test func emptyMatricesHaveRankZero() {
        for shape in ["(0, 3)", "(3, 0)", "(2, 0, 4)"] {
            let path = folder.file("empty.npy", NPYBuilder.file(descriptor: "<f8", shape: shape, data: []))
            #expect(run(path).output == (shape == "(2, 0, 4)" ? "0\n0\n" : "0\n"), "\(shape)")
            #expect(run(path, "--method svd").output == run(path).output, "\(shape)")
        }
    }
}
