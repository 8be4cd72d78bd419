import FullrankModel

/// Why a file could not be read, or not be written. One line: the path, what is wrong, what would be right.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// The system refused; its words.
        case system(String)
        case npy(NPYProblem)
        case csv(CSVProblem)
        case idx(IDXProblem)
        case gzip(GzipProblem)
        /// Reading the file takes this many bytes, more than are available.
        case memory(needed: Double)
        /// Well-formed, but not of the required kind.
        case content(String)
    }

    public let path: String
    public let problem: Problem

    public init(path: String, problem: Problem) {
        self.path = path
        self.problem = problem
    }

    /// Whether the system failed rather than the data.
    public var isSystemFailure: Bool { if case .system = problem { true } else { false } }

    /// Whether it is memory that is short.
    public var isOutOfMemory: Bool {
        switch problem {
        case .memory, .npy(.memory), .idx(.memory), .gzip(.memory): true
        default: false
        }
    }

    public var description: String {
        let words =
            switch problem {
            case .system(let words), .content(let words): words
            case .memory(let needed): "takes \(AvailableMemory.shortage(needed))"
            case .npy(let problem): problem.description
            case .csv(let problem): problem.description
            case .idx(let problem): problem.description
            case .gzip(let problem): problem.description
            }
        return "\(path.printable()): \(words)"
    }
}
