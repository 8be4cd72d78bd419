import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankNetworks
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

/// Plans and runs in tests.
struct NetworkSweeps {
    let backend: any NetworkBackend
    let provenance = RunProvenance(fullrank: "0", backend: "cpu", device: "test", library: "none")

    init(threads: Int = 2) throws {
        backend = try CBackend(BackendTable.cpu(), options: BackendOptions(threads: threads))
    }

    func grid(
        d0: [Int] = [1, 3], points: [Int] = [2, 5, 11, 18], units: [Int] = [1, 3, 4, 7], trials: Int = 6,
        bias: Bool = true,
        seed: UInt64 = 5
    ) -> SweepPlan {
        SweepPlan(
            inputDimensions: .fixed(d0), points: points, units: units, trials: trials, seed: seed, bias: bias)
    }

    @discardableResult
    func run(
        _ plan: NetworkSweepPlan, in path: String, shard: Shard? = nil, data: DataSet? = nil, extending: Bool = false
    ) throws -> [NetworkSweepTally] {
        var tallies = [NetworkSweepTally](plan)
        let folder = try NetworkSweepFolder(
            path, plan: plan, shard: shard, provenance: provenance, extending: extending)
        let summary = try NetworkSweepRunner(plan: plan, data: data, backend: backend)
            .run(in: folder, deliver: { tallies[$0.problem].add($0) }, begin: { _, _ in })
        #expect(summary.isCompleted)
        return tallies
    }

    /// By problem and trial, the cells' ranks.
    func trials(_ plan: NetworkSweepPlan, data: DataSet? = nil) throws -> [[NetworkSweepTrial]] {
        let folder = TemporaryFolder()
        try run(plan, in: folder.path + "/sweep", data: data)
        var trials = plan.problems.map { _ in [NetworkSweepTrial]() }
        try NetworkSweepReader(folder.path + "/sweep").readTrials { trials[$0.problem].append($0) }
        return trials.map { $0.sorted { $0.trial < $1.trial } }
    }

    /// The network of a cell, cut out of a trial's sample, and its points.
    func part(
        _ plan: NetworkSweepPlan, _ problem: SweepProblem, trial: Int, points: Int, units: Int, data: DataSet? = nil
    ) -> (network: Network, data: DataSet) {
        let sample = NetworkSample(plan, problem, trial: trial)
        let whole = Network(shape: plan.shape(of: problem, units: problem.largestUnits), parameters: sample.parameters)
        let shape = plan.shape(of: problem, units: units), last = shape.layers.count - 1
        var parameters = [Double]()
        for layer in 0...last {
            let (weights, biases) = whole.layer(layer)
            let all = whole.shape.layers[layer].units, kept = layer == last - 1 ? units : all
            let inputs = whole.shape.widths[layer], keptInputs = shape.widths[layer]
            for unit in 0..<kept {
                parameters += weights.dropFirst(unit * inputs).prefix(keptInputs)
            }
            parameters += biases.prefix(kept)
        }
        let values = data?.values ?? sample.points
        return (
            Network(shape: shape, parameters: parameters),
            DataSet(
                points: points, inputDimension: problem.inputDimension,
                values: Array(values[..<(points * problem.inputDimension)]))
        )
    }
}
