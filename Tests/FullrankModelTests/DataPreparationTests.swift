import FullrankModel
import FullrankTestSupport
import Testing

@Suite struct DataPreparationTests {
    @Test func standardised() {
        var generator = SeededGenerator(seed: 4)
        for scale in [0x1p-1040, 1e-200, 1, 1e305] {
            let values = (0..<60).map { $0 % 3 == 1 ? 5.5 : scale * Double(generator.below(1000)) / 100 }
            let data = DataSet(points: 20, inputDimension: 3, values: values).standardised()
            for coordinate in 0..<3 {
                let column = stride(from: coordinate, to: 60, by: 3).map { data.values[$0] }
                let square = column.reduce(0) { $0 + $1 * $1 } / 20
                #expect(abs(column.reduce(0, +)) < 1e-12)
                #expect(coordinate == 1 ? square == 0 : abs(square - 1) < 1e-12, "\(scale)")
            }
            #expect(data.zeroCoordinates == 1)
        }
        #expect(DataSet(points: 1, inputDimension: 2, values: [3, 4]).standardised().values == [0, 0])
    }

    @Test func subsamplesAreNestedAndFair() {
        let data = DataSet(points: 50, inputDimension: 1, values: (0..<50).map(Double.init))
        let whole = data.subsample(50, seed: 9).values
        #expect(whole.sorted() == data.values && whole != data.values)
        for count in 1...50 { #expect(data.subsample(count, seed: 9).values == Array(whole[..<count])) }
        #expect(data.subsample(50, seed: 10).values != whole)
        // Each row is first about equally often: 4000 seeds, 80 expected each, deviation 9.
        var counts = [Int](repeating: 0, count: 50)
        for seed in 0..<4000 { counts[Int(data.subsample(1, seed: UInt64(seed)).values[0])] += 1 }
        #expect(counts.allSatisfy { (40...130).contains($0) }, "\(counts)")
    }

    @Test func duplicates() {
        let data = DataSet(points: 6, inputDimension: 2, values: [0, 1, 2, 3, -0.0, 1, 2, 3, 2, 3.5, 0, 1])
        #expect((0...6).map { data.duplicates(among: $0) } == [0, 0, 0, 1, 2, 2, 3])
    }
}
