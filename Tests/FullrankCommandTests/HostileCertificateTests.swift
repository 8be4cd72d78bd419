import FullrankPlatform
import FullrankTestSupport
import Testing

/// Certificates come from anyone: whatever they hold, `check` and the checker in Python end soon, in one line.
@Suite struct HostileCertificateTests {
    private let folder = TemporaryFolder()
    private static let million = 1_000_000

    /// A true certificate with something put in the place of a member.
    private func changed(_ member: String, _ value: String, hidden: String = "") -> String {
        let text = BuiltCommand.succeed("explain --backend cpu --d0 1 --n 8 --d1 4 \(hidden) --json").output
        return text.split(separator: "\n").map { line in
            line.hasPrefix("  \"\(member)\": ")
                ? "  \"\(member)\": \(value)" + (line.hasSuffix(",") ? "," : "") : String(line)
        }.joined(separator: "\n")
    }

    private static func list(_ item: String) -> String {
        "[" + repeatElement(item, count: million).joined(separator: ", ") + "]"
    }

    private func expectRefused(_ text: String, because words: String, _ location: SourceLocation = #_sourceLocation) {
        let path = folder.file("certificate.json", text)
        // 4 GB of addresses: the process has about 100 MB before it begins. macOS sets no such limit.
        let line =
            "\(Platform.isLinux ? "ulimit -v 4000000; " : "")exec '\(BuiltCommand.path)' check '\(path)' 2>'\(folder.path)/messages' >'\(folder.path)/output'"
        let start = ContinuousClock.now
        let status = shell(line)
        let messages = folder.text("messages")
        #expect(status == 65, "\(messages)", sourceLocation: location)
        #expect(ContinuousClock.now - start < allowed(.seconds(20)), sourceLocation: location)
        #expect(messages.contains(words), "\(messages)", sourceLocation: location)
        #expect(messages.utf8.count < 800 && messages.hasSuffix("\n"), "\(messages)", sourceLocation: location)
        #expect(messages.dropLast().allSatisfy { !$0.isNewline && $0 != "\u{1b}" }, sourceLocation: location)
        guard JournalReaderTests.pythonIsHere else { return }
        let script = JournalReaderTests.docs + "/../Scripts/check/certificate.py"
        let python = shell(
            "\(Platform.timeout)python3 '\(script)' '\(path)' >'\(folder.path)/output' 2>'\(folder.path)/messages'")
        #expect(python == 1, "\(folder.text("messages").suffix(200))", sourceLocation: location)
        #expect(folder.text("output").contains("NOT TRUE"), sourceLocation: location)
    }

    @Test(arguments: [
        ("n", "1000000000", "\"pivots\" has 8 entries"), ("d0", "1000000000", "is too large to check"),
        ("d1", "1000000000", "is too large to check"), ("n", "99999999999999999999999", "\"n\" cannot be"),
        ("d1", "1e400", "\"d1\" cannot be"), ("seed", "18446744073709551616", "\"seed\" cannot be"),
        ("trial", "18446744073709551615", "not true"), ("rank", "-1", "\"rank\" cannot be"),
        ("error_bound", "1e999", "\"error_bound\" cannot be"), ("version", "3", "it has version 3"),
        ("version", "2", "\"hidden\" is missing"),
        ("inputs", "[[1e999]]", "\"inputs\" cannot be"), ("circuits", "[{}]", "\"points\" is missing"),
        ("circuits", "[{\"points\": [], \"rank\": 0}]", "no points"),
        ("circuits", "[{\"points\": [9999999], \"rank\": 0}]", "the 1 circuits are not one for each of the 2 points"),
        ("format", "\"\\u001b[2J\\n\"", "is '\\u{1B}[2J\\n'"),
    ]) func numbersBeyondSense(member: String, value: String, words: String) {
        expectRefused(changed(member, value), because: words)
    }

