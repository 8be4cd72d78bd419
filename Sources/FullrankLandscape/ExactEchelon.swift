import FullrankNumbers

/// Rows of fractions brought to reduced echelon form.
struct ExactEchelon {
    private(set) var rows: [[Fraction]]
    /// The column of each leading one, ascending; as many as the rank.
    private(set) var pivots: [Int] = []

    /// - Parameter columns: pivots are looked for in the first so many only; others are carried along.
    init(_ rows: [[Fraction]], columns: Int) {
        self.rows = rows
        for column in 0..<columns {
            let place = pivots.count
            guard let found = self.rows[place...].firstIndex(where: { !$0[column].isZero }) else { continue }
            self.rows.swapAt(place, found)
            let lead = self.rows[place][column]
            for index in self.rows[place].indices { self.rows[place][index] = self.rows[place][index] / lead }
            let row = self.rows[place]
            for other in self.rows.indices where other != place && !self.rows[other][column].isZero {
                let factor = self.rows[other][column]
                for index in row.indices where !row[index].isZero { self.rows[other][index] -= factor * row[index] }
            }
            pivots.append(column)
            if pivots.count == rows.count { break }
        }
    }

    var rank: Int { pivots.count }

    /// A basis of the vectors v of `columns` numbers with `row · v = 0` for every row.
    func kernel(columns: Int) -> [[Fraction]] {
        (0..<columns).filter { !pivots.contains($0) }.map { free in
            var vector = [Fraction](repeating: .zero, count: columns)
            vector[free] = .one
            for (place, pivot) in pivots.enumerated() { vector[pivot] = -rows[place][free] }
            return vector
        }
    }
}

/// Vectors made orthogonal one after the other, and what they leave of the labels: exact least squares.
struct OrthogonalBasis {
    private(set) var vectors: [[Fraction]] = []
    private var squares: [Fraction] = []
    /// `e = f − y` for the f of the span that is nearest to y.
    private(set) var residual: [Fraction]

    init(labels: [Fraction]) { residual = labels.map { -$0 } }

    var rank: Int { vectors.count }

    mutating func add(_ vector: [Fraction]) {
        guard vectors.count < residual.count else { return }
        var rest = vector
        for (other, square) in zip(vectors, squares) {
            let factor = dot(rest, other) / square
            if !factor.isZero { for index in rest.indices { rest[index] -= factor * other[index] } }
        }
        let square = dot(rest, rest)
        guard !square.isZero else { return }
        let factor = dot(residual, rest) / square
        if !factor.isZero { for index in rest.indices { residual[index] -= factor * rest[index] } }
        vectors.append(rest)
        squares.append(square)
    }
}
