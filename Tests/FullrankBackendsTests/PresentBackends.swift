import FullrankBackends
import FullrankModel
import Testing

/// The backends of this machine; the conformance suites run on each. The CPU is always there, CUDA if it opens.
let presentBackends: [BackendChoice] = {
    let cuda = (try? BackendChoice.cuda.open()) != nil
    return cuda ? [.cpu, .cuda] : [.cpu]
}()

extension BackendChoice {
    func opened(threads: Int = 0) throws -> any RankBackend {
        try open(options: BackendOptions(threads: threads)).backend
    }
}

extension RankBackend {
    /// The rank profiles of trials that all must have been computed.
    func profiles(of problem: TrialProblem, trials: Range<UInt64>, prime: UInt32) throws -> [RankProfile] {
        let outcomes = try rankProfiles(of: problem, trials: trials, prime: prime)
        try #require(outcomes.count == trials.count)
        return try outcomes.map { try $0.value }
    }
}

extension Outcome {
    /// The computed value, whose absence is a failure.
    var value: Value {
        get throws {
            guard case .computed(let value) = self else {
                Issue.record("\(self) where a result should be")
                throw BackendError.internal("no result")
            }
            return value
        }
    }
}
