import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankStatistics
import FullrankSweep

/// A sweep's folder as figures and reports read it: while it runs or after.
struct ReadSweep {
    let path: String
    let record: SweepRecord
    private let reader: SweepReader

    init(_ path: String) throws(CommandFailure) {
        self.path = path
        do throws(SweepFolderError) {
            reader = try SweepReader(path)
        } catch {
            throw CommandFailure(error, option: nil)
        }
        record = reader.record
    }

    var plan: SweepPlan { record.plan }

    /// The published figure's name if it is one.
    var title: String {
        let published = PublishedFigure.allCases.first {
            plan == $0.plan(trials: plan.trials, seed: plan.seed, method: plan.method)
        }
        return published?.rawValue ?? (plan.units.count == 1 && plan.hidden == nil ? "threshold" : "sweep")
    }

    /// The trials that the tables are made of.
    ///
    /// - Parameter points: n at which h(n) is wanted, besides the listed ones.
    func digest(points: [Int] = []) throws(CommandFailure) -> SweepDigest {
        var digest = SweepDigest(plan: plan, points: points)
        do throws(SweepFolderError) {
            try reader.readCounted { trial in
                switch trial.result {
                case .profile(let profile): digest.add(profile, problem: trial.problem)
                case .summaries(let summaries): digest.add(summaries, problem: trial.problem)
                }
            } widest: {
                digest.widest($0)
            }
        } catch {
            throw CommandFailure(error, option: nil)
        }
        guard digest.trials > 0 else {
            throw CommandFailure(.badData, "\(path.printable()): its journal holds no trial yet")
        }
        return digest
    }

    /// Delivers the trials that the tables are made of.
    func readCounted(_ deliver: (SweepTrial) -> Void) throws(CommandFailure) {
        // Which trials count depends on the intervals of those before.
        var tallies = plan.target == nil ? [] : plan.problems.map { SweepTally(problem: $0) }
        do throws(SweepFolderError) {
            try reader.readCounted { trial in
                if !tallies.isEmpty { tallies.add(trial) }
                deliver(trial)
            } widest: {
                tallies.isEmpty ? WidestCell(trials: 0, product: 0) : tallies[$0].widest
            }
        } catch {
            throw CommandFailure(error, option: nil)
        }
    }

    /// A figure of the phase diagram, with γ measured if that is asked for.
    func diagramFigure(overlays: [OverlayKind], epsilon: Double, resolution: Int?) throws(CommandFailure)
        -> DiagramFigure
    {
        var overlays = overlays
        if plan.hidden != nil, overlays != OverlayKind.allCases, let shallow = overlays.first(where: \.isShallow) {
            throw .usage(
                "--overlay: \(shallow.rawValue) is about one hidden layer, and \(path.printable()) holds deep networks; "
                    + "count and contours go with them")
        }
        if plan.hidden != nil { overlays.removeAll(where: \.isShallow) }
        var figure = DiagramFigure()
        figure.overlays = overlays
        figure.epsilon = epsilon
        // A threshold sweep lists one width: its diagram is made of the h(n).
        figure.resolution =
            resolution ?? (plan.method == .exact && plan.units.count == 1 && plan.hidden == nil ? 1 : nil)
        if overlays.contains(.exact) { figure.exact = exactChances }
        if overlays.contains(.anticoncentration) { figure.gammas = try gammas(figure.points(plan)) }
        return figure
    }

    /// The figure of the phase diagram and the trials it is made of.
    func diagram(_ options: DrawingOptions) throws(CommandFailure) -> (DiagramFigure, SweepDigest) {
        if options.resolution != nil, plan.method != .exact {
            throw .usage(
                "--resolution goes with the exact method; \(path.printable()) is a sweep of \(plan.method.name)")
        }
        if options.resolution != nil, plan.hidden != nil {
            throw .usage(
                "--resolution: trials of deep networks tell of the listed d1 alone; \(path.printable()) is drawn at its cells"
            )
        }
        let diagram = try diagramFigure(
            overlays: options.overlays, epsilon: options.epsilon, resolution: options.resolution)
        return (diagram, try digest(points: diagram.points(plan)))
    }

