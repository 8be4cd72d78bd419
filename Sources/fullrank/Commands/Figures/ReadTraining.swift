import FullrankFiles
import FullrankModel
import FullrankReport
import FullrankRuns
import FullrankSweep
import FullrankTraining

/// A folder of `train`, as status, plot and report read it: while it runs or after.
struct ReadTraining {
    let path: String
    let words: TrainingWords
    let provenance: RunProvenance
    let checkpoint: TrainingCheckpoint?

    /// Whether the folder is one of `train`.
    static func holds(_ path: String) -> Bool {
        guard let bytes = (try? Files.read("\(path)/plan.json")).flatMap({ $0 }) else { return false }
        return (try? JSONValue(parsing: bytes))?["format"]?.string == TrainingFolder.format
    }

    init(_ path: String) throws(SweepFolderError) {
        self.path = path
        let name = "\(path)/plan.json"
        guard let bytes = try Files.read(name) else { throw .notASweep(path: path) }
        let fields = try PlanFields(parsing: bytes, path: name)
        try fields.requireVersion(TrainingFolder.formatVersion)
        words = try TrainingWords(fields)
        provenance = try fields.provenance
        let file = "\(path)/\(TrainingFolder.checkpoint)"
        guard let bytes = try Files.read(file) else {
            checkpoint = nil
            return
        }
        let numbers: NPYFile
        do throws(FileError) { numbers = try NPYFile(bytes: bytes, path: file) } catch {
            throw .damaged(path: file, line: nil, reason: "\(error)")
        }
        guard let read = TrainingCheckpoint(numbers.values, points: words.points) else {
            throw .damaged(path: file, line: nil, reason: "it is no checkpoint of training")
        }
        checkpoint = read
    }

    /// - Throws: what can't be read, as a command's failure.
    init(drawing path: String) throws(CommandFailure) {
        do throws(SweepFolderError) { try self.init(path) } catch { throw CommandFailure(error, option: nil) }
    }

    var isRunning: Bool { FolderLock.isHeld(folder: path) }
    var stepsDone: Int { min(checkpoint?.step ?? 0, words.steps) }
    var isComplete: Bool { checkpoint.map { $0.step > words.steps } ?? false }

    /// - Parameter flags: given, of those that mean something for sweeps only.
    func figures(refusing flags: [String], theme: FigureTheme) throws(CommandFailure) -> [Figure] {
        if let flag = flags.first {
            throw .usage("\(flag) goes with sweeps of full rank; \(path.printable()) is one of train")
        }
        guard let checkpoint, !checkpoint.rows.isEmpty else {
            throw CommandFailure(.badData, "\(path.printable()): no step is recorded yet")
        }
        let title = "Rank of the Jacobian and loss in training"
        let sofar = isComplete ? "" : " \(stepsDone) of \(words.steps) steps so far."
        return [
            Figure(
                name: "training", title: title,
                svg: TrainingFigure.svg(
                    checkpoint.rows, points: words.points, title: title,
                    caption: words.caption(version: provenance.fullrank) + sofar, theme: theme),
                tables: [Figure.Table(name: "training", csv: TrainingTable.csv(checkpoint.rows))])
        ]
    }

    /// One page: question, figure, table, method, and the command that repeats it.
    func page(refusing flags: [String], theme: FigureTheme) throws(CommandFailure) -> String {
        let figures = try figures(refusing: flags, theme: theme)
        var page = HTMLPage(heading: "The Jacobian's rank in training")
        page.addText(
            "Question",
            [
                "A network of one hidden layer, F(x) = sum of v_i max(0, w_i x + b_i), is trained on the mean squared error of n "
                    + "data points. How do loss, rank of the Jacobian and activation pattern change as it is?"
            ])
        page.addFigures(figures)
        let rows = checkpoint?.rows ?? []
        let most = 24, shown = evenlySpread(rows.count, atMost: most).map { rows[$0] }
        page.addTables(
            "Numbers",
            [
                (
                    caption: words.shape,
                    rows: [["step", "loss", "rank", "pattern changes"]]
                        + shown.map { ["\($0.step)", "\($0.loss)", "\($0.rank)", "\($0.patternChanges)"] }
                )
            ],
            note:
                "At most \(most) rows are shown. All, with singular values and distances, are in training.csv."
        )
        page.addText(
            "Method",
            [words.caption(version: provenance.fullrank) + " The rank is computed exactly (docs/training.md)."])
        page.addCommand(
            "The same again", words.commandLine, words: "gives the same numbers on the same machine.",
            facts: [("seed", "\(words.seed)"), ("steps", "\(stepsDone) of \(words.steps)")]
                + RunProvenance.rows([provenance]))
        return page.html()
    }
}
