import FullrankKernels
import FullrankModel

// Batches: of trials, of matrices.
extension CBackend {
    public func rankProfiles(
        of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32
    ) throws(BackendError) -> [Outcome<RankProfile>] {
        guard problem.hidden.isEmpty else { return try deepRankProfiles(of: problem, trials: trials, prime: prime) }
        let isByOrder = problem.isProvedByOrder
        if isByOrder, name != "cpu" {
            return try withCPU { (cpu) throws(BackendError) in
                try cpu.rankProfiles(of: problem, trials: trials, prime: prime)
            }
        }
        let profiles = try require(functions.rank_profiles, "rank_profiles")
        if isByOrder {
            try BufferSize.requireOrder(points: problem.points)
        } else {
            try requireElimination(of: problem)
        }
        var batch = try PivotBatch(
            items: trials.count, rows: problem.points, columnsPerUnit: problem.columnsPerUnit)
        try problem.withArguments { arguments throws(BackendError) in
            try call {
                profiles($0, arguments, prime, trials.lowerBound, Int64(trials.count), &batch.pivots, &batch.outcomes)
            }
        }
        return try batch.answers(from: name)
    }

    public func columnProfiles(
        of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32
    ) throws(BackendError) -> [Outcome<ColumnProfile>] {
        guard problem.hidden.isEmpty, let profiles = functions.column_profiles else {
            return try rankProfiles(of: problem, trials: trials, prime: prime).map { $0.map(\.columnProfile) }
        }
        try requireElimination(of: problem, columnsOnly: true)
        var batch = try PivotBatch(items: trials.count, rows: problem.points, columnsPerUnit: problem.columnsPerUnit)
        var proofs = [UInt8](repeating: 0, count: trials.count)
        try problem.withArguments { arguments throws(BackendError) in
            try call {
                profiles(
                    $0, arguments, prime, trials.lowerBound, Int64(trials.count), &batch.pivots, &proofs,
                    &batch.outcomes)
            }
        }
        return zip(try batch.answers(from: name), proofs).map { outcome, proof in
            outcome.map { profile in
                ColumnProfile(columns: Array(profile.pivotColumns.prefix { $0 >= 0 }), isProved: proof != 0)
            }
        }
    }

    public func singularValues(
        of problem: TrialProblem, cells: [Cell], trials: Range<UInt64>, precision: Precision
    ) throws(BackendError) -> [Outcome<SingularSummary>] {
        guard problem.hidden.isEmpty else {
            return try deepSingularValues(of: problem, cells: cells, trials: trials, precision: precision)
        }
        let values = try require(functions.singular_values, "singular_values")
        var batch = try SingularBatch(items: [trials.count, cells.count])
        let asked = cells.map { fr_cell(points: Int64($0.points), units: Int64($0.units)) }
        try problem.withArguments { arguments throws(BackendError) in
            try call {
                values(
                    $0, arguments, precision.argument, asked, Int64(asked.count), trials.lowerBound,
                    Int64(trials.count), &batch.results, &batch.outcomes)
            }
        }
        return try batch.answers(from: name)
    }

    public func rankProfiles(
        ofMatrices matrices: [Double], batch count: Int, rows: Int, columns: Int, prime: UInt32
    ) throws(BackendError) -> [Outcome<RankProfile>] {
        let profiles = try require(functions.matrix_rank_profiles, "matrix_rank_profiles")
        try Self.check(matrices, batch: count, rows: rows, columns: columns)
        var batch = try PivotBatch(items: count, rows: rows, columnsPerUnit: 1)
        try call {
            profiles(
                $0, matrices, Int64(count), Int64(rows), Int64(columns), prime, &batch.pivots, &batch.outcomes)
        }
        return try batch.answers(from: name)
    }

