import FullrankKernels
import FullrankModel
import FullrankPlatform

/// Decides which regions hold a zero-loss minimum.
public protocol MinimaBackend: RankBackend {
    /// One answer per trial.
    ///
    /// - Parameter regions: trials × query's n × units × ⌈points/64⌉ words: the regions asked about, where the problem
    ///   draws none; empty: the problem's own.
    /// - Throws: `unsupported` if the backend has no such function.
    func minima(
        of problem: TrialProblem, _ query: MinimaQuery, trials: Range<UInt64>, regions: [UInt64]
    ) throws(BackendError) -> [Outcome<MinimaAnswer>]

    /// labels: n; outputs: d1; the pattern of all points and units.
    func minimaSamples(
        of problem: TrialProblem, _ query: MinimaQuery, trial: UInt64
    ) throws(BackendError) -> (labels: [Double], outputs: [Double], pattern: ActivationPattern)

    /// The proof for the cell of all points and units.
    func minimaProof(of problem: TrialProblem, _ query: MinimaQuery, trial: UInt64) throws(BackendError) -> MinimaProof
}

extension MinimaBackend {
    /// The problem's own regions.
    public func minima(
        of problem: TrialProblem, _ query: MinimaQuery, trials: Range<UInt64>
    ) throws(BackendError) -> [Outcome<MinimaAnswer>] {
        try minima(of: problem, query, trials: trials, regions: [])
    }
}

extension CBackend: MinimaBackend {
    public func minima(
        of problem: TrialProblem, _ query: MinimaQuery, trials: Range<UInt64>, regions: [UInt64]
    ) throws(BackendError) -> [Outcome<MinimaAnswer>] {
        let minima = try require(functions.minima, "minima: global minima are for --backend cpu")
        var problem = problem
        if !regions.isEmpty {
            let width = ActivationPattern.wordsPerUnit(points: problem.points)
            let own = problem.units * width
            precondition(regions.count == trials.count * query.points.count * own, "regions of every trial and n")
            problem.network = .pattern(
                ActivationPattern(units: problem.units, points: problem.points, words: Array(regions[..<own])))
        }
        let rows = query.points.count
        let cells = try BufferSize.count([rows, query.units.count], stride: 1, of: "verdicts")
        let count = try BufferSize.count([trials.count, max(rows, cells)], stride: 16, of: "verdicts")
        var brackets = [fr_width_bracket](repeating: fr_width_bracket(), count: count)
        var verdicts = [UInt8](repeating: 2, count: count)
        var outcomes = [fr_outcome](repeating: FR_NOT_COMPUTED, count: trials.count)
        try withArguments(problem, query, regions: regions) { (problem, query) throws(BackendError) in
            try call {
                minima(
                    $0, problem, query, trials.lowerBound, Int64(trials.count), &brackets, &verdicts, &outcomes)
            }
        }
        var answers = [Outcome<MinimaAnswer>]()
        for (trial, outcome) in outcomes.enumerated() {
            answers.append(
                try Outcome(outcome, from: name) {
                    if query.labels == .teacher {
                        return .verdicts(
                            verdicts[trial * cells..<(trial + 1) * cells].map { Verdict(rawValue: $0) ?? .undecided })
                    }
                    return .brackets(
                        brackets[trial * rows..<(trial + 1) * rows].map {
                            WidthBracket(infeasible: Int($0.infeasible), feasible: Int($0.feasible))
                        })
                })
        }
        return answers
    }

    public func minimaSamples(
        of problem: TrialProblem, _ query: MinimaQuery, trial: UInt64
    ) throws(BackendError) -> (labels: [Double], outputs: [Double], pattern: ActivationPattern) {
        let samples = try require(functions.minima_samples, "minima_samples: global minima are for --backend cpu")
        let width = ActivationPattern.wordsPerUnit(points: problem.points)
        let count = try BufferSize.count([problem.units, width], stride: 8, of: "activation pattern")
        var labels = [Double](repeating: 0, count: problem.points)
        var outputs = [Double](repeating: 0, count: problem.units)
        var words = [UInt64](repeating: 0, count: count)
        try withArguments(problem, query) { (problem, query) throws(BackendError) in
            try call { samples($0, problem, query, trial, &labels, &outputs, &words) }
        }
        return (labels, outputs, ActivationPattern(units: problem.units, points: problem.points, words: words))
    }

