import FullrankFiles
import FullrankLandscape
import FullrankNumbers
import Testing

@Suite struct CensusTests {
    /// Eleven problems with all their counts, found by brute force over ordered combinations in another program.
    static let known: [(String, JSONValue)] = {
        let path = String(#filePath.dropLast("CensusTests.swift".count)) + "census.json"
        guard let bytes = try? WholeFile.read(path, limit: 1 << 20),
            case .object(let members)? = try? JSONValue(parsing: bytes)
        else { return [] }
        return members.map { ($0.name, $0.value) }
    }()

    /// One of them without its counts, as a problem is given.
    static func problem(_ value: JSONValue) throws -> LandscapeProblem {
        guard case .object(let members) = value else { throw NotAnObject() }
        let asked = members.filter { ["X", "y", "K", "frozen"].contains($0.name) }
        return try LandscapeProblem(parsing: Array(JSONValue.object(asked).text.utf8))
    }
    struct NotAnObject: Error {}

    @Test func thereAreEleven() { #expect(Self.known.count == 11) }

    @Test(arguments: 0..<11)
    func everyCountIsReproduced(_ place: Int) throws {
        let (name, expected) = Self.known[place]
        let census = try LandscapeCensus(Self.problem(expected))
        let found = try JSONValue(parsing: Array(census.document.utf8))
        guard case .object(let members) = expected, case .object(let own) = found else {
            Issue.record("\(name): not objects")
            return
        }
        #expect(members.map(\.name) == own.map(\.name))
        for member in members { #expect(found[member.name] == member.value, "\(name): \(member.name)") }
    }

    @Test func trappedMinimumOnTwoBoundaries() throws {
        let (_, problem) = try #require(Self.known.first { $0.0 == "B2" })
        let census = try LandscapeCensus(Self.problem(problem))
        let loss = try #require(Fraction(text: "1061/884"))
        let pieces = census.minima.filter { $0.loss == loss }
        #expect(pieces.count == 1)
        let piece = try #require(pieces.first)
        #expect(piece.outputs == [.one, .one] && piece.boundaries == 2 && census.valleys[piece.valley].isTrapped)
        #expect(Set(piece.weights.map { $0.map(\.description) }) == [["40/221", "40/221"], ["-21/221", "63/221"]])
    }

    /// Any fixed signs: the pieces are those of the trained problem with these signs, and no others.
    @Test(arguments: [0, 3, 5, 9])
    func frozenSigns(_ place: Int) throws {
        let trained = try LandscapeCensus(Self.problem(Self.known[place].1))
        let problem = trained.problem
        var differentiable = 0, boundary = 0
        for mask in 0..<(1 << problem.units) {
            let outputs = (0..<problem.units).map { Fraction(mask >> $0 & 1 == 1 ? 2 : -3) }
            let frozen = try LandscapeCensus(
                LandscapeProblem(points: problem.points, labels: problem.labels, units: problem.units, frozen: outputs))
            differentiable += frozen.genuine
            boundary += frozen.boundaryPieces
            for piece in frozen.minima {
                let point = LandscapePoint(problem: frozen.problem, weights: piece.weights, outputs: piece.outputs)
                #expect(try PointCheck(point).verdict == .minimum && point.loss == piece.loss)
            }
        }
        #expect(differentiable == trained.signedCells)
        let moving = trained.minima.filter { !$0.signs.contains("0") && $0.boundaries > 0 }
        #expect(boundary == moving.reduce(0) { $0 + zip($1.patterns, $1.signs).map { $0 + $1 }.orders })
    }

    @Test func workIsRefusedWithWhatFits() {
        let problem = LandscapeProblem(
            points: [[1, 0], [0, 1], [1, 1]].map { $0.map { Fraction($0) } }, labels: [.one, .one, .one], units: 4)
        // 13 faces: 39^K.
        #expect(throws: LandscapeError.tooMuchWork(combinations: 2_313_441, units: 4, limit: 60_000, fitting: 3)) {
            try LandscapeCensus(problem, limits: LandscapeCensus.Limits(combinations: 60_000))
        }
        #expect(throws: LandscapeError.interrupted) { try LandscapeCensus(problem, isCancelled: { true }) }
    }
}

extension [String] {
    /// How many orders its elements have.
    fileprivate var orders: Int {
        func factorial(_ number: Int) -> Int { (0..<number).reduce(1) { $0 * ($1 + 1) } }
        return Set(self).reduce(factorial(count)) { orders, word in orders / factorial(count { $0 == word }) }
    }
}
