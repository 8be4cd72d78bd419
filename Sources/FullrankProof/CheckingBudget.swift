import FullrankModel

/// How much arithmetic and memory a check takes on. A certificate comes from anyone: one that asks for more is refused in
/// words, before it is begun.
struct CheckingBudget {
    /// Multiply-adds of one certificate: about half an hour.
    static let mostWork = 1e12
    /// Numbers that are kept at a time: 4 GiB of residues.
    static let mostEntries = 0x1p29
    /// Words of 64 zeros and ones of a pattern: 1 GiB.
    static let mostWords = 0x1p27
    /// To draw for a pattern.
    static let mostWeights = 0x1p33
    /// More than any relation that `explain` looks for can have.
    static let mostDigits = 20_000

    private var work = 0.0

    /// - Throws: where that is too much, what for being `what`.
    mutating func take(_ amount: Double, for what: String) throws(CertificateFault) {
        work += amount
        guard work <= Self.mostWork else {
            throw CertificateFault("\(what) takes more than the \(Self.mostWork) multiply-adds that a check may take")
        }
    }

    /// - Throws: where the trial itself is too large to be drawn.
    static func requireTrial(_ certificate: Certificate) throws(CertificateFault) {
        let n = Double(certificate.points), d0 = Double(certificate.inputDimension), d1 = Double(certificate.units)
        guard n * d0 <= mostEntries / 4, d1 * (n / 64).rounded(.up) <= mostWords, d1 * (d0 + 1) <= mostWeights else {
            throw CertificateFault(
                "n = \(certificate.points), d0 = \(certificate.inputDimension), d1 = \(certificate.units) is too large to check")
        }
        guard certificate.primes.count <= ProfileAgreement.mostPrimes else {
            throw CertificateFault(
                "\"primes\" has \(certificate.primes.count) entries; 'fullrank explain' tries \(ProfileAgreement.mostPrimes) at most")
        }
    }

    /// The textbook's elimination of n rows.
    mutating func takeElimination(points: Int, columns: Int) throws(CertificateFault) {
        let n = Double(points), width = Double(columns), pivots = min(n, width)
        guard pivots * width <= Self.mostEntries else {
            throw CertificateFault("plain elimination of \(points) rows of \(columns) columns takes more memory than a check may take")
        }
        try take(n * pivots * width, for: "plain elimination of \(points) rows of \(columns) columns")
    }
}
