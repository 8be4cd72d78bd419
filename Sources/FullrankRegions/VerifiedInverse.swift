/// The inverse of a small matrix in floating point, with a bound on its error (Rump, Verification methods, Acta
/// Numerica 2010, section 10): room for matrices of a largest size, used again and again.
///
/// With `R` near `M^-1` and `‖I − R M‖ ≤ α < 1`, `M` is regular and `‖M^-1 − R‖ ≤ ‖R‖ α/(1 − α)`, in the norm of row
/// sums.
struct VerifiedInverse: ~Copyable {
    private let matrix: UnsafeMutablePointer<Double>
    private let work: UnsafeMutablePointer<Double>
    /// R, size × size, row-major.
    let inverse: UnsafeMutablePointer<Double>
    private(set) var size = 0
    /// Bound on the row sums of |M^-1 − R|.
    private(set) var error = Double.infinity
    /// Row-sum norm of R.
    private(set) var norm = 0.0

    /// Twice the relative error of a sum of `terms` products, in any order.
    static func roundoff(_ terms: Int) -> Double { Double(terms + 2) * 0x1p-52 }
    /// Above all that underflow can add up to, for numbers of moderate size.
    static let underflow = 0x1p-960

    init(largest: Int) {
        let count = max(largest * largest, 1)
        matrix = .allocate(capacity: count)
        work = .allocate(capacity: count)
        inverse = .allocate(capacity: count)
    }

    deinit {
        matrix.deallocate()
        work.deallocate()
        inverse.deallocate()
    }

    /// Whether the inverse of the matrix was found and bounded.
    mutating func invert(size: Int, _ entry: (Int, Int) -> Double) -> Bool {
        self.size = size
        for row in 0..<size {
            for column in 0..<size {
                matrix[row * size + column] = entry(row, column)
                work[row * size + column] = matrix[row * size + column]
                inverse[row * size + column] = row == column ? 1 : 0
            }
        }
        guard gaussJordan() else { return false }
        let slack = Self.roundoff(2 * size + 2)
        var alpha = 0.0
        norm = 0
        for row in 0..<size {
            var sum = 0.0, absolute = 0.0
            for column in 0..<size {
                var residual = row == column ? 1.0 : 0.0, size1 = residual
                for inner in 0..<size {
                    let product = inverse[row * size + inner] * matrix[inner * size + column]
                    residual -= product
                    size1 += abs(product)
                }
                sum += abs(residual) + slack * size1
                absolute += abs(inverse[row * size + column])
            }
            alpha = max(alpha, sum)
            norm = max(norm, absolute)
        }
        alpha = alpha * (1 + slack) + Self.underflow
        norm *= 1 + slack
        guard alpha < 0.5, norm.isFinite, norm < 0x1p400 else { return false }
        error = norm * alpha / (1 - alpha) * (1 + 0x1p-40) + Self.underflow
        return true
    }

    private func gaussJordan() -> Bool {
        for step in 0..<size {
            var pivot = step
            for row in (step + 1)..<max(size, step + 1)
            where abs(work[row * size + step]) > abs(work[pivot * size + step]) {
                pivot = row
            }
            let value = work[pivot * size + step]
            guard value != 0, value.isFinite else { return false }
            let factor = 1 / value
            for column in 0..<size {
                if pivot != step {
                    swap(&work[pivot * size + column], &work[step * size + column])
                    swap(&inverse[pivot * size + column], &inverse[step * size + column])
                }
                work[step * size + column] *= factor
                inverse[step * size + column] *= factor
            }
            for row in 0..<size where row != step {
                let multiple = work[row * size + step]
                guard multiple != 0 else { continue }
                for column in 0..<size {
                    work[row * size + column] -= multiple * work[step * size + column]
                    inverse[row * size + column] -= multiple * inverse[step * size + column]
                }
            }
        }
        return true
    }
}
