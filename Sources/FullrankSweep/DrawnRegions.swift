import FullrankBackends
import FullrankModel
import FullrankRegions

// Patterns that are drawn uniformly over the non-empty regions: by the backend for one input with bias, where they are
// the step vectors, otherwise here.
extension TrialProblem {
    /// Whether `withRegions` must be called, for each trial separately.
    public var needsRegions: Bool {
        if case .regions = network { !(inputDimension == 1 && bias) } else { false }
    }

    /// Trials with their patterns drawn, one problem each, on as many threads as there are trials.
    ///
    /// - Throws: `unsuitableData` if a trial's points are not in general position.
    public func withRegions(
        trials: Range<UInt64>, on backend: any RankBackend
    ) throws(BackendError) -> [TrialProblem] {
        // The backend has these regions not at all: it is asked for points alone.
        var points = self
        points.network = .drawn(.uniform)
        var inputs = [[Double]]()
        for trial in trials { inputs.append(try backend.inputs(of: points, trial: trial)) }
        let problem = self, given = inputs
        let drawn = concurrently(trials.count) { place -> Result<ActivationPattern, ArrangementError> in
            let arrangement = PointArrangement(
                inputs: given[place], points: problem.points, inputDimension: problem.inputDimension,
                bias: problem.bias)
            do throws(ArrangementError) {
                return .success(
                    try RegionSampler(arrangement).pattern(
                        seed: problem.seed, trial: trials.lowerBound + UInt64(place), units: problem.units))
            } catch {
                return .failure(error)
            }
        }
        var problems = [TrialProblem]()
        for result in drawn {
            switch result {
            case .success(let pattern):
                var trial = self
                trial.network = .pattern(pattern)
                problems.append(trial)
            case .failure(let error): throw .unsuitableData(error.words)
            }
        }
        return problems
    }

    /// One trial, with its pattern drawn if the backend can't.
    public func resolved(trial: UInt64, on backend: any RankBackend) throws(BackendError) -> TrialProblem {
        needsRegions ? try withRegions(trials: trial..<trial + 1, on: backend)[0] : self
    }
}
