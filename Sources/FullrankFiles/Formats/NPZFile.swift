import FullrankModel

/// The arrays of a .npz file.
package enum NPZFile {
    /// In the file's order. `path` only names it in messages.
    package static func arrays(_ bytes: [UInt8], path: String) throws(FileError) -> [NamedArray] {
        let archive = try opened(bytes, path: path)
        var arrays = [NamedArray]()
        for member in archive.members where member.name.hasSuffixOfBytes(".npy") {
            let file = try array(member, of: archive, path: path)
            arrays.append(
                NamedArray(
                    name: String(member.name.dropLast(4)), shape: file.shape, type: file.element.descriptor,
                    values: file.values))
        }
        guard !arrays.isEmpty else {
            throw FileError(path: path, problem: .content("is a zip file without .npy arrays"))
        }
        return arrays
    }

    /// One array, by name with or without .npy; nil: the only one there is.
    package static func array(_ bytes: [UInt8], named name: String?, path: String) throws(FileError) -> NPYFile {
        let archive = try opened(bytes, path: path)
        let arrays = archive.members.filter { $0.name.hasSuffixOfBytes(".npy") }
        let names = arrays.map { String($0.name.dropLast(4)) }
        let found = name.map { name in arrays.filter { $0.name == name || $0.name == name + ".npy" } } ?? arrays
        guard found.count == 1 else {
            let held = names.isEmpty ? "no arrays" : names.map { $0.printable() }.joined(separator: ", ")
            let words =
                name.map { "has no array \($0.quoted); it holds \(held)" }
                ?? "holds \(held); name one of them: \(path.printable()):NAME"
            throw FileError(path: path, problem: .content(words))
        }
        return try array(found[0], of: archive, path: path)
    }

    private static func opened(_ bytes: [UInt8], path: String) throws(FileError) -> ZipArchive {
        guard ZipArchive.isZip(bytes) else {
            throw FileError(path: path, problem: .content("is not a .npz (zip) file"))
        }
        do throws(ZipProblem) { return try ZipArchive(bytes) } catch { throw FileError(error, path: path) }
    }

    private static func array(
        _ member: ZipArchive.Member, of archive: ZipArchive, path: String
    ) throws(FileError) -> NPYFile {
        let content: [UInt8]
        do throws(ZipProblem) { content = try archive.content(member) } catch { throw FileError(error, path: path) }
        return try NPYFile(bytes: content, path: "\(path):\(member.name)")
    }
}

extension FileError {
    fileprivate init(_ problem: ZipProblem, path: String) {
        self.init(path: path, problem: problem.isMemory ? .memory(needed: .infinity) : .content(problem.words))
    }
}
