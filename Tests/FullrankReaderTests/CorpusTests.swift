import FullrankPlatform
import FullrankTestSupport
import Testing

/// Files that fuzzing found to reach something new, and every one that once did harm, through every reader.
@Suite struct CorpusTests {
    private static let corpus = String(#filePath.dropLast("CorpusTests.swift".count)) + "Corpus"

    private static func names(_ folder: String) -> [String] {
        TemporaryFolder.names(in: folder).filter { !$0.hasPrefix(".") }
    }

    @Test func everyReaderHasACorpus() {
        #expect(Self.names(Self.corpus) == Reader.allCases.map(\.rawValue).sorted())
    }

    @Test(arguments: Reader.allCases)
    func noFileIsTakenThatDoesNotHoldTogether(reader: Reader) throws {
        var files = 0
        for folder in Self.names(Self.corpus) {
            for name in Self.names("\(Self.corpus)/\(folder)") {
                let bytes = try #require(TemporaryFolder.bytes(ofFile: "\(Self.corpus)/\(folder)/\(name)"))
                #expect(throws: Never.self, "\(folder)/\(name)") { try reader.read(bytes) }
                // Cut short anywhere near its ends, too: what is read is often a file that is still being written.
                for length in Set([0, 1, bytes.count / 2, bytes.count - 1]) where (0..<bytes.count).contains(length) {
                    #expect(throws: Never.self, "\(folder)/\(name), \(length) bytes") {
                        try reader.read(Array(bytes[..<length]))
                    }
                }
                files += 1
            }
        }
        #expect(files > 100)
    }
}
