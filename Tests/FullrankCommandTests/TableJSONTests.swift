import FullrankFiles
import FullrankTestSupport
import Testing

/// `--json` of commands whose answer is a table: the rows of the CSV files.
@Suite struct TableJSONTests {
    private let folder = TemporaryFolder()

    private func path(_ name: String) -> String { folder.path + "/" + name }

    /// An array of objects as rows of fields, numbers with six decimals as the tables have them, null empty.
    private func rows(_ text: String) throws -> [[String: String]] {
        guard case .array(let items) = try JSONValue(parsing: Array(text.utf8)) else { return [] }
        return items.map { item in
            guard case .object(let members) = item else { return [:] }
            return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.string ?? $0.value.text) })
        }
    }

    /// Compares with a CSV file, numbers by their values.
    private func expectSame(_ rows: [[String: String]], _ file: String, _ location: SourceLocation = #_sourceLocation) {
        let lines = folder.text(file).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows.count == lines.count - 1, sourceLocation: location)
        for (row, line) in zip(rows, lines.dropFirst()) {
            for (name, field) in zip(lines[0], line) {
                let value = row[name] ?? "missing"
                let same =
                    field.isEmpty
                    ? value == "null"
                    : value == field || abs((Double(value) ?? .nan) - (Double(field) ?? .nan)) < 1e-6
                #expect(same, "\(name): \(value), \(field)", sourceLocation: location)
            }
        }
    }

    private static let grid = "--d0 1,2 --n 4,8 --d1 2,3,9 --trials 7 --backend cpu"

    @Test func cellsOfMergedFolders() throws {
        let shards = (1...2).map { shard -> String in
            BuiltCommand.succeed("sweep \(Self.grid) --shard \(shard)/2", ["--output", path("\(shard)")])
            return path("\(shard)")
        }
        expectSame(
            try rows(BuiltCommand.succeed("merge --json", shards + ["--output", path("m")]).output), "m/cells.csv")
    }

    @Test func widths() throws {
        let said = BuiltCommand.succeed(
            "threshold --d0 1,2 --n 6 --max-d1 5 --trials 9 --backend cpu --json", ["--output", path("t")])
        expectSame(try rows(said.output), "t/widths.csv")
        #expect(said.output.contains("null"), "a quantile is not reached")
    }

    @Test func minima() throws {
        let line = "minima --d0 1 --n 4,6 --d1 3,8 --trials 4 --backend cpu"
        expectSame(try rows(BuiltCommand.succeed(line + " --json", ["--output", path("m")]).output), "m/cells.csv")
        let merged = BuiltCommand.succeed("merge --json", [path("m"), "--output", path("merged")])
        expectSame(try rows(merged.output), "merged/cells.csv")
    }

    @Test func publishedFigures() throws {
        let said = BuiltCommand.succeed("reproduce all --trials 2 --backend cpu --json", ["--output", path("f")])
        let all = try rows(said.output)
        #expect(all.count == 400 + 600)
        for figure in ["fixed-input", "proportional-input"] {
            expectSame(all.filter { $0["figure"] == figure }, "f/\(figure)/cells.csv")
        }
    }

    @Test func certificates() throws {
        let (right, wrong) = (path("right.json"), path("wrong.json"))
        BuiltCommand.succeed("explain --d0 1 --n 12 --d1 4", ["--output", right])
        let text = folder.text("right.json")
        let rank = try #require(text.firstMatch(of: /"rank": (\d+)/))
        folder.file("wrong.json", text.replacing(rank.0, with: "\"rank\": \(Int(rank.1)! + 1)", maxReplacements: 1))
        let answer = BuiltCommand.run(["check", "--json", right, wrong])
        let verdicts = try rows(answer.output)
        #expect(answer.status == 65 && verdicts.map { $0["true"] } == ["true", "false"])
        #expect(verdicts[0]["file"] == right && verdicts[0]["words"]?.isEmpty == false)
        #expect(answer.messages.contains(verdicts[1]["words"] ?? "missing"))
    }
}
