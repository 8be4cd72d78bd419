import FullrankBackends
import FullrankModel

/// Tells which architectures are filling: their polynomial networks' closure is the whole ambient space. A rank that
/// reaches the ambient dimension proves it; otherwise the architecture is taken for not filling (`errorBound`).
public struct FillingQueries {
    public let activation: NetworkActivation
    public let seed: UInt64
    public let primeCount: Int
    private let backend: any DimensionBackend
    private var known: [Architecture: Bool] = [:]
    /// Ranked so far.
    public private(set) var count = 0
    /// The largest chance that one that was taken for not filling is filling; 0 if all are proved.
    public private(set) var errorBound = 0.0

    /// - Parameter activation: a power.
    public init(activation: NetworkActivation, seed: UInt64, primeCount: Int, backend: any DimensionBackend) {
        self.activation = activation
        self.seed = seed
        self.primeCount = primeCount
        self.backend = backend
    }

    /// One answer for each architecture, in one call for all that are not known yet.
    public mutating func areFilling(_ architectures: [Architecture]) throws(DimensionSearchError) -> [Bool] {
        var asked = [Architecture]()
        for architecture in architectures where known[architecture] == nil {
            known[architecture] = false
            asked.append(architecture)
        }
        let plan = DimensionPlan(architectures: asked, activation: activation, seed: seed, primeCount: primeCount)
        var groups = [DrawGroup](), problems = [DimensionProblem]()
        for (index, architecture) in asked.enumerated() {
            do throws(DimensionError) { problems.append(try plan.problem(index)) } catch { throw .problem(error) }
            // Too few parameters: no rank is needed.
            guard let ambient = problems[index].ambient?.int, problems[index].bound >= ambient else { continue }
            groups.append(DrawGroup(architecture: index, draws: 0..<1))
            known[architecture] = nil
        }
        do throws(BackendError) {
            let ranking = DimensionRanking(plan: plan)
            for trial in try ranking.trials(of: groups, problems: groups.map { problems[$0.architecture] }, on: backend)
            {
                let problem = problems[trial.trial]
                let isFilling = trial.rank == problem.ambient?.int
                known[problem.architecture] = isFilling
                if !isFilling { errorBound = max(errorBound, trial.errorBound) }
            }
        } catch {
            throw .backend(error)
        }
        count += groups.count
        return architectures.map { known[$0] ?? false }
    }
}

/// Why a search ended early.
public enum DimensionSearchError: Error, Hashable, Sendable {
    case problem(DimensionError)
    case backend(BackendError)
    case architecture(ArchitectureError)
}
