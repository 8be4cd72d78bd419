import FullrankModel
import FullrankStatistics

/// A finished picture with the numbers in it.
public struct Figure: Hashable, Sendable {
    /// The stem of the files' names: "diagram".
    public let name: String
    /// The content, for a heading.
    public let title: String
    public let svg: String
    /// CSV tables with every number the picture shows, by name.
    public let tables: [Table]

    public struct Table: Hashable, Sendable {
        public let name: String
        public let csv: String

        public init(name: String, csv: String) { (self.name, self.csv) = (name, csv) }
    }

    public init(name: String, title: String, svg: String, tables: [Table]) {
        (self.name, self.title, self.svg, self.tables) = (name, title, svg, tables)
    }
}

/// The words figures of one sweep have in common.
public struct FigureText: Hashable, Sendable {
    /// A description of what was computed, in a line or two, printed below each picture.
    public let caption: String

    /// - Parameters:
    ///   - title: the name of the sweep: "fixed-input".
    ///   - trials: done so far, if not all that the plan asks for.
    ///   - count: replaces the plan's number of trials: "40 to 60 trials".
    ///   - methods: of several sweeps that a figure shows; nil: the plan's.
    public init(
        title: String, plan: SweepPlan, version: String, trials: Int? = nil, count known: String? = nil,
        methods: [RankMethod]? = nil
    ) {
        let inputs = plan.inputs.caption
        var methodWords = [String]()
        for method in methods ?? [plan.method] {
            let words =
                switch method {
                case .exact: "exact rank modulo the prime \(plan.prime)"
                case .svd(let precision): "rank by singular values in \(precision.rawValue)"
                }
            if !methodWords.contains(words) { methodWords.append(words) }
        }
        let method = methodWords.joined(separator: "; ").capitalisedFirst
        let count =
            if let known {
                known
            } else if let target = plan.target {
                "\(plan.trials) to \(target.maxTrials) trials for a half-width of \(target.halfWidth)"
                    + (trials.map { ", at most \($0) so far" } ?? "")
            } else if let trials, trials != plan.trials {
                "up to \(trials) of \(counted(plan.trials, "trial"))"
            } else {
                counted(plan.trials, "trial")
            }
        let network =
            switch plan.patterns {
            case .initialization:
                "\(plan.initialization.rawValue) weights\(plan.bias ? " and biases" : ", no biases")"
            case .bernoulli: "activation patterns of fair bits\(plan.bias ? "" : ", no biases")"
            case .regions: "uniform over the non-empty activation regions\(plan.bias ? "" : ", no biases")"
            }
        let layers = plan.hidden.map { "; \($0.map(\.words).joined(separator: "; "))" } ?? ""
        caption =
            "\(title): \(count), seed \(plan.seed), \(inputs), \(network)\(layers). \(method). fullrank \(version)."
    }
}

extension FigureText {
    /// " Drawn: every 3rd n and every 25th d1 of the list; cells.csv has all."; empty if all cells are drawn.
    public static func thinning(_ plan: SweepPlan) -> String {
        let steps = [("n", plan.points), ("d1", plan.units)]
            .map { (name: $0, step: Thinning(of: $1.count, atMost: SweepDigest.diagramSide).step) }
            .filter { $0.step > 1 }
        guard !steps.isEmpty else { return "" }
        let words = steps.map { "every \(ordinal($0.step)) \($0.name)" }.joined(separator: " and ")
        return " Drawn: \(words) of the list; cells.csv has all."
    }

    /// "2nd", "13th".
    private static func ordinal(_ number: Int) -> String {
        let isTeen = (11...13).contains(number % 100)
        return "\(number)" + (isTeen ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th")
    }
}

extension SweepDigest.Group {
    /// "d0 = 3", "d0 = ⌈0.25 n⌉", "d0 = 3, depth 4: 64, 64, d1".
    public var label: String { PhaseDiagram.title(ratio: ratio, inputDimension: inputDimension, hidden: hidden) }

    /// First fields of its rows in tables: header and, at n, values.
    static func keyHeader(_ groups: [SweepDigest.Group]) -> String {
        groups.contains { $0.hidden != nil } ? "hidden,d0" : groups.contains { $0.ratio != nil } ? "ratio,d0" : "d0"
    }
    func key(points: Int) -> String {
        if let hidden { return "\(hidden),\(inputDimension)" }
        return ratio.map { "\($0),\($0.inputDimension(points: points))" } ?? "\(inputDimension)"
    }
}

extension SweepPlan.Inputs {
    /// As captions have it: "inputs standard normal".
    public var caption: String {
        switch self {
        case .drawn(.normal): "inputs standard normal"
        case .drawn(.uniform): "inputs uniform on [0, 1)"
        case .drawn(.cube): "inputs uniform on [-1, 1)"
        case .file(let path, _): "inputs from \(path.lastPathComponent)"
        }
    }
}

extension String {
    /// The first letter large: words that begin a sentence.
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