    /// Every figure that was asked for or that there are numbers for.
    func allFigures(_ options: DrawingOptions) throws(CommandFailure) -> (digest: SweepDigest, figures: [Figure]) {
        let (diagram, digest) = try diagram(options)
        var figures = try figures(digest, diagram: diagram, compared: options.compared, theme: options.theme)
        if !options.against.isEmpty {
            figures.append(try ensembles(digest, against: options.against, theme: options.theme))
        }
        return (digest, figures)
    }

    /// γ by d0, then n, on the inputs that the sweep's trials draw; none if these are in a file that is gone.
    private func gammas(_ points: [Int]) throws(CommandFailure) -> [Int: [Int: Double]] {
        let inputs: TrialProblem.Inputs
        switch plan.inputs {
        case .drawn(let distribution): inputs = .drawn(distribution)
        case .file(let path, _):
            guard let data = givenData else {
                writeMessage("\(path.printable()) is not the data of this sweep: no anticoncentration curve")
                return [:]
            }
            inputs = .given(data)
        }
        var gammas = [Int: [Int: Double]]()
        for problem in plan.problems {
            let sampled = SampledInputs(
                seed: plan.seed, inputs: inputs, inputDimension: problem.inputDimension, bias: plan.bias)
            let wanted = Set(problem.ratio == nil ? points + problem.points : problem.points).sorted()
            gammas[problem.inputDimension, default: [:]].merge(try sampled.gammas(points: wanted)) { first, _ in first }
        }
        return gammas
    }

    /// The points of the sweep's file, prepared as the plan says; nil if the file is missing or has other content.
    var givenData: DataSet? {
        guard case .file(let path, let fingerprint) = plan.inputs, let data = try? DataSet.load(path: path) else {
            return nil
        }
        func prepared(_ data: DataSet) -> DataSet? {
            let count = plan.preparation?.subsample ?? data.points
            let chosen =
                plan.preparation?.subsample != nil && count <= data.points
                ? data.subsample(count, seed: plan.seed) : data
            return chosen.fingerprint == fingerprint ? chosen : nil
        }
        guard plan.preparation?.isStandardised == true else { return prepared(data) }
        return prepared(data.standardised()) ?? prepared(data.standardisedByPlainSums())
    }

    var exactChances: ExactChances? { ExactChances(plan: plan, data: givenData) }

    func text(_ digest: SweepDigest) -> FigureText {
        FigureText(title: title, plan: plan, version: version, trials: digest.mostTrials)
    }

    /// Every figure that the sweep has numbers for.
    func figures(
        _ digest: SweepDigest, diagram: DiagramFigure, compared: [String], theme: FigureTheme
    ) throws(CommandFailure) -> [Figure] {
        let text = text(digest)
        var diagram = diagram
        diagram.theme = theme
        var figures = [Figure]()
        if diagram.resolution != nil || (plan.points.count > 1 && plan.units.count > 1) {
            figures.append(diagram.figure(digest, text: text))
        }
        if FractionFigure.isNeeded(plan) {
            var fractions = FractionFigure()
            fractions.theme = theme
            if let figure = fractions.figure(digest, text: text) { figures.append(figure) }
        }
        var deep = DeepFigures()
        deep.theme = theme
        if let figure = deep.depths(digest, text: text) { figures.append(figure) }
        if plan.method == .exact {
            var widths = WidthFigures()
            widths.theme = theme
            widths.showsLaw = diagram.overlays.contains(.law)
            figures += [
                widths.curves(digest, text: text), widths.scaled(digest, text: text),
                widths.collapse(digest, text: text),
                widths.distribution(digest, text: text),
            ].compactMap { $0 }
        }
        if let figure = try obstructions(digest, text: text, theme: theme) { figures.append(figure) }
        var methods = MethodFigures()
        methods.theme = theme
        if let figure = methods.singularValues(digest, text: text) { figures.append(figure) }
        if !compared.isEmpty {
            figures.append(try comparison(compared, theme: theme))
        }
        return figures
    }

