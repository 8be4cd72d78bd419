import FullrankModel

/// A trial drawn again, as a check looks at it: one hidden layer's or a deep network's.
protocol CertifiedNumbers {
    var inputsDigest: String { get }
    /// What is not the digest of the network that was drawn; nil: nothing.
    func digestFault(_ certificate: Certificate) -> String?
    /// That `plainProfile` eliminates.
    var eliminatedColumns: Int { get }
    /// For each point the column of its pivot modulo 2^61 − 2373, −1 if there is none.
    func plainProfile() -> [Int]
    /// The Jacobian's, by plain elimination modulo an odd prime.
    func rank(modulo prime: UInt32) -> Int
    /// What is wrong with a circuit whose points ascend and have pivots but for the last; nil: nothing.
    func fault(
        in circuit: Circuit, of certificate: Certificate, _ budget: inout CheckingBudget
    ) throws(CertificateFault) -> String?
}

extension TrialNumbers: CertifiedNumbers {
    var eliminatedColumns: Int { distinctUnits.count * columnsPerUnit }

    func digestFault(_ certificate: Certificate) -> String? {
        certificate.patternDigests == [patternDigest]
            ? nil : "\"pattern_sha256\" is not that of the pattern, which is \(patternDigest)"
    }

    func fault(
        in circuit: Circuit, of certificate: Certificate, _ budget: inout CheckingBudget
    ) throws(CertificateFault) -> String? {
        let points = circuit.points
        let what = "the circuit of point \(circuit.dependentPoint)"
        let width = pattern.wordsPerUnit
        try budget.take(Double(width) + Double(pattern.units) * Double(min(width, points.count)), for: what)
        let rank = try ZeroOneRank(pattern, points: points).rank { (work) throws(CertificateFault) in
            try budget.take(10 * work, for: what)  // divisions
        }
        guard circuit.rank == rank else { return "the rank of the pattern's columns is \(rank), not \(circuit.rank)" }
        switch circuit.evidence {
        case .count:
            let k = columnsPerUnit
            return points.count == k * rank + 1
                ? nil : "\(points.count) points are not \(k) rank + 1 = \(k * rank + 1): their rows may be independent"
        case .integers(let digits):
            let check = IntegerRelationCheck(self, points: points)
            try budget.take(10 * check.work(digits), for: what)
            return check.fault(digits)
        case .residues(let residues, let prime):
            if let fault = circuit.residueFault(residues, prime, certificate) { return fault }
            return IntegerRelationCheck(self, points: points).holds(residues.map(UInt64.init), modulo: UInt64(prime))
                ? nil : "the relation does not hold modulo \(prime)"
        }
    }
}

extension DeepNumbers: CertifiedNumbers {
    var eliminatedColumns: Int { liveColumns }

    func digestFault(_ certificate: Certificate) -> String? {
        guard certificate.parametersDigest == parametersDigest else {
            return "\"parameters_sha256\" is not that of the weights, which is \(parametersDigest)"
        }
        let digests = patternDigests
        guard certificate.patternDigests.count == digests.count else {
            return "\"patterns_sha256\" has \(certificate.patternDigests.count) entries for \(digests.count) layers"
        }
        return zip(certificate.patternDigests, digests).enumerated().first { $1.0 != $1.1 }.map {
            "\"patterns_sha256\" of layer \($0.offset + 1) is not that of its pattern, which is \($0.element.1)"
        }
    }

    func fault(
        in circuit: Circuit, of certificate: Certificate, _ budget: inout CheckingBudget
    ) throws(CertificateFault) -> String? {
        let points = circuit.points
        let what = "the circuit of point \(circuit.dependentPoint)"
        let dimension = try dimension(of: points) { (work) throws(CertificateFault) in
            try budget.take(work, for: what)
        }
        guard circuit.rank == dimension else {
            return "the activations leave the rows \(dimension) dimensions, not \(circuit.rank)"
        }
        let check = DeepRelationCheck(self, points: points)
        switch circuit.evidence {
        case .count:
            return points.count == dimension + 1
                ? nil
                : "\(points.count) points are not one more than \(dimension) dimensions: their rows may be independent"
        case .integers(let digits):
            try budget.take(check.work(digits), for: what)
            return check.fault(digits)
        case .residues(let residues, let prime):
            if let fault = circuit.residueFault(residues, prime, certificate) { return fault }
            try budget.take(DeepRelationCheck.work(self, points: points.count), for: what)
            return check.holds(residues, modulo: prime) ? nil : "the relation does not hold modulo \(prime)"
        }
    }
}

extension Circuit {
    fileprivate func residueFault(_ residues: [UInt32], _ prime: UInt32, _ certificate: Certificate) -> String? {
        guard certificate.primes.contains(prime) else { return "\(prime) is none of the primes" }
        guard residues.count == points.count, residues.last == 1, residues.allSatisfy({ (1..<prime).contains($0) })
        else {
            return "the residues are not \(points.count) from 1 to \(prime - 1), the last 1"
        }
        return nil
    }
}
