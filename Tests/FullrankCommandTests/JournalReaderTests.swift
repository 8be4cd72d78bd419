import FullrankPlatform
import FullrankTestSupport
import Testing

/// Journals read by other means: docs/journal.py, in plain Python.
@Suite struct JournalReaderTests {
    static let pythonIsHere = shell("python3 -c '' >/dev/null 2>&1") == 0
    static let docs = String(#filePath.dropLast("Tests/FullrankCommandTests/JournalReaderTests.swift".count)) + "docs"

    private static func text(ofFile name: String) -> String? {
        TemporaryFolder.bytes(ofFile: docs + name).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        .enabled(if: pythonIsHere, "SKIPPED: python3 is not here"),
        arguments: [
            "--d0 1,2 --n 10..50:20 --d1 5..105:25", "--d0 10 --n 30,60 --d1 1..10 --no-bias",
            "--ratio 0.25,2 --n 5,20 --d1 1..9:2", "--d0 1 --n 40 --d1 5",
        ])
    func pythonFindsEveryCount(grid: String) {
        let folder = TemporaryFolder()
        BuiltCommand.succeed("sweep --backend cpu --trials 30 --seed 5 \(grid) --output", [folder.path + "/sweep"])
        #expect(shell("python3 '\(Self.docs)/journal.py' '\(folder.path)/sweep' >/dev/null") == 0)
        // And notices a rank that changed.
        let table = folder.text("sweep/cells.csv")
        let last = table.split(separator: ",").last!
        folder.file("sweep/cells.csv", table.dropLast(last.count) + "0.000000\n")
        #expect(shell("python3 '\(Self.docs)/journal.py' '\(folder.path)/sweep' >/dev/null 2>&1") != 0)
    }

    /// The function printed in docs/file-formats.md is that of docs/journal.py.
    @Test func thePageShowsTheReader() throws {
        let page = try #require(Self.text(ofFile: "/file-formats.md"))
        let reader = try #require(Self.text(ofFile: "/journal.py"))
        let blocks = page.split(separator: "```python\n").dropFirst().map { $0.split(separator: "```")[0] }
        let shown = blocks.filter { $0.contains("DIGITS") }
        #expect(shown.count == 1 && reader.contains(shown[0]))
    }
}
