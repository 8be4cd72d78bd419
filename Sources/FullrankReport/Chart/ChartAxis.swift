import FullrankPlatform

/// One axis of a chart: its range, and the values that it labels.
public struct ChartAxis: Hashable, Sendable {
    public enum Scale: Hashable, Sendable { case linear, logarithmic }

    public let title: String
    public let scale: Scale
    /// In the axis's units; both positive on a logarithmic axis.
    public let low: Double
    public let high: Double

    /// An axis that holds `values` (not finite ones aside, and those ≤ 0 on a logarithmic one), widened to round
    /// ends; with `fixed`, exactly that.
    public init(
        title: String, scale: Scale = .linear, values: [Double] = [], includesZero: Bool = false,
        fixed: ClosedRange<Double>? = nil
    ) {
        self.title = title
        self.scale = scale
        if let fixed {
            (low, high) = (fixed.lowerBound, fixed.upperBound)
            return
        }
        let usable = values.filter { $0.isFinite && (scale == .linear || $0 > 0) } + (includesZero ? [0] : [])
        var (low, high) = (usable.min() ?? 1, usable.max() ?? 1)
        switch scale {
        case .linear:
            if low == high {
                (low, high) = (low - (low == 0 ? 0 : abs(low) / 2), high + (high == 0 ? 1 : abs(high) / 2))
            }
            let step = Self.step(covering: high - low, about: 6)
            (self.low, self.high) = ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step)
        case .logarithmic:
            if log10(high / low) > 2.6 {
                // Whole decades, labelled at both ends.
                let ends = (low: log10(low).rounded(.down), high: log10(high).rounded(.up))
                let stride = Double(Self.stride(decades: ends.high - ends.low))
                self.low = pow(10, (ends.low / stride).rounded(.down) * stride)
                self.high = pow(10, (ends.high / stride).rounded(.up) * stride)
            } else if log10(high / low) > 0.7 {
                (self.low, self.high) = (Self.round(low, up: false), Self.round(high, up: true))
            } else {
                // Little more than a factor: some room on either side.
                let room = pow(high / low, 0.08) * 1.02
                (self.low, self.high) = (low / room, high * room)
            }
        }
    }

    /// 0 at the low end, 1 at the high end; far below for what a logarithmic axis does not have.
    func position(_ value: Double) -> Double {
        switch scale {
        case .linear: (value - low) / (high - low)
        case .logarithmic: value > 0 ? log(value / low) / log(high / low) : -1e6
        }
    }

    /// Values and their labels, ascending, at most about `count`.
    func ticks(about count: Int) -> [(value: Double, label: String)] {
        switch scale {
        case .linear:
            let step = Self.step(covering: high - low, about: count)
            let first = Int((low / step - 1e-9).rounded(.up)), last = Int((high / step + 1e-9).rounded(.down))
            guard first <= last else { return [] }
            return (first...last).map { (Double($0) * step, Self.label(Double($0) * step)) }
        case .logarithmic:
            let decades = log10(high / low)
            let factors: [Double] =
                decades < 0.8
                ? [1, 1.5, 2, 3, 4, 5, 6, 7, 8]
                : decades < 1.3
                    ? [1, 2, 3, 5] : decades < Double(count) / 2.4 ? [1, 2, 5] : decades < 4.5 ? [1, 3] : [1]
            let stride = Self.stride(decades: decades)
            var ticks = [(value: Double, label: String)]()
            for power in Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up)) where power % stride == 0 {
                for factor in factors {
                    let value = factor * pow(10, Double(power))
                    if value >= low * (1 - 1e-9), value <= high * (1 + 1e-9) {
                        ticks.append((value, Self.label(value)))
                    }
                }
            }
            return ticks
        }
    }

    /// From one labelled power of ten to the next.
    private static func stride(decades: Double) -> Int { decades > 9 ? Int((decades / 7 - 1e-9).rounded(.up)) : 1 }

    /// 1, 2 or 5 times a power of ten.
    private static func step(covering length: Double, about count: Int) -> Double {
        let raw = max(length, 1e-300) / Double(count)
        let power = pow(10, log10(raw).rounded(.down))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw * (1 - 1e-9) } ?? 10 * power
    }

    /// The next 1, 2 or 5 times a power of ten.
    private static func round(_ value: Double, up: Bool) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        let steps = [1, 2, 5, 10].map { $0 * power }
        return (up ? steps.first { $0 >= value * (1 - 1e-9) } : steps.last { $0 <= value * (1 + 1e-9) }) ?? value
    }

    /// "0.05", "200", "1e-7".
    static func label(_ value: Double) -> String {
        let magnitude = abs(value)
        if magnitude < 1e-300 { return "0" }
        if magnitude >= 1e6 || magnitude < 1e-3 {
            let power = Int((log10(magnitude) + 1e-9).rounded(.down))
            let digit = (value / pow(10, Double(power)) * 100).rounded() / 100
            return (digit == digit.rounded() ? "\(Int(digit))" : "\(digit)") + "e\(power)"
        }
        var text = fixed(value, 4)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}
