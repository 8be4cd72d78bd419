import FullrankBackends
import FullrankModel
import FullrankRegions

// Regions that are drawn uniformly over the non-empty ones: by the backend for one input with bias, otherwise here,
// separately for each n, with the numbers of the sweep's regions of that n.
extension TrialProblem {
    /// Whether the regions of a query have to be drawn here.
    func needsRegions(_ query: MinimaQuery) -> Bool {
        query.regions == .regions && !(inputDimension == 1 && bias)
    }

    /// Trials × query's n × units × ⌈points/64⌉ words, on `threads` threads.
    ///
    /// - Throws: `invalidArgument` if a trial's points are not in general position.
    func regions(
        _ query: MinimaQuery, trials: Range<UInt64>, threads: Int, on backend: any RankBackend
    ) throws(BackendError) -> [UInt64] {
        var inputs = [[Double]]()
        for trial in query.fixedData ? 0..<1 : trials { inputs.append(try backend.inputs(of: self, trial: trial)) }
        let problem = self, given = inputs
        let shares = max(1, min(threads, trials.count))
        let drawn = concurrently(shares) { share -> [Result<[UInt64], ArrangementError>] in
            stride(from: share, to: trials.count, by: shares).map { place in
                Result { () throws(ArrangementError) in
                    try problem.regions(
                        query, trial: trials.lowerBound + UInt64(place), inputs: given[query.fixedData ? 0 : place])
                }
            }
        }
        var words = [UInt64]()
        for place in 0..<trials.count {
            do throws(ArrangementError) {
                words += try drawn[place % shares][place / shares].get()
            } catch {
                throw .invalidArgument(error.words)
            }
        }
        return words
    }

    private func regions(
        _ query: MinimaQuery, trial: UInt64, inputs: [Double]
    ) throws(ArrangementError) -> [UInt64] {
        let width = ActivationPattern.wordsPerUnit(points: points)
        var words = [UInt64]()
        words.reserveCapacity(query.points.count * units * width)
        for n in query.points {
            let arrangement = PointArrangement(
                inputs: Array(inputs[..<(n * inputDimension)]), points: n, inputDimension: inputDimension, bias: bias)
            let pattern = try RegionSampler(arrangement).pattern(seed: seed, trial: trial, units: units)
            let own = ActivationPattern.wordsPerUnit(points: n)
            for unit in 0..<units {
                words += pattern.words[unit * own..<(unit + 1) * own]
                words += repeatElement(0, count: width - own)
            }
        }
        return words
    }

    /// The cell of all points and units with its regions drawn, where the backend can't: what `minimaSamples` and
    /// `minimaProof` are asked about.
    public func resolved(
        _ query: MinimaQuery, trial: UInt64, on backend: any RankBackend
    ) throws(BackendError) -> TrialProblem {
        guard needsRegions(query) else { return self }
        var query = query, resolved = self
        query.points = [points]
        let words = try regions(query, trials: trial..<trial + 1, threads: 1, on: backend)
        resolved.network = .pattern(ActivationPattern(units: units, points: points, words: words))
        return resolved
    }
}
