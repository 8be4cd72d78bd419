import FullrankPlatform

/// How well random units tell data points apart: γ of S Theorem 12, the largest number with P(u·a = 0) ≤ 1 - γ for
/// all u ≠ 0, if a = 1[X̃ᵀw > 0] with Gaussian w.
public enum Separation {
    /// The minimum over u = e_i, where P(u·a ≠ 0) = 1/2, and u = e_i - e_j, where it is the angle between the
    /// (homogeneous) points over π; by n, for the first 1, 2, ..., n points. An upper bound of γ; with one input and
    /// bias γ itself, the steps of neighbours being the hardest to see.
    ///
    /// - Parameters:
    ///   - inputs: n × d0, row-major.
    ///   - bias: whether a 1 is put behind each point.
    public static func gammas(inputs: [Double], points n: Int, inputDimension: Int, bias: Bool) -> [Double] {
        let k = inputDimension + (bias ? 1 : 0)
        var unit = [Double]()
        unit.reserveCapacity(n * k)
        for point in 0..<n {
            var row = Array(inputs[(point * inputDimension)..<((point + 1) * inputDimension)])
            if bias { row.append(1) }
            let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            unit += row.map { norm > 0 ? $0 / norm : 0 }
        }
        var smallest = 0.5
        var gammas = [Double]()
        for point in 0..<n {
            for other in 0..<point {
                // 2 atan2(|a - b|, |a + b|): exact for small angles, where an arc cosine is not.
                var difference = 0.0, sum = 0.0
                for c in 0..<k {
                    let (a, b) = (unit[point * k + c], unit[other * k + c])
                    difference += (a - b) * (a - b)
                    sum += (a + b) * (a + b)
                }
                smallest = min(smallest, 2 * atan2(difference.squareRoot(), sum.squareRoot()) / Double.pi)
            }
            gammas.append(smallest)
        }
        return gammas
    }
}
