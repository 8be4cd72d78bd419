/// A batch of networks of one shape, each with parameters and points of its own: what `fullrank dimension` ranks.
public struct NetworkDraws: Hashable, Sendable {
    public enum Numbers: Hashable, Sendable {
        /// Uniform modulo the prime, drawn by the kernels from `seed` and the numbers of the sets.
        case residues
        /// sets × P parameters, and sets × n × d_0 numbers of points.
        case doubles(parameters: [Double], points: [Double])
    }

    public var shape: Network.Shape
    public var activation: NetworkActivation
    public var numbers: Numbers
    public var seed: UInt64
    /// Their numbers in what is drawn.
    public var sets: Range<UInt64>
    /// n
    public var points: Int
    /// One row for each point: a random combination of the outputs.
    public var functionals: Bool
    /// Stop after so many points that do not raise the rank; 0: take all points.
    public var patience: Int
    /// A bound that the caller knows; 0: none.
    public var mostRank: Int

    public init(
        shape: Network.Shape, activation: NetworkActivation, numbers: Numbers = .residues, seed: UInt64,
        sets: Range<UInt64>, points: Int, functionals: Bool = false, patience: Int = 0, mostRank: Int = 0
    ) {
        self.shape = shape
        self.activation = activation
        self.numbers = numbers
        self.seed = seed
        self.sets = sets
        self.points = points
        self.functionals = functionals
        self.patience = patience
        self.mostRank = mostRank
    }
}
