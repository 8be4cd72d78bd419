import FullrankPlatform
import FullrankTestSupport
import Testing

@Suite struct MinimaCommandTests {
    private let folder = TemporaryFolder()
    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func minima(_ name: String, _ more: String = "") {
        BuiltCommand.succeed(
            "minima --d0 1,2 --n 4..12:4 --d1 5..25:10 --trials 7 --labels random \(more)", ["--output", path(name)])
    }

    /// Shards merged are one run; status counts their trials.
    @Test func shardsMergedAreOneRun() {
        minima("one")
        for index in 1...3 { minima("shard-\(index)", "--shard \(index)/3") }
        let merged = BuiltCommand.succeed(
            "merge", [path("shard-3"), path("shard-1"), path("shard-2"), "--output", path("merged")])
        #expect(merged.messagesBeforeFiles == "fullrank: merge: 14 of 14 trials, in \(path("merged"))\n")
        for name in ["cells.csv", "widths.csv", "trials.jsonl", "plan.json", "diagram-all.svg", "diagram-widths.svg"] {
            #expect(folder.read("merged/" + name) == folder.read("one/" + name), "\(name)")
        }
        let status = BuiltCommand.succeed("status --json", [path("one"), path("shard-1")]).output
        #expect(status.contains("\"trials\": 14, \"total\": 14, \"complete\": true"))
        #expect(status.contains("\"shard\": \"1/3\", \"trials\": 6, \"total\": 6, \"complete\": true"))
        let rest = BuiltCommand.succeed("merge", [path("shard-3"), path("shard-1"), "--output", path("part")])
        #expect(rest.messages.contains("shards 2/3 are missing"))
        #expect(
            BuiltCommand.succeed("status", [path("shard-3"), path("shard-1")]).output.hasSuffix("missing shards: 2/3\n")
        )
    }

    /// plan.json names patterns as the sweep does; a plan of the first names is the same plan.
    @Test func patternsHaveTheSweepsNames() throws {
        BuiltCommand.succeed(
            "minima --d0 1 --n 3,6 --d1 8,30 --trials 5 --patterns regions", ["--output", path("regions")])
        let plan = folder.text("regions/plan.json")
        #expect(plan.contains("\"patterns\": \"regions\""))
        let cells = folder.text("regions/cells.csv")
        let former = plan.replacing("\"patterns\": \"regions\"", with: "\"patterns\": \"steps\"")
        _ = folder.file("regions/plan.json", former)
        let again = BuiltCommand.succeed(
            "minima --d0 1 --n 3,6 --d1 8,30 --trials 5 --patterns regions", ["--output", path("regions")])
        #expect(again.messages.contains("5 of 5 trials are there already"))
        #expect(folder.text("regions/cells.csv") == cells)
        minima("networks")
        #expect(folder.text("networks/plan.json").contains("\"patterns\": \"init\""))
    }

    /// Regions of more inputs are drawn for each trial and n by itself: shards are the whole, an n alone is what it is
    /// beside others, and export draws the same.
    @Test func regionsOfMoreInputs() {
        let line = "minima --d0 2,3 --d1 10..70:20 --labels random --patterns regions"
        BuiltCommand.succeed("\(line) --n 5,11 --trials 6", ["--output", path("one")])
        for index in 1...2 {
            BuiltCommand.succeed(
                "\(line) --n 5,11 --trials 6 --shard \(index)/2", ["--output", path("shard-\(index)")])
        }
        BuiltCommand.succeed("merge", [path("shard-2"), path("shard-1"), "--output", path("merged")])
        for name in ["cells.csv", "widths.csv", "trials.jsonl"] {
            #expect(folder.read("merged/" + name) == folder.read("one/" + name), "\(name)")
        }
        BuiltCommand.succeed("\(line) --n 11 --trials 6", ["--output", path("alone")])
        let rows = { (name: String) in
            folder.text(name + "/cells.csv").split(separator: "\n").filter { $0.contains(",11,") }
        }
        #expect(rows("alone") == rows("one") && rows("one").count == 8)
        // Fewer units are the first of more: the certificate's verdict is the table's.
        let feasible = rows("one").filter { $0.hasPrefix("2,11,70,6,") }.map { Int($0.split(separator: ",")[4])! }
        var counted = 0
        for trial in 0..<6 {
            BuiltCommand.succeed(
                "export --experiment minima --certificate --labels random --patterns regions --d0 2 --n 11 --d1 70 --trial \(trial)",
                ["--output", path("export-\(trial)")])
            let certificate = folder.text("export-\(trial)/certificate.json")
            if certificate.contains("\"verdict\": \"feasible\"") { counted += 1 }
        }
        #expect(feasible == [counted])
        #expect(
            BuiltCommand.run([
                "minima", "--d0", "2", "--n", "4", "--d1", "3", "--backend", "nvidia", "--output", path("none"),
            ]).status == 64)
    }

    /// Certificates in exact fractions, of labels that lie on the border of the sum of cones, too: a teacher's, exactly.
    @Test(
        .enabled(if: JournalReaderTests.pythonIsHere, "SKIPPED: python3 is not here"),
        arguments: [
            "--labels teacher --d0 1 --n 9 --d1 30", "--labels teacher --d0 1 --n 14 --d1 40",
            "--labels teacher --d0 2 --n 12 --d1 14", "--labels random --d0 2 --n 9 --d1 16",
            "--labels polynomial --d0 3 --n 3 --d1 4", "--labels random --d0 1 --n 8 --d1 60 --patterns regions",
            "--labels random --d0 2 --n 9 --d1 40 --patterns regions",
            "--labels teacher --d0 3 --n 7 --d1 12 --patterns regions",
        ])
    func certificates(line: String) {
        var folders = [String]()
        for trial in 0..<4 {
            BuiltCommand.succeed(
                "export --experiment minima --certificate --backend cpu --trial \(trial) \(line)",
                ["--output", path("\(trial)")])
            folders.append("'\(path("\(trial)"))'")
        }
        let script = JournalReaderTests.docs + "/../Scripts/check/minima"
        let status = shell("python3 '\(script)' \(folders.joined(separator: " ")) > '\(path("words"))'")
        let words = folder.text("words")
        #expect(status == 0 && words.split(separator: "\n").count == 4, "\(words)")
        #expect(words.split(separator: "\n").allSatisfy { $0.hasSuffix(": proved") }, "\(words)")
    }

    @Test func functionSpaces() {
        for n in 3...4 {
            let result = BuiltCommand.succeed("function-space --n \(n)", ["--output", path("\(n)")])
            #expect(result.output.hasPrefix("1 unit: rank 0: 1, rank 1: 2, rank 2: \(2 * n - 3)\n"))
            #expect(folder.text("\(n)/vertices.csv").split(separator: "\n").count == 2 * n - 1)
            #expect(folder.text("\(n)/regions.csv").split(separator: "\n").count == 2 * n + 1)
            let figure = folder.text("\(n)/function-space.svg")
            for pattern in folder.text("\(n)/regions.csv").split(separator: "\n").dropFirst()
            where pattern.contains(",2,") {
                #expect(figure.contains(">\(pattern.prefix(n))</text>"), "\(pattern)")
            }
            #expect(figure.contains("sums of 3 units"))
        }
        BuiltCommand.succeed("function-space --n 5", ["--output", path("5")])
        #expect(folder.read("5/function-space.svg") == nil)
    }
}
