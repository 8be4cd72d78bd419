import FullrankPlatform
import FullrankTestSupport
import Testing

/// `Scripts/check/minima` computes again what a verdict rests on, and believes no word that it does not know.
@Suite(.enabled(if: JournalReaderTests.pythonIsHere, "SKIPPED: python3 is not here"))
struct MinimaAttackTests {
    private let folder = TemporaryFolder()

    private func export(_ line: String) {
        BuiltCommand.succeed(
            "export --experiment minima --certificate --backend cpu --output \(folder.path)/region \(line)")
    }

    /// `certificate.json` as exported, then with something replaced.
    private func expectRefused(
        replacing from: String, with to: String, because words: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let text = folder.text("region/certificate.json")
        #expect(text.contains(from), sourceLocation: location)
        folder.file("region/certificate.json", text.replacing(from, with: to, maxReplacements: 1))
        expectRefused(because: words, location)
        folder.file("region/certificate.json", text)
    }

    private func expectRefused(because words: String, _ location: SourceLocation = #_sourceLocation) {
        let said = AttackTests.script("minima", folder.path + "/region", folder)
        #expect(said.status == 1 && said.words.contains("WRONG: "), "\(said.words)", sourceLocation: location)
        #expect(said.words.contains(words), "\(said.words)", sourceLocation: location)
    }

    /// Inverts the sign of the last float64 of a file, or changes a last byte of 0 and 1.
    private func expectRefused(
        changing file: String, because words: String, _ location: SourceLocation = #_sourceLocation
    ) {
        guard let bytes = folder.read("region/\(file).npy"), let last = bytes.last else {
            Issue.record("no \(file).npy", sourceLocation: location)
            return
        }
        folder.file("region/\(file).npy", bytes.dropLast() + [last ^ (file == "pattern" ? 1 : 0x80)])
        expectRefused(because: words, location)
        folder.file("region/\(file).npy", bytes)
    }

    private func expectProved(_ location: SourceLocation = #_sourceLocation) {
        let said = AttackTests.script("minima", folder.path + "/region", folder)
        #expect(said.status == 0 && said.words.hasSuffix(": proved\n"), "\(said.words)", sourceLocation: location)
    }

    @Test func theVerdictThatWasTakenForInfeasible() {
        let said = AttackTests.script("minima", AttackTests.folder + "/minima_verdict", folder)
        #expect(said.status == 1 && said.words.contains("WRONG: the verdict is none of"), "\(said.words)")
    }

    @Test func onlyThreeVerdictsAreKnown() {
        export("--labels random --d0 2 --n 9 --d1 16")
        expectProved()
        let verdict = folder.text("region/certificate.json").contains("\"infeasible\"") ? "infeasible" : "feasible"
        for other in ["\"\(verdict) \"", "\"\"", "\"Infeasible\"", "true", "null", "[]", "\"proved\""] {
            expectRefused(replacing: "\"\(verdict)\"", with: other, because: "the verdict is none of")
        }
        expectRefused(replacing: "\"version\": 2", with: "\"version\": 3", because: "versions 1 and 2")
        expectRefused(replacing: "\"rays\": [{", with: "\"more\": 1, \"rays\": [{", because: "unknown: ['more']")
        expectRefused(replacing: "\"unit\": ", with: "\"unit\": -", because: "")
        expectRefused(replacing: "\"n\": 9", with: "\"n\": 9, \"n\": 9", because: "occurs twice")
    }

    @Test func labelsAreComputed() {
        export("--labels teacher --d0 2 --n 9 --d1 16")
        expectProved()
        let text = folder.text("region/certificate.json")
        // A last digit: far within the rounding that was once allowed.
        let digits = text.firstMatch(of: #/"(-?[0-9a-f]{30,})"/#)?.output.1 ?? ""
        expectRefused(
            replacing: "\"\(digits)\"", with: "\"\(digits.dropLast())1\"", because: "not the teacher's outputs")
        expectRefused(replacing: "\"seed\": 0", with: "\"seed\": 1", because: "other labels")
        expectRefused(
            replacing: "\"labels\": \"teacher\"", with: "\"labels\": \"random\"", because: "for no other labels")
        expectRefused(changing: "labels", because: "other labels")
        // The first version said nothing of how labels were drawn.
        let first = text.split(separator: "\n").filter { line in
            !["labels\":", "init", "seed", "trial"].contains { line.hasPrefix("  \"\($0)") }
        }.joined(separator: "\n").replacing("\"version\": 2", with: "\"version\": 1")
        folder.file("region/certificate.json", first)
        expectRefused(because: "export it again")
    }

    @Test func noOtherLabelsNeedAnyInTheCertificate() {
        export("--labels polynomial --d0 2 --n 9 --d1 16")
        expectProved()
        let zeros = "[" + repeatElement("\"0\"", count: 9).joined(separator: ", ") + "]"
        expectRefused(
            replacing: "\"rays\": ", with: "\"labels_in_2^-320\": \(zeros), \"rays\": ", because: "for no other labels")
        expectRefused(changing: "labels", because: "other labels")
    }

    @Test func patternJacobianAndBiasAreThoseOfTheFiles() {
        export("--labels random --d0 2 --n 9 --d1 16")
        expectRefused(changing: "pattern", because: "pattern.npy is not the pattern of weights and biases")
        expectRefused(changing: "weights", because: "")
        expectRefused(changing: "inputs", because: "")
        expectRefused(replacing: "\"bias\": true", with: "\"bias\": false", because: "there is a biases.npy")
        expectRefused(replacing: "\"d1\": 16", with: "\"d1\": 15", because: "shape")
        #expect(unlink(folder.path + "/region/biases.npy") == 0)
        expectRefused(because: "there is no biases.npy")
        #expect(unlink(folder.path + "/region/inputs.npy") == 0)
        expectRefused(because: "inputs.npy")
    }

    /// Without weights it is the Jacobian that shows whether there are biases.
    @Test func biasOfDrawnRegions() {
        export("--labels random --d0 2 --n 9 --d1 16 --patterns regions")
        expectProved()
        expectRefused(replacing: "\"bias\": true", with: "\"bias\": false", because: "jacobian.npy has the shape")
        expectRefused(changing: "pattern", because: "jacobian.npy is not that of pattern and inputs")
    }
}
