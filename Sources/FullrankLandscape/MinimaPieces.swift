import FullrankNumbers

/// The local minima of a problem, piece by piece: one piece for each combination of a face and a sign of the output
/// weight for every unit that holds some.
///
/// A piece is convex in the coordinates R_i = z_i w_i, and its points have one residual. States are `3 face + sign`, an
/// ordered combination is a number in base 3 F with unit 0 lowest.
struct MinimaPieces: Sendable {
    let problem: LandscapeProblem
    let arrangement: FaceArrangement
    private(set) var classes: [ResidualClass] = []
    /// By ordered combination: the class of its residual if it holds local minima, else −1.
    private(set) var classOf: [Int32]
    /// Sorted cells of K units whose Jacobian has rank K D: their least-squares solution is unique.
    private(set) var uniqueCells: Set<[Int]> = []
    /// By |M| = 0, ..., K − 1 and class: combinations of cells with genuine saddles, ordered.
    private(set) var saddles: [[Int: Int]]
    /// Cells that are part of a combination with genuine saddles.
    private(set) var saddleCells: Set<Int> = []
    /// The least ‖(I − P) y‖²/n over combinations of K cells.
    private(set) var cellBound: Fraction?

    private var numbers: [[Fraction]: Int] = [:]
    /// By sorted faces of the units with z ≠ 0.
    private var classOfFaces: [[Int]: Int] = [:]
    private var solutions: [[Int]: [Fraction]?] = [:]
    private let cells: [Int]
    private let isCancelled: @Sendable () -> Bool

    var base: Int { 3 * arrangement.faces.count }

    init(
        _ problem: LandscapeProblem, _ arrangement: FaceArrangement, isCancelled: @escaping @Sendable () -> Bool
    ) throws(LandscapeError) {
        (self.problem, self.arrangement, self.isCancelled) = (problem, arrangement, isCancelled)
        cells = arrangement.cells
        saddles = Array(repeating: [:], count: problem.units)
        let size = (0..<problem.units).reduce(1) { product, _ in product * 3 * arrangement.faces.count }
        classOf = Array(repeating: -1, count: size)
        try visit([], OrthogonalBasis(labels: problem.labels))
    }

    /// All multisets of faces that begin with `faces`, ascending.
    private mutating func visit(_ faces: [Int], _ basis: OrthogonalBasis) throws(LandscapeError) {
        guard !isCancelled() else { throw .interrupted }
        let number = classNumber(basis.residual)
        classOfFaces[faces] = number
        record(faces, number, rank: basis.rank)
        guard faces.count < problem.units else { return }
        for face in (faces.last ?? 0)..<arrangement.faces.count {
            var wider = basis
            if face != faces.last { for ray in arrangement.faces[face].rays { wider.add(arrangement.outputs[ray]) } }
            try visit(faces + [face], wider)
        }
    }

    private mutating func classNumber(_ residual: [Fraction]) -> Int {
        if let known = numbers[residual] { return known }
        numbers[residual] = classes.count
        classes.append(ResidualClass(residual, arrangement, problem))
        return classes.count - 1
    }

    /// Takes the pieces whose units with z ≠ 0 are on `faces`, and what cells are counted for.
    private mutating func record(_ faces: [Int], _ number: Int, rank: Int) {
        let found = classes[number]
        let areCells = faces.allSatisfy { arrangement.faces[$0].isCell }
        if areCells, faces.count == problem.units {
            cellBound = min(cellBound ?? found.loss, found.loss)
            if rank == problem.units * arrangement.dimension { uniqueCells.insert(faces) }
        }
        if problem.frozen == nil {
            if areCells, faces.count < problem.units { recordSaddles(faces, number) }
        } else if faces.count < problem.units {
            return
        }
        for signs in signChoices(faces, found) {
            let states = zip(faces, signs).map { 3 * $0 + $1.rawValue }
            guard solution(states, number) != nil else { continue }
            addIdleUnits(states, number, from: 0)
        }
    }

    /// Signs that criterion 1 allows; equal faces with signs ascending, as states are sorted.
    private func signChoices(_ faces: [Int], _ found: ResidualClass) -> [[OutputSign]] {
        var choices: [[OutputSign]] = [[]]
        for (place, face) in faces.enumerated() {
            choices = choices.flatMap { chosen in
                [OutputSign.positive, .negative].filter {
                    guard found.allows(face, $0) else { return false }
                    return place == 0 || faces[place - 1] != face || chosen[place - 1].rawValue <= $0.rawValue
                }.map { chosen + [$0] }
            }
        }
        return choices
    }

