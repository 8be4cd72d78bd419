import FullrankBackends
import FullrankModel
import FullrankReport
import FullrankStatistics

/// What `--volumes` prints: the chance of each unit pattern and the width of full rank, each exact and measured.
struct MeasuredVolumes {
    let volumes: LineVolumes
    /// Distinct, ascending.
    let inputs: [Double]
    let draws: Int
    /// Units that broke in each gap, by orientation: active to the left of it, to the right; and all ones, all zeros.
    private(set) var left: [Int]
    private(set) var right: [Int]
    private(set) var ones = 0
    private(set) var zeros = 0
    /// Networks whose rank was taken, and their h(n); `unreached` beyond the width looked at.
    private(set) var widths: [Int] = []

    init(inputs all: [Double], initialization: Initialization, epsilon: Double, draws: Int) {
        volumes = LineVolumes(inputs: all, initialization: initialization, epsilon: epsilon)
        inputs = Array(Set(all.map { $0 + 0 })).sorted()
        self.draws = draws
        left = Array(repeating: 0, count: inputs.count - 1)
        right = left
    }

    private func problem(_ seed: UInt64, units: Int) -> TrialProblem {
        TrialProblem(
            seed: seed, points: inputs.count, inputDimension: 1, units: units,
            inputs: .given(DataSet(points: inputs.count, inputDimension: 1, values: inputs)),
            network: .drawn(volumes.initialization))
    }

    /// Units a call: those of trials 0, 1, ... of the seed.
    private static let unitsPerTrial = 1 << 16

    mutating func drawUnits(seed: UInt64, on backend: any RankBackend) throws(BackendError) {
        let count = inputs.count
        var (drawn, trial) = (0, UInt64(0))
        while drawn < draws {
            let units = min(Self.unitsPerTrial, draws - drawn)
            let pattern = try backend.activationPattern(of: problem(seed, units: units), trial: trial)
            for unit in 0..<units {
                let active = (0..<count).count { pattern[unit, $0] }
                switch active {
                case 0: zeros += 1
                case count: ones += 1
                default: if pattern[unit, 0] { left[active - 1] += 1 } else { right[count - active - 1] += 1 }
                }
            }
            drawn += units
            trial += 1
        }
    }

    /// One in a hundred of the draws.
    var networks: Int { max(draws / 100, 1) }

    mutating func drawNetworks(seed: UInt64, on backend: any RankBackend) throws(BackendError) {
        // Wide enough for the quantile that is asked for.
        guard let units = volumes.chances.width(level: 1 - volumes.epsilon / 4, atMost: LineVolumes.mostUnits) else {
            return
        }
        let prime = Prime.drawn(seed: seed)
        for start in stride(from: 0, to: networks, by: 1000) {
            let trials = UInt64(start)..<UInt64(min(start + 1000, networks))
            for outcome in try backend.rankProfiles(of: problem(seed, units: units), trials: trials, prime: prime) {
                guard case .computed(let profile) = outcome else { throw .cancelled }
                let columns = profile.pivotColumns
                widths.append(columns.contains { $0 < 0 } ? Self.unreached : Int(columns.max() ?? 0) / 2 + 1)
            }
        }
        widths.sort()
    }

    static let unreached = Int.max

    /// The least d1 at which a share 1 − ε of the networks has full rank.
    var measuredWidth: Int? {
        guard !widths.isEmpty else { return nil }
        let rank = Int((Double(widths.count) * (1 - volumes.epsilon) - 1e-9).rounded(.up))
        let width = widths[max(rank, 1) - 1]
        return width == Self.unreached ? nil : width
    }

    /// Share of networks of full rank at a width.
    func fullRank(units: Int) -> Int { widths.count { $0 <= units } }

    /// Patterns on the distinct points in ascending order, with their exact chance and how often they were drawn.
    var rows: [(pattern: String, exact: Double, drawn: Int)] {
        let (count, chances) = (inputs.count, volumes.chances)
        func bits(_ isActive: (Int) -> Bool) -> String {
            String((0..<count).map { isActive($0) ? "1" as Character : "0" })
        }
        var rows = [(bits { _ in false }, chances.ones, zeros), (bits { _ in true }, chances.ones, ones)]
        for gap in chances.gaps.indices {
            rows.append((bits { $0 <= gap }, chances.gaps[gap], left[gap]))
            rows.append((bits { $0 > gap }, chances.gaps[gap], right[gap]))
        }
        return rows
    }

