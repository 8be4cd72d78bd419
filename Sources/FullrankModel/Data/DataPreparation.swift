/// How a file's data points were prepared before use.
public struct DataPreparation: Hashable, Codable, Sendable {
    /// `--standardise`
    public var isStandardised: Bool
    /// `--subsample N`
    public var subsample: Int?
    /// How many of the points in use equal an earlier one. Equal points have equal rows in every Jacobian, so
    /// that its rank is at most n less these.
    public var duplicates: Int

    public init(isStandardised: Bool = false, subsample: Int? = nil, duplicates: Int = 0) {
        self.isStandardised = isStandardised
        self.subsample = subsample
        self.duplicates = duplicates
    }
}

extension DataSet {
    /// As the first builds standardised, by plain sums: means and deviations are off where numbers differ in their last digits
    /// only, and everywhere the last bits are others than those of `standardised`. For folders that they began.
    public func standardisedByPlainSums() -> DataSet {
        var values = values
        for coordinate in 0..<inputDimension {
            let places = stride(from: coordinate, to: values.count, by: inputDimension)
            let first = values[coordinate]
            guard !places.allSatisfy({ values[$0] == first }) else {
                for place in places { values[place] = 0 }
                continue
            }
            // Scaled by a power of two, so that no sum overflows and no square underflows.
            let largest = places.reduce(0) { max($0, values[$1].magnitude) }
            let scale = Double(sign: .plus, exponent: min(1000, -Int(largest.exponent)), significand: 1)
            var sum = 0.0
            for place in places { sum += values[place] * scale }
            let mean = sum / Double(points)
            var square = 0.0
            for place in places {
                values[place] = values[place] * scale - mean
                square += values[place] * values[place]
            }
            let deviation = (square / Double(points)).squareRoot()
            // Values that differ by less than rounding of the mean.
            for place in places { values[place] = deviation > 0 ? values[place] / deviation : 0 }
        }
        return DataSet(points: points, inputDimension: inputDimension, values: values)
    }

    /// `count` points chosen by the seed, in the order in which they are chosen: nested, so that the first of a larger
    /// choice are the smaller one (docs/sampling.md).
    ///
    /// - Precondition: `count <= points`.
    public func subsample(_ count: Int, seed: UInt64) -> DataSet {
        let stream = SampleStream(seed: seed, trial: 0, number: 14)
        let order = (0..<points).map { (key: stream.bits(row: $0).low, row: $0) }.sorted { $0 < $1 }
        var chosen = [Double]()
        chosen.reserveCapacity(count * inputDimension)
        for (_, row) in order.prefix(count) {
            chosen += values[(row * inputDimension)..<((row + 1) * inputDimension)]
        }
        return DataSet(points: count, inputDimension: inputDimension, values: chosen)
    }

    /// How many of the first `count` points equal an earlier one.
    public func duplicates(among count: Int) -> Int {
        var seen = Set<ArraySlice<Double>>()
        for point in 0..<min(count, points) {
            seen.insert(values[(point * inputDimension)..<((point + 1) * inputDimension)])
        }
        return min(count, points) - seen.count
    }

    /// Coordinates that are 0 at all points: after standardising, the constant ones.
    public var zeroCoordinates: Int {
        (0..<inputDimension).count { coordinate in
            stride(from: coordinate, to: values.count, by: inputDimension).allSatisfy { values[$0] == 0 }
        }
    }
}
