import FullrankNumbers
import FullrankPlatform

/// Every differentiable and non-differentiable local minimum and every saddle of a small problem, counted exactly.
///
/// Counts are of ordered combinations: units are told apart. docs/landscape.md says what each number counts.
public struct LandscapeCensus: Sendable {
    public let problem: LandscapeProblem
    public let cellsPerUnit: Int
    public let facesPerUnit: Int
    public let rays: Int
    public let cells: Int
    /// Combinations of cells with a differentiable minimum, by loss.
    public let differentiable: [Fraction: Int]
    public let unique: Int
    public let bad: Int
    /// Combinations of cells with a minimum that has z_i ≠ 0 for all units, and with their signs.
    public let movingCells: Int
    public let signedCells: Int
    /// By |M|: combinations by loss.
    public let saddles: [[Fraction: Int]]
    /// Pieces of minima with a unit on a boundary, by loss; those with one unit on one hyperplane; those of them with
    /// z_i ≠ 0 for all units.
    public let boundary: [Fraction: Int]
    public let single: [Fraction: Int]
    public let singleMoving: Int
    public let globalMinimum: Fraction
    public let cellBound: Fraction
    public let valleys: [ValleyCount]
    public let minima: [MinimumPiece]
    /// Columns of the points that span their rows.
    let coordinates: [Int]
    let plane: PlaneFaces?

    /// A component of the minima.
    public struct ValleyCount: Hashable, Sendable {
        public let loss: Fraction
        public let boundaries: Int
        public let isTrapped: Bool
    }

    /// What a census may take.
    public struct Limits: Hashable, Sendable {
        /// Ordered combinations of faces and signs.
        public var combinations: Int
        public init(combinations: Int) { self.combinations = combinations }
        public static let standard = Limits(combinations: 3_000_000)
        /// Combinations are numbered by 32 bits.
        public static let most = 1 << 30
    }

    public static func combinations(faces: Int, units: Int) -> Double {
        pow(3 * Double(faces), Double(units))
    }

    /// - Parameter announce: told the number of combinations before the work begins.
    public init(
        _ problem: LandscapeProblem, limits: Limits = .standard, announce: (Int) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(LandscapeError) {
        let arrangement = try FaceArrangement(problem.points, limit: limits.combinations / 3)
        let faces = arrangement.faces.count
        let count = Self.combinations(faces: faces, units: problem.units)
        guard count <= Double(limits.combinations) else {
            let fitting = (1...).first { Self.combinations(faces: faces, units: $0) > Double(limits.combinations) }.map
            { $0 - 1 }
            throw .tooMuchWork(
                combinations: count, units: problem.units, limit: limits.combinations, fitting: fitting ?? 0)
        }
        announce(Int(count))
        var pieces = try MinimaPieces(problem, arrangement, isCancelled: isCancelled)
        let valleys = try Valleys(&pieces, isCancelled: isCancelled)
        self.problem = problem
        cellsPerUnit = arrangement.cells.count
        facesPerUnit = faces
        rays = arrangement.rays.count
        cells = cellsPerUnit.power(problem.units)
        let tally = PieceTally(pieces)
        differentiable = tally.differentiable
        unique = tally.unique
        movingCells = tally.movingCells.count
        signedCells = tally.signedCells
        (boundary, single, singleMoving) = (tally.boundary, tally.single, tally.singleMoving)
        let lowest = valleys.valleys.map { pieces.classes[$0.residualClass].loss }.min() ?? .zero
        globalMinimum = lowest
        bad = tally.differentiable.reduce(0) { $1.key > lowest ? $0 + $1.value : $0 }
        cellBound = pieces.cellBound ?? lowest
        saddles = pieces.saddles.map { counts in
            counts.reduce(into: [:]) { $0[pieces.classes[$1.key].loss, default: 0] += $1.value }
        }
        self.valleys = valleys.valleys.map {
            ValleyCount(loss: pieces.classes[$0.residualClass].loss, boundaries: $0.boundaries, isTrapped: $0.isTrapped)
        }
        coordinates = arrangement.coordinates
        plane = PlaneFaces(pieces, global: lowest)
        minima = MinimumPiece.all(&pieces, valleys)
    }
}

/// What is counted over the pieces of a census.
private struct PieceTally {
    var differentiable = [Fraction: Int]()
    var unique = 0
    var movingCells = Set<Int>()
    var signedCells = 0
    var boundary = [Fraction: Int]()
    var single = [Fraction: Int]()
    var singleMoving = 0

    init(_ pieces: MinimaPieces) {
        var genuine = Set<Int>()
        let faces = pieces.arrangement.faces.count
        for index in pieces.classOf.indices where pieces.classOf[index] >= 0 {
            let states = pieces.states(index)
            let loss = pieces.classes[Int(pieces.classOf[index])].loss
            let isMoving = states.allSatisfy { $0 % 3 != OutputSign.zero.rawValue }
            if pieces.isDifferentiable(states) {
                let cells = states.map { $0 / 3 }
                let number = cells.reduce(0) { $0 * faces + $1 }
                if isMoving {
                    movingCells.insert(number)
                    signedCells += 1
                }
                guard genuine.insert(number).inserted else { continue }
                differentiable[loss, default: 0] += 1
                if pieces.uniqueCells.contains(cells.sorted()) { unique += 1 }
            } else {
                boundary[loss, default: 0] += 1
                guard pieces.boundaries(states) == 1 else { continue }
                single[loss, default: 0] += 1
                if isMoving { singleMoving += 1 }
            }
        }
    }
}
