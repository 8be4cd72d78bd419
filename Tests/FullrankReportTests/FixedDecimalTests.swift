import FullrankPlatform
import FullrankReport
import FullrankTestSupport
import Testing

@Suite struct FixedDecimalTests {
    @Test(arguments: [
        (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (1.005, 2, "1.00"),
        (-0.0004, 3, "0.000"), (-0.0, 2, "0.00"), (-1.25, 1, "-1.2"), (999.9999999, 6, "1000.000000"),
        (1.0 / 3, 6, "0.333333"), (2.0 / 3, 6, "0.666667"), (1e15, 2, "1000000000000000.00"), (0, 6, "0.000000"),
        (.infinity, 2, "inf"),
    ])
    func knownValues(value: Double, decimals: Int, text: String) {
        #expect(fixed(value, decimals) == text)
    }

    /// The C library rounds the exact binary value too.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func asPrintf(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let decimals = Int.random(in: 0...15, using: &generator)
            var value = Double.random(in: -1...1, using: &generator)
            // Many exact ties: few bits after the point.
            if Bool.random(using: &generator) { value = (value * 4096).rounded() / 64 }
            for _ in 0..<Int.random(in: 0...8, using: &generator) { value *= 10 }
            let expected = printed(value, decimals: decimals)
            let isNegativeZero = expected.first == "-" && !expected.contains { ("1"..."9").contains($0) }
            #expect(
                fixed(value, decimals) == (isNegativeZero ? String(expected.dropFirst()) : expected),
                "seed \(seed): \(value), \(decimals) decimals")
        }
    }
}
