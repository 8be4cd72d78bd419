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
    private let subsets: [Natural]
    let regions: Natural

    init(hyperplanes: Int, dimension: Int) {
        self.hyperplanes = hyperplanes
        self.dimension = dimension
        var subsets = [Natural]()
        var binomial = Natural(1)
        var sum = Natural.zero
        for size in 0..<max(dimension, 0) {
            subsets.append(binomial)
            sum.add(binomial)
            binomial.multiply(by: UInt64(max(hyperplanes - 1 - size, 0)))
            binomial.divide(by: UInt64(size + 1))
        }
        self.subsets = subsets
        sum.multiply(by: 2)
        regions = dimension == 0 ? Natural(1) : sum
    }

    /// Set number `index`, ascending.
    ///
    /// - Precondition: `index` is below half the number of regions.
    func subset(_ index: Natural) -> [Int] {
        var rest = index
        var size = dimension - 1
        while !(rest < subsets[size]) {
            rest.subtract(subsets[size])
            size -= 1
        }
        var chosen = [Int]()
        chosen.reserveCapacity(size)
        // Sets with `left` more members out of `open` candidates from `candidate` on.
        var (candidate, open, left) = (0, hyperplanes - 1, size)
        var count = subsets[size]
        while left > 0 {
            // Those that hold the candidate: C(open − 1, left − 1) = C(open, left) left / open.
            var holding = count
            holding.multiply(by: UInt64(left))
            holding.divide(by: UInt64(open))
            if rest < holding {
                chosen.append(candidate)
                left -= 1
                count = holding
            } else {
                rest.subtract(holding)
                count.subtract(holding)
            }
            candidate += 1
            open -= 1
        }
        return chosen
    }
}
