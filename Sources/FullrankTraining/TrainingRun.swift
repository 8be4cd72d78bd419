import FullrankBackends
import FullrankModel

/// Training, step by step: full-batch, in float64, and every so often the exact rank of the Jacobian at that moment.
///
/// No input or output. The numbers are a function of the plan alone, to the bit, but for singular values, which are
/// the backend's.
public struct TrainingRun: Sendable {
    public let plan: TrainingPlan
    public let data: TrainingData
    public private(set) var state: TrainingState
    private let norms: [Double]
    private let dataSet: DataSet

    public init(_ plan: TrainingPlan, from state: TrainingState? = nil) {
        self.plan = plan
        data = plan.data()
        self.state = state ?? TrainingState(plan)
        norms = data.norms(bias: plan.bias)
        dataSet = DataSet(points: data.points, inputDimension: data.inputDimension, values: data.inputs)
    }

    public var isFinished: Bool { state.step > plan.steps }

    /// Why training cannot continue.
    public enum Failure: Error, Hashable, Sendable {
        case backend(BackendError)
        /// A number of the network overflowed before this step.
        case diverged(step: Int)
    }

    /// Records the network if it is this step's turn, then makes the step's update; the last step has none.
    ///
    /// - Throws: `Failure`; the state is as before then.
    public mutating func advance(on backend: any RankBackend) throws(Failure) {
        let step = state.step
        guard step <= plan.steps else { return }
        let pass = NetworkPass(state.network, data)
        guard pass.loss.isFinite else { throw .diverged(step: step) }
        let pattern = pass.pattern
        let gradient = pass.gradient(state.network, data, outputs: plan.trainsOutputs)
        var changes = state.stepsWithChanges
        if step > 0, pattern != state.lastPattern { changes += 1 }
        if plan.isRecorded(step) {
            let row: TrainingRow
            do throws(BackendError) {
                row = try measure(pass, pattern, gradient, changes, on: backend)
            } catch {
                throw .backend(error)
            }
            state.rows.append(row)
            state.recordedPattern = pattern
            changes = 0
        }
        state.stepsWithChanges = changes
        state.lastPattern = pattern
        if step < plan.steps {
            let trained = state.network.trained(outputs: plan.trainsOutputs)
            plan.optimizer.update(
                &state.network.parameters, gradient: gradient[..<trained], moments: &state.moments, step: step + 1)
        }
        state.step = step + 1
    }

    private func measure(
        _ pass: NetworkPass, _ pattern: [UInt64], _ gradient: [Double], _ changes: Int, on backend: any RankBackend
    ) throws(BackendError) -> TrainingRow {
        let network = state.network
        // The pattern is taken anew there, by exact signs.
        let problem = TrialProblem(
            seed: plan.seed, points: data.points, inputDimension: data.inputDimension, units: network.units,
            bias: network.bias, inputs: .given(dataSet),
            network: .given(weights: network.weights, biases: network.biases))
        guard
            case .computed(let profile)? = try backend.rankProfiles(of: problem, trials: 0..<1, prime: plan.prime).first
        else { throw .internal("the rank at step \(state.step) was not computed") }
        var summary: SingularSummary?
        if plan.singularValues {
            let jacobian = pass.jacobian(network, data, outputs: plan.trainsOutputs)
            let outcome = try backend.singularValues(
                ofMatrices: jacobian, batch: 1, rows: data.points,
                columns: network.trained(outputs: plan.trainsOutputs), precision: .float64
            ).first
            if case .computed(let values)? = outcome, values.largest.isFinite { summary = values }
        }
        var entries = 0
        if !state.recordedPattern.isEmpty {
            for (word, before) in zip(pattern, state.recordedPattern) { entries += (word ^ before).nonzeroBitCount }
        }
        var square = 0.0
        for slope in gradient { square += slope * slope }
        return TrainingRow(
            step: state.step, loss: pass.loss, gradientNorm: square.squareRoot(), rank: profile.rank,
            smallest: summary?.smallest, largest: summary?.largest, patternChanges: entries, stepsWithChanges: changes,
            boundaryDistance: pass.boundaryDistance(norms: norms))
    }
}
