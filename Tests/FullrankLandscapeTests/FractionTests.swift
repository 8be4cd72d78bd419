import FullrankLandscape
import FullrankNumbers
import Testing

@Suite struct FractionTests {
    @Test func wordsAndLargeNumbersAgree() {
        // 2^62 / 3 + 2^62 / 5 overflows words on the way; 2^62 (8/15).
        let big = Fraction(1 << 62)
        let sum = big / Fraction(3) + big / Fraction(5)
        #expect(sum == Fraction(BigInteger(1) << 65, over: BigInteger(15)))
        #expect(sum * Fraction(15) / Fraction(8) == big)
        #expect(sum - sum == .zero)
        #expect((big * big) / (big * big) == .one)
        #expect(Fraction(Int.min) + Fraction(1) == -Fraction(Int.max))
        #expect(Fraction(7) / Fraction(-14) == Fraction(-1) / Fraction(2))
        #expect((big * big * big).double == 0x1p186 && (Fraction(1) / (big * big)).double == 0x1p-124)
    }

    @Test(arguments: [("3", 3.0), ("-7/2", -3.5), ("0.25", 0.25), ("1e-3", 0.001), ("12.5E1", 125)])
    func texts(_ text: String, _ value: Double) { #expect(Fraction(text: text)?.double == value) }

    @Test(arguments: ["", "x", "1/0", "1.", ".5", "1e", "1e99999", "--1", "1/2/3", "1 "])
    func refusedTexts(_ text: String) { #expect(Fraction(text: text) == nil) }

    @Test func doublesAreExact() {
        #expect(Fraction(exactly: 0.1) != Fraction(text: "0.1"))
        #expect(Fraction(exactly: -0.375) == Fraction(text: "-3/8"))
        #expect(Fraction(exactly: 0x1p100).double == 0x1p100)
    }
}
