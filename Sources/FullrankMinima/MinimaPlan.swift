import FullrankModel

/// What a sweep over regions with a global minimum was asked to do: everything that decides its numbers.
public struct MinimaPlan: Hashable, Sendable {
    /// d0, ascending.
    public var inputDimensions: [Int]
    /// n, ascending.
    public var points: [Int]
    /// d1, ascending.
    public var units: [Int]
    /// Of each d0; with a target the first ones.
    public var trials: Int
    /// nil: fixed trials.
    public var target: IntervalTarget?
    public var seed: UInt64
    public var inputs: SweepPlan.Inputs
    public var initialization: Initialization
    public var bias: Bool
    public var labels: LabelSource
    public var outputs: OutputWeights
    public var regions: RegionSource
    /// Inputs and labels are those of trial 0 in every trial.
    public var fixedData: Bool
    /// What was done with a file's points; nil for drawn ones.
    public var preparation: DataPreparation?

    public init(
        inputDimensions: [Int], points: [Int], units: [Int], trials: Int = 100, target: IntervalTarget? = nil,
        seed: UInt64 = 0, inputs: SweepPlan.Inputs = .drawn(.cube), initialization: Initialization = .heUniform,
        bias: Bool = true,
        labels: LabelSource = .polynomial, outputs: OutputWeights = .alternating,
        regions: RegionSource = .initialization,
        fixedData: Bool = false, preparation: DataPreparation? = nil
    ) {
        self.inputDimensions = inputDimensions
        self.points = points
        self.units = units
        self.trials = trials
        self.target = target
        self.seed = seed
        self.inputs = inputs
        self.initialization = initialization
        self.bias = bias
        self.labels = labels
        self.outputs = outputs
        self.regions = regions
        self.fixedData = fixedData
        self.preparation = preparation
    }

    /// Of each d0, at most.
    public var mostTrials: Int { target?.maxTrials ?? trials }

    public var query: MinimaQuery {
        MinimaQuery(
            labels: labels, outputs: outputs, regions: regions, teacher: initialization, fixedData: fixedData,
            points: points, units: units)
    }

    /// A trial of that d0, of the largest n and d1.
    public func problem(inputDimension: Int, data: DataSet?) -> TrialProblem {
        let source: TrialProblem.Inputs =
            switch inputs {
            case .drawn(let distribution): .drawn(distribution)
            case .file: data.map { .given($0) } ?? .drawn(.cube)
            }
        return TrialProblem(
            seed: seed, points: points.last ?? 0, inputDimension: inputDimension, units: units.last ?? 0, bias: bias,
            inputs: source, network: .drawn(initialization))
    }
}

/// The second experiment of Karhadkar, Murray, Tseran, Montúfar (arXiv 2305.19510, appendix E.2): n = 10..100:10,
/// d1 = 100..1000:100, inputs on the cube, He-uniform weights and biases; 140 draws at d0 = 1, 100 at d0 = 2 and 5.
public struct PublishedMinima: Hashable, Sendable, CaseIterable {
    public var labels: LabelSource
    public var inputDimension: Int

    public static let allCases = LabelSource.allCases.flatMap { labels in
        [1, 2, 5].map { PublishedMinima(labels: labels, inputDimension: $0) }
    }

    /// "polynomial-d0-1": its folder.
    public var name: String { "\(labels.rawValue)-d0-\(inputDimension)" }

    /// - Parameter trials: nil: as published.
    public func plan(trials: Int?, seed: UInt64) -> MinimaPlan {
        MinimaPlan(
            inputDimensions: [inputDimension], points: Array(stride(from: 10, through: 100, by: 10)),
            units: Array(stride(from: 100, through: 1000, by: 100)),
            trials: trials ?? (inputDimension == 1 ? 140 : 100), seed: seed, labels: labels)
    }
}
