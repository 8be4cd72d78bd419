import FullrankProof

/// Checks a certificate of a dimension by other means than it was made: derivatives forward, one column at a time, in
/// place of rows backward, and the named minor alone in place of all columns.
public struct DimensionCertificateCheck {
    private let certificate: DimensionCertificate
    private let network: ResidueNetwork
    private let p: UInt64

    /// Multiply-adds of one certificate, twice those of making one.
    private static let mostWork = 2 * DimensionCertificate.mostWork
    /// Weights, all of which are kept: 512 MiB.
    private static let mostParameters = 1 << 26

    /// - Throws: if the check would take too much.
    public init(_ certificate: DimensionCertificate) throws(CertificateFault) {
        let problem = certificate.problem
        guard problem.parameters <= Self.mostParameters else {
            throw CertificateFault(
                "\(problem.architecture) has more than \(Self.mostParameters) parameters: too large to check")
        }
        let work = DimensionCertificate.work(problem, rank: certificate.rank)
        guard work <= Self.mostWork else {
            throw CertificateFault("a minor of size \(certificate.rank) takes more multiply-adds than a check may take")
        }
        self.certificate = certificate
        p = UInt64(certificate.prime)
        network = ResidueNetwork(problem, seed: certificate.seed, draw: certificate.draw, prime: certificate.prime)
    }

    /// - Returns: what is proved; nil if `isCancelled`.
    /// - Throws: that the minor is zero modulo the prime.
    public func run(isCancelled: () -> Bool = { false }) throws(CertificateFault) -> String? {
        let columns = certificate.columns.map { network.parameter($0) }
        var minor = [[UInt64]]()
        for point in certificate.points {
            if isCancelled() { return nil }
            let values = network.values(point)
            minor.append(columns.map { network.derivative(by: $0, at: values) })
        }
        let rank = rank(&minor, isCancelled)
        if isCancelled() { return nil }
        let problem = certificate.problem
        guard rank == certificate.rank else {
            throw CertificateFault("the minor has rank \(rank) modulo \(p), not \(certificate.rank)")
        }
        let name = "\(problem.architecture), \(problem.activation)\(problem.biases ? " with biases" : "")"
        return rank == problem.bound
            ? "\(name): the dimension is \(rank), which is its bound from above: proved"
            : "\(name): the dimension is at least \(rank), and at most \(problem.bound): proved"
    }

    /// By elimination, with a row for each pivot.
    private func rank(_ rows: inout [[UInt64]], _ isCancelled: () -> Bool) -> Int {
        var rank = 0
        for column in rows.indices {
            if isCancelled() { break }
            guard let pivot = (rank..<rows.count).first(where: { rows[$0][column] != 0 }) else { continue }
            rows.swapAt(rank, pivot)
            let inverse = SmallPower.of(rows[rank][column], Int(p) - 2, modulo: p)
            for row in (rank + 1)..<max(rows.count, rank + 1) where rows[row][column] != 0 {
                let factor = p - rows[row][column] * inverse % p
                for place in column..<rows.count {
                    rows[row][place] = (rows[row][place] + factor * rows[rank][place]) % p
                }
            }
            rank += 1
        }
        return rank
    }
}
