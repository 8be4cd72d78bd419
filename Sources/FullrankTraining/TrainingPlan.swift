import FullrankModel

/// What `fullrank train` was asked: everything that decides its numbers.
public struct TrainingPlan: Hashable, Sendable {
    public enum Inputs: Hashable, Sendable {
        case drawn(InputDistribution)
        /// The first n rows of a file.
        case given(DataSet)
    }

    public enum Labels: Hashable, Sendable {
        /// The sum over a point's coordinates of one polynomial of degree 2, its coefficients uniform on [−1, 1).
        case polynomial
        /// The outputs of another network of this shape, drawn the same way.
        case teacher
        /// Uniform on [−1, 1).
        case random
        case given([Double])
    }

    /// Output weights at the start.
    public enum Outputs: String, CaseIterable, Hashable, Sendable {
        case normal
        /// 1, −1, 1, ...
        case signs
        /// Uniform on ±1/√d1.
        case uniform
    }

    public var points: Int
    public var inputDimension: Int
    public var units: Int
    public var bias: Bool
    public var seed: UInt64
    public var trial: UInt64
    public var inputs: Inputs
    /// Drawn inputs are multiplied by it.
    public var scale: Double
    public var labels: Labels
    public var initialization: Initialization
    public var outputs: Outputs
    /// Whether v is trained too.
    public var trainsOutputs: Bool
    public var optimizer: Optimizer
    /// Updates.
    public var steps: Int
    /// A row every so many, and one of the last.
    public var every: Int
    /// Whether rows hold singular values.
    public var singularValues: Bool

    public init(
        points: Int, inputDimension: Int, units: Int, bias: Bool = true, seed: UInt64 = 0, trial: UInt64 = 0,
        inputs: Inputs = .drawn(.normal), scale: Double = 1, labels: Labels = .polynomial,
        initialization: Initialization = .uniform, outputs: Outputs = .normal, trainsOutputs: Bool = false,
        optimizer: Optimizer = .adam(rate: 0.01), steps: Int = 1000, every: Int = 10, singularValues: Bool = true
    ) {
        self.points = points
        self.inputDimension = inputDimension
        self.units = units
        self.bias = bias
        self.seed = seed
        self.trial = trial
        self.inputs = inputs
        self.scale = scale
        self.labels = labels
        self.initialization = initialization
        self.outputs = outputs
        self.trainsOutputs = trainsOutputs
        self.optimizer = optimizer
        self.steps = steps
        self.every = every
        self.singularValues = singularValues
    }

    public var prime: UInt32 { Prime.drawn(seed: seed) }
    public func isRecorded(_ step: Int) -> Bool { step % every == 0 || step == steps }
    /// How many rows the steps below one have; the last has one of its own.
    func recordedSteps(before step: Int) -> Int {
        (step + every - 1) / every + (step > steps && steps % every != 0 ? 1 : 0)
    }
}
