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

    /// - Throws: if that is too much; `what` names the purpose.
    mutating func take(_ amount: Double, for what: String) throws(CertificateFault) {
        work += amount
        guard work <= Self.mostWork else {
            throw CertificateFault("\(what) takes more than the \(Self.mostWork) multiply-adds that a check may take")
        }
    }

    /// Weights and biases of a deep network, all of which are kept: 512 MiB.
    static let mostParameters = 0x1p26

    /// - Throws: if the trial itself is too large to be drawn.
    static func requireTrial(_ certificate: Certificate) throws(CertificateFault) {
        let n = Double(certificate.points)
        var d0 = Double(certificate.inputDimension), parameters = 0.0, values = 0.0
        var fits = true
        for width in (certificate.hidden + [certificate.units]).map(Double.init) {
            fits =
                fits && n * d0 <= mostEntries / 4 && width * (n / 64).rounded(.up) <= mostWords
                && width * (d0 + 1) <= mostWeights
            parameters += width * (d0 + 1)
            values += n * (d0 + width)
            d0 = width
        }
        // All of a deep network is kept, and run on all points.
        if !certificate.hidden.isEmpty {
            fits = fits && parameters <= mostParameters && values <= mostEntries / 4 && n * parameters <= mostWork / 10
        }
        guard fits else { throw CertificateFault("\(certificate.shape) is too large to check") }
        guard certificate.primes.count <= ProfileAgreement.mostPrimes else {
            throw CertificateFault(
                "\"primes\" has \(certificate.primes.count) entries; 'fullrank explain' tries \(ProfileAgreement.mostPrimes) at most"
            )
        }
    }

    /// The textbook's elimination of n rows.
    mutating func takeElimination(points: Int, columns: Int) throws(CertificateFault) {
        let n = Double(points), width = Double(columns), pivots = min(n, width)
        guard pivots * width <= Self.mostEntries else {
            throw CertificateFault(
                "plain elimination of \(points) rows of \(columns) columns takes more memory than a check may take")
        }
        try take(n * pivots * width, for: "plain elimination of \(points) rows of \(columns) columns")
    }
}
