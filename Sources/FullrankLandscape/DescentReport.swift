import FullrankFiles
import FullrankNumbers
import FullrankReport

/// The ends of descents on one problem or on many drawn ones, as tables and words.
public struct DescentReport: Sendable {
    public let units: Int
    /// By problem, with the loss of the function 0.
    private var problems: [(ends: DescentEnds, zero: Fraction)] = []

    public init(units: Int) { self.units = units }

    public mutating func add(_ ends: DescentEnds, of problem: LandscapeProblem) {
        problems.append((ends, problem.loss(problem.labels)))
    }

    public var starts: Int { problems.reduce(0) { $0 + $1.ends.starts } }
    public var unproved: Int { problems.reduce(0) { $0 + $1.ends.unproved } }
    private var proved: Int { starts - unproved }
    public var mostHops: Int { problems.map(\.ends.mostHops).max() ?? 0 }
    public var meanHops: Double { share(total { $0.hops }) }
    /// Of the proved ends: above the least loss reached on their problem.
    public var bad: Double {
        share(problems.reduce(0) { sum, one in sum + one.ends.ends.filter(one.ends.isBad).starts })
    }

    /// Of the proved ends, by number of units on a boundary, 0 to K.
    public var byUnits: [Double] {
        (0...units).map { count in share(total { $0.boundaryUnits == count ? $0.starts : 0 }) }
    }

    private func total(_ value: (DescentEnds.End) -> Int) -> Int {
        problems.reduce(0) { $0 + $1.ends.ends.reduce(0) { $0 + value($1) } }
    }

    private func share(_ count: Int) -> Double { proved > 0 ? Double(count) / Double(proved) : 0 }

    /// For people.
    public var words: String {
        var text = "\(starts) descents on \(problems.count) problem\(problems.count == 1 ? "" : "s"): "
        text += "\(proved) ended in local minima that are proved, \(unproved) did not\n"
        // Of many units most numbers do not occur.
        let met = byUnits.enumerated().filter { $0.element > 0 }
        let boundaries = met.map { "\($0.offset): \(Self.rounded($0.element))" }.joined(separator: ", ")
        if !met.isEmpty { text += "units on a boundary at the end, of \(units): \(boundaries)\n" }
        text += "hops from cell to cell: \(Self.rounded(meanHops)) on average, at most \(mostHops)\n"
        text += "ends that are bad, as a better one is known: \(Self.rounded(bad))\n"
        guard problems.count == 1, let ends = problems.first?.ends.ends else { return text }
        for loss in Set(ends.map(\.loss)).sorted().prefix(20) {
            let own = ends.filter { $0.loss == loss }
            text += "loss \(loss.short): \(Self.rounded(share(own.starts)))\n"
        }
        return text
    }

    static func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }

    /// One JSON object with a member on each line.
    public var document: String {
        func number(_ value: Double) -> JSONValue { .double(value) ?? .null }
        var members: [JSONValue.Member] = [
            .init("problems", .integer(problems.count)), .init("starts", .integer(starts)),
            .init("unproved", .integer(unproved)), .init("boundary_units", .array(byUnits.map(number))),
            .init("mean_hops", number(meanHops)), .init("most_hops", .integer(mostHops)), .init("bad", number(bad)),
        ]
        if problems.count == 1, let ends = problems.first?.ends.ends {
            let losses = Set(ends.map(\.loss)).sorted().map { loss in
                JSONValue.Member(loss.short, .integer(ends.filter { $0.loss == loss }.starts))
            }
            members.append(.init("losses", .object(losses)))
        }
        return JSONValue.object(members).document
    }

    /// ends.csv: one row for each problem and place (faces and signs) where descents ended.
    public var table: String {
        var text = "problem,loss,bad,boundary_units,boundaries,starts,mean_hops,patterns,signs\n"
        for (place, (ends, _)) in problems.enumerated() {
            for end in ends.ends {
                let hops = Double(end.hops) / Double(end.starts)
                text += "\(place),\(end.loss.short),\(ends.isBad(end) ? 1 : 0),\(end.boundaryUnits),\(end.boundaries),"
                text += "\(end.starts),\(Self.rounded(hops)),\(end.patterns.joined(separator: ";")),"
                text += end.signs.joined(separator: ";") + "\n"
            }
        }
        return text
    }

    private static let intervals = 20

    public func figure(title: String, caption: String) -> DescentFigure {
        func bar(_ label: String, _ isOwn: (DescentEnds.End, Fraction) -> Bool) -> DescentFigure.Bar {
            var best = 0, bad = 0
            for (ends, zero) in problems {
                for end in ends.ends where isOwn(end, zero) {
                    if ends.isBad(end) { bad += end.starts } else { best += end.starts }
                }
            }
            return DescentFigure.Bar(label: label, best: share(best), bad: share(bad))
        }
        func interval(_ end: DescentEnds.End, _ zero: Fraction) -> Int {
            guard !zero.isZero else { return 0 }
            return min(Self.intervals - 1, Int((end.loss / zero).double * Double(Self.intervals)))
        }
        return DescentFigure(
            units: (0...units).map { count in bar("\(count)") { end, _ in end.boundaryUnits == count } },
            losses: (0..<Self.intervals).map { place in
                bar("\(Double(place) / Double(Self.intervals))") { interval($0, $1) == place }
            },
            title: title, caption: caption)
    }
}

extension [DescentEnds.End] {
    fileprivate var starts: Int { reduce(0) { $0 + $1.starts } }
}

extension Fraction {
    /// The fraction if it is short, else its value rounded to float64.
    var short: String {
        let text = description
        return text.utf8.count <= 40 ? text : "\(double)"
    }
}
