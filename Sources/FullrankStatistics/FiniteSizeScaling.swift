import FullrankModel

/// How the critical width and the window of the transition grow with n: median h(n) ≈ A n^a, interquartile range
/// ≈ B n^b, so that the window's share of the width falls as n^(b - a); exponents with standard errors.
///
/// Quantiles are those of the distribution of h spread evenly over (h - 1, h], so that a window narrower than one unit
/// has a size. Errors come from a bootstrap over trials: the h(n) of one trial depend on each other, and are drawn
/// together.
public struct FiniteSizeScaling: Sendable {
    /// n that entered the fit: those whose 75% quantile was reached.
    public let points: [Int]
    /// By n.
    public let medians: [Double]
    /// By n: interquartile ranges.
    public let windows: [Double]
    public let median: PowerLaw
    public let window: PowerLaw
    /// Standard errors of the exponents.
    public let medianError: Double
    public let windowError: Double
    /// Of b - a.
    public let relativeError: Double

    public static let resamples = 200

    /// nil if fewer than three n have all they need.
    ///
    /// - Parameter smallestPoints: smaller n are left out: power laws are for large n.
    public init?(_ samples: CriticalWidthSamples, smallestPoints: Int) {
        let orders = samples.widths.map { widths in widths.indices.sorted { widths[$0] < widths[$1] } }
        let ones = Array(repeating: 1, count: samples.trials)
        func quartiles(_ index: Int, _ weights: [Int]) -> [Double]? {
            Self.quantiles(samples.widths[index], order: orders[index], weights: weights)
        }
        let used = samples.points.indices.filter { samples.points[$0] >= smallestPoints && quartiles($0, ones) != nil }
        guard used.count >= 3, samples.trials > 1 else { return nil }

        func fit(_ weights: [Int]) -> (median: PowerLaw, window: PowerLaw)? {
            var medians = [(x: Double, y: Double)](), windows = medians
            for index in used {
                // A resample may miss a quartile that all trials together have: it leaves this n out.
                guard let values = quartiles(index, weights) else { continue }
                medians.append((Double(samples.points[index]), values[1]))
                windows.append((Double(samples.points[index]), values[2] - values[0]))
            }
            guard let median = PowerLaw(medians), let window = PowerLaw(windows) else { return nil }
            return (median, window)
        }
        guard let whole = fit(ones) else { return nil }
        (median, window) = whole
        let all = used.compactMap { quartiles($0, ones) }
        points = used.map { samples.points[$0] }
        medians = all.map { $0[1] }
        windows = all.map { $0[2] - $0[0] }

        var generator = SplitMix(state: 0x5eed)
        var fits = [(median: PowerLaw, window: PowerLaw)]()
        for _ in 0..<Self.resamples {
            var weights = Array(repeating: 0, count: samples.trials)
            for _ in 0..<samples.trials { weights[generator.below(samples.trials)] += 1 }
            if let one = fit(weights) { fits.append(one) }
        }
        func deviation(_ values: [Double]) -> Double {
            guard values.count > 1 else { return .nan }
            let mean = values.reduce(0, +) / Double(values.count)
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
        }
        medianError = deviation(fits.map(\.median.exponent))
        windowError = deviation(fits.map(\.window.exponent))
        relativeError = deviation(fits.map { $0.window.exponent - $0.median.exponent })
    }

    /// The quartiles of widths given by weight; nil if one is not reached.
    ///
    /// - Parameter order: indices of `widths` by size.
    static func quantiles(
        _ widths: [Int32], order: [Int], weights: [Int], levels: [Double] = [0.25, 0.5, 0.75]
    ) -> [Double]? {
        let total = Double(weights.reduce(0, +))
        var result = [Double]()
        var below = 0, position = 0
        while position < order.count, result.count < levels.count {
            let width = widths[order[position]]
            guard width != CriticalWidthSamples.unreached else { return nil }
            var here = 0
            while position < order.count, widths[order[position]] == width {
                here += weights[order[position]]
                position += 1
            }
            while here > 0, result.count < levels.count, Double(below + here) >= levels[result.count] * total {
                let share = (levels[result.count] * total - Double(below)) / Double(here)
                result.append(Double(width) - 1 + share)
            }
            below += here
        }
        return result.count == levels.count ? result : nil
    }
}

/// SplitMix64, for resampling: the same draws everywhere.
struct SplitMix {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        z ^= z >> 31
        return Int(z.multipliedFullWidth(by: UInt64(bound)).high)
    }
}
