import FullrankTestSupport
import Testing

/// What a command says of the files it wrote, and when it says nothing.
@Suite struct WrittenFilesTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/s" }
    private static let sweep = "sweep --d0 1 --n 4,8 --d1 2,4 --trials 5"

    private func lastMessage(_ result: CommandResult) -> String {
        result.messages.split(separator: "\n").last.map(String.init) ?? ""
    }

    @Test func everyFileIsNamedAtTheEnd() {
        let result = BuiltCommand.succeed(Self.sweep, ["-o", path])
        let names = "plan.json, trials.jsonl, cells.csv, diagram-d0-1.svg, widths.csv, diagram-widths.svg"
        #expect(lastMessage(result) == "fullrank: wrote in \(path): \(names)")
        for name in names.split(separator: ", ") { #expect(folder.holds("s/\(name)"), "\(name)") }
        // Nothing new in the journal: it is not written.
        #expect(!lastMessage(BuiltCommand.succeed(Self.sweep, ["-o", path])).contains("trials.jsonl"))
        let plot = BuiltCommand.succeed("plot", [path])
        #expect(lastMessage(plot).hasPrefix("fullrank: wrote in \(path): figure-diagram.svg, figure-diagram.csv, "))
        let export = BuiltCommand.succeed("export --d0 1 --n 3 --d1 2", ["--output", folder.path + "/e"])
        #expect(
            export.messages
                == "fullrank: wrote in \(folder.path)/e: inputs.npy, weights.npy, biases.npy, pattern.npy, jacobian.npy\n"
        )
        let proof = BuiltCommand.succeed("explain --d0 1 --n 3 --d1 2", ["--output", folder.path + "/c.json"])
        #expect(lastMessage(proof) == "fullrank: wrote in \(folder.path): c.json")
    }

    @Test func quietSilencesAllButErrors() {
        for line in [Self.sweep + " --quiet", Self.sweep + " -q --replace"] {
            #expect(BuiltCommand.succeed(line, ["--output", path]).messages == "", "\(line)")
        }
        BuiltCommand.expectFailure(
            ["sweep", "-q", "--d0", "1", "-o", path], "sweep: --n is missing; see 'fullrank sweep --help'", code: 64)
    }

    /// Without a GPU nobody wants to hear of CUDA on every run; plan.json has the backend in any case.
    @Test func aCPURunSaysNothingOfBackends() {
        let result = BuiltCommand.run((Self.sweep + " --backend cpu -o \(path)").split(separator: " ").map(String.init))
        #expect(!result.messages.contains("backend"))
        #expect(folder.text("s/plan.json").contains("\"backend\": \"cpu\""))
        // A library named by hand was meant to be used.
        let named = BuiltCommand.run(
            (Self.sweep + " --replace -o \(path)").split(separator: " ").map(String.init),
            environment: ["FULLRANK_CUDA_LIBRARY=\(folder.path)/none.so"])
        #expect(named.status == 0)
        #expect(
            named.messages.hasPrefix("fullrank: backend cpu: ")
                && named.messages.contains("CUDA can't be used, see 'fullrank backends'"))
    }
}
