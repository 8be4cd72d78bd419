import FullrankBackends
import FullrankModel
import FullrankNumbers
import FullrankRegions
import Synchronization

/// Points, labels and cells of one trial, for all n and d1 of a plan.
struct SampledTrial: Sendable {
    let trial: Int
    /// Largest n × d0.
    let inputs: [Double]
    /// Labels of all points: one list or, of teachers, one for each d1.
    let labels: [[Double]]
    /// Of all draws' units: one for all n, or one for each.
    let patterns: [ActivationPattern]

    /// Of normal labels; docs/sampling.md.
    static let labelStream: UInt8 = 241

    func pattern(_ row: Int) -> ActivationPattern { patterns[patterns.count > 1 ? row : 0] }
    func labels(_ column: Int, points n: Int) -> [Double] { Array(labels[labels.count > 1 ? column : 0][..<n]) }

    /// The first n points, homogeneous.
    func points(_ n: Int, inputDimension d0: Int, bias: Bool) -> [[Double]] {
        (0..<n).map { Array(inputs[($0 * d0)..<(($0 + 1) * d0)]) + (bias ? [1] : []) }
    }
}

extension MinimaBackend {
    /// Draws a trial of a plan.
    ///
    /// - Parameter index: of its d0.
    func sampledTrial(
        _ trial: Int, of plan: LandscapePlan, index: Int, threads: Int
    ) throws(BackendError) -> SampledTrial {
        let problem = plan.problem(index), number = UInt64(trial)
        let inputs = try self.inputs(of: problem, trial: number)
        var labels = [[Double]]()
        if plan.labels == .random {
            let stream = SampleStream(seed: plan.seed, trial: number, number: SampledTrial.labelStream)
            labels = [stream.matrix(rows: problem.points, columns: 1, .normal)]
        } else {
            // A polynomial's labels do not depend on the width.
            for units in plan.labels == .teacher ? plan.units : [1] {
                var narrow = problem
                narrow.units = units
                let query = MinimaQuery(
                    labels: plan.labels, teacher: plan.initialization, points: [problem.points], units: [units])
                labels.append(try minimaSamples(of: narrow, query, trial: number).labels)
            }
        }
        var patterns = [ActivationPattern]()
        if plan.cells == .initialization {
            patterns = [try activationPattern(of: problem, trial: number)]
        } else {
            for n in plan.points {
                let arrangement = PointArrangement(
                    inputs: Array(inputs[..<(n * problem.inputDimension)]), points: n,
                    inputDimension: problem.inputDimension, bias: plan.bias)
                do throws(ArrangementError) {
                    patterns.append(
                        try RegionSampler(arrangement).pattern(
                            seed: plan.seed, trial: number, units: problem.units, threads: threads))
                } catch {
                    throw .invalidArgument(error.words)
                }
            }
        }
        return SampledTrial(trial: trial, inputs: inputs, labels: labels, patterns: patterns)
    }
}

/// The points of a trial at one n, and their arrangement once it is needed.
package final class SampledPoints: Sendable {
    let points: [[Double]]
    private let found = Mutex<Result<SampledArrangement, LandscapeError>?>(nil)

    /// Whether they span all coordinates.
    let span: Bool

    package init(_ points: [[Double]]) {
        self.points = points
        // Mostly the first ones do.
        let columns = points.first?.count ?? 0
        func rank(_ count: Int) -> Int {
            ExactEchelon(points.prefix(count).map { $0.map { Fraction(exactly: $0) } }, columns: columns).rank
        }
        span = rank(columns) == columns || rank(points.count) == columns
    }

    /// - Throws: `tooManyFaces`.
    func arrangement() throws(LandscapeError) -> SampledArrangement {
        let points = points
        let result = found.withLock { found in
            if let found { return found }
            let result = Result { () throws(LandscapeError) in try SampledArrangement(points) }
            found = result
            return result
        }
        return try result.get()
    }
}
