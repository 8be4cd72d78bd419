import FullrankNumbers
import FullrankTestSupport
import Testing

/// Arithmetic below the certificates of deep networks.
@Suite struct WordFieldTests {
    /// From the tables of primes just below powers of two.
    @Test func thePrimesBelow2To61() {
        var primes = WordField.Primes()
        #expect((0..<9).map { _ in (1 << 61) - primes.next() } == [31, 45, 229, 259, 283, 339, 391, 403, 465])
    }

    @Test(arguments: [3, 101, 8_388_593, (1 << 61) - 31, (1 << 62) - 57] as [UInt64]) func fieldArithmetic(
        prime: UInt64
    ) {
        let field = WordField(prime)
        var generator = SeededGenerator(seed: prime)
        for _ in 0..<2000 {
            let a = generator.next() % prime, b = generator.next() % prime
            let (x, y) = (field.residue(a), field.residue(b))
            #expect(field.value(field.product(x, y)) == prime.dividingFullWidth(a.multipliedFullWidth(by: b)).remainder)
            #expect(field.value(field.sum(x, y)) == (a + b) % prime)
            #expect(field.value(field.difference(x, y)) == (a + prime - b) % prime)
            if a != 0 { #expect(field.value(field.product(x, field.inverse(x))) == 1) }
        }
    }

    @Test func doublesAreTheirRationals() {
        let dyadic = DyadicResidues(WordField(CheckingField.prime))
        var generator = SeededGenerator(seed: 5)
        let special = [0, -0.0, 1, -1, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 0.1]
        let drawn = (0..<2000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
        for value in special + drawn {
            #expect(dyadic.field.value(dyadic.residue(value)) == CheckingField.residue(value), "\(value)")
        }
    }

    /// Planted rationals of every size, with common denominators and without.
    @Test func rationalsComeBack() {
        var generator = SeededGenerator(seed: 12)
        func random(_ limbs: Int) -> BigInteger {
            BigInteger(magnitude: (0..<limbs).map { _ in generator.next() }, isNegative: generator.below(2) == 0)
        }
        for limbs in 0..<6 {
            for _ in 0..<20 {
                let scale = random(max(limbs, 1))
                let numerators = (0..<4).map { _ in
                    generator.below(4) == 0 ? BigInteger(generator.below(5)) : random(limbs)
                }
                var primes = WordField.Primes()
                var reconstruction = RationalReconstruction(count: 4)
                var found = false
                for _ in 0..<(2 * max(limbs, 1) * 64 / 60 + 3) {
                    let field = WordField(primes.next())
                    let inverse = field.inverse(field.residue(scale))
                    reconstruction.add(
                        numerators.map { field.value(field.product(field.residue($0), inverse)) }, modulo: field)
                    guard let (tops, bottom) = reconstruction.find() else { continue }
                    if zip(tops, numerators).allSatisfy({ $0 * scale == $1 * bottom }) { found = true }
                }
                #expect(found, "\(limbs) limbs: \(numerators.map(\.digits)) over \(scale.digits)")
            }
        }
    }
}
