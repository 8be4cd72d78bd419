import FullrankKernels
import FullrankModel
import FullrankPlatform

/// A backend loaded from a shared library: the only `dlopen` there is. Never unloaded: kernels, CUDA's runtime and
/// BLAS threads outlive any one session.
public struct BackendLibrary: Sendable {
    static let symbol = "fullrank_backend_v1"

    /// The path or name that was handed to the loader.
    public let path: String
    public let table: BackendTable
    /// Other, different files of this name that are in the searched places and were not loaded.
    public let rivals: [String]

    /// The message for the user about the rivals.
    public var notes: [String] {
        rivals.map { "\($0) is another library of the same name; \(path) is the one in use" }
    }

    /// Loads the library the search finds first. A file that is found but does not load ends the search: falling
    /// through to another one would hide it.
    ///
    /// - Throws: `unavailable` with the loader's own words and the places searched.
    public static func load(_ search: LibrarySearch) throws(BackendError) -> BackendLibrary {
        let found = search.existingFiles(in: search.folders + search.systemFolders)
        if let exact = search.exactPath {
            return try open(exact, why: " (from \(LibrarySearch.environmentVariable))", rivals: [])
        }
        if let first = search.existingFiles(in: search.folders).first {
            return try open(first, why: "", rivals: found.filter { $0 != first })
        }
        let looked = "looked in \((search.folders + search.systemFolders).joined(separator: ", "))"
        guard let name = search.systemName else {
            throw .unavailable("\(LibrarySearch.cudaLibraryName): not found; \(looked)")
        }
        let why = "; \(looked), the system's search path; \(LibrarySearch.environmentVariable) names a file elsewhere"
        return try open(name, why: why, rivals: Array(found.dropFirst()))
    }

    private static func open(_ path: String, why: String, rivals: [String]) throws(BackendError) -> BackendLibrary {
        guard let handle = dlopen(path.fileName, RTLD_NOW | RTLD_LOCAL) else {
            throw .unavailable(loaderWords(about: path) + why)
        }
        guard let address = dlsym(handle, symbol) else {
            throw .unavailable("\(path): is no Fullrank backend: \(loaderWords(about: symbol))\(why)")
        }
        typealias Entry = @convention(c) () -> UnsafePointer<fr_backend>?
        let entry = unsafeBitCast(address, to: Entry.self)
        return BackendLibrary(path: path, table: try BackendTable(entry(), from: path), rivals: rivals)
    }

    private static func loaderWords(about subject: String) -> String {
        dlerror().map { String(cString: $0) } ?? "\(subject): the loader gives no reason"
    }
}
