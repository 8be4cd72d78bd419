import FullrankPlatform

extension StepChances {
    /// Chance that d1 units make a Jacobian of rank n, exactly, but for rounding: errors stay below 1e-12 √d1.
    ///
    /// Whether the rank is n depends only on which patterns occur. With a number of units that is Poisson of mean λ,
    /// patterns occur independently, so that `G(λ) = Σ_d P_d λ^d/d!` is a product of matrices, gap by gap, with entries
    /// `e^(λp) − 1` where a pattern occurs and 1 if it does not; `P_d` is Cauchy's integral of G over the circle
    /// |λ| = d, where the trapezoidal rule converges faster than geometrically (docs/mathematics.md, section 12).
    ///
    /// - Precondition: `units >= 0`.
    public func fullRank(units: Int) -> Double {
        precondition(units >= 0, "a layer has 0 units or more")
        guard distinct == points, units > 0 else { return 0 }
        // d1 units have 2 d1 columns.
        guard 2 * units >= points else { return 0 }
        let radius = Double(units)
        let nodes = 2 * (Int((9 * radius.squareRoot()).rounded(.up)) / 2 + 16)
        var sum = 0.0
        for node in 0...nodes / 2 {
            // Nodes in the lower half plane give conjugate values.
            let weight = node == 0 || node == nodes / 2 ? 1.0 : 2.0
            let angle = 2 * Double.pi * Double(node) / Double(nodes)
            // e^(-i d θ) with its argument reduced exactly.
            let turn = 2 * Double.pi * Double(units * node % nodes) / Double(nodes)
            let value = generating(Complex(radius * cos(angle), radius * sin(angle)), scale: radius)
            sum += weight * (value.re * cos(turn) + value.im * sin(turn))
        }
        // d! e^d / d^d, without overflow; G was scaled by e^-d.
        let factor = exp(logGamma(radius + 1) + radius - radius * log(radius))
        return min(1, max(0, sum / Double(nodes) * factor))
    }

    /// The same chance if the number of units is Poisson of this mean: `e^-λ G(λ)`.
    func poissonFullRank(mean: Double) -> Double { generating(Complex(mean, 0), scale: mean).re }

    /// `e^-scale G(λ)`, |λ| ≤ scale.
    private func generating(_ λ: Complex, scale: Double) -> Complex {
        // A pattern of chance p has weight e^(-scale p) if it doesn't occur, (e^(λp) − 1) e^(-scale p) if it does.
        func weights(_ p: Double) -> (absent: Double, present: Complex) {
            let absent = exp(-scale * p)
            return (absent, λ.scaled(p).exponentialLessOne(times: scale * p))
        }
        let outer = weights(ones)
        // All zeros may occur or not.
        let zeros = Complex(outer.absent, 0) + outer.present
        // With a pattern of all ones to be had: by size of the last block, 1 or 2. Full rank iff no block is larger.
        var with = (outer.present * zeros, Complex())
        // Without: by size of the last block, orientation of its left break, single blocks of the circuit, at most 2
        // counted (StepPatterns has the reason). State: size − 1 + 2 left + 4 single.
        var without = Array(repeating: Complex(), count: 12)
        without[0] = zeros.scaled(outer.absent)
        var next = without
        func single(_ state: Int, right: Int) -> Int {
            min(2, state / 4 + (state / 2 % 2 != right && state % 2 == 0 ? 1 : 0))
        }
        for gap in gaps {
            let (absent, present) = weights(gap)
            let open = absent * absent
            let one = present.scaled(absent)
            let both = present * present
            var all = Complex()
            for state in 0..<12 { next[state] = Complex() }
            for state in 0..<12 {
                let chance = without[state]
                all = all + chance
                if state % 2 == 0 { next[state + 1] = next[state + 1] + chance.scaled(open) }
                let broken = chance * one
                for right in 0...1 {
                    let index = 2 * right + 4 * single(state, right: right)
                    next[index] = next[index] + broken
                }
            }
            with = ((with.0 + with.1) * (one + one + both) + all * both, with.0.scaled(open))
            swap(&without, &next)
        }
        var full = with.0 + with.1
        for state in 0..<12 where single(state, right: 1) >= 2 { full = full + without[state] }
        return full
    }
}

private struct Complex {
    var re = 0.0
    var im = 0.0
    init() {}
    init(_ re: Double, _ im: Double) { (self.re, self.im) = (re, im) }

    static func + (a: Complex, b: Complex) -> Complex { Complex(a.re + b.re, a.im + b.im) }
    static func * (a: Complex, b: Complex) -> Complex {
        Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
    }
    func scaled(_ factor: Double) -> Complex { Complex(re * factor, im * factor) }

    /// `(e^z − 1) e^-s`, to full precision for small z and without overflow for Re z ≤ s.
    func exponentialLessOne(times s: Double) -> Complex {
        guard s < 1 else {
            let size = exp(re - s)
            return Complex(size * cos(im) - exp(-s), size * sin(im))
        }
        let half = sin(im / 2)
        return Complex(expm1(re) * cos(im) - 2 * half * half, exp(re) * sin(im)).scaled(exp(-s))
    }
}
