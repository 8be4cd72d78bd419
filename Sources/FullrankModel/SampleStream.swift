import FullrankKernels

/// One stream of a trial's random numbers (docs/sampling.md): number (row, column) is a function of seed, trial and
/// stream alone. The kernels compute the numbers (`Kernels/include/fullrank_numbers.h`), for data that the layers above
/// them assemble.
public struct SampleStream: Hashable, Sendable {
    public let seed: UInt64
    /// Below 2^56.
    public let trial: UInt64
    public let number: UInt8

    public init(seed: UInt64, trial: UInt64, number: UInt8) {
        self.seed = seed
        self.trial = trial
        self.number = number
    }

    /// How raw numbers become values.
    public enum Distribution: Hashable, Sendable {
        /// Mean 0, variance 1.
        case normal
        /// Uniform on [0, 1).
        case unit
        /// Uniform on [−bound, bound).
        case symmetric(bound: Double)
    }

    /// The 128 bits of one call, the lowest 64 first.
    public func bits(row: Int, column: Int = 0) -> (low: UInt64, high: UInt64) {
        var bits: (UInt64, UInt64) = (0, 0)
        fr_stream_bits(seed, trial, UInt32(number), UInt32(row), UInt32(column), &bits.0, &bits.1)
        return bits
    }

    /// `rows` × `columns`, row-major.
    public func matrix(rows: Int, columns: Int, _ distribution: Distribution) -> [Double] {
        let (kind, bound): (fr_stream_values, Double) =
            switch distribution {
            case .normal: (FR_STREAM_NORMAL, 0)
            case .unit: (FR_STREAM_UNIT, 0)
            case .symmetric(let bound): (FR_STREAM_SYMMETRIC, bound)
            }
        return Array(unsafeUninitializedCapacity: rows * columns) { values, count in
            fr_stream_matrix(
                seed, trial, UInt32(number), Int64(rows), Int64(columns), kind, bound, values.baseAddress)
            count = rows * columns
        }
    }
}

extension Initialization {
    /// How the weights and biases of a layer of `inputs` inputs are drawn.
    public func distribution(inputs: Int) -> SampleStream.Distribution {
        switch self {
        case .uniform: .symmetric(bound: inputs == 0 ? 1 : 1 / Double(inputs).squareRoot())
        case .heUniform: .symmetric(bound: inputs == 0 ? 1 : (6 / Double(inputs)).squareRoot())
        case .normal: .normal
        }
    }
}
