import FullrankTestSupport
import Testing

/// What the layers, and the tests, may import.
@Suite struct ImportTests {
    private static let root = String(#filePath.dropLast("Tests/FullrankPlatformTests/ImportTests.swift".count))

    /// The C library has one face: a file that imports it elsewhere, or a module above it, fails here.
    @Test func onlyThePlatformImportsTheCLibrary() throws {
        let counts = check("Sources", inside: "FullrankPlatform", others: ["CGMP", "CZlib", "Synchronization"])
        #expect(counts.outside > 300 && counts.inside > 100)
    }

    /// The tests have one face more, for what only they need of it.
    @Test func onlyTheSupportOfTestsImportsTheCLibrary() throws {
        let counts = check("Tests", inside: "FullrankTestSupport", others: ["Synchronization", "Testing"])
        #expect(counts.outside > 300 && counts.inside > 20)
    }

    /// - Parameters:
    ///   - inside: the folder of this one whose files import the C library, and FullrankPlatform.
    ///   - others: what the other files may import besides this package's modules.
    private func check(_ folder: String, inside: String, others: Set<String>) -> (outside: Int, inside: Int) {
        var counts = (outside: 0, inside: 0)
        for file in shellOutput("cd '\(Self.root)\(folder)' && find . -name '*.swift'").split(separator: "\n") {
            let text = String(
                decoding: TemporaryFolder.bytes(ofFile: "\(Self.root)\(folder)/\(file)") ?? [], as: UTF8.self)
            for name in Self.imports(text) {
                if file.hasPrefix("./\(inside)/") {
                    counts.inside += 1
                    #expect(["Glibc", "Darwin", "FullrankPlatform"].contains(name), "\(file): imports \(name)")
                } else {
                    counts.outside += 1
                    #expect(
                        name.hasPrefix("Fullrank") || others.contains(name),
                        "\(file): imports \(name); \(inside) holds what is needed of the system")
                }
            }
        }
        return counts
    }

    /// "Glibc" of "import Glibc", "@_exported public import func Glibc.exp", "#if os(Linux); import Glibc". Text
    /// in quotes may be Python.
    static func imports(_ text: String) -> [String] {
        let parts = text.split(separator: "\"\"\"", omittingEmptySubsequences: false)
        let code = stride(from: 0, to: parts.count, by: 2).map { parts[$0] }.joined(separator: "\n")
        return code.split(separator: "\n").compactMap { line in
            guard line.contains("import"), !line.contains("\"") else { return nil }
            let code = line.split(separator: "//", omittingEmptySubsequences: false).first ?? ""
            let words = code.split { $0 == " " || $0 == ";" || $0 == "\t" }
            guard let place = words.firstIndex(of: "import") else { return nil }
            let kinds: Set<Substring> = ["func", "var", "let", "struct", "class", "enum", "protocol", "typealias"]
            let module = words[(place + 1)...].first { !kinds.contains($0) }
            return module.map { String($0.prefix { $0 != "." }) }
        }
    }

    @Test func importsAreFound() {
        let text = "import Glibc\n// import A\n  @_exported import func Darwin.exp // b\n"
        #expect(Self.imports(text) == ["Glibc", "Darwin"])
        #expect(Self.imports("let a = \"\"\"\n  import os\n  \"\"\"\n  import B\nlet b = \"import C\"") == ["B"])
        #expect(Self.imports("internal import Foundation\nlet important = 1\n") == ["Foundation"])
    }
}
