import FullrankPlatform

extension StepChances {
    /// The smallest d1 at which the chance of full rank reaches `level`; nil if it never does, points being equal,
    /// or not up to `limit`.
    ///
    /// The chance never falls as d1 grows, so it does not matter where the search begins: near the answer, where a
    /// Poisson number of units of mean d1 has the level, which takes n steps to tell and not some n √d1.
    ///
    /// - Precondition: 0 < level < 1.
    public func width(level: Double, atMost limit: Int = 1 << 40) -> Int? {
        guard distinct == points, !isOutOfReach(level, units: limit) else { return nil }
        let guess = poissonWidth(level, atMost: limit)
        let first = fullRank(units: guess)
        // The slope of the Poisson chance is good enough for a step of Newton's.
        let slope = poissonFullRank(mean: Double(guess) + 0.5) - poissonFullRank(mean: Double(guess) - 0.5)
        let shift = (level - first) / slope
        let start = abs(shift) < Double(guess) / 2 ? min(max(guess + Int(shift.rounded(.up)), 1), limit) : guess
        // P(low) < level <= P(high), by steps that double.
        var (low, high) = (start, start)
        var step = 1
        if (start == guess ? first : fullRank(units: start)) >= level {
            repeat {
                high = low
                low = max(high - step, 0)
                step *= 2
            } while low > 0 && fullRank(units: low) >= level
        } else {
            repeat {
                guard high < limit else { return nil }
                low = high
                high = min(low + step, limit)
                step *= 2
            } while fullRank(units: high) < level
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if fullRank(units: middle) < level { low = middle } else { high = middle }
        }
        return high
    }

    /// Whether the chance is certainly lower with so many units. A Poisson number N of mean λ > d is at least d but for
    /// a chance of `exp(−(λ − d)²/2λ)`, and P never falls: `E P_N ≥ P_d P(N ≥ d)`.
    private func isOutOfReach(_ level: Double, units d: Int) -> Bool {
        let mean = Double(d) + 6 * Double(d).squareRoot()
        let excess = mean - Double(d)
        return poissonFullRank(mean: mean) < level * -expm1(-excess * excess / (2 * mean)) - 1e-9
    }

    /// The least mean, rounded up, at which a Poisson number of units has full rank with this chance; at most `limit`.
    private func poissonWidth(_ level: Double, atMost limit: Int) -> Int {
        var (low, high) = (0, 1)
        while high < limit, poissonFullRank(mean: Double(high)) < level { (low, high) = (high, min(2 * high, limit)) }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if poissonFullRank(mean: Double(middle)) < level { low = middle } else { high = middle }
        }
        return high
    }
}
