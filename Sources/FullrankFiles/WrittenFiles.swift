import FullrankModel
import Synchronization

/// The result files of this process, for its last message: every function that writes one notes it here.
public enum WrittenFiles {
    private static let paths = Mutex<[String]>([])

    /// Notes a file that is complete; once for each path, however often it is rewritten.
    public static func note(_ path: String) {
        paths.withLock { if !$0.contains(path) { $0.append(path) } }
    }

    /// In the order in which they were first written.
    public static var all: [String] { paths.withLock { $0 } }

    /// By folder, in order: `(folder: "sweep", names: ["plan.json", "cells.csv"])`.
    public static func byFolder(_ paths: [String]) -> [(folder: String, names: [String])] {
        var folders = [(folder: String, names: [String])]()
        for path in paths {
            let slash = path.lastIndex(of: "/")
            let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
            if let place = folders.firstIndex(where: { $0.folder == folder }) {
                folders[place].names.append(name)
            } else {
                folders.append((folder, [name]))
            }
        }
        return folders
    }
}
