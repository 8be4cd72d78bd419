import FullrankTestSupport
import Testing

/// Folders of folders, and of other commands, given to status, plot and report.
@Suite struct FolderTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/f" }

    private func makeFolders() {
        BuiltCommand.succeed("reproduce all --trials 1 --backend cpu --output \(path)", timeout: 60)
        BuiltCommand.succeed("train --d0 2 --n 12 --d1 5 --steps 20 --output \(path)/more/t")
    }

    @Test func commandsGoIntoFoldersOfFolders() {
        makeFolders()
        let status = BuiltCommand.succeed("status \(path)").output.split(separator: "\n")
        #expect(
            status.map { String($0.prefix { $0 != ":" }) }
                == ["fixed-input", "more/t", "proportional-input"].map { "\(path)/\($0)" })
        #expect(status.allSatisfy { $0.contains(": complete  ") } && status[1].hasSuffix("20/20 steps"))
        let names = BuiltCommand.succeed("plot \(path) --output \(folder.path)/drawn").output.split(separator: "\n")
        #expect(names.contains("\(folder.path)/drawn/fixed-input/figure-diagram.svg"))
        #expect(names.contains("\(folder.path)/drawn/more/t/figure-training.svg"))
        #expect(!folder.contents(of: "f/fixed-input").keys.contains { $0.hasPrefix("figure-") })
        let pages = BuiltCommand.succeed("report \(path)").output
        #expect(
            pages == ["fixed-input", "more/t", "proportional-input"].map { "\(path)/\($0)/report.html\n" }.joined())
        let both = "f holds 3: \(path)/fixed-input, \(path)/more/t, \(path)/proportional-input"
        BuiltCommand.expectFailure(
            ["report", path, "--output", "x.html"], "report: --output goes with one run; \(folder.path)/\(both)",
            code: 64)
        BuiltCommand.expectFailure(
            ["plot", path, "--compare", path + "/fixed-input"],
            "plot: --compare goes with one run; \(folder.path)/\(both)", code: 64)
    }

    /// One that can't be read does not hide the others.
    @Test func oneDamagedFolderAmongOthers() {
        BuiltCommand.succeed("sweep --d0 1 --n 4,8 --d1 2,4 --trials 5 --output \(path)/a")
        BuiltCommand.succeed("sweep --d0 1 --n 4,8 --d1 2,4 --trials 5 --output \(path)/b")
        folder.file("f/b/plan.json", "{")
        let result = BuiltCommand.run(["status", path])
        #expect(result.status == 65 && result.output.hasPrefix("\(path)/a: complete"))
        #expect(result.messages.contains("status: \(path)/b/plan.json is damaged"))
    }

    @Test func aFolderOfTrain() {
        BuiltCommand.succeed("train --d0 2 --n 12 --d1 5 --steps 20 --no-bias --output \(path)")
        #expect(BuiltCommand.succeed("status \(path)").output == "\(path): complete  20/20 steps\n")
        #expect(
            BuiltCommand.succeed("status --json \(path)").output.contains(
                "\"trials\": 20, \"total\": 20, \"complete\": true"))
        #expect(BuiltCommand.succeed("plot \(path)").output == "\(path)/figure-training.svg\n")
        // The same picture and numbers as the run's own.
        #expect(folder.text("f/figure-training.svg") == folder.text("f/diagram-training.svg"))
        #expect(folder.text("f/figure-training.csv") == folder.text("f/training.csv"))
        BuiltCommand.succeed("report \(path)")
        let page = folder.text("f/report.html")
        #expect(page.contains("fullrank train --d0 2 --n 12 --d1 5 --inputs normal --labels polynomial"))
        #expect(page.contains("--no-bias") && page.contains("download=\"training.csv\""))
        BuiltCommand.expectFailure(
            ["plot", path, "--overlay", "none"],
            "plot: --overlay goes with sweeps of full rank; \(path) is one of train", code: 64)
        BuiltCommand.expectFailure(
            ["merge", path, "--output", path + "2"],
            "merge: \(path)/plan.json is of fullrank train, not a sweep of full rank",
            code: 65)
        // A checkpoint that is none.
        folder.file("f/checkpoint.npy", "")
        #expect(BuiltCommand.run(["status", path]).status == 65)
    }

    /// The command on the page gives the same numbers again.
    @Test func theReportsCommandTrainsTheSame() throws {
        BuiltCommand.succeed(
            "train --d0 2 --n 12 --d1 5 --steps 20 --optimizer gd --scale 2 --labels teacher --train-output --output \(path)"
        )
        BuiltCommand.succeed("report \(path)")
        let page = folder.text("f/report.html")
        let start = try #require(page.firstRange(of: "<pre>fullrank ")?.upperBound)
        let words = page[start...].prefix { $0 != "<" }.split(separator: " ").map(String.init).dropLast()
        BuiltCommand.succeed(words.joined(separator: " "), [folder.path + "/again"])
        #expect(folder.text("again/training.csv") == folder.text("f/training.csv"))
    }
}
