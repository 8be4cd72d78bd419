import FullrankTestSupport
import Glibc
import Testing

/// What makes a cold start quick: a cold `fullrank --help` takes about as long as reading the program and its libraries.
@Suite struct StartupTests {
    @Test func programHoldsAndNeedsNoMoreThanItUses() throws {
        let descriptor = open(BuiltCommand.path, O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let bytes = try #require(mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0))
        try #require(bytes != MAP_FAILED)
        defer { munmap(bytes, size) }
        func holds(_ name: String) -> Bool {
            let name = Array(name.utf8)
            return (0...size - name.count).contains { memcmp(bytes + $0, name, name.count) == 0 }
        }

        #expect(holds("libc.so.6"))
        // With FULLRANK_SHARED_RUNTIME (Package.swift) every library is a file of its own.
        guard !holds("libswiftCore.so") else { return }
        // The regular expressions, 1.5 MB, come with a call of `contains`, `split`, `replacing` or such that takes a text
        // for what is sought.
        #expect(!holds("_StringProcessing"))
    }
}
