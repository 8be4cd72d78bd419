import FullrankModel

extension DeepExplanation {
    /// For a person: one line about the question, one for each dependent point, one about what is proved. Ends with a
    /// line feed.
    public var words: String {
        let n = problem.points, rank = profile.rank
        let layers = problem.hidden.map { "\($0)" }.joined(separator: "x")
        var lines = [
            "n = \(n), d0 = \(problem.inputDimension), hidden \(layers), d1 = \(problem.units), "
                + "\(numbers.columns) parameters, seed \(problem.seed), trial \(trial): "
                + "rank \(rank) of \(n), \(isFullRank ? "full rank" : "\(n - rank) short")"
        ]
        for circuit in circuits.prefix(Explanation.mostTold) {
            lines.append("point \(circuit.dependentPoint) depends: \(words(of: circuit))")
        }
        if circuits.count > Explanation.mostTold {
            lines.append("and \(circuits.count - Explanation.mostTold) more; --json has them all")
        }
        let agreeing = primes.filter { !dissenting.contains($0) }.map { "\($0)" }.joined(separator: " and ")
        if !dissenting.isEmpty {
            lines.append(
                "modulo \(dissenting.map { "\($0)" }.joined(separator: ", ")) the pivots were others; \(agreeing) agree and decide"
            )
        }
        let below = "\(rank) pivots modulo \(agreeing): rank >= \(rank)"
        let count = circuits.count
        if isFullRank {
            lines.append("\(below). Proved")
        } else if isProved {
            lines.append(
                "\(below); \(count) dependent point\(count == 1 ? "" : "s"): rank <= \(rank). Proved over the rationals"
            )
        } else {
            let bound = Prime.shortfallBound(pivots: n, primes: primes)
            lines.append(
                "\(below), proved. Not proved: rank <= \(rank), known modulo \(primes.count == 1 ? "this prime" : "these primes") only; "
                    + "the chance that the rank is higher is about \(bound)")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func words(of circuit: Circuit) -> String {
        switch circuit.evidence {
        case .count: break
        case .integers(let digits): return "\(circuit.list): \(Circuit.relation(circuit.points, digits))"
        case .residues(_, let prime): return "\(circuit.list): a relation modulo \(prime)"
        }
        let points = circuit.points, dead = numbers.deadLayers[circuit.dependentPoint]
        guard circuit.rank > 0 else {
            return dead == problem.hidden.count + 1
                ? "no unit of the last layer is active on it" : "its derivatives are all 0"
        }
        if numbers.areOneClass(points) {
            return dead == 0
                ? "\(circuit.list): the same activations in every layer, k + 1 = \(points.count) points"
                : "\(circuit.list): no unit of layer \(dead) is active on them, and above it the same ones"
        }
        return
            "\(circuit.list): the parameters active on them leave \(circuit.rank) dimensions, one fewer than the points"
    }
}
