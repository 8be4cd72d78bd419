/// Where the labels of the experiment on global minima come from (docs/minima.md).
public enum LabelSource: String, CaseIterable, Codable, Sendable {
    /// A polynomial of degree 2 with coefficients uniform on [-1, 1).
    case polynomial
    /// Another network, as wide as the cell and drawn like it, with the same output weights.
    case teacher
    /// Uniform on [-1, 1).
    case random
}

/// The frozen output weights.
public enum OutputWeights: String, CaseIterable, Codable, Sendable {
    /// 1, -1, 1, ...
    case alternating
    /// 1 or -1, equally likely.
    case random
}

/// The source of the regions; named as in `PatternEnsemble`.
public enum RegionSource: String, CaseIterable, Codable, Sendable {
    /// The region that contains a network with drawn weights.
    case initialization = "init"
    /// Uniform over the non-empty regions. For one input with bias these are the step vectors.
    case regions

    /// The names of these in the first plans.
    public static func formerlyCalled(_ name: String) -> RegionSource? {
        ["network": .initialization, "steps": .regions][name]
    }
}

/// The arguments, in addition to the problem, that decide whether a trial's region contains a zero-loss minimum.
public struct MinimaQuery: Hashable, Sendable {
    public var labels: LabelSource
    public var outputs: OutputWeights
    public var regions: RegionSource
    /// How a teacher is drawn; the problem's own initialization.
    public var teacher: Initialization
    /// Inputs and labels of trial 0 in every trial.
    public var fixedData: Bool
    /// n of the cells, ascending.
    public var points: [Int]
    /// d1 of the cells, ascending.
    public var units: [Int]

    public init(
        labels: LabelSource, outputs: OutputWeights = .alternating, regions: RegionSource = .initialization,
        teacher: Initialization = .heUniform, fixedData: Bool = false, points: [Int], units: [Int]
    ) {
        self.labels = labels
        self.outputs = outputs
        self.regions = regions
        self.teacher = teacher
        self.fixedData = fixedData
        self.points = points
        self.units = units
    }
}

public enum Verdict: UInt8, Sendable {
    case infeasible = 0
    case feasible = 1
    case undecided = 2
}

/// At one n, regions of width up to `infeasible` contain no zero-loss minimum, and regions of width `feasible` or more
/// contain one; -1 if no width was shown to. Widths in between are undecided.
public struct WidthBracket: Hashable, Sendable {
    public var infeasible: Int
    public var feasible: Int

    public init(infeasible: Int, feasible: Int) {
        self.infeasible = infeasible
        self.feasible = feasible
    }

    public subscript(units: Int) -> Verdict {
        if units <= infeasible { return .infeasible }
        return feasible >= 0 && units >= feasible ? .feasible : .undecided
    }
}

/// One trial's verdicts on its cells.
public enum MinimaAnswer: Hashable, Sendable {
    /// One bracket per n, for labels that don't depend on the width.
    case brackets([WidthBracket])
    /// One verdict per cell, n outer and d1 inner: a teacher is as wide as its cell.
    case verdicts([Verdict])
}

/// The proof that one region contains a zero-loss minimum or none (docs/minima.md, section 7).
public struct MinimaProof: Hashable, Sendable {
    public var verdict: Verdict
    public struct Ray: Hashable, Sendable {
        public var unit: Int
        /// The k - 1 points on which it is 0, ascending; fewer if the points span less than k dimensions.
        public var zeros: [Int]

        public init(unit: Int, zeros: [Int]) {
            self.unit = unit
            self.zeros = zeros
        }
    }
    /// Feasible: the rays of the combination. Infeasible: rays orthogonal to `separator`.
    public var rays: [Ray]
    /// Feasible: the coefficients of the rays, rounded.
    public var coefficients: [Double]
    /// Infeasible: one number per point, rounded.
    public var separator: [Double]
    /// Infeasible: for each unit k - 1 points whose normals, with the mean of all, give its product with `separator`.
    public var bases: [[Int]]
    /// A teacher's labels times 2^320, as exact whole numbers in hexadecimal; labels.npy rounds them. Empty for
    /// other labels, which are floats.
    public var exactLabels: [String]

    public init(
        verdict: Verdict, rays: [Ray], coefficients: [Double], separator: [Double], bases: [[Int]],
        exactLabels: [String] = []
    ) {
        self.exactLabels = exactLabels
        self.verdict = verdict
        self.rays = rays
        self.coefficients = coefficients
        self.separator = separator
        self.bases = bases
    }
}
