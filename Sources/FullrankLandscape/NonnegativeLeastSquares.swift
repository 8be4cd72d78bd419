/// Least squares with non-negative coefficients, in floating point: `min ‖Σ λ_j column_j − target‖`, λ ≥ 0, by Lawson
/// and Hanson's active-set method. What is concluded from it is proved afterwards, in fractions.
struct NonnegativeLeastSquares {
    let columns: [[Double]]
    let target: [Double]
    private(set) var coefficients: [Double]
    /// `Σ λ_j column_j − target`
    private(set) var residual: [Double]
    /// Whether the method ended by its own rule.
    private(set) var isSolved = false

    /// - Parameter tolerance: slopes, relative to the lengths of column and target, that count as 0.
    init(_ columns: [[Double]], target: [Double], tolerance: Double) {
        (self.columns, self.target) = (columns, target)
        coefficients = Array(repeating: 0, count: columns.count)
        residual = target.map { -$0 }
        let size = Self.length(target)
        let lengths = columns.map { Self.length($0) }
        var passive = [Int]()
        for _ in 0..<(10 * columns.count + 10) {
            var entering: (column: Int, slope: Double)?
            for column in columns.indices where lengths[column] > 0 && !passive.contains(column) {
                let slope = Self.product(columns[column], residual) / (lengths[column] * max(size, 1e-300))
                if slope < min(-tolerance, entering?.slope ?? 0) { entering = (column, slope) }
            }
            guard let entering else {
                isSolved = true
                return
            }
            passive.append(entering.column)
            while true {
                guard let wanted = solve(passive) else {
                    // The new column is dependent on the others within rounding.
                    passive.removeLast()
                    isSolved = true
                    return
                }
                guard wanted.contains(where: { $0 <= 0 }) else {
                    for (place, column) in passive.enumerated() { coefficients[column] = wanted[place] }
                    break
                }
                // As far towards the wanted coefficients as none falls below 0.
                var step = 1.0
                for (place, column) in passive.enumerated() where wanted[place] <= 0 {
                    let now = coefficients[column]
                    step = min(step, now > 0 ? now / (now - wanted[place]) : 0)
                }
                for (place, column) in passive.enumerated() {
                    coefficients[column] += step * (wanted[place] - coefficients[column])
                    if wanted[place] <= 0, coefficients[column] <= 1e-14 * abs(wanted[place]) {
                        coefficients[column] = 0
                    }
                }
                let before = passive.count
                passive.removeAll { coefficients[$0] <= 0 }
                if passive.count == before { return }
                if passive.isEmpty { break }
            }
            setResidual()
        }
    }

    /// Least squares over some columns, by orthogonalisation done twice; nil if they are dependent within rounding.
    private func solve(_ passive: [Int]) -> [Double]? {
        let count = passive.count
        var basis = [[Double]](), factors = [Double](repeating: 0, count: count * count)
        var rest = target, wanted = [Double](repeating: 0, count: count)
        for (place, column) in passive.enumerated() {
            var vector = columns[column]
            let whole = Self.length(vector)
            for _ in 0..<2 {
                for (other, direction) in basis.enumerated() {
                    let share = Self.product(vector, direction)
                    factors[other * count + place] += share
                    for index in vector.indices { vector[index] -= share * direction[index] }
                }
            }
            let left = Self.length(vector)
            guard left > 1e-11 * whole else { return nil }
            factors[place * count + place] = left
            basis.append(vector.map { $0 / left })
            wanted[place] = Self.product(basis[place], rest)
            for index in rest.indices { rest[index] -= wanted[place] * basis[place][index] }
        }
        for place in stride(from: count - 1, through: 0, by: -1) {
            for later in (place + 1)..<max(place + 1, count) {
                wanted[place] -= factors[place * count + later] * wanted[later]
            }
            wanted[place] /= factors[place * count + place]
        }
        return wanted
    }

    private mutating func setResidual() {
        residual = target.map { -$0 }
        for column in columns.indices where coefficients[column] > 0 {
            for index in residual.indices { residual[index] += coefficients[column] * columns[column][index] }
        }
    }

    static func product(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    static func length(_ a: [Double]) -> Double { product(a, a).squareRoot() }
}
