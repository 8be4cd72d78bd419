import FullrankBackends
import FullrankFiles

/// What computed the trials: facts that a plan does not decide, for the record.
public struct RunProvenance: Hashable, Sendable {
    /// Version of this program.
    public var fullrank: String
    public var backend: String
    public var device: String
    /// Libraries and versions in use.
    public var library: String

    public init(fullrank: String, backend: String, device: String, library: String) {
        self.fullrank = fullrank
        self.backend = backend
        self.device = device
        self.library = library
    }

    public init(fullrank: String, backend: any RankBackend) {
        self.init(
            fullrank: fullrank, backend: backend.name, device: backend.device, library: backend.libraryVersion)
    }

    /// In plan.json, behind what a plan decides; the version of the program stands before that.
    package var members: [JSONValue.Member] {
        [.init("backend", .string(backend)), .init("device", .string(device)), .init("library", .string(library))]
    }

    /// "resumed_on", if there is something to list.
    package static func members(laterRuns runs: [RunProvenance]) -> [JSONValue.Member] {
        guard !runs.isEmpty else { return [] }
        let objects = runs.map { JSONValue.object([.init("fullrank", .string($0.fullrank))] + $0.members) }
        return [.init("resumed_on", .array(objects))]
    }
}
