/// A backend as `fullrank backends` shows it.
public struct BackendDescription: Hashable, Sendable {
    /// "cpu", "cuda"
    public let name: String
    public let available: Bool
    /// Why it is, or is not, available, in the loader's or driver's own words.
    public let reason: String
    /// Empty if the backend is unavailable.
    public let devices: [BackendDevice]
    /// Libraries and versions in use; nil if the backend did not load.
    public let libraryVersion: String?
    /// The loaded file; nil if the backend is linked in or did not load.
    public let path: String?
    /// Rival libraries and the like.
    public let notes: [String]

    /// Every backend this program knows, the CPU first. Loads libraries and asks devices, opens no session.
    public static func all(search: LibrarySearch = .cuda) -> [BackendDescription] {
        var list = [BackendDescription]()
        do throws(BackendError) {
            let table = try BackendTable.cpu()
            // Loads LAPACK, so that its version, or why it is missing, can be shown.
            var notes = [String]()
            do throws(BackendError) {
                let backend = try CBackend(table)
                _ = try backend.singularValues(ofMatrices: [1], batch: 1, rows: 1, columns: 1, precision: .float64)
            } catch {
                notes.append(error.words)
            }
            list.append(BackendDescription(table, as: "cpu", path: nil, notes: notes))
        } catch {
            list.append(BackendDescription(missing: "cpu", error))
        }
        do throws(BackendError) {
            let library = try BackendLibrary.load(search)
            list.append(
                BackendDescription(library.table, as: "cuda", path: library.path, notes: library.notes))
        } catch {
            list.append(BackendDescription(missing: "cuda", error))
        }
        return list
    }

    /// A table that loaded: its devices may still not answer.
    init(_ table: BackendTable, as name: String, path: String?, notes: [String]) {
        self.name = name
        self.path = path
        self.notes = notes
        libraryVersion = table.libraryVersion
        do throws(BackendError) {
            devices = try table.devices()
            available = true
            reason = path.map { "loaded from \($0)" } ?? "linked in"
        } catch {
            devices = []
            available = false
            reason = error.words
        }
    }

    private init(missing name: String, _ error: BackendError) {
        self.name = name
        available = false
        reason = error.words
        devices = []
        libraryVersion = nil
        path = nil
        notes = []
    }
}
