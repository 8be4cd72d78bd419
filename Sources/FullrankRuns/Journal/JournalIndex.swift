import FullrankFiles
import FullrankModel

/// The positions of the trials of several journals, to read them in order without keeping them in memory.
///
/// Journals are written problem by problem, trials ascending, so that an entry is a run of lines whose trials follow
/// one another: usually a few per journal, 56 bytes each; at worst one per trial, in a journal without any order.
struct JournalIndex<Record: RunRecord> {
    typealias Trial = Record.Decoder.Trial
    struct Run {
        let problem: Int
        /// Number of the first line's trial; the next line's is one higher.
        let firstTrial: Int
        var count: Int
        let journal: Int
        /// Bytes of the journal, from the first line's beginning to the last one's end.
        let start: Int
        var end: Int

        var endTrial: Int { firstTrial + count }
    }

    /// The runs of each journal, in the journal's order.
    private var runs: [Run] = []
    private var journals: [(path: String, decoder: Record.Decoder)] = []
    /// Number of different trials in all journals.
    private(set) var count = 0

    /// Reads the journals of the folders and checks every line.
    ///
    /// - Throws: what reading a journal throws.
    init(_ readers: [TrialReader<Record>]) throws(SweepFolderError) {
        for (journal, reader) in readers.enumerated() {
            var journalReader = JournalReader(folder: reader.path, reader.record)
            try journalReader.read { trial, bytes in
                if let last = runs.last, last.journal == journal, last.problem == trial.problem,
                    last.endTrial == trial.trial
                {
                    runs[runs.count - 1].count += 1
                    runs[runs.count - 1].end = bytes.upperBound
                } else {
                    runs.append(
                        Run(
                            problem: trial.problem, firstTrial: trial.trial, count: 1, journal: journal,
                            start: bytes.lowerBound, end: bytes.upperBound))
                }
            }
            journals.append((journalReader.path, journalReader.decoder))
        }
        runs.sort { ($0.problem, $0.firstTrial, $0.journal) < ($1.problem, $1.firstTrial, $1.journal) }
        var end = (problem: -1, trial: 0)
        for run in runs {
            if run.problem != end.problem { end = (run.problem, 0) }
            count += max(0, run.endTrial - max(end.trial, run.firstTrial))
            end.trial = max(end.trial, run.endTrial)
        }
    }

    /// Trials that are missing for at least one problem, ascending.
    func missingTrials(problems: Int, trials: Int) -> [Range<Int>] {
        var gaps = [Range<Int>]()
        var next = 0
        for problem in 0..<problems {
            var end = 0
            while next < runs.count, runs[next].problem == problem {
                if runs[next].firstTrial > end { gaps.append(end..<runs[next].firstTrial) }
                end = max(end, runs[next].endTrial)
                next += 1
            }
            if end < trials { gaps.append(end..<trials) }
        }
        return gaps.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Delivers each trial once, ordered by problem and trial, with the journals that contain it. The result is the
    /// first journal's, after a check that all journals agree.
    ///
    /// - Parameter onlyShared: skips, without reading, the trials that only one journal contains.
    /// - Throws: `differentTrial`; `inputOutput` or `damaged` if a journal is no longer what it was.
    func walk(
        onlyShared: Bool = false, _ deliver: (Trial) throws(SweepFolderError) -> Void
    ) throws(SweepFolderError) {
        var cursors = [RunCursor<Record>]()
        var next = 0
        var (problem, trial) = (0, 0)
        while true {
            cursors.removeAll { $0.run.problem != problem || $0.run.endTrial <= trial }
            if cursors.isEmpty {
                guard next < runs.count else { return }
                (problem, trial) = (runs[next].problem, runs[next].firstTrial)
            }
            while next < runs.count, runs[next].problem == problem, runs[next].firstTrial == trial {
                let journal = journals[runs[next].journal]
                cursors.append(RunCursor(runs[next], path: journal.path, decoder: journal.decoder))
                next += 1
            }
            if onlyShared, cursors.count == 1 {
                // Continue to the next trial of another journal, or to the end of the run.
                let other = next < runs.count && runs[next].problem == problem ? runs[next].firstTrial : Int.max
                trial = min(cursors[0].run.endTrial, other)
                continue
            }
            let found = try cursors[0].trial(trial)
            for index in cursors.indices.dropFirst() where try cursors[index].trial(trial) != found {
                throw .differentTrial(
                    path: folder(cursors[index].run), other: folder(cursors[0].run), trial: trial)
            }
            try deliver(found)
            trial += 1
        }
    }

    private func folder(_ run: Run) -> String {
        String(journals[run.journal].path.dropLast(Files.journalName.count + 1))
    }
}
