import FullrankPlatform
import FullrankTestSupport
import Testing

/// Files that once fooled a checker, or made one end in a traceback: each is refused by both, in one line of their own.
@Suite struct AttackTests {
    static let folder = String(#filePath.dropLast("AttackTests.swift".count)) + "Attacks"
    private let output = TemporaryFolder()

    /// The status of a script of `Scripts/`, and what it printed.
    static func script(_ name: String, _ path: String, _ output: TemporaryFolder) -> (status: Int32, words: String) {
        let script = JournalReaderTests.docs + "/../Scripts/check/\(name)"
        let status = shell("python3 '\(script)' '\(path)' >'\(output.path)/said' 2>'\(output.path)/messages'")
        #expect(output.text("messages").isEmpty, "\(output.text("messages").suffix(300))")
        return (status, output.text("said"))
    }

    private func isOneLine(_ text: String) -> Bool {
        text.hasSuffix("\n") && text.dropLast().unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    }

    @Test(arguments: [
        ("d0_0_zero_division", "\"d0\" is 0", "weights of no inputs cannot be drawn"),
        ("dup_rank", "\"rank\" stands twice", "\"rank\" occurs twice"),
        ("esc_prime", "\"prime\" cannot be", "no counts"),
        ("forged_rank1_of_2", "the rank is 2 modulo 5256359, not 1", "the rank is 2 modulo 5256359, not 1"),
        ("given_bool", "\"inputs\" cannot be [[true]", "finite numbers"),
        ("given_strings", "\"inputs\" cannot be [[\"1\"]", "finite numbers"),
        ("given_unicode", "\"inputs\" cannot be", "finite numbers"),
        ("negzero_lit", "\"inputs_sha256\" is not that of the inputs", "other inputs"),
        ("u-000", "four hexadecimal digits are missing", "four hexadecimal digits are missing"),
    ]) func isRefused(name: String, words: String, python: String) {
        let path = "\(Self.folder)/\(name).json"
        let result = BuiltCommand.run(["check", path])
        #expect(result.status == 65 && result.output == "" && isOneLine(result.messages), "\(result.messages)")
        #expect(result.messages.contains(words), "\(result.messages)")
        guard JournalReaderTests.pythonIsHere else { return }
        let said = Self.script("certificate.py", path, output)
        #expect(
            said.status == 1 && said.words.hasPrefix("\(path): NOT TRUE: ") && isOneLine(said.words), "\(said.words)")
        #expect(said.words.contains(python), "\(said.words)")
    }

    /// -0 is the double -0.0: a certificate may write it so, and is hashed the same by both.
    @Test func minusZeroHashesAlike() {
        let path = Self.folder + "/../../FullrankReaderTests/Corpus/certificate/negative-zero.json"
        let text = String(decoding: TemporaryFolder.bytes(ofFile: path) ?? [], as: UTF8.self)
        #expect(text.contains("[-0]"))
        for written in ["[-0]", "[-0.0]", "[-0e5]"] {
            let file = output.file("certificate.json", text.replacing("[-0]", with: written))
            let words = "\(file): n = 3, d0 = 1, d1 = 1: rank 2, 1 dependent, proved\n"
            #expect(BuiltCommand.succeed("check", [file]).output == words)
            guard JournalReaderTests.pythonIsHere else { continue }
            #expect(Self.script("certificate.py", file, output) == (0, words))
        }
    }
}
