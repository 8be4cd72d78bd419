import FullrankBackends
import FullrankModel
import FullrankSweep

/// Checks a certificate by other means than it was made: the rank profile by the textbook's elimination modulo 2^61 − 2373,
/// the circuits by the rank of small matrices of zeros and ones, relations over the integers. Of a deep network the rows too
/// are made by other means, forward and backward modulo each prime.
public struct CertificateCheck {
    private let certificate: Certificate
    private let numbers: any CertifiedNumbers

    /// - Parameter backend: draws the samples again.
    /// - Precondition: `certificate.requireCheckable` did not throw.
    /// - Throws: what the backend throws.
    public init(_ certificate: Certificate, on backend: any RankBackend) throws(BackendError) {
        self.certificate = certificate
        let problem = certificate.problem, trial = certificate.trial ?? 0
        guard problem.hidden.isEmpty else {
            numbers = DeepNumbers(
                try DeepSamples(problem, trial: trial, on: backend), points: problem.points,
                inputDimension: problem.inputDimension, bias: problem.bias)
            return
        }
        numbers = TrialNumbers(
            inputs: try backend.inputs(of: problem, trial: trial),
            pattern: try backend.activationPattern(of: problem, trial: trial),
            inputDimension: problem.inputDimension, bias: problem.bias)
    }

    /// - Returns: what the certificate proves, in words, and what it leaves open.
    /// - Throws: the first claim that is false, or that takes too much to check.
    @discardableResult
    public func run() throws(CertificateFault) -> String {
        var budget = CheckingBudget()
        try checkHead()
        try checkPivots(&budget)
        try checkCircuits(&budget)
        let statement = certificate.statement(lowerModulo: try primesOfLowerRank(&budget))
        // Byte by byte: Swift's strings are equal if they look the same, and U+037E looks like a semicolon.
        if let claim = certificate.claim, !claim.utf8.elementsEqual(statement.utf8) {
            throw CertificateFault(
                "\"statement\" is \(claim.printable(limit: 100).quoted), where it should be '\(statement)'")
        }
        return statement
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
        if let fault = numbers.digestFault(c) { throw CertificateFault(fault) }
    }

    /// Rows with pivots are independent modulo a prime, hence over the rationals: rank ≥ their number.
    private func checkPivots(_ budget: inout CheckingBudget) throws(CertificateFault) {
        let c = certificate
        try budget.takeElimination(points: c.points, columns: numbers.eliminatedColumns)
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

    /// Checks that each other row is in the span of the rows with pivots, so that the rank is at most their number.
    private func checkCircuits(_ budget: inout CheckingBudget) throws(CertificateFault) {
        let c = certificate
        let dependent = c.pivots.indices.filter { c.pivots[$0] < 0 }
        guard c.circuits.map(\.dependentPoint) == dependent else {
            throw CertificateFault(
                "the \(c.circuits.count) circuits are not one for each of the \(dependent.count) points without a pivot"
            )
        }
        for circuit in c.circuits {
            guard let fault = try fault(in: circuit, &budget) else { continue }
            throw CertificateFault("circuit of point \(circuit.dependentPoint): \(fault)")
        }
        let isProved = c.circuits.allSatisfy(\.isProof)
        guard c.isProved == isProved else { throw CertificateFault("\"proved\" should be \(isProved)") }
    }

    /// A relation by residues holds modulo one prime, while the statement speaks of all of them and of their common error
    /// bound. So the rank is computed modulo each prime.
    ///
    /// - Returns: the primes modulo which the rank is lower than the certificate's.
    /// - Throws: if the rank is higher modulo one of them, and hence over the rationals.
    private func primesOfLowerRank(_ budget: inout CheckingBudget) throws(CertificateFault) -> [UInt32] {
        let c = certificate
        guard !c.isProved else { return [] }
        var lower = [UInt32]()
        for prime in c.primes {
            try budget.takeElimination(points: c.points, columns: numbers.eliminatedColumns)
            let rank = numbers.rank(modulo: prime)
            guard rank <= c.rank else { throw CertificateFault("the rank is \(rank) modulo \(prime), not \(c.rank)") }
            if rank < c.rank { lower.append(prime) }
        }
        return lower
    }

    private func fault(in circuit: Circuit, _ budget: inout CheckingBudget) throws(CertificateFault) -> String? {
        let points = circuit.points
        guard zip(points, points.dropFirst()).allSatisfy(<) else { return "its points do not ascend" }
        guard points.dropLast().allSatisfy({ $0 >= 0 && certificate.pivots[$0] >= 0 }) else {
            return "a point besides the last has no pivot"
        }
        return try numbers.fault(in: circuit, of: certificate, &budget)
    }
}

extension Certificate {
    /// Checks that the certificate can be checked here at all, by its size.
    ///
    /// - Throws: what is too large.
    public func requireCheckable() throws(CertificateFault) { try CheckingBudget.requireTrial(self) }

    /// The statement of a certificate that passed its check.
    ///
    /// - Parameter lower: those of its primes modulo which the rank is lower. They are seldom any, and matter only if the
    ///   rank is not proved.
    func statement(lowerModulo lower: [UInt32]) -> String {
        let what = "\(shape): rank \(rank)"
        if isFullRank { return "\(what), full rank, proved" }
        guard isProved else {
            func list(_ primes: [UInt32]) -> String { primes.map { "\($0)" }.joined(separator: " and ") }
            let others = lower.isEmpty ? "" : ", lower modulo \(list(lower))"
            return "\(what) modulo \(list(primes.filter { !lower.contains($0) }))\(others); "
                + "proved: rank >= \(rank); not proved: rank <= \(rank), "
                + "known modulo \(primes.count == 1 ? "this prime" : "these primes") only, error bound \(errorBound)"
        }
        return "\(what), \(circuits.count) dependent, proved"
    }

    var shape: String { Self.shape(points, inputDimension, hidden, units) }

    static func shape(_ n: Int, _ d0: Int, _ hidden: [Int], _ d1: Int) -> String {
        let layers = hidden.isEmpty ? "" : "hidden \(hidden.map { "\($0)" }.joined(separator: "x")), "
        return "n = \(n), d0 = \(d0), \(layers)d1 = \(d1)"
    }
}
