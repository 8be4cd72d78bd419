import FullrankPlatform
import FullrankTestSupport
import Testing

/// `fullrank explain` and `fullrank check`, and the checker in Python that shares nothing with them.
@Suite struct ExplainTests {
    private let folder = TemporaryFolder()

    private static let lines = [
        "--d0 1 --n 8 --d1 4", "--d0 2 --n 12 --d1 5 --seed 3", "--d0 3 --n 40 --d1 40 --inputs cube --trial 7",
        "--d0 2 --n 9 --d1 1 --no-bias --init normal", "--d0 5 --n 30 --d1 6 --primes 3", "--d0 1 --n 1 --d1 1",
        "--d0 2 --n 12 --d1 8 --patterns bernoulli --trial 4", "--d0 1 --n 12 --d1 6 --patterns regions --seed 2",
        "--d0 3 --n 14 --d1 5 --patterns regions --no-bias --trial 3", "--d0 1 --n 9 --d1 5 --primes 16",
    ]

    /// Whether the checker in Python passes it; true if there is no Python.
    private func pythonAgrees(_ certificate: String) -> Bool {
        let script = JournalReaderTests.docs + "/../Scripts/check/certificate.py"
        return !JournalReaderTests.pythonIsHere || shell("python3 '\(script)' '\(certificate)' >/dev/null") == 0
    }

    @Test(arguments: lines)
    func certificatesPassBothCheckers(line: String) {
        let certificate = folder.path + "/certificate.json"
        let words = BuiltCommand.succeed("explain --backend cpu \(line) --output", [certificate]).output
        #expect(words.contains("rank") && words.hasSuffix("\n"))
        #expect(BuiltCommand.succeed("check", [certificate]).output.contains("proved"))
        #expect(BuiltCommand.succeed("explain --backend cpu \(line) --json").output == folder.text("certificate.json"))
        #expect(pythonAgrees(certificate))
    }

    /// To the byte, whatever else certificates come to hold.
    @Test func oneHiddenLayersCertificateIsAsItWas() throws {
        let text = BuiltCommand.succeed("explain --backend cpu --d0 1 --n 3 --d1 2 --json").output
        let version = try #require(text.firstMatch(of: /"fullrank": "(.*)"/)).output.1
        let expected = """
            {
              "format": "fullrank-certificate",
              "version": 1,
              "fullrank": "\(version)",
              "rank": 3,
              "n": 3,
              "d0": 1,
              "d1": 2,
              "full_rank": true,
              "proved": true,
              "seed": 0,
              "trial": 0,
              "bias": true,
              "inputs": "normal",
              "init": "uniform",
              "primes": [5567207, 5256359],
              "error_bound": 3.0755322218103767e-13,
              "inputs_sha256": "573b8f36d9a883b3825b6f561cb86d6c476070288d806b0fab47c2a575e46528",
              "pattern_sha256": "493630ab4b4b7f42305ac0ec0a28cc67967dc24e9fba10b1c7b058f028a35b45",
              "pivots": [0, 2, 1],
              "circuits": []
            }

            """
        #expect(text == expected)
    }

    @Test func aDeficientTrialIsToldInWords() {
        let words = BuiltCommand.succeed("explain --backend cpu --d0 1 --n 8 --d1 4").output
        #expect(words.contains("points 1, 4 and 5: no unit tells them apart (k + 1 = 3 points, rank A_C = 1)"))
        #expect(words.contains("rank 6 of 8, 2 short"))
        #expect(words.contains("Proved over the rationals"))
    }

    /// Duplicates, a line, the origin, integers: the relation itself is the witness.
    @Test func specialDataAreExplainedByRelations() {
        folder.file("data.csv", "0,0\n1,2\n1,2\n2,4\n3,6\n-1,5\n")
        folder.file(
            "pattern.npy",
            NPYBuilder.file(descriptor: "|u1", shape: "(2, 6)", data: [1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0]))
        let arguments = ["--data", folder.path + "/data.csv", "--pattern", folder.path + "/pattern.npy"]
        let certificate = folder.path + "/certificate.json"
        let words = BuiltCommand.succeed("explain --output", [certificate] + arguments).output
        #expect(words.contains("point 2 depends"), "\(words)")
        #expect(words.contains("Proved over the rationals"))
        BuiltCommand.succeed("check", [certificate])
        #expect(pythonAgrees(certificate))
    }

