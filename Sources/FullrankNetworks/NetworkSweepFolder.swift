import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep

/// The output folder of a sweep over networks, locked for this process.
public typealias NetworkSweepFolder = TrialFolder<NetworkSweepRecord>
/// A folder read without a lock and without changing anything.
public typealias NetworkSweepReader = TrialReader<NetworkSweepRecord>
/// Several folders of one plan as one sweep.
public typealias NetworkSweepMerge = TrialMerge<NetworkSweepRecord>

extension TrialMerge where Record == NetworkSweepRecord {
    /// Writes what a single run would have written: plan and journal, trials in order.
    public func write(
        to folder: NetworkSweepFolder, deliver: (NetworkSweepTrial) -> Void
    ) throws(SweepFolderError) {
        try folder.record(runsOf: record)
        let lines = NetworkSweepLines(record.plan)
        try write(to: folder) { (trials, journal) throws(SweepFolderError) in
            try journal.append(lines.bytes(trials))
        } deliver: {
            deliver($0)
        }
    }
}

extension NetworkSweepLines {
    func bytes(_ trials: [NetworkSweepTrial]) -> [UInt8] {
        var bytes = [UInt8]()
        for trial in trials { append(trial, to: &bytes) }
        return bytes
    }
}

/// The progress of the sweep in a folder, read from outside while it may be running.
public typealias NetworkSweepStatus = RunStatus<NetworkSweepRecord>

extension RunStatus where Record == NetworkSweepRecord {
    /// - Throws: what reading the folder throws.
    public init(_ path: String) throws(SweepFolderError) {
        try self.init(try NetworkSweepReader(path)) { (reader) throws(SweepFolderError) in try reader.countTrials() }
    }
}

extension TrialReader where Record == NetworkSweepRecord {
    /// By problem: trials that are not there yet.
    public func left() throws(SweepFolderError) -> [Int] {
        let finished = try readTrials { _ in }
        return (0..<record.problems).map { record.share.count - finished.count(problem: $0) }
    }
}
