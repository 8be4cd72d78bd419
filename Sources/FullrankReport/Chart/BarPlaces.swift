/// Where the bars of several curves over the same axis stand, so that none covers another: side by side where most
/// values have room for all of them, the curves being moved with their bars; else by turns, a curve a value, and in place.
struct BarPlaces: Hashable, Sendable {
    /// Pixels between two bars.
    private static let spacing = 6.0

    private let curves: Int
    private let areMoved: Bool
    /// The curve whose bar stands there, by value; of moved ones all, under -1.
    private let turns: [Double: Int]
    private let isWhole: Bool

    /// - Parameter pixel: of a value across.
    init(_ values: Set<Double>, curves: Int, pixel: (Double) -> Double) {
        self.curves = curves
        /// From the right, where curves have most to say.
        func kept(apart: Double) -> [Double] {
            var last = Double.infinity, kept = [Double]()
            for value in values.sorted(by: >) where last - pixel(value) >= apart {
                last = pixel(value)
                kept.append(value)
            }
            return kept
        }
        let together = kept(apart: Self.spacing * Double(curves + 1))
        areMoved = 2 * together.count >= values.count
        var turns = [Double: Int]()
        if areMoved {
            for value in together { turns[value] = -1 }
        } else {
            for (place, value) in kept(apart: 1.5 * Self.spacing).enumerated() { turns[value] = place % max(curves, 1) }
        }
        self.turns = turns
        isWhole = areMoved && together.count == values.count
    }

    /// Pixels that the outermost curves are moved.
    var reach: Double { areMoved ? Double(max(curves - 1, 0)) / 2 * Self.spacing : 0 }

    func offset(curve: Int) -> Double { areMoved ? Double(curve) * Self.spacing - reach : 0 }

    func hasBar(curve: Int, at value: Double) -> Bool {
        guard let turn = turns[value] else { return false }
        return turn == -1 || turn == curve
    }

    /// For the caption of a figure with these panels.
    static func note(_ panels: [BarPlaces]) -> String {
        let moved = panels.contains(where: \.areMoved) ? " Curves are drawn a little apart, so that no bar covers another." : ""
        let turns = panels.contains { !$0.areMoved } ? " Curves have bars by turns." : ""
        return moved + (turns.isEmpty && panels.contains { !$0.isWhole } ? " Bars stand where there is room." : turns)
    }
}
