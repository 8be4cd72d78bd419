import FullrankModel
import FullrankNumbers

/// The relations of a deep network's dependent rows in whole numbers: for all of them side by side, solved modulo one prime
/// after the other until a further prime confirms the rationals found. Each relation is then checked in all columns.
struct DeepRelationSearch {
    /// Multiply-adds that all relations of a trial together may take: about 20 seconds.
    static let mostWork = 5e9

    /// A group of relations on the same rows with pivots.
    private struct Group {
        /// The points, whose rows are independent.
        let points: [Int]
        /// The same number of columns, in which the rows are independent.
        var columns: [Int] = []
        var open: [Open]
        var primes = 0
        /// Numbers of primes at which rationals are reconstructed. They grow by a quarter, because an attempt costs
        /// more than a prime.
        var nextTry = 1
        /// The denominator of a relation that was found. Usually it is that of the others, too: all are minors over the
        /// same minor.
        var denominator = BigInteger(1)

        /// The cost of one prime, in multiply-adds.
        var work: Double {
            let size = Double(points.count)
            return size * size * (size / 2 + Double(open.count))
        }
    }

    private struct Open {
        let index: Int
        let dependent: Int
        /// Which of the group's points are in its set.
        let support: [Int]
        var reconstruction: RationalReconstruction
        var candidate: (numerators: [BigInteger], denominator: BigInteger)?
    }

    private let numbers: DeepNumbers
    private let mostWork: Double
    private var work = 0.0
    private var found: [[String]?]

    /// - Parameters:
    ///   - sets: points, the dependent one last.
    ///   - columns: of pivots; the rows with pivots are independent in them.
    /// - Returns: for each set decimal digits without a common divisor, the last positive, 0 if a point is not needed;
    ///   nil if there is no relation over the rationals or finding it costs too much.
    static func find(_ numbers: DeepNumbers, sets: [[Int]], columns: [Int], mostWork: Double = mostWork) -> [[String]?]
    {
        var search = DeepRelationSearch(
            numbers: numbers, mostWork: mostWork, found: Array(repeating: nil, count: sets.count))
        search.run(search.groups(sets), columns)
        return search.found
    }

    private init(numbers: DeepNumbers, mostWork: Double, found: [[String]?]) {
        (self.numbers, self.mostWork, self.found) = (numbers, mostWork, found)
    }

    /// Groups sets with the same pivot rows, or all sets on all of their rows, whichever costs less. Small groups come
    /// first, in case the budget is exhausted.
    private func groups(_ sets: [[Int]]) -> [Group] {
        func group(_ points: [Int], _ indices: [Int]) -> Group {
            let place = Dictionary(uniqueKeysWithValues: points.enumerated().map { ($1, $0) })
            return Group(
                points: points,
                open: indices.map { index in
                    Open(
                        index: index, dependent: sets[index][sets[index].count - 1],
                        support: sets[index].dropLast().map { place[$0]! },
                        reconstruction: RationalReconstruction(count: sets[index].count - 1))
                })
        }
        let own = Dictionary(grouping: sets.indices) { Array(sets[$0].dropLast()) }
            .map { group($0, $1) }.sorted { ($0.points.count, $0.open[0].index) < ($1.points.count, $1.open[0].index) }
        let all = group(Set(sets.flatMap { $0.dropLast() }).sorted(), Array(sets.indices))
        return own.reduce(0) { $0 + $1.work } <= all.work ? own : [all]
    }

    private mutating func run(_ groups: [Group], _ columns: [Int]) {
        var primes = WordField.Primes()
        var groups = groups
        // For the first prime only: the columns in which each group's rows are independent.
        var isFirst = true
        while !groups.isEmpty {
            // The cost of the next prime; if it is too high, the largest relations are abandoned.
            let each = DeepResidues.work(numbers, points: numbers.points)
            while let last = groups.last, work + each + last.work * (isFirst ? 2 : 1) > mostWork { groups.removeLast() }
            guard !groups.isEmpty else { return }
            let points = Set(groups.flatMap { $0.points + $0.open.map(\.dependent) }).sorted()
            let place = Dictionary(uniqueKeysWithValues: points.enumerated().map { ($1, $0) })
            work += DeepResidues.work(numbers, points: points.count)
            let rows = DeepResidues(numbers, points: points, field: WordField(primes.next()))
            var left = [Group]()
            for var group in groups {
                work += group.work
                guard work <= mostWork else { continue }
                let places = group.points.map { place[$0]! }
                if isFirst {
                    work += Double(places.count) * Double(places.count) * Double(columns.count)
                    guard let own = DeepRelations.independentColumns(rows, places: places, among: columns) else {
                        continue
                    }
                    group.columns = own
                } else {
                    take(rows, &group, places, group.open.map { place[$0.dependent]! })
                }
                if !group.open.isEmpty { left.append(group) }
            }
            groups = left
            isFirst = false
        }
    }

    /// Processes one prime; relations that need no further prime, found or not, are no longer open.
    private mutating func take(_ rows: DeepResidues, _ group: inout Group, _ places: [Int], _ dependents: [Int]) {
        guard let solutions = DeepRelations.solve(rows, places: places, dependents: dependents, columns: group.columns)
        else { return }
        let field = rows.field
        var open = [Open]()
        for (var one, solution) in zip(group.open, solutions) {
            // Elsewhere it is 0, as modulo the prime that found the set.
            let own = one.support.map { solution[$0] }
            if let (numerators, denominator) = one.candidate {
                let scale = field.residue(denominator)
                if zip(numerators, own).allSatisfy({ field.residue($0) == field.product(field.residue($1), scale) }) {
                    let set = one.support.map { group.points[$0] } + [one.dependent]
                    found[one.index] = checked(set, numerators + [denominator])
                    group.denominator = denominator
                    group.nextTry = group.primes + 1
                    continue
                }
                one.candidate = nil
            }
            one.reconstruction.add(own, modulo: field)
            work += Double(group.primes * own.count) * 10
            open.append(one)
        }
        group.open = open
        group.primes += 1
        guard group.primes >= group.nextTry, !open.isEmpty else { return }
        let isKnown = group.denominator != BigInteger(1)
        group.nextTry = max(group.primes + 1, group.primes * 5 / 4)
        // Half of the bits are the denominator's.
        guard Double(group.primes) * 61 / 2 / 3.33 <= Double(CheckingBudget.mostDigits) else {
            group.open = []
            return
        }
        // One relation is tried on behalf of all, until it is found.
        for index in open.indices.prefix(isKnown ? open.count : 1) {
            work += Double(group.primes * group.primes) * (isKnown ? Double(open[index].support.count) : 2000)
            group.open[index].candidate = open[index].reconstruction.find(guess: group.denominator)
        }
    }

    /// Divides a relation by its common divisor and checks it in all columns.
    private mutating func checked(_ set: [Int], _ coefficients: [BigInteger]) -> [String]? {
        let divisor = coefficients.reduce(BigInteger.zero, BigInteger.greatestCommonDivisor)
        let digits = coefficients.map { ($0 / divisor).digits }
        let needed = digits.indices.filter { digits[$0] != "0" }
        let kept = needed.map { digits[$0] }
        let check = DeepRelationCheck(numbers, points: needed.map { set[$0] })
        work += check.work(kept)
        guard work <= mostWork, check.fault(kept) == nil else { return nil }
        return digits
    }
}