    public func singularValues(
        ofMatrices matrices: [Double], batch count: Int, rows: Int, columns: Int, precision: Precision
    ) throws(BackendError) -> [Outcome<SingularSummary>] {
        let values = try require(functions.matrix_singular_values, "matrix_singular_values")
        try Self.check(matrices, batch: count, rows: rows, columns: columns)
        var batch = try SingularBatch(items: [count])
        let shape = (Int64(count), Int64(rows), Int64(columns))
        switch precision {
        case .float64:
            try call {
                values($0, matrices, FR_FLOAT64, shape.0, shape.1, shape.2, &batch.results, &batch.outcomes)
            }
        case .float32:
            let rounded = matrices.map(Float.init)
            try call {
                values($0, rounded, FR_FLOAT32, shape.0, shape.1, shape.2, &batch.results, &batch.outcomes)
            }
        }
        return try batch.answers(from: name)
    }

    /// On a GPU the library checks its own memory.
    private func requireElimination(of problem: TrialProblem, columnsOnly: Bool = false) throws(BackendError) {
        guard name == "cpu" else { return }
        try BufferSize.requireElimination(
            points: problem.points, columnsPerUnit: problem.columnsPerUnit, columnsOnly: columnsOnly)
    }

    private static func check(
        _ matrices: [Double], batch: Int, rows: Int, columns: Int
    ) throws(BackendError) {
        let needed = try BufferSize.count([batch, rows, columns], stride: 8, of: "matrices")
        guard matrices.count == needed else {
            throw .invalidArgument(
                "matrices: \(matrices.count) numbers are given, \(batch) × \(rows) × \(columns) are needed")
        }
    }
}

/// Buffers of a call that finds rank profiles.
struct PivotBatch {
    let rows: Int
    let columnsPerUnit: Int
    var pivots: [Int64]
    var outcomes: [fr_outcome]

    init(items: Int, rows: Int, columnsPerUnit: Int) throws(BackendError) {
        let count = try BufferSize.count([items, rows], stride: 8, of: "rank profiles")
        self.rows = rows
        self.columnsPerUnit = columnsPerUnit
        pivots = Array(repeating: -1, count: count)
        outcomes = Array(repeating: FR_NOT_COMPUTED, count: items)
    }

    func answers(from backend: String) throws(BackendError) -> [Outcome<RankProfile>] {
        var answers = [Outcome<RankProfile>]()
        answers.reserveCapacity(outcomes.count)
        for (item, outcome) in outcomes.enumerated() {
            try answers.append(
                Outcome(outcome, from: backend) {
                    let row = item * rows
                    return RankProfile(pivotColumns: Array(pivots[row..<(row + rows)]), columnsPerUnit: columnsPerUnit)
                })
        }
        return answers
    }
}

/// Buffers of a call that finds singular values.
private struct SingularBatch {
    var results: [fr_singular]
    var outcomes: [fr_outcome]

    init(items: [Int]) throws(BackendError) {
        let count = try BufferSize.count(items, stride: MemoryLayout<fr_singular>.stride, of: "singular values")
        results = Array(repeating: fr_singular(), count: count)
        outcomes = Array(repeating: FR_NOT_COMPUTED, count: count)
    }

    func answers(from backend: String) throws(BackendError) -> [Outcome<SingularSummary>] {
        var answers = [Outcome<SingularSummary>]()
        answers.reserveCapacity(outcomes.count)
        for (outcome, result) in zip(outcomes, results) {
            try answers.append(
                Outcome(outcome, from: backend) {
                    SingularSummary(largest: result.largest, smallest: result.smallest, rank: Int(result.rank))
                })
        }
        return answers
    }
}

extension Outcome {
    init(_ outcome: fr_outcome, from backend: String, value: () -> Value) throws(BackendError) {
        switch outcome {
        case FR_COMPUTED: self = .computed(value())
        case FR_NOT_FINITE: self = .notFinite
        case FR_NOT_CONVERGED: self = .notConverged
        case FR_NOT_COMPUTED: self = .notComputed
        default: throw .internal("\(backend): unknown outcome \(outcome.rawValue)")
        }
    }
}
