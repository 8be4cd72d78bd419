import FullrankFiles

/// A journal's first line: `{"format":"fullrank-trials","version":3}`, with a checksum where its lines have them.
public struct JournalHeader: Hashable, Sendable {
    public let format: String
    /// Versions of journals with and without checksums. Journals without are read and continued in the same form.
    public let version: Int
    package var versionWithout: Int { version - 1 }

    public init(format: String, version: Int) { (self.format, self.version) = (format, version) }

    /// The line of a journal of that version.
    package func line(version: Int) -> [UInt8] {
        var bytes = Array("{\"format\":\"\(format)\",\"version\":\(version)".utf8)
        if version == self.version { LineSeal.close(&bytes, from: 0) } else { bytes += "}\n".utf8 }
        return bytes
    }

    /// The version that a first line states, known or not; the line includes its newline and is not damaged.
    package func version(of line: UnsafeBufferPointer<UInt8>) throws(LineDamage) -> Int {
        let isSealed = LineSeal.checksum(line) != nil
        if !isSealed { try LineSeal.refuseForeignEnd(line) }
        let text = isSealed ? Array(try LineSeal.open(line)) + [UInt8(ascii: "}")] : Array(line.dropLast())
        guard let fields = try? JSONValue(parsing: text), fields["format"]?.string == format,
            let version: Int = fields["version"]?.integer()
        else { throw LineDamage("it is no \(format) header") }
        guard isSealed || version != self.version else {
            throw LineDamage("its checksum (\"crc32c\") is missing at the end")
        }
        guard !isSealed || version != versionWithout else {
            throw LineDamage("lines of version \(version) have no checksum")
        }
        return version
    }

    /// Bytes after the last newline are ignored, since a crash may have cut a line short. But a line contains a closing
    /// brace only at its end: if bytes follow one, a newline was changed to another byte.
    ///
    /// - Parameter version: nil if the tail is all there is.
    package func check(
        tail: ArraySlice<UInt8>, version: Int?, path: String, line: Int
    ) throws(SweepFolderError) {
        guard version != versionWithout, tail.dropLast().contains(UInt8(ascii: "}")) else { return }
        throw .damaged(path: path, line: line, reason: "another byte stands where it should end")
    }

    package func knows(_ version: Int) -> Bool { version == self.version || version == versionWithout }
}
