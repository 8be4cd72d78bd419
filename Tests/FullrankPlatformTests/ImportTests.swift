import FullrankTestSupport
import Glibc
import Testing

/// What the layers may import.
@Suite struct ImportTests {
    /// The C library has one face: a file that imports it elsewhere, or a module above it, fails here.
    @Test func onlyThePlatformImportsTheCLibrary() throws {
        let folder = TemporaryFolder()
        let sources = String(#filePath.dropLast("Tests/FullrankPlatformTests/ImportTests.swift".count)) + "Sources"
        #expect(system("cd '\(sources)' && find . -name '*.swift' >\(folder.path)/list") == 0)
        var outside = 0, inside = 0
        for file in folder.text("list").split(separator: "\n") {
            let text = String(decoding: TemporaryFolder.bytes(ofFile: "\(sources)/\(file)") ?? [], as: UTF8.self)
            for name in Self.imports(text) {
                if file.hasPrefix("./FullrankPlatform/") {
                    inside += 1
                    #expect(["Glibc", "Darwin"].contains(name), "\(file): imports \(name)")
                } else {
                    outside += 1
                    #expect(
                        name.hasPrefix("Fullrank") || ["CGMP", "CZlib", "Synchronization"].contains(name),
                        "\(file): imports \(name); FullrankPlatform holds what is needed of the system")
                }
            }
        }
        #expect(outside > 300 && inside > 100)
    }

    /// "Glibc" of "import Glibc", "@_exported public import func Glibc.exp", "#if os(Linux); import Glibc".
    static func imports(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            guard line.contains("import") else { return nil }
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
        #expect(Self.imports("internal import Foundation\nlet important = 1\n") == ["Foundation"])
    }
}
