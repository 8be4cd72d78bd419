import FullrankModel
import FullrankStatistics

/// A sweep as one HTML page: question, figures, tables, method, how sure it is, and the command that repeats it.
/// Nothing is loaded from elsewhere, no script runs, and it prints.
public struct Report: Sendable {
    /// The name of the sweep: "fixed-input".
    public var title: String
    public var digest: SweepDigest
    public var figures: [Figure]
    /// Computes the same numbers.
    public var command: String
    /// Other recorded facts: version, backend, device, in rows of a name and a value.
    public var provenance: [(name: String, value: String)]

    public init(
        title: String, digest: SweepDigest, figures: [Figure], command: String,
        provenance: [(name: String, value: String)]
    ) {
        self.title = title
        self.digest = digest
        self.figures = figures
        self.command = command
        self.provenance = provenance
    }

    private var plan: SweepPlan { digest.plan }
    private var groups: [SweepDigest.Group] { digest.groups }

    /// The page, the same bytes for the same input.
    public func html() -> String {
        var page = HTMLPage(heading: "Full rank of random ReLU Jacobians: \(title)")
        page.addSection("Question", markup: question)
        page.addFigures(figures)
        page.addTables("Numbers", widthTables + cellTables, note: numbersNote)
        page.addSection("Method", markup: method)
        page.addSection("How sure", markup: certainty)
        page.addCommand(
            "The same again", command,
            words: "gives the same tables, byte for byte, on any backend, with any number of threads"
                + (plan.method == .exact ? "." : ", up to the rounding of the LAPACK in use."),
            facts: [("seed", "\(plan.seed)"), ("trials", trials)] + provenance)
        return page.html()
    }

    private var question: String {
        if let hidden = plan.hidden { return deepQuestion(hidden) }
        return HTMLText.paragraph(
            "A network of one hidden layer, F(x) = sum of v_i max(0, w_i x + \(plan.bias ? "b_i" : "0")), has d0 inputs, d1 "
                + "hidden units and n data points; its output weights v are fixed. For random weights and data, how often "
                + "does the Jacobian of its n outputs with respect to weights\(plan.bias ? " and biases" : "") have full "
                + "rank n, and from which width d1 on?")
            + HTMLText.paragraph(
                "Where the rank is n, every differentiable critical point of the squared loss in that activation region "
                    + "is a global minimum (Karhadkar, Murray, Tseran, Montúfar, arXiv 2305.19510). With k = "
                    + "\(plan.bias ? "d0 + 1" : "d0") columns a unit, d1 k < n rules it out.")
    }

    private func deepQuestion(_ hidden: [HiddenLayers]) -> String {
        HTMLText.paragraph(
            "A network of several hidden layers, f_l = max(0, W_l f_(l-1)\(plan.bias ? " + b_l" : "")), has d0 inputs, n data "
                + "points and a last hidden layer of d1 units; the weights behind it are fixed. The layers: "
                + "\(hidden.map(\.words).joined(separator: "; ")). For random weights and data, how often does the Jacobian of "
                + "its n outputs with respect to all hidden layers' weights\(plan.bias ? " and biases" : "") have full rank n?"
        )
            + HTMLText.paragraph(
                "Where the rank is n, every differentiable critical point of the squared loss in that activation region "
                    + "is a global minimum. The later version of Karhadkar, Murray, Tseran, Montúfar (arXiv 2305.19510), "
                    + "Theorem 10: a last hidden layer of n + Ω(log 1/ε) units behind layers of Ω(log(n/(ε L))), L the depth, is "
                    + "enough on all but a share ε of the activation patterns.")
    }

    /// A table of h(n) for each d0 or ratio.
    private var widthTables: [(caption: String, rows: [[String]])] {
        guard plan.method == .exact else { return [] }
        let widths = digest.widths
        return groups.map { group in
            let own = widths.filter {
                $0.ratio == group.ratio && $0.hidden == group.hidden
                    && (group.ratio != nil || $0.inputDimension == group.inputDimension)
            }
            let isDeep = group.hidden != nil
            return (
                "\(group.label): \(isDeep ? "least listed d1 at which that share of trials has full rank" : "width d1 of full rank")",
                HTMLPage.widthRows(own, bias: plan.bias, largest: plan.units.last ?? 0, isDeep: isDeep)
            )
        }
    }

    /// A table of fractions for each d0 or ratio.
    private var cellTables: [(caption: String, rows: [[String]])] {
        guard plan.units.count > 1 else { return [] }
        return groups.map { group in
            ("\(group.label): fraction of full rank", HTMLPage.cellRows(group.cells.map { PhaseDiagram.Cell($0) }))
        }
    }

    private var numbersNote: String {
        let isChosen = max(plan.points.count, plan.units.count) > HTMLPage.tableSide
        return (isChosen ? "At most \(HTMLPage.tableSide) n and d1 are shown. " : "")
            + "All cells, with 95% Wilson intervals and mean ranks, are in cells.csv\(plan.method == .exact ? ", all widths in widths.csv" : ""); "
            + "the links below the figures hold what these show."
    }

