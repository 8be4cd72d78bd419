import FullrankFiles
import FullrankReport
import FullrankRuns
import FullrankSweep

extension OptionSpec {
    static let perTrial = OptionSpec(
        "--per-trial", nil,
        "also write trials.csv: a row for each trial and cell with its rank, streamed from\n"
            + "the journal; from then on every run in the folder keeps it up")
}

extension SweepJob {
    static let perTrialName = "trials.csv"

    /// trials.csv from the folder's journal: if it was asked for, and if the folder has it from an earlier run, which
    /// may have had fewer trials. The rows do not depend on the journal's order.
    func writeTrials(to folder: SweepFolder) throws(SweepFolderError) {
        guard isPerTrial || folder.has(table: Self.perTrialName) else { return }
        try folder.writeTable(name: Self.perTrialName) { (write) throws(SweepFolderError) in
            var table = TrialTable(plan)
            try SweepReader(folder.path).readCountedInOrder { (trial) throws(SweepFolderError) in
                switch trial.result {
                case .profile(let profile):
                    try table.append(profile, problem: trial.problem, trial: trial.trial, to: write)
                case .summaries(let all): try table.append(all, problem: trial.problem, trial: trial.trial, to: write)
                }
            }
            try table.flush(to: write)
        }
    }
}