    /// Pearson's statistic of all patterns, which has about the mean `2g − 1`.
    var chiSquare: Double {
        rows.reduce(0) { sum, row in
            let expected = row.exact * Double(draws)
            return expected > 0 ? sum + (Double(row.drawn) - expected) * (Double(row.drawn) - expected) / expected : sum
        }
    }
}

extension RegionsRun {
    func measureVolumes(draws: Int) throws(CommandFailure) {
        let problem = options.problem
        var measured: MeasuredVolumes
        do throws(BackendError) {
            var points = problem
            points.network = .drawn(.uniform)
            measured = MeasuredVolumes(
                inputs: try backend.inputs(of: points, trial: options.trial), initialization: options.initialization,
                epsilon: options.epsilon, draws: draws)
            try measured.drawUnits(seed: problem.seed, on: backend)
            try measured.drawNetworks(seed: problem.seed, on: backend)
        } catch {
            throw CommandFailure(error, signal: nil)
        }
        try writeOutput(options.json ? JSONText.object(measured.json(options)).text + "\n" : measured.text(options))
    }
}

extension MeasuredVolumes {
    fileprivate func text(_ options: RegionsOptions) -> String {
        var text =
            "n = \(volumes.chances.points), \(volumes.initialization.rawValue) weights; points in ascending order\n"
        let head = "pattern"
        let width = max(head.count, inputs.count)
        func padded(_ word: String, _ width: Int) -> String {
            word + String(repeating: " ", count: max(0, width - word.count))
        }
        text += padded(head, width) + "  exact     measured (of \(draws))\n"
        for row in rows {
            text +=
                padded(row.pattern, width)
                + "  \(fixed(row.exact, 6))  \(fixed(Double(row.drawn) / Double(draws), 6))\n"
        }
        text += "chi-square \(fixed(chiSquare, 1)) for \(rows.count - 1) degrees of freedom\n"
        text +=
            "γ = \(fixed(volumes.chances.separation, 6)), \(fixed(volumes.gaussianSeparation, 6)) for Gaussian weights\n"
        if volumes.chances.distinct < volumes.chances.points {
            return text + "equal points: no width has full rank\n"
        }
        text += "widths at which the chance of full rank is \(fixed(1 - volumes.epsilon, 3)):\n"
        func line(_ value: String, _ words: String) { text += "  d1 = " + padded(value, 11) + words + "\n" }
        if let width = volumes.proposition {
            line(
                fixed(width, 2),
                "enough by Proposition 11 of the later version, smallest gap \(fixed(volumes.smallestGap, 6))")
        }
        if let width = volumes.anticoncentration {
            line(fixed(width, 2), "enough by Theorem 12 of the later version, Gaussian weights")
        }
        guard let exact = volumes.exactWidth() else {
            return text + "  more than \(LineVolumes.mostUnits) exactly; nothing was measured\n"
        }
        line("\(exact)", "exactly")
        line(measuredWidth.map { "\($0)" } ?? "?", "measured, \(widths.count) networks")
        let (chance, full) = (volumes.chances.fullRank(units: exact), fullRank(units: exact))
        let interval = WilsonInterval(successes: full, trials: widths.count)
        return text
            + "chance at d1 = \(exact): \(fixed(chance, 6)), measured \(fixed(Double(full) / Double(widths.count), 6)) "
            + "(\(fixed(interval.low, 4)) to \(fixed(interval.high, 4)))\n"
    }

    fileprivate func json(_ options: RegionsOptions) -> [(String, JSONText)] {
        let exact = volumes.exactWidth()
        func number(_ value: Double?) -> JSONText { value.map { .number($0) } ?? .null }
        return [
            ("n", .integer(volumes.chances.points)), ("init", .string(volumes.initialization.rawValue)),
            ("epsilon", .number(volumes.epsilon)), ("draws", .integer(draws)), ("chi_square", .number(chiSquare)),
            (
                "patterns",
                .array(
                    rows.map {
                        .object([
                            ("pattern", .string($0.pattern)), ("exact", .number($0.exact)),
                            ("drawn", .integer($0.drawn)),
                        ])
                    })
            ),
            ("gamma", .number(volumes.chances.separation)), ("gamma_gaussian", .number(volumes.gaussianSeparation)),
            ("proposition_11", number(volumes.proposition)), ("theorem_12", number(volumes.anticoncentration)),
            ("exact_width", exact.map { .integer($0) } ?? .null),
            ("measured_width", measuredWidth.map { .integer($0) } ?? .null), ("networks", .integer(widths.count)),
            ("exact_full_rank", number(exact.map { volumes.chances.fullRank(units: $0) })),
            ("measured_full_rank", exact.map { .integer(fullRank(units: $0)) } ?? .null),
        ]
    }
}
