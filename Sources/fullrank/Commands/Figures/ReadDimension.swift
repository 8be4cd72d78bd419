import FullrankDimension
import FullrankFiles
import FullrankReport
import FullrankRuns
import FullrankSweep

/// A folder of `dimension`, as figures and reports read it.
struct ReadDimension {
    let record: DimensionRecord
    let job: DimensionJob
    /// By architecture, those with trials.
    let summaries: [DimensionSummary]

    /// - Parameter flags: given, of those that mean something for other runs only.
    /// - Returns: nil if the folder is no such.
    init?(_ path: String, refusing flags: [String]) throws(CommandFailure) {
        guard DimensionReader.holds(path) else { return nil }
        if let flag = flags.first {
            throw .usage("\(flag) goes with sweeps of full rank; \(path.printable()) is one of dimension")
        }
        do throws(SweepFolderError) {
            let reader = try DimensionReader(path), plan = reader.record.plan
            record = reader.record
            job = DimensionJob(plan: plan, output: path)
            var summaries = [DimensionSummary]()
            do throws(CommandFailure) { summaries = try plan.tallies() } catch {
                throw .damaged(path: path, line: nil, reason: error.message)
            }
            try reader.readTrials { summaries[plan.architecture(ofTrial: $0.trial)].add($0) }
            self.summaries = summaries.filter { $0.trials > 0 }
        } catch {
            throw CommandFailure(error, option: nil)
        }
        guard !summaries.isEmpty else {
            throw CommandFailure(.badData, "\(path.printable()): its journal holds no trial yet")
        }
    }

    func figures(theme: FigureTheme) -> [Figure] {
        DimensionFigures.all(summaries, plan: job.plan, caption: job.caption, theme: theme)
    }
}