    private var method: String {
        let samples =
            "Inputs: \(inputs). \(network) Every "
            + "number is a function of seed, trial, row and column, so that "
            + (plan.hidden != nil
                ? "the first n points of a trial are a trial of that size, and networks of other widths share samples: "
                : "the first n points and d1 units of a trial "
                    + "are a trial of that size (d1 units alone where each n is a problem of its own): cells of one trial are "
                    + "nested, hence ")
            + (plan.hidden != nil ? "cells are " : "")
            + "correlated with each other, and each cell by itself is estimated from independent trials."
        switch plan.method {
        case .exact where plan.hidden != nil:
            return HTMLText.paragraph(samples)
                + HTMLText.paragraph(
                    "Activations are those of the network run in doubles, each sign being exact for the doubles that its "
                        + "layer is given. For these activations the Jacobian is a polynomial in the floats, and is computed "
                        + "forward and backward modulo the prime p = \(plan.prime), drawn by the seed, without rounding. One "
                        + "elimination a trial gives the rank for every n (Dumas, Pernet, Sultan, arXiv 1601.01798); each list of "
                        + "hidden layers and each d1 is a problem of its own.")
        case .exact:
            return HTMLText.paragraph(samples)
                + HTMLText.paragraph(
                    "The inputs are floats, hence exact fractions, and the signs of w x + b are decided exactly, so the Jacobian "
                        + "is an exact rational matrix. Its rank is computed modulo the prime p = \(plan.prime), drawn by the "
                        + "seed, in one elimination a trial whose pivots give the rank for every n and d1 (Dumas, Pernet, Sultan, "
                        + "arXiv 1601.01798).")
        case .svd(let precision):
            return HTMLText.paragraph(samples)
                + HTMLText.paragraph(
                    "The rank is the number of singular values above max(n, \(plan.hidden == nil ? "d1 k" : "columns")) eps times the largest, computed in "
                        + "\(precision.rawValue): the rule of NumPy and PyTorch.")
        }
    }

    private var network: String {
        switch plan.patterns {
        case .initialization: "Weights\(plan.bias ? " and biases" : ", no biases"): \(plan.initialization.rawValue)."
        case .bernoulli: "Activation patterns of fair bits, no weights."
        case .regions: "Each unit's activation pattern is uniform over the non-empty regions of the inputs."
        }
    }

    private var inputs: String {
        switch plan.inputs {
        case .drawn(.normal): "standard normal"
        case .drawn(.uniform): "uniform on [0, 1)"
        case .drawn(.cube): "uniform on [-1, 1)"
        case .file(let path, let fingerprint): "the file \(path), fingerprint \(fingerprint)"
        }
    }

    private var certainty: String {
        let widest = groups.flatMap(\.cells).map { ($0.ciHigh - $0.ciLow) / 2 }.max() ?? 0
        var words =
            "Sampling: the 95% Wilson interval of a cell's fraction has a half-width of at most \(fixed(widest, 3))"
        words +=
            plan.target == nil ? "." : "; trials were added until it was small enough, which makes the 95% approximate."
        if plan.method == .exact, plan.hidden == nil, plan.units.count == 1 {
            words =
                "Sampling: quantiles are those of \(counted(digest.mostTrials, "trial")); contours in a figure have 95% bands."
        }
        let sampling = HTMLText.paragraph(words)
        guard plan.method == .exact else {
            return sampling
                + HTMLText.paragraph(
                    "Rounding: small singular values of a matrix of full rank can fall below the rule's tolerance, and then "
                        + "count as zeros. No bound is given for how often; the exact method has one.")
        }
        if plan.isProvedByOrder {
            return sampling
                + HTMLText.paragraph(
                    "Arithmetic: of one input with bias, ranks follow from the order of points and breaks alone. They are proved, "
                        + "with no chance of error.")
        }
        let bound = Prime.shortfallBound(pivots: plan.points.last ?? 0, prime: plan.prime)
        return sampling
            + HTMLText.paragraph(
                "Arithmetic: a trial that is called full rank is full rank, which is proved, for the rank modulo p never exceeds "
                    + "the true rank. The chance that one trial's ranks are too low is about \(ChartAxis.label(bound)) at n = "
                    + "\(plan.points.last ?? 0), taking minors for random residues modulo p; other seeds draw other primes."
            )
    }

    private var trials: String {
        let most = digest.mostTrials
        if let target = plan.target {
            return
                "\(plan.trials) to \(target.maxTrials) of each problem, for a half-width of \(target.halfWidth); at most \(most) so far"
        }
        return most == plan.trials
            ? "\(most) of each problem" : "up to \(most) of \(plan.trials) of each problem: not finished"
    }
}
