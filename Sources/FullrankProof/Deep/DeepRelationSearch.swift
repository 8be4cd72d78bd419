import FullrankModel

/// The one relation among rows of a deep network's Jacobian all but the last of which are independent, in whole numbers: for
/// many sets of points side by side, solved modulo one prime after the other until rationals come out that further primes
/// confirm. Each is then checked in all columns.
struct DeepRelationSearch {
    /// Multiply-adds that all relations of a trial together may take: about a minute.
    static let mostWork = 2e10

    private struct Open {
        let index: Int
        let points: [Int]
        let columns: [Int]
        var reconstruction: RationalReconstruction
        var primes = 0
        /// Primes at which it is tried to read off rationals, that grow by a quarter: a try costs more than a prime.
        var nextTry = 1
        var candidate: (numerators: [BigInteger], denominator: BigInteger)?

        /// Of one prime, in multiply-adds.
        var work: Double { Double(points.count) * Double(points.count) * Double(points.count) / 2 }
    }

    private let numbers: DeepNumbers
    private var open: [Open] = []
    private var found: [[String]?]
    private var work = 0.0

    /// - Parameters:
    ///   - sets: points, the dependent one last.
    ///   - columns: of pivots; the rows with pivots are independent in them.
    /// - Returns: for each set decimal digits without a common divisor, the last positive, 0 where a point is not needed;
    ///   nil where there is no relation over the rationals or it takes too much.
    static func find(_ numbers: DeepNumbers, sets: [[Int]], columns: [Int], mostWork: Double = mostWork) -> [[String]?] {
        var search = DeepRelationSearch(numbers, count: sets.count)
        search.run(sets, columns, mostWork)
        return search.found
    }

    private init(_ numbers: DeepNumbers, count: Int) {
        self.numbers = numbers
        found = Array(repeating: nil, count: count)
    }

    private mutating func run(_ sets: [[Int]], _ columns: [Int], _ mostWork: Double) {
        var primes = WordField.Primes()
        // Small sets first, should time run out.
        let order = sets.indices.sorted { (sets[$0].count, $0) < (sets[$1].count, $1) }
        guard !order.isEmpty else { return }
        var points = [Int](Set(sets.joined())).sorted()
        work += DeepResidues.work(numbers, points: points.count)
        let rows = DeepResidues(numbers, points: points, field: WordField(primes.next()))
        for index in order {
            let places = places(of: sets[index], in: points)
            work += Double(places.count * places.count) * Double(columns.count)
            guard work <= mostWork else { return }
            if let own = DeepRelations.independentColumns(rows, places: places, among: columns) {
                open.append(
                    Open(
                        index: index, points: sets[index], columns: own,
                        reconstruction: RationalReconstruction(count: places.count - 1)))
            }
        }
        while !open.isEmpty {
            // What the next prime takes; the largest sets are given up where it is too much.
            while let last = open.last, work + DeepResidues.work(numbers, points: points.count) + last.work > mostWork {
                open.removeLast()
            }
            points = [Int](Set(open.map(\.points).joined())).sorted()
            work += DeepResidues.work(numbers, points: points.count)
            let rows = DeepResidues(numbers, points: points, field: WordField(primes.next()))
            var left = [Open]()
            for var one in open {
                work += one.work
                guard work <= mostWork else { continue }
                if !isDone(&one, rows, places(of: one.points, in: points), mostWork) { left.append(one) }
            }
            open = left
        }
    }

    private func places(of chosen: [Int], in points: [Int]) -> [Int] {
        let place = Dictionary(uniqueKeysWithValues: points.enumerated().map { ($1, $0) })
        return chosen.map { place[$0]! }
    }

    /// Takes one prime; whether the set needs no more, found or not.
    private mutating func isDone(_ one: inout Open, _ rows: DeepResidues, _ places: [Int], _ mostWork: Double) -> Bool {
        guard let solution = DeepRelations.solve(rows, places: places, columns: one.columns) else { return false }
        let field = rows.field
        if let (numerators, denominator) = one.candidate {
            func residue(_ value: BigInteger) -> UInt64 {
                let size = value.magnitude.reversed().reduce(UInt64(0)) { field.prime.dividingFullWidth(($0, $1)).remainder }
                return value.isNegative ? field.negative(field.residue(size)) : field.residue(size)
            }
            let scale = residue(denominator)
            let isConfirmed = zip(numerators, solution).allSatisfy { residue($0) == field.product(field.residue($1), scale) }
            if isConfirmed {
                found[one.index] = checked(one, numerators + [denominator], mostWork)
                return true
            }
            one.candidate = nil
        }
        one.reconstruction.add(Array(solution.dropLast()), modulo: field)
        one.primes += 1
        guard one.primes >= one.nextTry else { return false }
        one.nextTry = max(one.primes + 1, one.primes * 5 / 4)
        let digits = Double(one.primes) * 61 / 2 / 3.33
        guard digits <= Double(CheckingBudget.mostDigits) else { return true }
        work += Double(one.primes * one.primes) * 200  // Euclid's
        one.candidate = one.reconstruction.find()
        return false
    }

    /// In all columns, without a common divisor.
    private mutating func checked(_ one: Open, _ coefficients: [BigInteger], _ mostWork: Double) -> [String]? {
        let divisor = coefficients.reduce(BigInteger.zero, BigInteger.greatestCommonDivisor)
        let digits = coefficients.map { ($0 / divisor).digits }
        let needed = digits.indices.filter { digits[$0] != "0" }
        let kept = needed.map { digits[$0] }
        let check = DeepRelationCheck(numbers, points: needed.map { one.points[$0] })
        work += check.work(kept)
        guard work <= mostWork, check.fault(kept) == nil else { return nil }
        return digits
    }
}
