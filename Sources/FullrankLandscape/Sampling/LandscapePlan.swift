import FullrankModel

/// Output weights that are given in a sweep over cells.
public enum FrozenOutputs: String, CaseIterable, Sendable {
    /// 1, -1, 1, ...
    case alternating
    /// 1 for all units.
    case all

    /// Of the first units.
    public func signs(_ units: Int) -> [Double] { (0..<units).map { self == .all || $0 % 2 == 0 ? 1 : -1 } }
}

/// What a sweep over combinations of activation cells was asked to do: everything that decides its numbers.
public struct LandscapePlan: Hashable, Sendable {
    /// d0, ascending.
    public var inputDimensions: [Int]
    /// n, ascending.
    public var points: [Int]
    /// d1, ascending.
    public var units: [Int]
    /// Data sets of each d0.
    public var trials: Int
    /// Combinations of cells that are drawn for each trial, n and d1.
    public var draws: Int
    public var seed: UInt64
    public var initialization: Initialization
    public var bias: Bool
    /// `random` is normal here.
    public var labels: LabelSource
    public var cells: RegionSource
    /// nil: output weights are trained.
    public var frozen: FrozenOutputs?
    /// Whether saddles are looked for.
    public var saddles: Bool

    public init(
        inputDimensions: [Int], points: [Int], units: [Int], trials: Int = 100, draws: Int = 1, seed: UInt64 = 0,
        initialization: Initialization = .heUniform, bias: Bool = true, labels: LabelSource = .random,
        cells: RegionSource = .initialization, frozen: FrozenOutputs? = nil, saddles: Bool = false
    ) {
        (self.inputDimensions, self.points, self.units) = (inputDimensions, points, units)
        (self.trials, self.draws, self.seed) = (trials, draws, seed)
        (self.initialization, self.bias, self.labels, self.cells) = (initialization, bias, labels, cells)
        (self.frozen, self.saddles) = (frozen, saddles)
    }

    /// n × d1: cells of the tables for each d0.
    public var cellCount: Int { points.count * units.count }

    /// D: coordinates of a homogeneous point.
    public func columns(_ problem: Int) -> Int { inputDimensions[problem] + (bias ? 1 : 0) }

    /// Data points of that d0, and the units of all draws.
    func problem(_ problem: Int) -> TrialProblem {
        TrialProblem(
            seed: seed, points: points.last ?? 0, inputDimension: inputDimensions[problem],
            units: draws * (units.last ?? 0), bias: bias, inputs: .drawn(.normal), network: .drawn(initialization))
    }
}

// Limits.
extension LandscapePlan {
    public static let mostUnits = 4096
    public static let mostDrawnUnits = 100_000_000

    /// Trials of a first call: those of many draws are taken one by one.
    func sideBySide(threads: Int) -> Int { draws > 1 << 14 ? 1 : max(1, threads) }

    /// Approximate bytes of a first call: cells of all draws, verdicts, lower bounds of losses.
    public func bytes(threads: Int) -> Double {
        let words = Double(((points.last ?? 0) + 63) / 64), own = cells == .regions ? Double(points.count) : 1
        let drawn = own * 8 * words * Double(units.last ?? 0)
        return Double(sideBySide(threads: threads)) * Double(draws) * (drawn + 40 * Double(cellCount))
    }

    /// Approximate bytes of the rays of all n in a first call, in fractions (`SampledArrangement`): two whole numbers of
    /// several words for each ray and point.
    func rayBytes(threads: Int) -> Double {
        let most = inputDimensions.indices.map { problem in
            points.reduce(0.0) { $0 + Double($1) * FaceArrangement.binomial($1, max(columns(problem) - 1, 0)) }
        }.max()
        return 250 * Double(sideBySide(threads: threads)) * (most ?? 0)
    }

    /// Whether the rays of so many points can be found.
    public static func takes(points: Int, columns: Int) -> Bool {
        FaceArrangement.binomial(points, max(columns - 1, 0)) <= Double(SampledArrangement.mostSets)
    }

    public static func mostPoints(columns: Int) -> Int {
        var points = 1
        while points < 4096, takes(points: points + 1, columns: columns) { points += 1 }
        return points
    }
}
