import FullrankBackends
import FullrankModel

/// Checks a certificate by other means than it was made: the rank profile by the textbook's elimination modulo 2^61 − 2373,
/// the circuits by the rank of small matrices of zeros and ones, relations over the integers.
public struct CertificateCheck {
    private let certificate: Certificate
    private let numbers: TrialNumbers

    /// - Parameter backend: draws the samples again.
    /// - Precondition: `certificate.requireCheckable` did not throw.
    /// - Throws: what the backend throws.
    public init(_ certificate: Certificate, on backend: any RankBackend) throws(BackendError) {
        self.certificate = certificate
        let problem = certificate.problem
        numbers = TrialNumbers(
            inputs: try backend.inputs(of: problem, trial: certificate.trial ?? 0),
            pattern: try backend.activationPattern(of: problem, trial: certificate.trial ?? 0),
            inputDimension: problem.inputDimension, bias: problem.bias)
    }

    /// - Throws: the first thing that is not so, or that is too much to check.
    public func run() throws(CertificateFault) {
        var budget = CheckingBudget()
        try checkHead()
        try checkPivots(&budget)
        try checkCircuits(&budget)
    }

    private func checkHead() throws(CertificateFault) {
        let c = certificate
        let drawn = c.primes.indices.map { Prime.drawn(seed: c.seed, index: $0) }
        guard !drawn.isEmpty, c.primes == drawn else {
            throw CertificateFault("\"primes\" are not those that seed \(c.seed) draws: \(drawn)")
        }
        let bound = Prime.shortfallBound(pivots: c.points, primes: c.primes)
        guard c.errorBound == bound else {
            throw CertificateFault("\"error_bound\" is \(c.errorBound); these primes give \(bound)")
        }
        guard c.inputsDigest == numbers.inputsDigest else {
            throw CertificateFault("\"inputs_sha256\" is not that of the inputs, which is \(numbers.inputsDigest)")
        }
        guard c.patternDigest == numbers.patternDigest else {
            throw CertificateFault("\"pattern_sha256\" is not that of the pattern, which is \(numbers.patternDigest)")
        }
    }

    /// Rows with pivots are independent modulo a prime, hence over the rationals: rank ≥ their number.
    private func checkPivots(_ budget: inout CheckingBudget) throws(CertificateFault) {
        let c = certificate
        try budget.takeElimination(points: c.points, columns: numbers.distinctUnits.count * c.columnsPerUnit)
        let profile = numbers.plainProfile()
        guard c.pivots == profile else {
            let row = zip(c.pivots, profile).enumerated().first { $1.0 != $1.1 }!
            throw CertificateFault("point \(row.offset): the pivot is in column \(row.element.1), not \(row.element.0)")
        }
        let rank = profile.count { $0 >= 0 }
        guard c.rank == rank else { throw CertificateFault("\"rank\" is \(c.rank); there are \(rank) pivots") }
        guard c.isFullRank == (rank == c.points) else {
            throw CertificateFault("\"full_rank\" does not go with rank \(rank) of \(c.points)")
        }
    }

    /// Each other row lies in the span of the rows with pivots: rank ≤ their number.
    private func checkCircuits(_ budget: inout CheckingBudget) throws(CertificateFault) {
        let c = certificate
        let dependent = c.pivots.indices.filter { c.pivots[$0] < 0 }
        guard c.circuits.map(\.dependentPoint) == dependent else {
            throw CertificateFault(
                "the \(c.circuits.count) circuits are not one for each of the \(dependent.count) points without a pivot")
        }
        for circuit in c.circuits {
            guard let fault = try fault(in: circuit, &budget) else { continue }
            throw CertificateFault("circuit of point \(circuit.dependentPoint): \(fault)")
        }
        let isProved = c.circuits.allSatisfy(\.isProof)
        guard c.isProved == isProved else { throw CertificateFault("\"proved\" should be \(isProved)") }
    }

    private func fault(in circuit: Circuit, _ budget: inout CheckingBudget) throws(CertificateFault) -> String? {
        let points = circuit.points
        let what = "the circuit of point \(circuit.dependentPoint)"
        guard zip(points, points.dropFirst()).allSatisfy(<) else { return "its points do not ascend" }
        guard points.dropLast().allSatisfy({ $0 >= 0 && certificate.pivots[$0] >= 0 }) else {
            return "a point besides the last has no pivot"
        }
        let width = numbers.pattern.wordsPerUnit
        try budget.take(Double(width) + Double(certificate.units) * Double(min(width, points.count)), for: what)
        let rank = try ZeroOneRank(numbers.pattern, points: points).rank { (work) throws(CertificateFault) in
            try budget.take(10 * work, for: what)  // divisions
        }
        guard circuit.rank == rank else { return "the rank of the pattern's columns is \(rank), not \(circuit.rank)" }
        switch circuit.evidence {
        case .count:
            let k = certificate.columnsPerUnit
            return points.count == k * rank + 1
                ? nil : "\(points.count) points are not \(k) rank + 1 = \(k * rank + 1): their rows may be independent"
        case .integers(let digits):
            let check = IntegerRelationCheck(numbers, points: points)
            try budget.take(10 * check.work(digits), for: what)
            return check.fault(digits)
        case .residues(let residues, let prime):
            guard certificate.primes.contains(prime) else { return "\(prime) is none of the primes" }
            return residueFault(residues, prime: prime, points: points)
        }
    }

    private func residueFault(_ residues: [UInt32], prime: UInt32, points: [Int]) -> String? {
        guard residues.count == points.count, residues.last == 1, residues.allSatisfy({ (1..<prime).contains($0) }) else {
            return "the residues are not \(points.count) from 1 to \(prime - 1), the last 1"
        }
        return IntegerRelationCheck(numbers, points: points).holds(residues.map(UInt64.init), modulo: UInt64(prime))
            ? nil : "the relation does not hold modulo \(prime)"
    }
}

extension Certificate {
    /// Whether it can be checked here at all, by its size.
    ///
    /// - Throws: what is too large.
    public func requireCheckable() throws(CertificateFault) { try CheckingBudget.requireTrial(self) }

    /// What a certificate that passed its check says.
    public var statement: String {
        let what = "n = \(points), d0 = \(inputDimension), d1 = \(units): rank \(rank)"
        if isFullRank { return "\(what), full rank, proved" }
        guard isProved else { return "\(what) modulo \(primes.map { "\($0)" }.joined(separator: " and ")); proved: rank >= \(rank)" }
        return "\(what), \(circuits.count) dependent, proved"
    }
}
