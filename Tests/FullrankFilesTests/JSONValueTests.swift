import FullrankFiles
import FullrankTestSupport
import Testing

@Suite struct JSONValueTests {
    @Test func doublesRoundTripInValidJSON() throws {
        var generator = SeededGenerator(seed: 1)
        let special: [Double] = [
            0, -0.0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 1e16, 1e21, 0.1, 1 / 3.0,
        ]
        for bits in 0..<20_000 {
            let number = bits < special.count ? special[bits] : Double(bitPattern: generator.next())
            guard let value = JSONValue.double(number) else {
                #expect(!number.isFinite)
                continue
            }
            // The parser is strict about JSON's grammar of numbers.
            let read = try JSONValue(parsing: Array(value.text.utf8))
            #expect(read == value)
            guard case .number(let digits) = read else { return #expect(Bool(false), "\(read)") }
            #expect(Double(digits)?.bitPattern == number.bitPattern)
        }
        #expect(JSONValue.double(.infinity) == nil && JSONValue.double(.nan) == nil)
    }

    private let sample = JSONValue.object([
        .init("a \"quoted\"\\\n\u{1}é", .array([.null, .bool(true), .bool(false), .number("-1.5e+300")])),
        .init("empty", .object([])), .init("none", .array([])), .init("seed", .integer(UInt64.max)),
    ])

    @Test func valuesRoundTrip() throws {
        #expect(try JSONValue(parsing: Array(sample.text.utf8)) == sample)
        #expect(try JSONValue(parsing: Array(sample.document.utf8)) == sample)
        let escaped = try JSONValue(parsing: Array(#"  "\u00e9\ud83d\ude00\/\t" "#.utf8))
        #expect(escaped == .string("é😀/\t"))
    }

    @Test func everyTruncationIsRefused() {
        let bytes = Array(sample.text.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSONDamage.self) { try JSONValue(parsing: Array(bytes[..<length])) }
        }
    }

    @Test(arguments: [
        "", "nul", "01", "1.", ".5", "+1", "1e", "-", "inf", "NaN", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{a:1}",
        "\"\\x\"", "\"\\ud800\"", "\"\\u+041\"", "\"\\u-000\"", "\"\\u00-1\"", "\"\\u0_11\"",
        "\"\\u 041\"", "00", "-00", "[00]", "00.5", "-01", "\u{0661}", "\u{ff11}", "\u{feff}1", "\"tab\there\"", "1 2",
        "[1 2]", "{\"a\" 1}", String(repeating: "[", count: 100),
    ])
    func otherTextsAreRefused(text: String) {
        #expect(throws: JSONDamage.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test func manyMembersTakeNoLongerThanTheirNumber() throws {
        let text = "{" + (0..<50_000).map { "\"name-\($0)\":0" }.joined(separator: ",") + "}"
        let time = try ContinuousClock().measure { _ = try JSONValue(parsing: Array(text.utf8)) }
        #expect(time < allowed(.seconds(5)))
    }

    @Test func minusZeroIsADoubleAndNoWholeNumber() throws {
        let value = try JSONValue(parsing: Array("-0".utf8))
        let (number, count): (Int?, UInt64?) = (value.integer(), value.integer())
        #expect(value.double?.bitPattern == (-0.0).bitPattern && number == nil && count == nil)
    }

    @Test func numbersBeyondFloat64AreNoDoubles() throws {
        #expect(try JSONValue(parsing: Array("1e999".utf8)).double == nil)
        #expect(try JSONValue(parsing: Array("1e308".utf8)).double == 1e308)
    }
}
