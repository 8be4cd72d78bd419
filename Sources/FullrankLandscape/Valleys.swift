import FullrankNumbers

/// The connected components of the set of local minima.
///
/// Two pieces touch iff one's faces are in the closures of the other's, its signs are the other's or 0, and their
/// residuals are equal. A component is trapped iff every point of its closure is a local minimum.
struct Valleys: Sendable {
    struct Valley: Sendable {
        let residualClass: Int
        /// The fewest hyperplanes on which the units of one of its pieces are.
        var boundaries: Int
        var isTrapped: Bool
        /// The piece of the lowest number.
        let first: Int
    }

    private(set) var valleys: [Valley] = []
    /// By ordered combination of a piece.
    private(set) var valleyOf: [Int: Int] = [:]

    init(_ pieces: inout MinimaPieces, isCancelled: () -> Bool) throws(LandscapeError) {
        let all = pieces.classOf.indices.filter { pieces.classOf[$0] >= 0 }
        var parents = Array(pieces.classOf.indices.map { Int32(truncatingIfNeeded: $0) })
        func root(_ index: Int) -> Int {
            var index = index
            while Int(parents[index]) != index {
                parents[index] = parents[Int(parents[index])]
                index = Int(parents[index])
            }
            return index
        }
        var open = Set<Int>()
        for (count, piece) in all.enumerated() {
            if count % 64 == 0, isCancelled() { throw .interrupted }
            let number = pieces.classOf[piece]
            for lower in Self.lower(pieces.states(piece), pieces) {
                let index = pieces.index(lower)
                if pieces.classOf[index] == number {
                    let (a, b) = (root(index), root(piece))
                    if a != b { parents[max(a, b)] = Int32(min(a, b)) }
                } else if pieces.classOf[index] < 0, !open.contains(piece), pieces.reaches(lower, Int(number)) {
                    open.insert(piece)
                }
            }
        }
        for piece in all {
            let first = root(piece), boundaries = pieces.boundaries(pieces.states(piece))
            let place: Int
            if let known = valleyOf[first] {
                place = known
                valleys[place].boundaries = min(valleys[place].boundaries, boundaries)
            } else {
                place = valleys.count
                valleys.append(
                    Valley(
                        residualClass: Int(pieces.classOf[piece]), boundaries: boundaries, isTrapped: true, first: first
                    ))
            }
            valleyOf[piece] = place
            if open.contains(piece) { valleys[place].isTrapped = false }
        }
    }

    /// Combinations whose points may be limits of a piece's points: on faces of its closures, with its signs or, if
    /// output weights are trained, 0.
    private static func lower(_ states: [Int], _ pieces: MinimaPieces) -> [[Int]] {
        states.reduce([[]]) { chosen, state in
            let zero = OutputSign.zero.rawValue
            let signs = pieces.problem.frozen != nil || state % 3 == zero ? [state % 3] : [state % 3, zero]
            let own = pieces.arrangement.faces[state / 3].lower.flatMap { face in signs.map { 3 * face + $0 } }
            return chosen.flatMap { before in own.map { before + [$0] } }
        }
    }
}
