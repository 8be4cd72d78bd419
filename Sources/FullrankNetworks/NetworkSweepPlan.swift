import FullrankModel

/// The plan of a sweep over networks with `--trained`, `--outputs` or `--activation`: what determines its numbers.
public struct NetworkSweepPlan: Hashable, Sendable {
    /// Grid, seed, inputs, initialization, biases of hidden layers, primes. Patterns are those of drawn weights, the
    /// method is exact.
    public var grid: SweepPlan
    public var activation: NetworkActivation
    public var trained: Trained
    /// C, the width of the last layer.
    public var outputs: Int
    /// Whether the last layer has biases.
    public var outputBias: Bool
    /// By n of the grid: how many coordinates are not 0 on all of the file's first n points, on which the bound of the
    /// rank depends. nil: the points are drawn, and all of them count.
    public var usedInputs: [Int]?

    /// Which layers have columns in the Jacobian.
    public enum Trained: String, CaseIterable, Hashable, Sendable {
        case all
        /// All but the last one.
        case hidden

        public var query: NetworkQuery.Trained { self == .all ? .all : .hidden }
    }

    public init(
        grid: SweepPlan, activation: NetworkActivation = .relu, trained: Trained = .all, outputs: Int = 1,
        outputBias: Bool = false, data: DataSet? = nil
    ) {
        self.grid = grid
        self.activation = activation
        self.trained = trained
        self.outputs = outputs
        self.outputBias = outputBias
        usedInputs = data.map { Self.usedInputs(of: $0, points: grid.points) }
    }

    public var query: NetworkQuery { NetworkQuery(activation: activation, trained: trained.query) }
    public var problems: [SweepProblem] { grid.problems }

    /// The network of a cell: hidden layers, then the outputs.
    public func shape(of problem: SweepProblem, units: Int) -> Network.Shape {
        let hidden = (problem.hidden?.widths ?? []) + [units]
        return Network.Shape(
            inputDimension: problem.inputDimension,
            layers: hidden.map { Network.Shape.Layer(units: $0, bias: grid.bias) }
                + [Network.Shape.Layer(units: outputs, bias: outputBias)])
    }

    /// Bounds of the ranks of a problem's cells, by n, then d1.
    public func bounds(of problem: SweepProblem) -> [Int] {
        problem.points.flatMap { points in
            let used = usedInputs.flatMap { used in grid.points.firstIndex(of: points).map { used[$0] } }
            return problem.units.map {
                shape(of: problem, units: $0).rankBound(
                    points: points, usedInputs: used ?? problem.inputDimension, activation: activation,
                    trained: query.trained)
            }
        }
    }

    /// n ascends.
    private static func usedInputs(of data: DataSet, points: [Int]) -> [Int] {
        var used = [Bool](repeating: false, count: data.inputDimension), next = 0
        return points.map { n in
            for point in next..<max(next, n) {
                for c in used.indices where data.values[point * data.inputDimension + c] != 0 { used[c] = true }
            }
            next = max(next, n)
            return used.count { $0 }
        }
    }
}
