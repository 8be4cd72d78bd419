import FullrankFiles
import FullrankSweep
import FullrankTestSupport
import Testing

/// Flags that one command had and another lacked.
@Suite struct FlagTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/s" }

    private func list(_ text: String) throws -> [JSONValue] {
        guard case .array(let items) = try JSONValue(parsing: Array(text.utf8)) else {
            Issue.record("no list: \(text)")
            return []
        }
        return items
    }

    @Test(arguments: [
        "--d0 1,2 --n 4,8 --d1 2,4", "--ratio 0.5,1 --n 4,8 --d1 2,4", "--d0 1 --n 4,8 --d1 2,4 --hidden 3",
        "--d0 1 --n 4 --d1 2",
    ])
    func sweepPrintsItsCells(grid: String) throws {
        let cells = try list(BuiltCommand.succeed("sweep \(grid) --trials 7 --json --output \(path)").output)
        let rows = folder.text("s/cells.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        #expect(cells.count == rows.count - 1)
        for name in ["d0", "n", "d1", "trials", "full_rank"] {
            let column = try #require(rows[0].firstIndex(of: name))
            #expect(
                cells.compactMap { $0[name]?.text }.sorted() == rows.dropFirst().map { $0[column] }.sorted(), "\(name)")
        }
        #expect(cells.allSatisfy { $0["ci_low"]?.double != nil && $0["mean_rank"]?.double != nil })
    }

    @Test func trainPrintsItsRows() throws {
        let rows = try list(
            BuiltCommand.succeed("train --d0 2 --n 12 --d1 5 --steps 20 --every 5 --json --output \(path)").output)
        let table = folder.text("s/training.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows.count == 5)
        for (column, name) in table[0].enumerated() {
            let printed = rows.map { row -> String in
                let text = row[name]?.text ?? "?"
                return text == "null" ? "" : text
            }
            #expect(printed == table.dropFirst().map { $0[column] }, "\(name)")
        }
    }

    /// The shards of a figure, merged, are the figure.
    @Test func reproduceInShards() {
        BuiltCommand.succeed("reproduce fixed-input --trials 3 --output \(folder.path)/whole")
        for shard in ["1/2", "2/2"] {
            BuiltCommand.succeed(
                "reproduce fixed-input --trials 3 --shard \(shard) --output \(folder.path)/\(shard.prefix(1))")
        }
        BuiltCommand.succeed("merge \(folder.path)/1 \(folder.path)/2 --output \(folder.path)/merged")
        #expect(folder.text("merged/cells.csv") == folder.text("whole/cells.csv"))
        let both = BuiltCommand.run(["reproduce", "all", "--shard", "3/2", "--output", path])
        #expect(both.status == 64 && both.messages.contains("--shard"))
    }

    @Test func exportReplacesAnExport() throws {
        let shallow = "export --d0 1 --n 3 --d1 2 --output \(path)"
        BuiltCommand.succeed("export --d0 2 --n 4 --d1 2 --hidden 3 --output \(path)")
        folder.file("s/notes.txt", "mine")
        BuiltCommand.expectFailure(
            shallow.split(separator: " ").map(String.init),
            "export: --output: \(path) already holds inputs.npy; name another folder, or --replace", code: 74)
        BuiltCommand.succeed(shallow + " --replace")
        // Nothing of the other shape is left, and nothing else is touched.
        #expect(
            Set(folder.contents(of: "s").keys) == [
                "inputs.npy", "weights.npy", "biases.npy", "pattern.npy", "jacobian.npy", "notes.txt",
            ])
        let other = folder.path + "/o"
        BuiltCommand.succeed("export --d0 1 --n 3 --d1 2 --output \(other)")
        #expect(folder.read("s/jacobian.npy") == folder.read("o/jacobian.npy"))
    }

    /// --depth is --hidden written out.
    @Test func exportByDepth() {
        BuiltCommand.succeed("export --d0 2 --n 4 --d1 2 --hidden 3,3 --output \(folder.path)/a")
        BuiltCommand.succeed("export --d0 2 --n 4 --d1 2 --hidden 3 --depth 4 --output \(folder.path)/b")
        expectSame(folder.contents(of: "a"), folder.contents(of: "b"))
    }

    @Test func reportTakesThePlotsOptions() {
        BuiltCommand.succeed("sweep --d0 1,2 --n 5..20:5 --d1 3..15:3 --trials 20 --output \(path)")
        BuiltCommand.succeed(
            "sweep --d0 1,2 --n 5..20:5 --d1 3..15:3 --trials 20 --patterns bernoulli --output \(folder.path)/b")
        BuiltCommand.succeed("report \(path) --resolution 1 --theme dark --against \(folder.path)/b")
        let page = folder.text("s/report.html")
        #expect(page.contains("download=\"ensembles.csv\"") && page.contains("#16181c"))
        BuiltCommand.succeed("plot \(path) --resolution 1 --theme dark")
        #expect(
            page.contains(
                folder.text("s/figure-diagram-dark.svg").split(separator: "\n").last { $0.hasPrefix("<text") } ?? "?"))
    }

    @Test func shortNames() {
        BuiltCommand.succeed("sweep --d0 1 --n 4,8 --d1 2,4 --trials 3 -q -o \(path)")
        #expect(folder.holds("s/cells.csv"))
        BuiltCommand.expectFailure(["sweep", "-o", "a", "--output", "b"], "sweep: --output is given twice", code: 64)
        BuiltCommand.expectFailure(
            ["rank", "-o", "a"], "rank: unknown option '-o'; 'fullrank rank --help' lists them", code: 64)
    }
}
