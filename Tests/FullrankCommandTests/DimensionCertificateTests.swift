import FullrankFiles
import FullrankTestSupport
import Testing

/// `fullrank check` of certificates of dimensions, and `Scripts/check/dimension_certificate.py`, which accept the same.
@Suite struct DimensionCertificateTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/c.json" }

    private func certify(_ line: String) -> String {
        BuiltCommand.succeed("dimension \(line) --certificate", [path])
        return folder.text("c.json")
    }

    private func python(_ paths: [String]) -> CommandResult {
        let script = String(#filePath.split(separator: "/Tests/")[0]) + "/Scripts/check/dimension_certificate.py"
        return RunningCommand(["-B", script] + paths, program: "/usr/bin/python3").wait(timeout: 60)
    }

    @Test(arguments: [
        (
            "--widths 2,3,4,1 --activation power:2",
            "2-3-4-1, power:2: the dimension is 5, which is its bound from above: proved"
        ),
        (
            "--widths 2,1,2,1 --activation power:2 --seed 5",
            "2-1-2-1, power:2: the dimension is at least 2, and at most 3: proved"
        ),
        (
            "--widths 3,4,2 --activation power:3 --biases",
            "3-4-2, power:3 with biases: the dimension is 22, which is its bound from above: proved"
        ),
        (
            "--widths 4,2,3 --activation identity --biases",
            "4-2-3, identity with biases: the dimension is 13, which is its bound from above: proved"
        ),
        (
            "--widths 2,2,2,2,2,3 --activation power:2",
            "2-2-2-2-2-3, power:2: the dimension is 14, which is its bound from above: proved"
        ),
    ])
    func whatIsProved(line: String, words: String) {
        _ = certify(line)
        #expect(BuiltCommand.succeed("check", [path]).output == "\(path): \(words)\n")
        #expect(python([path]).output == "\(path): \(words)\n")
        let json = BuiltCommand.succeed("check --json", [path]).output
        #expect(json.contains("\"true\": true") && json.contains(words))
    }

    /// Each alteration makes it false, or no certificate; both checkers say so.
    @Test func alterationsAreRefused() {
        let text = certify("--widths 2,3,3,1 --activation power:2 --biases")
        #expect(text.contains("\"rank\": 15") && text.contains("\"bound\": 15"))
        let changes: [(String, String, String)] = [
            ("\"version\": 1", "\"version\": 2", "it has version 2"),
            ("\"widths\": [2, 3, 3, 1]", "\"widths\": [2, 3, 2, 1]", "the minor has rank 11 modulo "),
            ("\"widths\": [2, 3, 3, 1]", "\"widths\": [2, 1]", "has one layer"),
            ("\"widths\": [2, 3, 3, 1]", "\"widths\": [2, -3, 3, 1]", "must be at least 1"),
            ("\"power:2\"", "\"power:3\"", "\"bound\" is 15"), ("\"power:2\"", "\"relu\"", "only powers"),
            ("\"power:2\"", "\"power:02\"", "cannot be"), ("\"biases\": true", "\"biases\": false", "\"bound\" is 15"),
            ("\"biases\": true", "\"biases\": 1", "cannot be"), ("\"seed\": 0", "\"seed\": 1", "is not one of those"),
            ("\"seed\": 0", "\"seed\": 18446744073709551616", "cannot be"),
            ("\"draw\": 0", "\"draw\": 72057594037927936", "below 2^56"),
            ("\"rank\": 15", "\"rank\": 14", "make no minor of size 14"),
            ("\"rank\": 15", "\"rank\": 15.0", "cannot be"), ("\"bound\": 15", "\"bound\": 14", "\"bound\" is 14"),
            ("\"points\": [0, ", "\"points\": [1, 0, ", "make no minor"),
            ("\"points\": [0, 1,", "\"points\": [1, 0,", "does not ascend"),
            ("\"points\": [0, 1,", "\"points\": [0, 0,", "does not ascend"), ("14]", "8388608]", "\"points\" holds"),
            ("\"columns\"", "\"pillars\"", "\"columns\" is missing"),
            ("\"seed\": 0,", "\"seed\": 0, \"seed\": 0,", "seed"),
            ("\"seed\": 0,", "\"seed\": 0, \"verdict\": true,", "has no \"verdict\""),
        ]
        var paths = [String]()
        for (place, (old, new, words)) in changes.enumerated() {
            let altered = text.replacing(old, with: new, maxReplacements: 1)
            #expect(altered != text, "\(old)")
            let file = folder.file("altered-\(place).json", altered)
            paths.append(file)
            let check = BuiltCommand.run(["check", file])
            #expect(check.status == 65 && check.output == "", "\(new): \(check.output)")
            #expect(check.messages.contains(words), "\(new): \(check.messages)")
        }
        let other = python(paths)
        #expect(other.status == 1)
        for path in paths { #expect(other.output.contains("\(path): not true: "), "\(path)") }
    }

    /// A minor that is zero: columns that belong to one rescaling, and a point more than the dimension.
    @Test func minorsThatAreZero() throws {
        let text = certify("--widths 2,2,1 --activation power:2")
        // All weights of a unit and of what is behind it depend on each other: of 6 columns, rank is 3.
        let numbers = text.replacing("\"rank\": 3", with: "\"rank\": 4")
        let points = try #require(numbers.firstRange(of: "\"points\": ")?.lowerBound)
        let altered = numbers[..<points] + "\"points\": [0, 1, 2, 3],\n\"columns\": [0, 1, 2, 3]\n}\n"
        let four = folder.file("four.json", String(altered))
        let check = BuiltCommand.run(["check", four])
        #expect(check.status == 65 && check.messages.contains("the minor has rank 3 modulo "), "\(check.messages)")
        #expect(python([four]).output.contains("the minor has rank 3, not 4"))
        // Good and bad ones together: the good ones are told.
        let both = BuiltCommand.run(["check", path, four])
        #expect(both.status == 65 && both.output.hasPrefix("\(path): 2-2-1, power:2: the dimension is 3"))
    }

    /// Other points and columns than the program chose prove as much.
    @Test func aProofOfOnesOwn() {
        let text = certify("--widths 2,2,1 --activation power:2")
        let own = text.replacing("[0, 1, 2]", with: "[5, 700, 8000]", maxReplacements: 1)
        let file = folder.file("own.json", own)
        #expect(
            BuiltCommand.succeed("check", [file]).output.hasSuffix(
                "the dimension is 3, which is its bound from above: proved\n"))
        #expect(python([file]).status == 0)
    }

    /// Nothing it asks for is begun unless it is small.
    @Test func tooLargeIsRefusedInWords() {
        let text = certify("--widths 2,2,1 --activation power:2")
        let large = text.replacing("[2, 2, 1]", with: "[30000, 30000, 1]").replacing(
            "\"bound\": 3", with: "\"bound\": 450015000")
        let check = BuiltCommand.run(["check", folder.file("large.json", large)])
        #expect(check.status == 65 && check.messages.contains("too large to check"), "\(check.messages)")
    }
}
