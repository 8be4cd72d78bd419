import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

/// Names of files as strings: nothing is lost, and no two names are one.
@Suite struct FileNameTests {
    private func bytes(_ string: String) -> [UInt8] { string.fileName.dropLast().map { UInt8(bitPattern: $0) } }

    @Test func everyNameComesBack() {
        var random = SeededGenerator(seed: 404)
        // Continuations, leads, surrogates, the characters that stand for bytes, and plain letters.
        let pieces: [[UInt8]] = [
            [0x80], [0xbf], [0xc3], [0xe9], [0xed, 0xa0, 0x80], [0xee, 0xbe, 0x80], [0xee, 0xbe], [0xef, 0xbf, 0xbf],
            [0xee, 0xbf, 0xbf], [0xf0, 0x9f, 0x98, 0x80], [0xf4, 0x90], [0xff], [0x61], [0x2f], [0xcc, 0x81],
        ]
        var names = [String: [UInt8]]()
        for _ in 0..<5000 {
            let name = (0..<random.below(7)).flatMap { _ in pieces[random.below(pieces.count)] }
            let string = String(fileName: name)
            #expect(bytes(string) == name)
            names[string.unicodeScalars.map { "\($0.value)" }.joined(separator: " ")] = name
        }
        #expect(Set(names.values).count == names.count)
        for byte in UInt8(1)...255 { #expect(bytes(String(fileName: [byte])) == [byte]) }
        #expect(String(fileName: Array("é/日本".utf8)) == "é/日本")
    }

    @Test func namesAreShownOnOneLine() {
        let name = String(fileName: [0x72, 0xe9, 0x73])
        #expect(name.quoted == "'r\\xE9s'")
        #expect(name != String(fileName: [0x72, 0xe8, 0x73]))
    }

    /// An accent behind a slash makes one character of both.
    @Test func pathsAreTakenApartByBytes() {
        let path = "a/\u{301}b/c"
        #expect(path.pathComponents.count == 3)
        #expect(path.lastPathComponent == "c" && path.parentFolder == "a/\u{301}b")
        #expect("a/\u{301}".parentFolder == "a")
        #expect("c".parentFolder == nil && "/c".parentFolder == "" && "a/".lastPathComponent == "a")
        #expect(
            DataSet.isFileName("\u{600}.npy") && DataSet.isFileName("x/\u{301}.CSV.gz") && !DataSet.isFileName("npy"))
    }
}
