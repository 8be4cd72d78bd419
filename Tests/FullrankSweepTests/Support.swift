import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankSweep
import Testing

let provenance = RunProvenance(fullrank: "0.1", backend: "fake", device: "a \"fake\" device", library: "BLAS\n1")

/// Plans of every kind, small.
let plans: [SweepPlan] = [
    SweepPlan(inputDimensions: .fixed([1, 3]), points: [4, 9], units: [2, 5, 6], trials: 7, seed: .max),
    SweepPlan(
        inputDimensions: .proportional([Ratio("0.25")!, Ratio("2")!]), points: [3, 8], units: [1, 4], trials: 5,
        inputs: .drawn(.cube), initialization: .heUniform, bias: false),
    SweepPlan(
        inputDimensions: .fixed([2]), points: [1, 2, 3], units: [1, 2], trials: 6, seed: 9, method: .svd(.float32)),
    SweepPlan(
        inputDimensions: .fixed([1, 2]), points: [3, 5], units: [1, 4], trials: 5, seed: 3,
        hidden: [HiddenLayers([]), HiddenLayers([3, 2])]),
]

/// Every trial of a plan as the fake backend must give it, in order.
func expected(_ plan: SweepPlan) -> [SweepTrial] {
    plan.problems.enumerated().flatMap { index, problem in
        let shape = TrialProblem(
            seed: plan.seed, points: problem.largestPoints, inputDimension: problem.inputDimension,
            units: problem.largestUnits, bias: problem.bias, hidden: problem.hidden?.widths ?? [])
        return (0..<plan.trials).map { trial in
            switch plan.method {
            case .exact:
                let profile = FakeRankBackend.profile(shape, UInt64(trial))
                return SweepTrial(
                    problem: index, trial: trial,
                    result: .profile(plan.findsColumnsOnly(problem) ? profile.grouped(by: problem.points) : profile))
            case .svd:
                return SweepTrial(
                    problem: index, trial: trial,
                    result: .summaries(
                        problem.points.flatMap { points in
                            problem.units.map {
                                FakeRankBackend.summary(shape, Cell(points: points, units: $0), UInt64(trial))
                            }
                        }))
            }
        }
    }
}

/// A journal's line with its checksum, from one without; neither with its newline.
func sealed(_ line: String) -> String {
    var bytes = Array(line.utf8.dropLast())
    LineSeal.close(&bytes, from: 0)
    return String(decoding: bytes.dropLast(), as: UTF8.self)
}

/// The folder error a body throws, nil for none.
func folderError(_ body: () throws -> Void) -> SweepFolderError? {
    do { try body() } catch let error as SweepFolderError { return error } catch SweepError.folder(let error) {
        return error
    } catch { Issue.record("not a folder's error: \(error)") }
    return nil
}

/// A thread of its own: the pool that runs the tests has no thread to spare for one that waits.
func startThread(_ body: @escaping @Sendable () -> Void) -> SystemThread {
    guard let thread = SystemThread(body) else { fatalError("no thread is to be had") }
    return thread
}
