import FullrankBackends
import FullrankFiles
import FullrankModel

/// Why a sweep could not continue. Trials that finished before are in the journal.
public enum SweepError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file: written, read, or damaged.
    case folder(SweepFolderError)
    /// The backend; the words name the trials of the call.
    case backend(BackendError, during: String)
    /// Numbers of a trial that are infinities or NaNs: the words name it.
    case notFinite(String)
    /// The data file does not fit the plan.
    case data(String)

    public var description: String {
        switch self {
        case .folder(let error): error.description
        case .backend(let error, let during): "\(during): \(error)"
        case .notFinite(let words), .data(let words): words
        }
    }
}

extension SweepPlan.Inputs {
    /// - Throws: `data` if the inputs are a file's, and the points are not these.
    package func check(_ data: DataSet?) throws(SweepError) {
        guard case .file(let path, let fingerprint) = self, data?.fingerprint != fingerprint else { return }
        throw .data("\(path): holds other data than the plan's")
    }
}
