import FullrankNumbers

/// A residual `e = f − y` and what it allows: criterion 1 judges units one by one once e is known.
///
/// `h(v) = Σ_n e_n relu(v · x_n)`. A unit in the relative interior of face F with output weight z satisfies the
/// criterion iff h = 0 on the rays of F and sgn(z) h ≥ 0 on the rays of its star; for z = 0 iff h = 0 on the latter.
struct ResidualClass: Sendable {
    let residual: [Fraction]
    let loss: Fraction
    /// By face, whether a unit with z > 0, z < 0, z = 0 may be there.
    let positive: [Bool]
    let negative: [Bool]
    let zero: [Bool]
    /// By face: a cell on whose rays h has both signs.
    let hasSaddle: [Bool]

    init(_ residual: [Fraction], _ arrangement: FaceArrangement, _ problem: LandscapeProblem) {
        self.residual = residual
        loss = problem.loss(residual)
        let count = arrangement.rays.count
        var (above, below, vanishing) = (RayMask(count: count), RayMask(count: count), RayMask(count: count))
        for ray in 0..<count {
            switch dot(residual, arrangement.outputs[ray]).signum {
            case 1: above.insert(ray)
            case -1: below.insert(ray)
            default: vanishing.insert(ray)
            }
        }
        let faces = arrangement.faces
        positive = faces.map { $0.rayMask.isSubset(of: vanishing) && !$0.star.meets(below) }
        negative = faces.map { $0.rayMask.isSubset(of: vanishing) && !$0.star.meets(above) }
        zero = faces.map { $0.star.isSubset(of: vanishing) }
        hasSaddle = faces.map { $0.isCell && $0.rayMask.meets(above) && $0.rayMask.meets(below) }
    }

    /// Whether a unit may be on a face with an output weight of that sign.
    func allows(_ face: Int, _ sign: OutputSign) -> Bool {
        switch sign {
        case .positive: positive[face]
        case .negative: negative[face]
        case .zero: zero[face]
        }
    }
}

/// The sign of a unit's output weight.
enum OutputSign: Int, CaseIterable, Sendable {
    case positive = 0
    case negative = 1
    case zero = 2

    var word: String { ["+", "-", "0"][rawValue] }
}
