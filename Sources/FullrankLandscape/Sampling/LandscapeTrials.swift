import FullrankBackends
import FullrankModel

/// Trials of a sweep over combinations of cells: samples and ranks from the backend, one after the other, and verdicts
/// from this module, on all threads.
struct LandscapeCall {
    private let backend: any MinimaBackend
    private let plan: LandscapePlan
    private let index: Int
    private let threads: Int
    private let isCancelled: @Sendable () -> Bool
    private var trials: [DecidedTrial] = []
    private let parts: [(trial: Int, part: DecidedTrial.Part)]

    /// Draws the plan's trials `numbers` of a problem.
    ///
    /// - Parameter index: of the problem in its plan.
    init(
        _ numbers: Range<Int>, of plan: LandscapePlan, index: Int, on backend: any MinimaBackend, threads: Int,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(BackendError) {
        (self.backend, self.plan, self.index) = (backend, plan, index)
        (self.threads, self.isCancelled) = (threads, isCancelled)
        for trial in numbers {
            if isCancelled() { throw .cancelled }
            let sample = try backend.sampledTrial(trial, of: plan, index: index, threads: threads)
            trials.append(DecidedTrial(sample, plan, index: index))
        }
        let drawn = trials
        parts = drawn.indices.flatMap { place in drawn[place].parts(threads: threads).map { (place, $0) } }
    }

    /// - Throws: `cancelled` once `isCancelled` says so.
    mutating func run() throws(BackendError) -> [LandscapeTrial] {
        let drawn = trials, parts = parts
        let screened = try each(parts.count) { place throws(LandscapeError) in
            try drawn[parts[place].trial].batch(parts[place].part).screen(parts[place].part.draws)
        }
        try rank(screened)
        let ranked = trials, isCancelled = isCancelled
        let decided = try each(parts.count) { place throws(LandscapeError) in
            try ranked[parts[place].trial].decided(screened[place], parts[place].part, isCancelled)
        }
        for (place, (trial, part)) in parts.enumerated() { trials[trial].add(decided[place], part) }
        if plan.saddles {
            let saddles = try each(parts.count) { place throws(LandscapeError) in
                try ranked[parts[place].trial].batch(parts[place].part).saddles(parts[place].part.draws)
            }
            for (place, (trial, part)) in parts.enumerated() { trials[trial].add(saddles[place], part) }
        }
        let counted = trials
        let counts = try each(trials.count) { place throws(LandscapeError) in try counted[place].judged() }
        return counts.enumerated().map {
            LandscapeTrial(problem: index, trial: counted[$0.offset].sample.trial, counts: $0.element)
        }
    }

    /// Rank profiles of the draws of which something is open: a profile has all n and d1.
    private mutating func rank(_ screened: [ScreenedPart]) throws(BackendError) {
        let prime = Prime.drawn(seed: plan.seed)
        for (place, (trial, part)) in parts.enumerated() {
            for draw in screened[place].open.map({ part.draws.lowerBound + $0 }) {
                if isCancelled() { throw .cancelled }
                let key = trials[trial].rankKey(part, draw)
                guard trials[trial].ranks[key] == nil else { continue }
                let problem = trials[trial].rankProblem(part, draw)
                guard
                    case .computed(let profile)? = try backend.rankProfiles(of: problem, trials: 0..<1, prime: prime)
                        .first
                else { throw .cancelled }
                trials[trial].ranks[key] = profile
            }
        }
    }

    /// `body(0)`, ..., on all threads.
    private func each<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) throws(LandscapeError) -> Value
    ) throws(BackendError) -> [Value] {
        let shares = max(1, min(threads, count)), isCancelled = isCancelled
        let found = concurrently(shares) { share -> [Result<Value, LandscapeError>] in
            stride(from: share, to: count, by: shares).map { place in
                Result { () throws(LandscapeError) in
                    if isCancelled() { throw .interrupted }
                    return try body(place)
                }
            }
        }
        var values = [Value]()
        for place in 0..<count {
            do throws(LandscapeError) { values.append(try found[place % shares][place / shares].get()) } catch {
                guard error != .interrupted else { throw .cancelled }
                if error == .outOfMemory { throw .outOfMemory("combinations of cells") }
                throw .invalidArgument("a trial's points cut the weights of a unit into too many cells")
            }
        }
        return values
    }
}
