extension WilsonInterval {
    /// Half of `high − low`, but for rounding.
    ///
    /// - Parameter product: successes · failures; an interval's width depends on nothing else besides the trials.
    public static func halfWidth(product: Int, trials: Int) -> Double {
        let count = Double(trials)
        let square = z * z
        let spread = trials == 0 ? 0 : Double(product) / count
        return z / (count + square) * (spread + square / 4).squareRoot()
    }

    /// The fewest trials whose interval has at most that half-width whatever the fraction; nil above 2³¹ − 1.
    ///
    /// - Precondition: `0 < halfWidth < 1/2`.
    public static func trialsForAnyFraction(halfWidth: Double) -> Int? {
        precondition(halfWidth > 0 && halfWidth < 0.5, "a half-width lies between 0 and 1/2")
        // At the fraction 1/2 the half-width is z / (2 √(t + z²)).
        let wanted = z * z / (4 * halfWidth * halfWidth) - z * z
        guard wanted < Double(Int32.max) - 2 else { return nil }
        var trials = max(1, Int(wanted.rounded(.down)))
        while Self.halfWidth(product: (trials / 2) * ((trials + 1) / 2), trials: trials) > halfWidth { trials += 1 }
        return trials
    }
}
