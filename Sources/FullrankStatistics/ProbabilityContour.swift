/// Where the chance of full rank reaches a level: by n the least width at which the measured fraction does, with the
/// widths at which the upper and the lower end of its 95% Wilson interval do.
public struct ProbabilityContour: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        /// n
        public let points: Int
        /// Least width at which the upper end of the interval reaches the level; nil: not within the widths tried.
        public let low: Int?
        /// Least width at which the fraction does.
        public let width: Int?
        /// Least width at which the lower end does.
        public let high: Int?
    }

    public let level: Double
    /// By n, ascending.
    public let rows: [Row]

    /// Of trials' critical widths: every width counts.
    public init(level: Double, samples: CriticalWidthSamples) {
        self.level = level
        rows = samples.points.indices.map { index in
            let ascending = samples.widths[index].sorted()
            let trials = ascending.count
            func width(_ reaches: (Int) -> Bool) -> Int? {
                guard trials > 0 else { return nil }
                if reaches(0) { return 1 }
                // By bisection for the fewest full ranks that do: all three grow with the count.
                var low = 0, high = trials
                guard reaches(trials) else { return nil }
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if reaches(middle) { high = middle } else { low = middle }
                }
                let width = ascending[high - 1]
                return width == CriticalWidthSamples.unreached ? nil : Int(width)
            }
            return Row(
                points: samples.points[index],
                low: width { WilsonInterval(successes: $0, trials: trials).high >= level },
                width: width { Double($0) >= level * Double(trials) },
                high: width { WilsonInterval(successes: $0, trials: trials).low >= level })
        }
    }

    /// Of cells of one d0 or ratio: widths are the listed ones.
    public init(level: Double, cells: [CellStatistics]) {
        self.level = level
        let columns = Dictionary(grouping: cells, by: \.points)
        rows = columns.keys.sorted().map { points in
            let column = (columns[points] ?? []).sorted { $0.units < $1.units }
            return Row(
                points: points, low: column.first { $0.ciHigh >= level }?.units,
                width: column.first { $0.probability >= level }?.units,
                high: column.first { $0.ciLow >= level }?.units)
        }
    }
}