    /// Adds units with z = 0 in every way, faces ascending, and takes the combinations of K units.
    private mutating func addIdleUnits(_ states: [Int], _ number: Int, from face: Int) {
        if states.count == problem.units {
            for ordered in states.sorted().permutations where fits(ordered) { classOf[index(ordered)] = Int32(number) }
            return
        }
        for next in face..<arrangement.faces.count where classes[number].zero[next] {
            addIdleUnits(states + [3 * next + OutputSign.zero.rawValue], number, from: next)
        }
    }

    private func fits(_ states: [Int]) -> Bool {
        guard let frozen = problem.frozen else { return true }
        return zip(states, frozen).allSatisfy { ($0 % 3 == 0) == ($1.signum > 0) }
    }

    private mutating func recordSaddles(_ faces: [Int], _ number: Int) {
        let found = classes[number]
        guard found.hasSaddle.contains(true) else { return }
        let isHeld = OutputSign.choices(faces.count).contains { signs in
            solution(zip(faces, signs).map { 3 * $0 + $1.rawValue }.sorted(), number) != nil
        }
        guard isHeld else { return }
        let others = problem.units - faces.count
        saddleCells.formUnion(faces)
        saddleCells.formUnion(cells.filter { found.hasSaddle[$0] || (others > 1 && found.zero[$0]) })
        let (flat, both) = (cells.count { found.zero[$0] }, cells.count { found.hasSaddle[$0] })
        let orders = faces.permutations.count
        let ways = Int(FaceArrangement.binomial(problem.units, faces.count))
        saddles[faces.count][number, default: 0] += orders * ways * ((flat + both).power(others) - flat.power(others))
    }
}

extension MinimaPieces {
    /// Positive coefficients λ of the rays of the states' faces, unit by unit, with `Σ s_i λ_{i,r} ρ(r) = y + e`; nil
    /// if there are none.
    ///
    /// - Parameter states: ascending, of units with z ≠ 0.
    mutating func solution(_ states: [Int], _ number: Int) -> [Fraction]? {
        if let known = solutions[states] { return known }
        let columns = states.flatMap { state in
            arrangement.faces[state / 3].rays.map { ray in
                state % 3 == 0 ? arrangement.outputs[ray] : arrangement.outputs[ray].map { -$0 }
            }
        }
        let target = zip(problem.labels, classes[number].residual).map { $0 + $1 }
        let found = PositiveSolution.find(columns, target: target)
        solutions[states] = .some(found)
        return found
    }

    /// Whether a combination has points with the residual of class `number`, minima or not.
    mutating func reaches(_ states: [Int], _ number: Int) -> Bool {
        let moving = states.filter { $0 % 3 != OutputSign.zero.rawValue }.sorted()
        guard classOfFaces[moving.map { $0 / 3 }] == number else { return false }
        return solution(moving, number) != nil
    }

    func index(_ states: [Int]) -> Int { states.reversed().reduce(0) { $0 * base + $1 } }

    func states(_ index: Int) -> [Int] {
        var rest = index
        return (0..<problem.units).map { _ in
            let (next, state) = rest.quotientAndRemainder(dividingBy: base)
            rest = next
            return state
        }
    }

    func isDifferentiable(_ states: [Int]) -> Bool { states.allSatisfy { arrangement.faces[$0 / 3].isCell } }

    /// Hyperplanes on which the units of a combination are, in all.
    func boundaries(_ states: [Int]) -> Int { states.reduce(0) { $0 + arrangement.faces[$1 / 3].boundaries } }
}

extension OutputSign {
    /// All tuples of positive and negative.
    static func choices(_ count: Int) -> [[OutputSign]] {
        (0..<count).reduce([[]]) { choices, _ in choices.flatMap { [$0 + [.positive], $0 + [.negative]] } }
    }
}

extension Int {
    func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { product, _ in product * self } }
}

extension [Int] {
    /// The distinct orders of its elements.
    var permutations: [[Int]] {
        guard count > 1 else { return [self] }
        return Set(self).sorted().flatMap { first -> [[Int]] in
            var rest = self
            rest.remove(at: rest.firstIndex(of: first)!)
            return rest.permutations.map { [first] + $0 }
        }
    }
}
