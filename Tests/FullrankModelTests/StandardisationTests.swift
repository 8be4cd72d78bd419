import FullrankModel
import FullrankTestSupport
import Testing

/// `standardised` against Python's fractions and decimals.
@Suite struct StandardisationTests {
    private static let cases = """
        import random, struct, sys
        random.seed(17)
        big, tiny = sys.float_info.max, 5e-324
        cases = [
            [float(2**53 - 2000 + i) for i in range(2000)],
            [(0.3, 0.30000000000000004)[i % 2] for i in range(1000)],
            [0.3] * 999 + [0.30000000000000004],
            [big, -big, big, 3.0], [big, big, big * 0.75], [1e308, 1.0000000000000002e308, 1e308],
            [0.0, tiny, tiny], [tiny, 2 * tiny, -3 * tiny, 0.0], [big, tiny, -tiny],
            [1.0, 2.0, 2.0**-500], [1.5, 1.5, 1.0, 2.0**-500], [0.0, 1.0, 0.5 + 2.0**-53, 0.5],
            [2.2250738585072014e-308, 2.225073858507201e-308], [-0.0, 0.0, 1.0],
            [1e16, 1.0, -1e16, 1.0], [float(2**53 - 1), float(2**53)], [255.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
        for scale in (1.0, 1e-300, 1e300, 1e-320):
            cases.append([random.gauss(3, 1) * scale for _ in range(50)])
            cases.append([random.random() * scale for _ in range(51)])
        for _ in range(60):
            cases.append([struct.unpack("<d", struct.pack("<Q", random.getrandbits(64) & ~(1 << 62)))[0] for _ in range(7)])
            base = random.uniform(-1e6, 1e6)
            cases.append([base + random.randrange(-3, 4) * 2.0**-33 for _ in range(9)])
        """

    /// Within an ulp of the exact number rounded once, everywhere; and exactly that nearly everywhere.
    @Test func everyNumberIsWithinAnUlp() throws {
        let folder = TemporaryFolder()
        #expect(
            folder.python(
                Self.cases + """

                    from fractions import Fraction
                    from math import isqrt
                    def standardised(values):
                        exact = [Fraction(v) for v in values]
                        mean = sum(exact) / len(exact)
                        variance = sum((v - mean) ** 2 for v in exact) / len(exact)
                        # The quotient times 2^1200, from its square: good to 1200 - 1074 bits below the smallest double.
                        def root(f): return Fraction(isqrt((f.numerator << 4800) // f.denominator), 1 << 2400)
                        return [0.0 if v == mean else float(root((v - mean) ** 2 / variance)) * (1 if v > mean else -1) for v in exact]
                    with open("cases", "wb") as out:
                        for values in cases:
                            out.write(struct.pack("<Q", len(values)) + struct.pack(f"<{len(values)}d", *values))
                            out.write(struct.pack(f"<{len(values)}d", *standardised(values)))
                    """))
        let bytes = try #require(folder.read("cases"))
        let words = stride(from: 0, to: bytes.count, by: 8).map { place in
            bytes[place..<(place + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        var (place, columns, numbers, inexact) = (0, 0, 0, 0)
        while place < words.count {
            let count = Int(words[place])
            let values = words[(place + 1)...].prefix(count).map { Double(bitPattern: $0) }
            let wanted = words[(place + 1 + count)...].prefix(count).map { Double(bitPattern: $0) }
            let found = DataSet(points: count, inputDimension: 1, values: values).standardised().values
            for (found, wanted) in zip(found, wanted) {
                // Below the normal numbers only 0 is promised near enough.
                let ulp = max(wanted.ulp, 0x1p-1022)
                #expect(abs(found - wanted) <= ulp, "\(values.prefix(9)): \(found) for \(wanted)")
                if found != wanted { inexact += 1 }
                numbers += 1
            }
            place += 1 + 2 * count
            columns += 1
        }
        #expect(columns > 140 && inexact * 1000 < numbers, "\(inexact) of \(numbers)")
    }

    /// Coordinates do not mix, and equal numbers become 0.
    @Test func coordinatesAreApart() {
        let data = DataSet(
            points: 4, inputDimension: 3, values: [1, 7, 1e300, 2, 7, -1e300, 3, 7, 1e300, 4, 7, -1e300])
        let values = data.standardised().values
        let column = DataSet(points: 4, inputDimension: 1, values: [1, 2, 3, 4]).standardised().values
        for point in 0..<4 {
            #expect(values[3 * point] == column[point])
            #expect(values[3 * point + 1] == 0)
            #expect(values[3 * point + 2] == (point % 2 == 0 ? 1 : -1))
        }
        #expect(column.map(\.magnitude).max() == 1.5 / 1.25.squareRoot() && column[0] == -column[3])
    }
}
