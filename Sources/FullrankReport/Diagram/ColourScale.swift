/// Which values the colours of a map represent, and how the bar next to a heatmap labels them.
struct ColourScale: Sendable {
    var map: ColourMap
    var low: Double
    var high: Double
    var labels: [String]
    var title: String

    static let fraction = ColourScale(
        map: .viridis, low: 0, high: 1, labels: ["0", "0.25", "0.5", "0.75", "1"],
        title: "fraction of trials of full rank")

    /// From -size to size.
    static func difference(_ size: String) -> ColourScale {
        let half = (Double(size) ?? 1) / 2
        return ColourScale(
            map: .blueRed, low: -2 * half, high: 2 * half,
            labels: ["-\(size)", "-" + shortest(half), "0", shortest(half), size], title: "difference of fractions")
    }

    private static func shortest(_ value: Double) -> String { coordinate(value) }

    /// Fractions, or differences up to the largest that occurs.
    init(panels: [PhaseDiagram.Panel]) {
        let differences = panels.flatMap(\.cells).filter { $0.other != nil }.map { abs($0.value) }
        guard let largest = differences.max() else {
            self = .fraction
            return
        }
        self = .difference(["0.1", "0.2", "0.5"].first { (Double($0) ?? 1) >= largest } ?? "1")
    }

    init(map: ColourMap, low: Double, high: Double, labels: [String], title: String) {
        self.map = map
        self.low = low
        self.high = high
        self.labels = labels
        self.title = title
    }

    func position(_ value: Double) -> Double { (value - low) / (high - low) }
    func hex(_ value: Double) -> String { map.hex(position(value)) }
}