    public func minimaProof(
        of problem: TrialProblem, _ query: MinimaQuery, trial: UInt64
    ) throws(BackendError) -> MinimaProof {
        let prove = try require(functions.minima_proof, "minima_proof: global minima are for --backend cpu")
        let (n, zeros) = (problem.points, problem.columnsPerUnit - 1)
        var units = [Int64](repeating: 0, count: n)
        var rayZeros = [Int64](repeating: 0, count: try BufferSize.count([n, zeros], stride: 8, of: "rays"))
        var values = [Double](repeating: 0, count: n)
        var bases = [Int64](
            repeating: 0, count: try BufferSize.count([problem.units, zeros], stride: 8, of: "bases"))
        let labelWords = Int(FR_LABEL_WORDS)
        var labels = [UInt64](repeating: 0, count: try BufferSize.count([n, labelWords], stride: 8, of: "labels"))
        var proof = fr_minima_proof()
        try units.withMutableBuffer { units throws(BackendError) in
            try rayZeros.withMutableBuffer { rayZeros throws(BackendError) in
                try values.withMutableBuffer { values throws(BackendError) in
                    try bases.withMutableBuffer { bases throws(BackendError) in
                        try labels.withMutableBuffer { labels throws(BackendError) in
                            proof.ray_units = units.baseAddress
                            proof.ray_zeros = rayZeros.baseAddress
                            proof.values = values.baseAddress
                            proof.bases = bases.baseAddress
                            proof.labels = labels.baseAddress
                            try withArguments(problem, query) { (problem, query) throws(BackendError) in
                                try call { prove($0, problem, query, trial, &proof) }
                            }
                        }
                    }
                }
            }
        }
        let verdict = Verdict(rawValue: UInt8(proof.verdict.rawValue)) ?? .undecided
        let rays = (0..<Int(proof.rays)).map { ray in
            MinimaProof.Ray(
                unit: Int(units[ray]),
                zeros: rayZeros[ray * zeros..<(ray + 1) * zeros].map { Int($0) }.filter { $0 >= 0 })
        }
        return MinimaProof(
            verdict: verdict, rays: verdict == .undecided ? [] : rays,
            coefficients: verdict == .feasible ? Array(values[..<rays.count]) : [],
            separator: verdict == .infeasible ? values : [],
            bases: verdict == .infeasible
                ? (0..<problem.units).map { unit in
                    bases[unit * zeros..<(unit + 1) * zeros].map { Int($0) }.filter { $0 >= 0 }
                } : [],
            exactLabels: proof.has_labels == 0
                ? [] : (0..<n).map { hexadecimal(labels[$0 * labelWords..<($0 + 1) * labelWords]) })
    }

    /// Two's complement words, least first, as a number: "-1f".
    private func hexadecimal(_ words: ArraySlice<UInt64>) -> String {
        let isNegative = words.last.map { $0 >> 63 == 1 } ?? false
        var carry = isNegative
        var digits = ""
        for word in words {
            let (sum, overflow) = (isNegative ? ~word : word).addingReportingOverflow(carry ? 1 : 0)
            carry = overflow
            let part = String(sum, radix: 16)
            digits = String(repeating: "0", count: 16 - part.count) + part + digits
        }
        let leading = digits.drop { $0 == "0" }
        return (isNegative ? "-" : "") + (leading.isEmpty ? "0" : String(leading))
    }

    private func withArguments<Answer>(
        _ problem: TrialProblem, _ query: MinimaQuery, regions: [UInt64] = [],
        _ body: (UnsafePointer<fr_problem>, UnsafePointer<fr_minima>) throws(BackendError) -> Answer
    ) throws(BackendError) -> Answer {
        let points = query.points.map(Int64.init), units = query.units.map(Int64.init)
        return try problem.withArguments { arguments throws(BackendError) in
            var problem = arguments.pointee
            if query.regions == .regions, problem.weight_distribution != FR_WEIGHTS_PATTERN {
                problem.weight_distribution = FR_WEIGHTS_STEPS
            }
            return try points.withBuffer { points throws(BackendError) in
                try units.withBuffer { units throws(BackendError) in
                    try regions.withBuffer { regions throws(BackendError) in
                        var minima = fr_minima()
                        minima.labels =
                            switch query.labels {
                            case .polynomial: FR_LABELS_POLYNOMIAL
                            case .teacher: FR_LABELS_TEACHER
                            case .random: FR_LABELS_RANDOM
                            }
                        minima.outputs = query.outputs == .alternating ? FR_OUTPUTS_ALTERNATING : FR_OUTPUTS_RANDOM
                        minima.teacher = query.teacher.argument
                        minima.fixed_data = query.fixedData ? 1 : 0
                        minima.points = points.baseAddress
                        minima.units = units.baseAddress
                        minima.point_count = Int64(points.count)
                        minima.unit_count = Int64(units.count)
                        if !regions.isEmpty { minima.given_regions = regions.baseAddress }
                        return try body(&problem, &minima)
                    }
                }
            }
        }
    }
}
