import FullrankNumbers
import FullrankTestSupport
import Testing

struct ExactSignTests {
    @Test("Determinants of integers, against cofactors")
    func determinants() {
        var generator = SeededGenerator(seed: 4)
        func determinant(_ rows: [[Int]]) -> Int {
            rows.isEmpty
                ? 1
                : rows[0].indices.reduce(0) { sum, c in
                    let minor = rows.dropFirst().map { row in row.indices.filter { $0 != c }.map { row[$0] } }
                    return sum + (c % 2 == 0 ? 1 : -1) * rows[0][c] * determinant(minor)
                }
        }
        for size in 0...5 {
            for _ in 0..<100 {
                let rows = (0..<size).map { _ in (0..<size).map { _ in generator.below(7) - 3 } }
                let doubles = rows.map { $0.map(Double.init) }
                let expected = determinant(rows)
                #expect(ExactSign.ofDeterminant(doubles) == expected.signum())
                let exact = ExactSign.determinant(doubles.map { DyadicRow($0, scale: 0) })
                #expect(exact.magnitude == BigInteger(UInt64(abs(expected))))
            }
        }
    }

    @Test("Signs that cancel to the last bit, and huge ranges")
    func cancellation() {
        let e = 0x1p-52
        #expect(ExactSign.ofDeterminant([[1 + e, 1], [1, 1 - e]]) == -1)  // −2^−104
        #expect(ExactSign.ofDeterminant([[0x1p1000, 0x1p-1000], [0x1p1000, 0x1p-1074]]) == -1)
        #expect(ExactSign.ofDeterminant([[0x1p-1074, 0], [3, -0x1p1023]]) == -1)
        #expect(ExactSign.ofSum(products: [1 + e, -1], [1 - e, 1]) == -1)
        #expect(ExactSign.ofSum(products: [2, -1], [0.5, 1]) == 0)
    }
}
