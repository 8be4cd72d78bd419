import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankSweep

/// The folders of runs that a folder means: itself, or those in it, as `reproduce` writes them.
enum RunFolders {
    /// How far down runs are looked for.
    private static let mostLevels = 4

    /// Ascending by name. The folder itself if it is a run, or if it contains none: reading it then gives the reason.
    ///
    /// - Parameter isRun: whether a folder is a run of its own; those in it are not looked at then.
    static func of(_ path: String, isRun: (String) -> Bool = hasPlan) -> [String] {
        guard !isRun(path) else { return [path] }
        let found = runs(in: path, levels: mostLevels, isRun)
        return found.isEmpty ? [path] : found
    }

    static func hasPlan(_ path: String) -> Bool { Files.exists("\(path)/plan.json") }

    /// Links are not followed: they may lead round in a circle.
    private static func runs(in path: String, levels: Int, _ isRun: (String) -> Bool) -> [String] {
        guard levels > 0, let names = try? Files.names(in: path) else { return [] }
        return names.filter { !$0.hasPrefix(".") }.flatMap { name -> [String] in
            let inner = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            guard Files.isFolder(inner) else { return [] }
            return isRun(inner) ? [inner] : runs(in: inner, levels: levels - 1, isRun)
        }
    }

    /// Does `body` for each; one that fails does not hide the others.
    static func forEach(
        _ folders: [String], command: String, _ body: (String) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var failures = [CommandFailure]()
        for folder in folders {
            do throws(CommandFailure) { try body(folder) } catch { failures.append(error) }
        }
        guard let last = failures.popLast() else { return }
        for failure in failures { writeError("\(command): \(failure.message)") }
        throw last
    }
}

extension RunFolders {
    /// `plot` and `report` treat all grids of `reproduce global-minima` as one run.
    static func drawn(_ path: String) -> [String] { of(path) { hasPlan($0) || ReadMinima.holdsPublished($0) } }

    /// Options that name one file or one run.
    static func refuse(_ flags: [String], of arguments: [String], in folder: String, _ runs: [String])
        throws(CommandFailure)
    {
        guard runs.count > 1, let flag = flags.first(where: { arguments.contains($0) }) else { return }
        let names = runs.prefix(3).map { $0.printable() }.joined(separator: ", ") + (runs.count > 3 ? ", ..." : "")
        throw .usage("\(flag) goes with one run; \(folder.printable()) holds \(runs.count): \(names)")
    }
}
