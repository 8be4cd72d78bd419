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
        } deliver: { deliver($0) }
    }
}

extension NetworkSweepLines {
    func bytes(_ trials: [NetworkSweepTrial]) -> [UInt8] {
        var bytes = [UInt8]()
        for trial in trials { append(trial, to: &bytes) }
        return bytes
    }
}

/// How far the sweep in a folder has come, read from outside while it may be running.
public struct NetworkSweepStatus: Sendable {
    public let record: NetworkSweepRecord
    public let count: TrialCount
    public let isRunning: Bool
    /// From the plan's writing to the journal's last line.
    public let seconds: Double
    /// By problem: trials that are not there yet.
    public let left: [Int]

    public init(_ reader: NetworkSweepReader) throws(SweepFolderError) {
        record = reader.record
        let finished = try reader.readTrials { _ in }, share = record.share
        count = TrialCount(done: finished.count, total: share.count * record.problems, mayGrow: false)
        left = (0..<record.problems).map { share.count - finished.count(problem: $0) }
        isRunning = reader.isRunning
        let begun = SweepStatus.modified("\(reader.path)/\(Files.planName)")
        seconds = max(0, SweepStatus.modified("\(reader.path)/\(Files.journalName)") - begun)
    }
}
