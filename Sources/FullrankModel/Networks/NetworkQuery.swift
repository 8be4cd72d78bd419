/// A question about a network's Jacobian on a data set.
public struct NetworkQuery: Hashable, Sendable {
    /// Which layers' weights and biases have columns.
    public enum Trained: Hashable, Sendable {
        case all
        /// All but the last layer's.
        case hidden
        /// By number, from 1.
        case layers([Int])

        public func contains(layer: Int, of count: Int) -> Bool {
            switch self {
            case .all: true
            case .hidden: layer + 1 < count
            case .layers(let numbers): numbers.contains(layer + 1)
            }
        }

        public var text: String {
            switch self {
            case .all: "all"
            case .hidden: "hidden"
            case .layers(let numbers): numbers.map(String.init).joined(separator: ",")
            }
        }
    }

    /// Of every hidden layer.
    public var activation: NetworkActivation
    public var trained: Trained
    /// By number, from 0, ascending; nil: all.
    public var outputs: [Int]?
    /// Stop after this many points in a row that do not raise the rank; 0: take all points.
    public var patience: Int

    public init(
        activation: NetworkActivation = .relu, trained: Trained = .all, outputs: [Int]? = nil, patience: Int = 0
    ) {
        self.activation = activation
        self.trained = trained
        self.outputs = outputs
        self.patience = patience
    }
}

/// The result about a Jacobian's rank.
public struct NetworkRank: Hashable, Sendable {
    public enum End: Hashable, Sendable {
        case allPoints
        /// The rank is the bound: proved, for the points taken and for all that could follow.
        case bound
        /// The rank stayed for as many points as were asked for.
        case patience
    }

    /// A pre-activation that is exactly 0: layer and unit from 1, point from 0.
    public struct Zero: Hashable, Sendable {
        public let layer: Int
        public let unit: Int
        public let point: Int
        public init(layer: Int, unit: Int, point: Int) {
            self.layer = layer
            self.unit = unit
            self.point = point
        }
    }

    /// Modulo the prime: never above the rank over the rationals.
    public let rank: Int
    public let bound: Int
    /// P
    public let columns: Int
    /// n · c; after `patience` only the rows of the points taken.
    public let rows: Int
    /// Those taken.
    public let points: Int
    public let end: End
    public let zeros: Int
    public let firstZero: Zero?

    public init(
        rank: Int, bound: Int, columns: Int, rows: Int, points: Int, end: End, zeros: Int, firstZero: Zero?
    ) {
        self.rank = rank
        self.bound = bound
        self.columns = columns
        self.rows = rows
        self.points = points
        self.end = end
        self.zeros = zeros
        self.firstZero = firstZero
    }
}

extension NetworkRank {
    /// What it says of: the rows of the points taken, and no others.
    public func ofPointsTaken(outputs: Int) -> NetworkRank {
        NetworkRank(
            rank: rank, bound: bound, columns: columns, rows: points * outputs, points: points, end: end, zeros: zeros,
            firstZero: firstZero)
    }
}
