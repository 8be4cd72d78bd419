import FullrankModel

/// An output folder of a run that is not a sweep. It is locked for this process, and its plan.json decides whether a
/// command continues the same run.
package final class RunFolder {
    package let path: String
    /// Whether the folder held this run already.
    package let wasBegun: Bool
    private let lock: FolderLock

    /// Creates the folder, or opens an existing one.
    ///
    /// - Parameters:
    ///   - deciding: the fields of plan.json that must be equal, in order, after `format` and `version`.
    ///   - provenance: the rest, recorded by the run that began.
    ///   - outputs: names of files this run will write.
    ///   - replacing: starts over if the folder contains a run of this format, whatever its plan.
    /// - Throws: `busy`, `differentRun`, `wouldOverwrite`, `damaged`, `unknownVersion`, `inputOutput`.
    package init(
        _ path: String, format: String, version: Int, deciding: [JSONValue.Member], provenance: [JSONValue.Member],
        outputs: [String], replacing: Bool
    ) throws(SweepFolderError) {
        self.path = path
        try Files.makeFolders(path)
        lock = try FolderLock(folder: path)
        let planPath = "\(path)/\(Files.planName)"
        let head: [JSONValue.Member] = [.init("format", .string(format)), .init("version", .integer(version))]
        let plan = JSONValue.object(head + deciding + provenance)
        let bytes = try Files.readPlan(path)
        if let bytes {
            let found: JSONValue
            do throws(JSONDamage) {
                found = try JSONValue(parsing: bytes)
            } catch {
                throw .damaged(path: planPath, line: nil, reason: error.words)
            }
            guard found["format"]?.string == format else {
                throw .damaged(path: planPath, line: nil, reason: "\"format\" is not \"\(format)\"")
            }
            guard found["version"] == .integer(version) else {
                throw .unknownVersion(path: planPath, version: found["version"]?.text ?? "none", known: version)
            }
            if !replacing {
                let recorded = deciding.compactMap { member in
                    found[member.name].map { JSONValue.Member(member.name, $0) }
                }
                let differences = PlanDifference.list(recorded: recorded, asked: deciding)
                guard differences.isEmpty else { throw .differentRun(path: path, differences: differences) }
                wasBegun = true
                return
            }
        }
        for name in try Files.names(in: path) where outputs.contains(name) {
            guard bytes != nil else { throw .wouldOverwrite(path: path, file: name) }
            try Files.remove("\(path)/\(name)")
        }
        wasBegun = false
        try Files.writeWhole(Array(plan.document.utf8), folder: path, name: Files.planName)
    }

    /// A file's content; nil if there is none.
    package func read(_ name: String) throws(SweepFolderError) -> [UInt8]? { try Files.read("\(path)/\(name)") }

    /// Whole or not at all, on disk when it returns.
    package func write(_ bytes: [UInt8], to name: String) throws(SweepFolderError) {
        try Files.writeWhole(bytes, folder: path, name: name)
    }
}
