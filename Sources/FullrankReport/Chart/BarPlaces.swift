/// The positions of the bars of several curves over the same axis, so that none covers another. If most values have
/// room for all bars, these are side by side, and the curves move with them. Otherwise curves alternate, one per value.
struct BarPlaces: Hashable, Sendable {
    /// Pixels between two bars.
    private static let spacing = 6.0

    private let curves: Int
    private let areMoved: Bool
    /// The curve whose bar is drawn, by value; under -1 all curves that are moved.
    private let turns: [Double: Int]
    private let isWhole: Bool

    /// - Parameters:
    ///   - values: the values at which each curve has intervals.
    ///   - pixel: the horizontal position of a value.
    init(_ values: [Set<Double>], pixel: (Double) -> Double) {
        curves = values.count
        let all = Array(values.reduce(Set()) { $0.union($1) })
        let owners = all.map { value in values.indices.filter { values[$0].contains(value) } }
        // First the values that most curves have, from the right, where curves differ most.
        let order = all.indices.sorted { (owners[$0].count, all[$0]) > (owners[$1].count, all[$1]) }
        func kept(apart: Double) -> [Int] {
            order.reduce(into: []) { kept, one in
                if kept.allSatisfy({ abs(pixel(all[$0]) - pixel(all[one])) >= apart }) { kept.append(one) }
            }
        }
        let together = kept(apart: Self.spacing * Double(curves + 1))
        areMoved = 2 * together.count >= all.count
        isWhole = areMoved && together.count == all.count
        var turns = [Double: Int](), bars = values.map { _ in 0 }
        for one in areMoved ? together : kept(apart: 1.5 * Self.spacing) {
            // The next curve is the one with the fewest bars, and among these the one with the fewest values.
            let turn = owners[one].min { (bars[$0], values[$0].count, $0) < (bars[$1], values[$1].count, $1) } ?? 0
            bars[turn] += 1
            turns[all[one]] = areMoved ? -1 : turn
        }
        self.turns = turns
    }

    /// Pixels by which the outermost curves are moved.
    var reach: Double { areMoved ? Double(max(curves - 1, 0)) / 2 * Self.spacing : 0 }

    func offset(curve: Int) -> Double { areMoved ? Double(curve) * Self.spacing - reach : 0 }

    func hasBar(curve: Int, at value: Double) -> Bool {
        guard let turn = turns[value] else { return false }
        return turn == -1 || turn == curve
    }

    /// For the caption of a figure with these panels.
    static func note(_ panels: [BarPlaces]) -> String {
        let moved =
            panels.contains(where: \.areMoved) ? " Curves are drawn a little apart, so that no bar covers another." : ""
        let turns = panels.contains { !$0.areMoved } ? " Curves have bars by turns." : ""
        return moved + (turns.isEmpty && panels.contains { !$0.isWhole } ? " Bars stand where there is room." : turns)
    }
}
