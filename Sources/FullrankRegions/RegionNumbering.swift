import FullrankNumbers

/// Numbers of regions, and which subset of hyperplanes each stands for (docs/mathematics.md, section "Activation regions").
///
/// Half of the regions lie on the positive side of the last hyperplane, and each of these is named by a set of fewer
/// than r of the other m − 1: sets of r − 1 first, then of r − 2, ..., those of one size in lexicographic order. Region
/// `2 i` is that of set `i`, region `2 i + 1` is opposite to it.
struct RegionNumbering: Sendable {
    /// m
    let hyperplanes: Int
    /// r
    let dimension: Int
    /// C(m−1, j), j < r.
    private let subsets: [BigInteger]
    let regions: BigInteger

    init(hyperplanes: Int, dimension: Int) {
        self.hyperplanes = hyperplanes
        self.dimension = dimension
        var subsets = [BigInteger]()
        var binomial = BigInteger(1)
        var sum = BigInteger.zero
        for size in 0..<max(dimension, 0) {
            subsets.append(binomial)
            sum += binomial
            binomial *= UInt64(max(hyperplanes - 1 - size, 0))
            binomial.divide(by: UInt64(size + 1))
        }
        self.subsets = subsets
        sum *= 2
        regions = dimension == 0 ? BigInteger(1) : sum
    }

    /// Set number `index`, ascending.
    ///
    /// - Precondition: `index` is below half the number of regions.
    func subset(_ index: BigInteger) -> [Int] {
        var rest = index
        var size = dimension - 1
        while rest >= subsets[size] {
            rest -= subsets[size]
            size -= 1
        }
        var chosen = [Int]()
        chosen.reserveCapacity(size)
        // Sets with `left` more members out of `open` candidates from `candidate` on.
        var (candidate, open, left) = (0, hyperplanes - 1, size)
        var count = subsets[size], holding = BigInteger.zero
        while left > 0 {
            // Those that hold the candidate: C(open − 1, left − 1) = C(open, left) left / open.
            holding.set(count, times: UInt64(left), over: UInt64(open))
            if rest < holding {
                chosen.append(candidate)
                left -= 1
                swap(&count, &holding)
            } else {
                rest -= holding
                count -= holding
            }
            candidate += 1
            open -= 1
        }
        return chosen
    }
}
