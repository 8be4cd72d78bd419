import FullrankNumbers

/// A piece of the set of local minima with one of its points; of pieces that differ by the order of units, one.
public struct MinimumPiece: Hashable, Sendable {
    /// By unit: '1', '0' or 'x' for each data point: active, inactive, on the boundary.
    public let patterns: [String]
    /// By unit: "+", "-" or "0".
    public let signs: [String]
    public let loss: Fraction
    /// Hyperplanes on which units are, in all.
    public let boundaries: Int
    /// Number of the component, from 0.
    public let valley: Int
    /// Units × D, and one output weight for each unit.
    public let weights: [[Fraction]]
    public let outputs: [Fraction]

    static func all(_ pieces: inout MinimaPieces, _ valleys: Valleys) -> [MinimumPiece] {
        var found = [MinimumPiece]()
        for index in pieces.classOf.indices where pieces.classOf[index] >= 0 {
            let states = pieces.states(index)
            guard pieces.problem.frozen != nil || zip(states, states.dropFirst()).allSatisfy({ $0 <= $1 }) else {
                continue
            }
            found.append(MinimumPiece(states, index, &pieces, valleys))
        }
        return found
    }

    private init(_ states: [Int], _ index: Int, _ pieces: inout MinimaPieces, _ valleys: Valleys) {
        let arrangement = pieces.arrangement, number = Int(pieces.classOf[index])
        patterns = states.map { arrangement.word($0 / 3) }
        signs = states.map { (OutputSign(rawValue: $0 % 3) ?? .zero).word }
        loss = pieces.classes[number].loss
        boundaries = pieces.boundaries(states)
        valley = valleys.valleyOf[index] ?? 0
        let zero = OutputSign.zero.rawValue
        // Coefficients come in the order of the sorted states.
        let order = states.indices.filter { states[$0] % 3 != zero }.sorted { (states[$0], $0) < (states[$1], $1) }
        var rest = (pieces.solution(order.map { states[$0] }, number) ?? [])[...]
        var weights = states.map { _ in [Fraction]() }
        func sum(_ face: Int, _ coefficients: some Sequence<Fraction>) -> [Fraction] {
            let width = pieces.problem.points[0].count
            var vector = [Fraction](repeating: .zero, count: width)
            for (ray, factor) in zip(arrangement.faces[face].rays, coefficients) {
                for (place, coordinate) in arrangement.coordinates.enumerated() {
                    vector[coordinate] += factor * arrangement.rays[ray][place]
                }
            }
            return vector
        }
        for unit in order {
            let face = states[unit] / 3, count = arrangement.faces[face].rays.count
            let scale = pieces.problem.frozen.map { ($0[unit].signum > 0 ? $0[unit] : -$0[unit]) } ?? .one
            weights[unit] = sum(face, rest.prefix(count).map { $0 / scale })
            rest = rest.dropFirst(count)
        }
        for unit in states.indices where states[unit] % 3 == zero {
            let face = states[unit] / 3
            weights[unit] = sum(face, repeatElement(.one, count: arrangement.faces[face].rays.count))
        }
        self.weights = weights
        outputs = pieces.problem.frozen ?? states.map { $0 % 3 == zero ? .zero : $0 % 3 == 0 ? .one : Fraction(-1) }
    }
}
