/// Why a file could not be read, or not be written. One line: the path, what is wrong, what would be right.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// The system refused; its words.
        case system(String)
        case npy(NPYProblem)
        case csv(CSVProblem)
        case idx(IDXProblem)
        case gzip(GzipProblem)
        /// Well-formed, but not what was asked for.
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

    public var description: String {
        let words =
            switch problem {
            case .system(let words), .content(let words): words
            case .npy(let problem): problem.description
            case .csv(let problem): problem.description
            case .idx(let problem): problem.description
            case .gzip(let problem): problem.description
            }
        return "\(path.printable()): \(words)"
    }
}
