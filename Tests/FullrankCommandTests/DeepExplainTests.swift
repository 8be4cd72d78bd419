import FullrankPlatform
import FullrankTestSupport
import Testing

/// `explain --hidden` and what both checkers say of its certificates.
@Suite struct DeepExplainTests {
    private let folder = TemporaryFolder()
    private var certificate: String { folder.path + "/certificate.json" }

    private func python(_ path: String) -> String? {
        guard JournalReaderTests.pythonIsHere else { return nil }
        let script = JournalReaderTests.docs + "/../Scripts/check/certificate.py"
        let status = shell("python3 '\(script)' '\(path)' >'\(folder.path)/said'")
        return status == 0 ? folder.text("said") : "refused: " + folder.text("said")
    }

    @Test(arguments: [
        "--d0 2 --n 12 --d1 4 --hidden 5", "--d0 2 --n 32 --d1 4 --hidden 3,3",
        "--d0 3 --n 30 --hidden 4,3,3 --trial 7",
        "--d0 1 --n 9 --d1 2 --hidden 2 --depth 6 --no-bias --init normal",
        "--d0 4 --n 60 --d1 4 --hidden 4 --primes 3",
        "--d0 5 --n 40 --d1 6 --hidden 6,6 --inputs cube --init he-uniform --seed 18446744073709551615",
        "--d0 1 --n 1 --hidden 1,1",
        "--d0 2 --n 40 --d1 3 --hidden 4,3 --no-bias --inputs uniform --primes 1",
    ])
    func certificatesPassBothCheckers(line: String) throws {
        let words = BuiltCommand.succeed("explain --backend cpu \(line) --output", [certificate]).output
        #expect(words.contains("hidden ") && words.contains("roved") && words.hasSuffix("\n"))
        #expect(BuiltCommand.succeed("explain --backend cpu \(line) --json").output == folder.text("certificate.json"))
        // The same words in the certificate, by check and in Python.
        let said = BuiltCommand.succeed("check", [certificate]).output
        let statement = try #require(folder.text("certificate.json").firstMatch(of: /"statement": "(.*)",/)).output.1
        #expect(said == "\(certificate): \(statement)\n")
        if let other = python(certificate) { #expect(other == said) }
    }

    /// The trial is the one that a sweep draws and `export` writes.
    @Test func theTrialIsTheSweeps() throws {
        for (index, line) in [
            "--d0 2 --n 14 --d1 3 --hidden 4,3", "--d0 2 --n 14 --d1 3 --hidden 4 --depth 5 --seed 7",
        ].enumerated() {
            let sweep = folder.path + "/sweep\(index)"
            BuiltCommand.succeed("sweep --backend cpu \(line) --trials 1 --output", [sweep])
            let text = BuiltCommand.succeed("explain --backend cpu \(line) --json").output
            let pivots = try #require(text.firstMatch(of: /"pivots": \[(.*)\],/)).output.1
            let journal = folder.text("sweep\(index)/trials.jsonl").split(separator: "\n")[1]
            let rank = pivots.split(separator: ", ").count { $0 != "-1" }
            #expect(folder.text("sweep\(index)/cells.csv").hasSuffix(",\(rank).000000\n"), "\(journal)")
        }
        let whole = BuiltCommand.succeed("explain --d0 2 --n 9 --hidden 5,4,3 --json").output
        #expect(whole == BuiltCommand.succeed("explain --d0 2 --n 9 --hidden 5,4 --d1 3 --json").output)
        let deep = BuiltCommand.succeed("explain --d0 2 --n 9 --hidden 5 --depth 4 --d1 3 --json").output
        #expect(deep == BuiltCommand.succeed("explain --d0 2 --n 9 --hidden 5,5,3 --json").output)
        // One hidden layer is what it was.
        let shallow = BuiltCommand.succeed("explain --d0 2 --n 9 --d1 3 --json").output
        #expect(shallow == BuiltCommand.succeed("explain --d0 2 --n 9 --depth 2 --d1 3 --json").output)
        #expect(shallow.contains("\"version\": 1,") && !shallow.contains("hidden"))
    }

    /// Points of a file, one of them twice.
    @Test func pointsOfAFile() {
        let file = folder.file("data.csv", "0,0\n1,2\n1,2\n2,4\n3,6\n-1,5\n0.1,0.7\n")
        let words = BuiltCommand.succeed("explain --n 7 --hidden 3,2 --output", [certificate, "--inputs", file]).output
        #expect(
            words.contains("points 1 and 2: row 1 - row 2 = 0") || words.contains("points 1 and 2: - row 1 + row 2 = 0")
                || words.contains("points 1 and 2: -row 1 + row 2 = 0"), "\(words)")
        let said = BuiltCommand.succeed("check", [certificate]).output
        if let other = python(certificate) { #expect(other == said) }
    }

    /// Every number, one at a time, of a trial with circuits of both kinds; and the strings.
    @Test func nothingChangedPasses() throws {
        let text = BuiltCommand.succeed("explain --backend cpu --d0 2 --n 28 --d1 4 --hidden 3,3 --json").output
        #expect(text.contains("\"coefficients\"") && text.contains("\"dimension\": 3}"), "\(text)")
        let numbers = text.matches(of: /-?[0-9]+(\.[0-9e+-]+)?/).filter { match in
            text[..<match.range.lowerBound].count(where: { $0 == "\"" }).isMultiple(of: 2)
        }
        // A digest, the statement, how something is drawn.
        let strings = text.matches(of: /[0-9a-f]{64}|rank [0-9]+,|proved"|"uniform"|"normal"/)
        #expect(numbers.count > 100 && strings.count >= 8)
        let changes =
            numbers.map { ($0.range, $0.output.0 == "1" ? "2" : "1") }
            + strings.map { match in
                (
                    match.range,
                    match.output == "\"uniform\""
                        ? "\"normal\""
                        : match.output == "\"normal\""
                            ? "\"cube\""
                            : match.output == "proved\""
                                ? "proven\""
                                : match.output.hasPrefix("rank") ? "rank 99," : String(repeating: "0", count: 64)
                )
            }
        var paths = [String]()
        for (index, (range, value)) in changes.enumerated() {
            paths.append(
                folder.file(
                    "changed\(index).json",
                    String(text[..<range.lowerBound]) + value + String(text[range.upperBound...])))
        }
        let result = BuiltCommand.run(["check"] + paths)
        #expect(result.status == 65 && result.output.isEmpty, "\(result.output)")
        #expect(result.messages.split(separator: "\n").count == paths.count)
        guard JournalReaderTests.pythonIsHere else { return }
        let script = JournalReaderTests.docs + "/../Scripts/check/certificate.py"
        // A tenth of them: it takes longer.
        shell("python3 '\(script)' '\(folder.path)'/changed*7.json >'\(folder.path)/said'")
        let said = folder.text("said").split(separator: "\n")
        #expect(said.count >= paths.count / 11 && said.allSatisfy { $0.contains("NOT TRUE") })
    }

    @Test(arguments: [
        (
            "--d0 1 --n 5 --d1 3 --hidden 4 --patterns bernoulli",
            "--patterns bernoulli does not go with --hidden: deep networks' weights are drawn", 64
        ),
        (
            "--d0 1 --n 5 --d1 3 --hidden 4 --figure x.svg",
            "--figure does not go with --hidden: pictures are of one hidden layer", 64
        ),
        (
            "--data x.npy --pattern y.npy --hidden 3",
            "--hidden does not go with --data and --pattern, which hold everything", 64
        ),
        ("--d0 1 --n 5 --d1 3 --hidden 4 --depth 3,4", "--depth: one depth is taken, for one network", 64),
        (
            "--d0 1 --n 5 --d1 3 --depth 3",
            "--depth needs --hidden W, one width for the hidden layers before the last", 64
        ),
        (
            "--d0 1 --n 5 --d1 3 --hidden 4,x",
            "--hidden: 'x' is not a width from 1 to 2147483647; write widths such as 64,64", 64
        ),
    ])
    func wrongFlags(line: String, message: String, code: Int32) {
        BuiltCommand.expectFailure(
            ["explain"] + line.split(separator: " ").map(String.init), "explain: " + message, code: code)
    }

    @Test func anOverflowIsSaid() {
        let file = folder.file("data.csv", "1e308\n-1e308\n1\n")
        let result = BuiltCommand.run(
            [
                "explain", "--inputs", file, "--n", "3", "--hidden", "8,3", "--init", "he-uniform", "--output",
                certificate,
            ])
        #expect(
            result.status != 0 && result.messages.contains("trial 0: its network holds a NaN or an infinity"),
            "\(result.messages)")
        #expect(result.messages.split(separator: "\n").count == 1 && !folder.holds("certificate.json"))
    }
}
