import FullrankPlatform
import FullrankTestSupport
import Testing

/// What makes a cold start quick: a cold `fullrank --help` takes about as long as reading the program and its libraries.
@Suite struct StartupTests {
    @Test(.enabled(if: Platform.isLinux, "macOS has the Swift runtime itself: no program holds it"))
    func programHoldsAndNeedsNoMoreThanItUses() throws {
        let bytes = try #require(TemporaryFolder.bytes(ofFile: BuiltCommand.path))
        func holds(_ name: String) -> Bool {
            let name = Array(name.utf8)
            return bytes.withUnsafeBytes { bytes in
                (0...bytes.count - name.count).contains { memcmp(bytes.baseAddress! + $0, name, name.count) == 0 }
            }
        }

        #expect(holds("libc.so.6"))
        // With FULLRANK_SHARED_RUNTIME (Package.swift) every library is a file of its own.
        guard !holds("libswiftCore.so") else { return }
        // The regular expressions, 1.5 MB, come with a call of `contains`, `split`, `replacing` or such that takes a text
        // for what is sought.
        #expect(!holds("_StringProcessing"))
    }
}
