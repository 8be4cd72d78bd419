/// One stream of a trial's random numbers (docs/sampling.md): number (row, column) is a function of seed, trial and
/// stream alone. The same bits as the kernels' (`Kernels/common/sampling.h`), for what is made above them.
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

    /// The four words of the call for columns 2 half and 2 half + 1 of a row.
    func words(row: Int, half: Int) -> Philox.Words {
        let high = UInt32(truncatingIfNeeded: trial >> 32) << 8 | UInt32(number)
        return Philox.words(
            counter: (UInt32(half), UInt32(row), UInt32(truncatingIfNeeded: trial), high),
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }

    /// 64 bits for a row, column 0's.
    public func bits(row: Int) -> UInt64 {
        let words = words(row: row, half: 0)
        return UInt64(words.1) << 32 | UInt64(words.0)
    }

    /// `rows` × `columns`, row-major.
    public func matrix(rows: Int, columns: Int, _ distribution: Distribution) -> [Double] {
        var values = [Double]()
        values.reserveCapacity(rows * columns)
        for row in 0..<rows {
            for half in 0..<(columns + 1) / 2 {
                let (first, second) = pair(row: row, half: half, distribution)
                values.append(first)
                if 2 * half + 1 < columns { values.append(second) }
            }
        }
        return values
    }

    private func pair(row: Int, half: Int, _ distribution: Distribution) -> (Double, Double) {
        let (w0, w1, w2, w3) = words(row: row, half: half)
        // The leading 52 bits behind a 1: multiples of 2^-52 in [1, 2).
        let first = Double(bitPattern: 0x3FF0_0000_0000_0000 | (UInt64(w1) << 32 | UInt64(w0)) >> 12)
        let second = Double(bitPattern: 0x3FF0_0000_0000_0000 | (UInt64(w3) << 32 | UInt64(w2)) >> 12)
        switch distribution {
        case .normal: return BoxMuller.pair(first, second)
        case .unit: return (first - 1, second - 1)
        case .symmetric(let bound): return ((2 * first - 3) * bound, (2 * second - 3) * bound)
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
