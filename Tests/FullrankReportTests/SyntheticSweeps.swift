import FullrankModel
import FullrankStatistics

/// Cells with a phase transition like the real one: logistic in d1 k / n, binomial by a fixed rule, no generator.
func syntheticCells(
    d0: [Int] = [], ratios: [Ratio] = [], points: [Int], units: [Int], trials: Int = 100
) -> [CellStatistics] {
    func cells(_ ratio: Ratio?, _ inputDimension: (Int) -> Int) -> [CellStatistics] {
        points.flatMap { points in
            units.map { units in
                let k = Double(inputDimension(points) + 1)
                let excess = Double(units) * k / Double(max(points, 1)) - 1 - 10 / (k * k)
                // 1 / (1 + 2^-x), to a few digits, without a logarithm from a C library.
                var odds = 1.0
                for _ in 0..<Int(min(abs(excess) * 30, 200)) { odds *= excess > 0 ? 1.25 : 0.8 }
                let fullRank = units * Int(k) < points ? 0 : Int(odds / (1 + odds) * Double(trials) + 0.5)
                return CellStatistics(
                    ratio: ratio, inputDimension: inputDimension(points), points: points, units: units,
                    trials: trials, fullRank: fullRank,
                    meanRank: min(Double(points), Double(units) * k))
            }
        }
    }
    return d0.flatMap { dimension in cells(nil) { _ in dimension } }
        + ratios.flatMap { ratio in cells(ratio) { ratio.inputDimension(points: $0) } }
}

/// Critical widths that grow linearly in n, less steeply for larger d0; a quantile above `largestUnits` is missing.
func syntheticWidths(d0: [Int], points: [Int], largestUnits: Int) -> [WidthStatistics] {
    d0.flatMap { dimension in
        points.map { points in
            let median = Double(points) * (0.8 / Double(dimension) + 0.5)
            let quantiles = [0.8, 0.93, 1, 1.08, 1.25].map { factor -> Int? in
                let width = Int(median * factor) + 1
                return width <= largestUnits ? width : nil
            }
            let reached = [100, 95, 75, 50, 25, 5][quantiles.count { $0 == nil }] - (quantiles[4] == nil ? 1 : 0)
            return WidthStatistics(
                ratio: nil, inputDimension: dimension, points: points, trials: 100, q05: quantiles[0],
                q25: quantiles[1], q50: quantiles[2], q75: quantiles[3], q95: quantiles[4], reached: reached)
        }
    }
}
