import FullrankModel

/// Draws of one architecture that are ranked in one call.
public struct DrawGroup: Hashable, Sendable {
    /// Index in the plan.
    public var architecture: Int
    public var draws: Range<Int>
    public init(architecture: Int, draws: Range<Int>) {
        self.architecture = architecture
        self.draws = draws
    }
}

extension DimensionPlan {
    /// What the backend ranks for a group.
    func networks(_ group: DrawGroup, of problem: DimensionProblem) -> NetworkDraws {
        let points = points(of: problem)
        let sets = UInt64(group.draws.lowerBound)..<UInt64(group.draws.upperBound)
        var batch = NetworkDraws(
            shape: problem.shape, activation: activation, seed: seed, sets: sets, points: points,
            functionals: problem.isPolynomial, patience: patience ?? (problem.isPolynomial ? Self.sparePoints : 0),
            mostRank: problem.bound)
        if !problem.isPolynomial {
            batch.numbers = .doubles(
                parameters: group.draws.flatMap { parameters(of: problem.shape, draw: $0) },
                points: group.draws.flatMap { self.points(points, inputs: problem.architecture.inputs, draw: $0) })
        }
        return batch
    }

    /// W_1 row-major, b_1, W_2, ...: of layer l, the streams of hidden layer l (docs/sampling.md).
    package func parameters(of shape: Network.Shape, draw: Int) -> [Double] {
        var parameters = [Double]()
        parameters.reserveCapacity(shape.parameterCount)
        for (index, layer) in shape.layers.enumerated() {
            let inputs = shape.widths[index], kind = weights.distribution(inputs: inputs)
            func stream(_ first: Int, _ later: Int) -> SampleStream {
                SampleStream(seed: seed, trial: UInt64(draw), number: UInt8(index == 0 ? first : later + 2 * index))
            }
            parameters += stream(1, 14).matrix(rows: layer.units, columns: inputs, kind)
            if layer.bias { parameters += stream(2, 15).matrix(rows: layer.units, columns: 1, kind) }
        }
        return parameters
    }

    /// n × d_0, standard normal: the inputs of a trial.
    package func points(_ points: Int, inputs: Int, draw: Int) -> [Double] {
        SampleStream(seed: seed, trial: UInt64(draw), number: 0).matrix(rows: points, columns: inputs, .normal)
    }
}