    /// The trial is the one that a sweep of the same options draws, and `export` writes.
    @Test(arguments: [
        "--n 10 --d1 6", "--n 9 --d1 5 --standardise --subsample 11 --trial 2 --init normal",
        "--n 12 --d1 9 --patterns bernoulli --trial 7 --seed 5",
        "--n 8 --d1 6 --patterns regions --subsample 8 --trial 1",
    ]) func trialsOfDataFilesAndPatterns(line: String) throws {
        var generator = SeededGenerator(seed: 3)
        let rows = (0..<12).map { _ in
            (0..<2).map { _ in "\(Double.random(in: -2...5, using: &generator))" }.joined(separator: ",")
        }
        // A point that stands twice, but in general position for regions.
        let file = folder.file(
            "data.csv", (rows + (line.contains("regions") ? [] : [rows[3]])).joined(separator: "\n") + "\n")
        let arguments = ["--inputs", file] + line.split(separator: " ").map(String.init)
        let certificate = folder.path + "/certificate.json"
        BuiltCommand.succeed("explain --backend cpu --output", [certificate] + arguments)
        BuiltCommand.succeed("check", [certificate])
        #expect(pythonAgrees(certificate))
        BuiltCommand.succeed("export --backend cpu --output", [folder.path + "/trial"] + arguments)
        let text = folder.text("certificate.json")
        let rank = BuiltCommand.succeed("rank", [folder.path + "/trial/jacobian.npy"]).output
        #expect(text.contains("\"rank\": \(rank.dropLast()),"))
        // The same points, to the bit: export's, given whole, have the same digests.
        let again = BuiltCommand.succeed(
            "explain --json --data",
            [folder.path + "/trial/inputs.npy", "--pattern", folder.path + "/trial/pattern.npy"]
        ).output
        for key in ["inputs_sha256", "pattern_sha256", "pivots"] {
            let lines = [text, again].map { $0.split(separator: "\n").first { $0.contains("\"\(key)\"") } }
            #expect(lines[0] != nil && lines[0] == lines[1], "\(key)")
        }
    }

    @Test func whatDoesNotGoTogetherIsSaid() {
        let prefix = ["explain", "--backend", "cpu", "--d0", "1", "--n", "5", "--d1", "3"]
        BuiltCommand.expectFailure(
            prefix + ["--patterns", "bernoulli", "--init", "normal"],
            "explain: --init does not go with --patterns bernoulli, which draws no weights", code: 64)
        BuiltCommand.expectFailure(
            prefix + ["--standardise"], "explain: --standardise goes with --inputs FILE only", code: 64)
        BuiltCommand.expectFailure(prefix + ["--theme", "dark"], "explain: --theme goes with --figure only", code: 64)
        BuiltCommand.expectFailure(
            ["explain", "--data", "x.npy", "--pattern", "y.npy", "--subsample", "3"],
            "explain: --subsample does not go with --data and --pattern, which hold everything", code: 64)
        let file = folder.file("line.csv", "0,0\n1,1\n2,2\n5,0\n")
        let arguments = ["--backend", "cpu", "--inputs", file, "--n", "4", "--d1", "60", "--patterns", "regions"]
        for command in ["explain", "export"] {
            BuiltCommand.expectFailure(
                [command] + arguments + ["--output", folder.path + "/none"],
                "\(command): the data are not in general position: points 0, 1 and 2 are linearly dependent, the bias's 1 included",
                code: 65)
        }
    }

    /// Every number, one at a time.
    @Test func noChangedNumberPasses() {
        let certificate = BuiltCommand.succeed("explain --backend cpu --d0 1 --n 6 --d1 3 --json").output
        let numbers = certificate.matches(of: /-?[0-9]+(\.[0-9e+-]+)?/).filter { match in
            // Not those within strings: digests, versions of the program.
            certificate[..<match.range.lowerBound].count(where: { $0 == "\"" }).isMultiple(of: 2)
        }
        #expect(numbers.count >= 20)
        for match in numbers {
            let value = match.output.0 == "1" ? "2" : "1"
            let changed = certificate.replacingCharacters(in: match.range, with: value)
            let path = folder.file("changed.json", changed)
            #expect(BuiltCommand.run(["check", path]).status == 65, "\(match.output.0) at \(changed)")
        }
    }

    @Test func whatIsNoCertificateIsRefused() {
        let path = folder.path + "/certificate.json"
        BuiltCommand.expectFailure(
            ["check", path], "check: \(path): cannot be read: No such file or directory", code: 74)
        for text in [
            "", "{", "[]", "{\"format\": \"fullrank-sweep\"}", "{\"format\": \"fullrank-certificate\", \"version\": 2}",
        ] {
            folder.file("certificate.json", text)
            let result = BuiltCommand.run(["check", path])
            #expect(result.status == 65, "\(text)")
            #expect(result.messages.hasPrefix("fullrank: check: \(path): not a certificate: "), "\(result.messages)")
        }
    }

    @Test func figuresAreDrawnForOneAndTwoInputs() {
        for d0 in 1...2 {
            for more in ["--theme dark", "--patterns bernoulli", "--patterns regions"] {
                BuiltCommand.succeed(
                    "explain --backend cpu --d0 \(d0) --n 9 --d1 5 \(more) --figure", [folder.path + "/figure.svg"])
                #expect(folder.text("figure.svg").hasPrefix("<svg"))
            }
        }
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
