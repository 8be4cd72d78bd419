import FullrankModel

extension Explanation {
    /// The number of circuits that are printed in full.
    public static let mostTold = 20

    /// For a person: one line about the question, one for each dependent point, one about what is proved. Ends with a
    /// line feed.
    public var words: String {
        let k = problem.columnsPerUnit, n = problem.points
        var lines = [String]()
        var what = "n = \(n), d0 = \(problem.inputDimension), d1 = \(problem.units), k = \(k)"
        if isDrawn { what += ", seed \(problem.seed), trial \(trial)" }
        let rank = profile.rank
        lines.append("\(what): rank \(rank) of \(n), \(isFullRank ? "full rank" : "\(n - rank) short")")
        for circuit in circuits.prefix(Self.mostTold) {
            lines.append("point \(circuit.dependentPoint) depends: \(circuit.words(columnsPerUnit: k))")
        }
        if circuits.count > Self.mostTold {
            lines.append("and \(circuits.count - Self.mostTold) more; --json has them all")
        }
        lines += closing
        return lines.map { $0 + "\n" }.joined()
    }

    private var closing: [String] {
        let rank = profile.rank, count = circuits.count
        let agreeing = primes.filter { !dissenting.contains($0) }
        let list = agreeing.map { "\($0)" }.joined(separator: " and ")
        var lines = [String]()
        if !dissenting.isEmpty {
            lines.append(
                "modulo \(dissenting.map { "\($0)" }.joined(separator: ", ")) the pivots were others; \(list) agree and decide"
            )
        }
        let below = "\(rank) pivots modulo \(list): rank >= \(rank)"
        if isFullRank {
            let last = profile.pivotColumns.max() ?? -1
            let width = last < 0 ? 0 : Int(last) / problem.columnsPerUnit + 1
            lines.append("\(below). Proved; the first \(width) of \(problem.units) units suffice")
        } else if isProved {
            lines.append(
                "\(below); \(count) dependent point\(count == 1 ? "" : "s"): rank <= \(rank). Proved over the rationals"
            )
        } else {
            let bound = Prime.shortfallBound(pivots: problem.points, primes: primes)
            lines.append(
                "\(below). Not proved to be \(rank): some relations are known modulo a prime only; "
                    + "the chance that the rank is higher is about \(bound)")
        }
        return lines
    }
}

extension Circuit {
    /// Why the rows are dependent, as a sentence without its end.
    public func words(columnsPerUnit k: Int) -> String {
        switch evidence {
        case .count where rank == 0: "no unit is active on it"
        case .count where rank == 1: "\(list): no unit tells them apart (k + 1 = \(k + 1) points, rank A_C = 1)"
        case .count:
            "\(list): their patterns have rank \(rank), so their rows lie in \(k * rank) dimensions, "
                + "one fewer than the points"
        case .integers(let digits):
            "\(list): \(Self.relation(points, digits)) (special data: the pattern alone does not force it)"
        case .residues(_, let prime): "\(list): a relation modulo \(prime)"
        }
    }

    /// "points 1, 4 and 5".
    var list: String {
        if points.count == 1 { return "point \(points[0])" }
        let shown = points.count > 12 ? points.prefix(10) + points.suffix(1) : points[...]
        let text = shown.dropLast().map { "\($0)" }.joined(separator: ", ")
        return "points \(text)\(points.count > 12 ? ", ..." : "") and \(points[points.count - 1])"
    }

    /// "row 3 - 2 row 5 = 0".
    static func relation(_ points: [Int], _ digits: [String]) -> String {
        guard points.count <= 6, digits.allSatisfy({ $0.utf8.count <= 24 }) else {
            return "a relation with whole coefficients of up to \(digits.map(\.utf8.count).max() ?? 0) digits"
        }
        var text = ""
        for (point, coefficient) in zip(points, digits) {
            let size = coefficient.hasPrefix("-") ? String(coefficient.dropFirst()) : coefficient
            let sign = coefficient.hasPrefix("-") ? (text.isEmpty ? "-" : " - ") : (text.isEmpty ? "" : " + ")
            text += sign + (size == "1" ? "" : size + " ") + "row \(point)"
        }
        return text + " = 0"
    }
}