    /// Of obstructions.csv, where the folder has one of the trials that it has.
    private func obstructions(
        _ digest: SweepDigest, text: FigureText, theme: FigureTheme
    ) throws(CommandFailure) -> Figure? {
        let name = "\(path)/obstructions.csv"
        let counts: [ObstructionCount]
        do throws(SweepFolderError) {
            guard let bytes = try Files.read(name) else { return nil }
            do throws(TableError) {
                counts = try ObstructionTable.read(String(decoding: bytes, as: UTF8.self))
            } catch {
                throw .damaged(path: name, line: error.line, reason: error.reason)
            }
        } catch {
            throw CommandFailure(error, option: nil)
        }
        let cells = digest.groups.flatMap(\.cells)
        let drawn = Set(cells.map { [$0.inputDimension, $0.points, $0.units] })
        let figure = ObstructionShares.figure(
            cells: cells, counts: counts.filter { drawn.contains([$0.inputDimension, $0.points, $0.units]) },
            bias: plan.bias,
            caption: text.caption, theme: theme)
        if figure == nil, plan.points.count > 1, plan.units.count > 1 {
            writeMessage(
                "\(name.printable()) is not of the trials that are here: no figure; the sweep's command with --census")
        }
        return figure
    }

    /// This sweep's fractions less those of others, of the trials and cells that are in all.
    private func comparison(_ folders: [String], theme: FigureTheme) throws(CommandFailure) -> Figure {
        var sweeps = [self]
        for folder in folders {
            let other = try ReadSweep(folder)
            try checkSameSamples(other)
            sweeps.append(other)
        }
        let shared = try SharedTrials(sweeps)
        let methods = Set(sweeps.map(\.plan.method)).count
        let names = sweeps.map { sweep -> String? in
            let name = sweep.path.split(separator: "/").last.map { String($0).printable() }
            return methods == sweeps.count ? nil : name
        }
        let text = FigureText(
            title: title, plan: shared.digests[0].plan, version: version, count: shared.count,
            methods: sweeps.map(\.plan.method))
        var figures = MethodFigures()
        figures.theme = theme
        let figure = figures.difference(
            shared.digests[0], Array(shared.digests.dropFirst()), names: names, text: text, shared: shared.words(sweeps)
        )
        guard let figure else { throw .usage("--compare: no cell is shared with \(path.printable())") }
        return figure
    }

    /// Methods are compared on the same samples.
    private func checkSameSamples(_ other: ReadSweep) throws(CommandFailure) {
        let differences = other.record.differences(from: plan).filter {
            ["seed", "inputs", "init", "patterns", "bias"].contains($0.field)
        }
        guard differences.isEmpty else {
            let words = differences.map(\.description).joined(separator: "; ")
            throw .usage("--compare: \(other.path.printable()) holds other samples than \(path.printable()): \(words)")
        }
    }

    /// This sweep and others, of other ensembles, as curves of one figure.
    func ensembles(
        _ digest: SweepDigest, against folders: [String], theme: FigureTheme
    ) throws(CommandFailure) -> Figure {
        var sweeps = [EnsembleFigure.Sweep(digest: digest, exact: exactChances)]
        for folder in folders {
            let other = try ReadSweep(folder)
            sweeps.append(EnsembleFigure.Sweep(digest: try other.digest(), exact: other.exactChances))
        }
        if let svd = zip([path] + folders, sweeps).first(where: { $0.1.digest.plan.method != .exact }) {
            throw .usage(
                "--against goes with the exact method; \(svd.0.printable()) is a sweep of \(svd.1.digest.plan.method.name)"
            )
        }
        if let deep = zip([path] + folders, sweeps).first(where: { $0.1.digest.plan.hidden != nil }) {
            throw .usage("--against: \(deep.0.printable()) holds deep networks, whose trials tell of one width alone")
        }
        guard let figure = EnsembleFigure(sweeps: sweeps, theme: theme).figure(version: version) else {
            throw .usage(
                "--against: no trial of \(path.printable()) or \(folders.joined(separator: ", ").printable()) reaches full rank"
            )
        }
        return figure
    }
}
