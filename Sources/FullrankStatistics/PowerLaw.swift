import FullrankPlatform

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// y = amplitude · x^exponent, by least squares of log y on log x.
public struct PowerLaw: Hashable, Sendable {
    public var amplitude: Double
    public var exponent: Double

    /// nil with fewer than two different x, or if some x or y is not positive.
    public init?(_ pairs: [(x: Double, y: Double)]) {
        guard pairs.allSatisfy({ $0.x > 0 && $0.y > 0 }), Set(pairs.map(\.x)).count > 1 else { return nil }
        let logs = pairs.map { (x: log($0.x), y: log($0.y)) }
        let count = Double(logs.count)
        let mean = (x: logs.reduce(0) { $0 + $1.x } / count, y: logs.reduce(0) { $0 + $1.y } / count)
        let spread = logs.reduce(0) { $0 + ($1.x - mean.x) * ($1.x - mean.x) }
        exponent = logs.reduce(0) { $0 + ($1.x - mean.x) * ($1.y - mean.y) } / spread
        amplitude = exp(mean.y - exponent * mean.x)
    }

    public func callAsFunction(_ x: Double) -> Double { amplitude * pow(x, exponent) }
}