    @Test(arguments: [
        ("n", "1000000000", "\"pivots\" has 8 entries"), ("d0", "1000000000", "is too large to check"),
        ("d1", "1000000000", "is too large to check"), ("hidden", "[1000000000]", "is too large to check"),
        ("hidden", "[50000, 50000]", "is too large to check"), ("hidden", "[0]", "is no shape"),
        ("d0", "0", "is no shape"),
        ("hidden", "[]", "\"hidden\" has 0 layers"), ("hidden", "[99999999999999999999999]", "\"hidden\" cannot be"),
        ("hidden", "[4294967296]", "is no shape"), ("hidden", "\"4\"", "\"hidden\" cannot be"),
        ("version", "1", "\"pattern_sha256\" is missing"), ("trial", "18446744073709551615", "not true"),
        ("statement", "\"\\u001b[2J\\n\"", "\"statement\" is '\\u{1B}[2J\\n'"),
        ("patterns_sha256", "[]", "\"patterns_sha256\" has 0 entries for 3 layers"),
        ("circuits", "[{\"points\": [5], \"rank\": 0}]", "\"dimension\" is missing"),
        ("parameters_sha256", "\"\"", "\"parameters_sha256\" is not that"),
        ("inputs", "\"cube\"", "\"inputs_sha256\" is not that"),
        ("bias", "false", "\"parameters_sha256\" is not that"),
    ]) func deepNumbersBeyondSense(member: String, value: String, words: String) {
        expectRefused(changed(member, value, hidden: "--hidden 3,2"), because: words)
    }

    @Test func aMillionEntriesOfADeepNetwork() {
        expectRefused(
            changed("hidden", Self.list("3"), hidden: "--hidden 3,2"), because: "\"hidden\" has 1000000 layers")
        expectRefused(
            changed("patterns_sha256", Self.list("\"\""), hidden: "--hidden 3,2"),
            because: "1000000 entries for 3 layers")
        expectRefused(
            changed("circuits", Self.list("{\"points\": [1], \"dimension\": 1}"), hidden: "--hidden 3,2"),
            because: "circuits")
        let wide = "[" + repeatElement("20", count: 99).joined(separator: ", ") + "]"
        expectRefused(changed("hidden", wide, hidden: "--hidden 3,2"), because: "\"parameters_sha256\" is not that")
    }

    @Test func aMillionEntries() {
        expectRefused(changed("primes", Self.list("5567207")), because: "\"primes\" has 1000000 entries")
        expectRefused(changed("pivots", Self.list("-1")), because: "\"pivots\" has 1000000 entries for 8 points")
        expectRefused(changed("circuits", Self.list("{\"points\": [1], \"rank\": 1}")), because: "1000000 circuits")
        expectRefused(
            changed("circuits", "[{\"points\": \(Self.list("5")), \"rank\": 1}, {\"points\": [7], \"rank\": 1}]"),
            because: "circuit")
        let pivots = changed("pivots", Self.list("-1")).replacing("\"n\": 8", with: "\"n\": 1000000")
        expectRefused(pivots, because: "\"error_bound\" is")
        expectRefused(
            "{" + (0..<Self.million).map { "\"\($0)\": 1" }.joined(separator: ",") + "}",
            because: "\"format\" is missing")
    }

    @Test func depthAndLength() {
        expectRefused(String(repeating: "[", count: Self.million), because: "nested too deep")
        expectRefused(String(repeating: "{\"a\":", count: Self.million), because: "nested too deep")
        let name = String(repeating: "\\u001b", count: Self.million / 2)
        expectRefused("{\"\(name)\": 1, \"\(name)\": 2}", because: "not a certificate")
        expectRefused(changed("fullrank", "\"\(name)\", \"more\": 1"), because: "has no \"more\"")
    }

    @Test func coefficientsOfAMillionDigits() throws {
        folder.file("data.csv", "1,2\n2,4\n-1,5\n")
        folder.file("pattern.npy", NPYBuilder.file(descriptor: "|u1", shape: "(1, 3)", data: [1, 1, 1]))
        let text = BuiltCommand.succeed(
            "explain --no-bias --json --data", [folder.path + "/data.csv", "--pattern", folder.path + "/pattern.npy"]
        ).output
        let digits = String(repeating: "7", count: Self.million)
        let first = try #require(text.firstMatch(of: #/"coefficients": \[(-?[0-9]+), /#)).output.1
        expectRefused(text.replacing("[\(first), ", with: "[\(digits), "), because: "circuit of point 1")
        let many = String(repeating: "7", count: 19_000)
        expectRefused(text.replacing("[\(first), ", with: "[\(many), "), because: "the relation does not hold")
    }

    @Test func aFileThatIsTooLong() {
        let path = folder.file("certificate.json", "{")
        #expect(folder.resize("certificate.json", to: 300 << 20))
        BuiltCommand.expectFailure(
            ["check", path], "check: \(path): is \(300 << 20) bytes long; at most \(256 << 20) are read", code: 65)
    }
}
