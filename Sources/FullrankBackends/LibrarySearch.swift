import FullrankModel
import Glibc

/// Where a backend library is looked for.
public struct LibrarySearch: Hashable, Sendable {
    public static let environmentVariable = "FULLRANK_CUDA_LIBRARY"
    public static let cudaLibraryName = "libfullrank_cuda.so"

    /// The one file to load, whatever else there is: FULLRANK_CUDA_LIBRARY.
    public var exactPath: String?
    /// Folders looked in first, in this order: the executable's, and `lib` beside it.
    public var folders: [String]
    /// The name handed to the system's loader when the folders hold none; nil: don't ask it.
    public var systemName: String?
    /// Folders the system's loader was told of (LD_LIBRARY_PATH): searched for rivals only.
    public var systemFolders: [String]

    public init(
        exactPath: String? = nil, folders: [String] = [], systemName: String? = nil, systemFolders: [String] = []
    ) {
        self.exactPath = exactPath
        self.folders = folders
        self.systemName = systemName
        self.systemFolders = systemFolders
    }

    /// The CUDA library of this process: its environment, its executable's place, the system's search path.
    public static var cuda: LibrarySearch {
        var search = LibrarySearch(systemName: cudaLibraryName)
        if let path = getenv(environmentVariable).map({ String(fileName: $0) }), !path.isEmpty {
            search.exactPath = path
        }
        if let folder = executableFolder { search.folders = [folder, folder + "/../lib"] }
        if let path = getenv("LD_LIBRARY_PATH").map({ String(fileName: $0) }) {
            search.systemFolders = path.split(separator: ":").map(String.init)
        }
        return search
    }

    /// The folder the running executable lies in, links resolved.
    static var executableFolder: String? {
        guard let resolved = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(resolved) }
        return String(fileName: resolved).parentFolder
    }

    /// The library's file names in the folders, existing ones only, the same file under two names once.
    func existingFiles(in folders: [String]) -> [String] {
        var seen = Set<FileIdentity>()
        return folders.map { $0 + "/" + (systemName ?? Self.cudaLibraryName) }
            .filter { path in FileIdentity(path).map { seen.insert($0).inserted } ?? false }
    }
}

/// A file, whatever name it goes by.
private struct FileIdentity: Hashable {
    let device: UInt64
    let node: UInt64

    init?(_ path: String) {
        var information = stat()
        guard stat(path.fileName, &information) == 0 else { return nil }
        device = UInt64(information.st_dev)
        node = UInt64(information.st_ino)
    }
}
