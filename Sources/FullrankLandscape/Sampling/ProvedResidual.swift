/// Least squares over some columns, with a bound on how far the residual is from the true one.
///
/// Columns are known within a relative error of 2^-50 in each entry. With V an approximate left inverse of the n × m
/// matrix B, `η = ‖V B − I‖ < 1` and c approximate coefficients, B has full rank, its least singular value is at least
/// `(1 − η)/‖V‖`, and the true residual differs from `B c − y` by at most `‖Bᵀ(B c − y)‖ ‖V‖/(1 − η)`.
struct ProvedResidual {
    let coefficients: [Double]
    let residual: [Double]
    /// Of the residual, in the Euclidean norm.
    let error: Double
    /// Of the coefficients.
    let coefficientError: Double
    /// A bound on the norm of the true left inverse.
    let inverseSize: Double

    static let roundoff = 0x1p-49

    /// - Returns: nil if the columns are not proved independent.
    init?(_ columns: [[Double]], target: [Double]) {
        let n = target.count, m = columns.count
        guard m <= n else { return nil }
        let gamma = Double(n + m + 8) * Self.roundoff
        var basis = [[Double]](), triangle = [Double](repeating: 0, count: m * m)
        for (place, column) in columns.enumerated() {
            var vector = column
            let whole = NonnegativeLeastSquares.length(vector)
            for _ in 0..<2 {
                for other in 0..<place {
                    let share = NonnegativeLeastSquares.product(vector, basis[other])
                    triangle[other * m + place] += share
                    for index in 0..<n { vector[index] -= share * basis[other][index] }
                }
            }
            let left = NonnegativeLeastSquares.length(vector)
            guard left > 1e-11 * whole else { return nil }
            triangle[place * m + place] = left
            basis.append(vector.map { $0 / left })
        }
        // V = R^-1 Qᵀ, row by row from the last.
        var inverse = [[Double]](repeating: [], count: m)
        for place in stride(from: m - 1, through: 0, by: -1) {
            var row = basis[place]
            for later in (place + 1)..<max(place + 1, m) {
                let factor = triangle[place * m + later]
                for index in 0..<n { row[index] -= factor * inverse[later][index] }
            }
            inverse[place] = row.map { $0 / triangle[place * m + place] }
        }
        var defect = 0.0, size = 0.0
        for row in 0..<m {
            for column in 0..<m {
                var sum = row == column ? -1.0 : 0, absolute = 1.0
                for index in 0..<n {
                    let term = inverse[row][index] * columns[column][index]
                    sum += term
                    absolute += abs(term)
                }
                let entry = abs(sum) + gamma * absolute
                defect += entry * entry
            }
            size += NonnegativeLeastSquares.product(inverse[row], inverse[row])
        }
        defect = defect.squareRoot() * 1.01
        guard defect < 0.5 else { return nil }
        let reach = size.squareRoot() * 1.01 / (1 - defect)
        var coefficients = inverse.map { NonnegativeLeastSquares.product($0, target) }
        var residual = [Double](), rounding = 0.0
        for pass in 0..<2 {
            residual = target.map { -$0 }
            var absolute = target.map { abs($0) }
            for place in 0..<m {
                for index in 0..<n {
                    let term = coefficients[place] * columns[place][index]
                    residual[index] += term
                    absolute[index] += abs(term)
                }
            }
            rounding = gamma * NonnegativeLeastSquares.length(absolute) * 1.01
            // One step of refinement.
            if pass == 0 {
                for place in 0..<m { coefficients[place] -= NonnegativeLeastSquares.product(inverse[place], residual) }
            }
        }
        var slopes = 0.0
        let length = NonnegativeLeastSquares.length(residual)
        for column in columns {
            let own = NonnegativeLeastSquares.length(column) * 1.01
            let entry = abs(NonnegativeLeastSquares.product(column, residual)) + gamma * own * length + own * rounding
            slopes += entry * entry
        }
        slopes = slopes.squareRoot() * 1.01
        self.coefficients = coefficients
        self.residual = residual
        error = (slopes * reach + rounding) * 1.01
        inverseSize = reach
        coefficientError = slopes * reach * reach * 1.01
    }

    /// `⟨column, residual⟩` and a bound on its error.
    func slope(_ column: [Double]) -> (value: Double, error: Double) {
        let own = NonnegativeLeastSquares.length(column) * 1.01
        let gamma = Double(column.count + 8) * Self.roundoff
        let length = NonnegativeLeastSquares.length(residual) * 1.01
        return (NonnegativeLeastSquares.product(column, residual), own * (error + gamma * length) * 1.01)
    }
}
