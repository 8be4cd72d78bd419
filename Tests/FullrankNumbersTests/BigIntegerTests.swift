import FullrankNumbers
import FullrankTestSupport
import Testing

@Suite struct BigIntegerTests {
    /// Of random size and sparse limbs, 0 and powers of two among them.
    private func number(_ generator: inout SeededGenerator, limbs: Int) -> BigInteger {
        let count = generator.below(limbs + 1)
        let words = (0..<count).map { _ in
            switch generator.below(5) {
            case 0: UInt64(0)
            case 1: UInt64.max
            case 2: UInt64(1) << UInt64(generator.below(64))
            default: generator.next()
            }
        }
        return BigInteger(magnitude: words, isNegative: generator.below(2) == 0)
    }

    @Test func smallOnesAreThoseOfTheMachine() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            let a = Int(truncatingIfNeeded: generator.next()) >> (32 + generator.below(31))
            let b = Int(truncatingIfNeeded: generator.next()) >> (32 + generator.below(31))
            let (x, y) = (BigInteger(a), BigInteger(b))
            #expect((x + y).digits == "\(a + b)" && (x - y).digits == "\(a - b)" && (x * y).digits == "\(a * b)")
            #expect((x << 3).digits == "\(a << 3)")
            if b != 0 {
                let (quotient, remainder) = x.quotientAndRemainder(dividingBy: y)
                #expect(quotient.digits == "\(a / b)" && remainder.digits == "\(a % b)", "\(a) / \(b)")
            }
        }
    }

    /// q d + r with |r| < |d| comes apart again; the laws of a ring hold.
    @Test func largeOnesKeepTheLaws() {
        var generator = SeededGenerator(seed: 6)
        for round in 0..<4000 {
            let a = number(&generator, limbs: 6), b = number(&generator, limbs: 4), c = number(&generator, limbs: 3)
            #expect((a + b) * c == a * c + b * c, "round \(round)")
            #expect((a - b) + b == a)
            #expect((a << 77) >> 77 == a)
            guard !b.isZero else { continue }
            let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
            #expect(quotient * b + remainder == a, "round \(round)")
            #expect(BigInteger.isSmaller(remainder, than: b), "round \(round)")
            #expect(a * b / b == a, "round \(round)")
            let divisor = BigInteger.greatestCommonDivisor(a * c, b * c)
            if !c.isZero { #expect(divisor.quotientAndRemainder(dividingBy: c).remainder.isZero) }
        }
    }

    @Test func digitsAreDecimal() {
        #expect(BigInteger(0).digits == "0")
        #expect(BigInteger(-7).digits == "-7")
        #expect((BigInteger(1) << 64).digits == "18446744073709551616")
        #expect((BigInteger(10_000_000_000) * BigInteger(10_000_000_000)).digits == "100000000000000000000")
        #expect((-(BigInteger(1) << 200)).digits == "-1606938044258990275541962092341162602522202993782792835301376")
    }

    @Test(arguments: [1.0, -0.1, 3e300, 5e-324, -2.2250738585072014e-308, 0, 1e22])
    func doublesAreTheirFractions(value: Double) {
        let number = DyadicNumber(value)
        let (mantissa, exponent) = (number.mantissa, number.exponent)
        #expect(Double(sign: .plus, exponent: exponent, significand: Double(mantissa)) == value)
        #expect(mantissa == 0 || mantissa % 2 != 0)
    }

    /// Changes in place leave copies as they were.
    @Test func copiesAreValues() {
        var value = BigInteger(1)
        for factor in 1...30 { value *= UInt64(factor) }
        #expect("\(value)" == "265252859812191058636308480000000")
        let copy = value
        value += 5
        value -= copy
        value.add(product: copy, BigInteger(-3))
        value.subtract(product: copy, BigInteger(-3))
        #expect(value == BigInteger(5) && copy > value && copy.int == nil && value.int == 5)
        #expect("\(copy)" == "265252859812191058636308480000000" && copy.bit(26) && !copy.bit(25) && !copy.bit(2000))
        value.set(copy, times: 31, over: 30)
        #expect(value * BigInteger(30) == copy * BigInteger(31))
        value = copy
        for factor in 1...30 { #expect(value.divide(by: UInt64(factor)) == 0) }
        #expect(value == BigInteger(1) && value.divide(by: 7) == 1 && value == .zero && "\(BigInteger.zero)" == "0")
        #expect(Set([copy, copy + BigInteger(0), -copy, value]).count == 3)
        #expect(
            BigInteger(UInt64.max).digits == "18446744073709551615"
                && BigInteger(digits: "-18446744073709551615") == -BigInteger(.max as UInt64))
        #expect((-copy).residue(modulo: 101) == (101 - copy.residue(modulo: 101)) % 101)
    }
}
