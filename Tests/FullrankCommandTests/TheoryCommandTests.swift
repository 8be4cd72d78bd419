import FullrankFiles
import FullrankSweep
import Testing

@Suite struct TheoryCommandTests {
    @Test func textAndJSONHoldTheSameNumbers() throws {
        let text = BuiltCommand.succeed("theory --d0 1 --n 20 --epsilon 0.1").output
        for words in ["n = 20, d0 = 1, with biases (k = 2), ε = 0.1, γ = ", "d1 = 211.93 ", "d1 = 479.32 "] {
            #expect(text.contains(words), "\(text)")
        }
        let json = try JSONValue(parsing: Array(BuiltCommand.succeed("theory --d0 1 --n 20 --json").output.utf8))
        guard case .array(let summaries) = json, case .array(let widths)? = summaries.first?["widths"] else {
            Issue.record("no list of summaries: \(json.text)")
            return
        }
        #expect(summaries.count == 1 && summaries.first?["k"] == .number("2"))
        let named = Dictionary(
            uniqueKeysWithValues: widths.map { ($0["name"]?.string ?? "", $0["d1"]?.double ?? .nan) })
        #expect(abs((named["theorem-10"] ?? 0) - 211.9327) < 1e-3)
        #expect(named["steps-0.5"] == 31)
    }

    @Test func gammaGivenOrMeasured() throws {
        #expect(BuiltCommand.succeed("theory --d0 2 --n 20 --no-bias --gamma 0.5").output.contains("d1 = 139.86 "))
        let lists = BuiltCommand.succeed("theory --d0 1,3 --n 5,10 --inputs cube").output
        #expect(lists.split(separator: "\n").count { $0.hasPrefix("n = ") && $0.contains("γ = 0.") } == 4)
    }
}
