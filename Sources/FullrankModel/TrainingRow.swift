/// What `fullrank train` records of one step: the network before that step's update.
public struct TrainingRow: Hashable, Sendable {
    /// Updates made so far.
    public var step: Int
    /// Mean of the squared errors.
    public var loss: Double
    /// Euclidean norm of the loss's gradient by the trained parameters.
    public var gradientNorm: Double
    /// Exact rank of the Jacobian (mod a prime, a proven lower bound).
    public var rank: Int
    /// The min(n, P)-th and the first singular value of the Jacobian by the P trained parameters; nil if they were
    /// not asked for or did not converge.
    public var smallest: Double?
    public var largest: Double?
    /// Entries of the activation pattern that differ from the row before.
    public var patternChanges: Int
    /// Updates since the row before that changed the activation pattern.
    public var stepsWithChanges: Int
    /// Euclidean distance, in the space of hidden weights and biases, to the nearest boundary of the activation region.
    public var boundaryDistance: Double

    public init(
        step: Int, loss: Double, gradientNorm: Double, rank: Int, smallest: Double?, largest: Double?,
        patternChanges: Int, stepsWithChanges: Int, boundaryDistance: Double
    ) {
        self.step = step
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.rank = rank
        self.smallest = smallest
        self.largest = largest
        self.patternChanges = patternChanges
        self.stepsWithChanges = stepsWithChanges
        self.boundaryDistance = boundaryDistance
    }
}
