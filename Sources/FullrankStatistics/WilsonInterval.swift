/// The Wilson score interval of a proportion, at 95%.
///
/// Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). Unlike the normal
/// approximation it keeps inside [0, 1] and has a width where every trial, or none, succeeded.
public struct WilsonInterval: Hashable, Sendable {
    /// The 97.5% quantile of the normal distribution.
    public static let z = 1.959963984540054

    /// Exactly 0 when nothing succeeded.
    public let low: Double
    /// Exactly 1 when everything succeeded.
    public let high: Double

    /// The interval of `successes` among `trials`; [0, 1], which says nothing, for no trials.
    ///
    /// - Precondition: `0 <= successes <= trials`.
    public init(successes: Int, trials: Int) {
        precondition(successes >= 0 && successes <= trials, "successes lie between 0 and the number of trials")
        let successCount = Double(successes)
        let count = Double(trials)
        let square = Self.z * Self.z
        let centre = (successCount + square / 2) / (count + square)
        let spread = trials == 0 ? 0 : successCount * (count - successCount) / count
        let half = Self.z / (count + square) * (spread + square / 4).squareRoot()
        // At the ends centre and half are equal (or add up to 1) but for rounding.
        low = successes == 0 ? 0 : max(0, centre - half)
        high = successes == trials ? 1 : min(1, centre + half)
    }
}
