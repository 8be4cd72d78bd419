import FullrankModel
import FullrankPlatform

/// The places in which a backend library is searched.
public struct LibrarySearch: Hashable, Sendable {
    public static let environmentVariable = "FULLRANK_CUDA_LIBRARY"
    public static let cudaLibraryName = "libfullrank_cuda" + DynamicLibrary.suffix

    /// The one file to load, whatever else there is: FULLRANK_CUDA_LIBRARY.
    public var exactPath: String?
    /// Folders looked in first, in this order: the executable's, and `lib` beside it.
    public var folders: [String]
    /// The name handed to the system's loader when the folders hold none; nil: don't ask it.
    public var systemName: String?
    /// Folders from LD_LIBRARY_PATH, which are searched for rivals only.
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
        if let path = getenv(DynamicLibrary.pathVariable).map({ String(fileName: $0) }) {
            search.systemFolders = path.split(separator: ":").map(String.init)
        }
        return search
    }

    /// The folder of the running executable, with links resolved.
    static var executableFolder: String? {
        executablePath().flatMap { String(fileName: $0).parentFolder }
    }

    /// The library's file names in the folders, existing ones only, the same file under two names once.
    func existingFiles(in folders: [String]) -> [String] {
        var seen = Set<FileStatus.Identity>()
        return folders.map { $0 + "/" + (systemName ?? Self.cudaLibraryName) }
            .filter { path in FileStatus(at: path.fileName).map { seen.insert($0.identity).inserted } ?? false }
    }
}
