extension DataSet {
    /// Every coordinate with mean 0 and variance 1 (division by n) over the points; one that is the same at all points
    /// becomes 0. Each number is the nearest double to the exact one, or in rare cases its neighbour, and 0 if it is
    /// below the doubles' range. The same bits everywhere.
    public func standardised() -> DataSet {
        var values = values
        var column = [Double](repeating: 0, count: points)
        for coordinate in 0..<inputDimension {
            for point in 0..<points { column[point] = values[point * inputDimension + coordinate] }
            Standardisation.standardise(&column)
            for point in 0..<points { values[point * inputDimension + coordinate] = column[point] }
        }
        return DataSet(points: points, inputDimension: inputDimension, values: values)
    }
}

/// One coordinate's standardisation: an exact sum, and pairs of doubles (Dekker, Numerische Mathematik 18, 1971) from
/// there on.
private enum Standardisation {
    static func standardise(_ column: inout [Double]) {
        guard let first = column.first, !column.allSatisfy({ $0 == first }) else {
            for place in column.indices { column[place] = 0 }
            return
        }
        // Far from both ends of the range. Terms that underflow here are less than 2^-1900 of the deviation.
        scale(&column, toExponent: 900)
        let count = UInt64(column.count)
        var sum = ExactSum()
        for value in column { sum.add(value) }
        // Three doubles, each the nearest to the remainder after the ones before: the mean to 159 bits or more.
        var mean = (0.0, 0.0, 0.0)
        mean.0 = sum.divided(by: count)
        sum.add(mean.0, times: count, negated: true)
        mean.1 = sum.divided(by: count)
        sum.add(mean.1, times: count, negated: true)
        mean.2 = sum.divided(by: count)

        // Differences from the mean, as pairs. Numbers that are near the mean lose their leading digits: hence the three.
        var low = [Double](repeating: 0, count: column.count)
        for place in column.indices {
            let (difference, error) = twoSum(column[place], -mean.0)
            let (correction, rest) = twoSum(error, -mean.1)
            let (high, more) = twoSum(difference, correction)
            (column[place], low[place]) = twoSum(high, more + (rest - mean.2))
        }
        let shift = scale(&column, toExponent: 0)
        scale(&low, by: shift)

        var square = (0.0, 0.0)
        for place in column.indices {
            let (value, rest) = (column[place], low[place])
            let product = value * value
            let error = (-product).addingProduct(value, value) + 2 * value * rest
            let (total, lost) = twoSum(square.0, product)
            square = twoSum(total, square.1 + (lost + error))
        }
        let variance = quotient(square, (Double(count), 0))
        let root = variance.0.squareRoot()
        let deviation = (root, (variance.0.addingProduct(-root, root) + variance.1) / (2 * root))
        for place in column.indices {
            let (high, rest) = quotient((column[place], low[place]), deviation)
            column[place] = high + rest
        }
    }

    /// Multiplies by the power of two that gives the largest number this exponent, and returns that power's.
    @discardableResult
    private static func scale(_ numbers: inout [Double], toExponent exponent: Int) -> Int {
        let largest = numbers.reduce(0) { max($0, $1.magnitude) }
        let shift = exponent - Int(largest.exponent)
        scale(&numbers, by: shift)
        return shift
    }

    /// In two steps, as the power itself may be out of range.
    private static func scale(_ numbers: inout [Double], by shift: Int) {
        let first = Double(sign: .plus, exponent: shift / 2, significand: 1)
        let second = Double(sign: .plus, exponent: shift - shift / 2, significand: 1)
        for place in numbers.indices { numbers[place] = numbers[place] * first * second }
    }

    /// The rounded sum, and what rounding lost (Knuth).
    private static func twoSum(_ a: Double, _ b: Double) -> (Double, Double) {
        let sum = a + b
        let part = sum - a
        return (sum, (a - (sum - part)) + (b - part))
    }

    private static func quotient(_ a: (Double, Double), _ b: (Double, Double)) -> (Double, Double) {
        let high = a.0 / b.0
        let rest = a.0.addingProduct(-high, b.0) + a.1 - high * b.1
        return (high, rest / b.0)
    }
}
