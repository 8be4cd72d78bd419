import FullrankTestSupport
import Testing

/// `export` of trials of sweeps over networks, and `Scripts/check/trial`, which computes them again.
@Suite struct ExportNetworkTests {
    private let folder = TemporaryFolder()
    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func check(_ arguments: [String]) -> CommandResult {
        let script = String(#filePath.split(separator: "/Tests/")[0]) + "/Scripts/check/trial"
        return RunningCommand(["-B", script] + arguments, program: "/usr/bin/python3").wait(timeout: 60)
    }

    /// A file's rank in trial.json.
    private func rank(_ name: String) -> String {
        let text = folder.text(name + "/trial.json")
        guard let start = text.firstRange(of: "\"rank\": ")?.upperBound else { return "" }
        return String(text[start...].prefix { $0 != "," })
    }

    private static let kinds = [
        "--d0 2 --n 7 --d1 3 --trained all --outputs 2 --activation leaky:0.1 --seed 4",
        "--d0 3 --n 5 --d1 2 --hidden 3 --trained all --activation power:2 --output-bias --init normal",
        "--d0 2 --n 6 --d1 3 --activation identity --outputs 3 --no-bias --inputs cube --primes 2",
        "--d0 1 --n 9 --d1 4 --trained all --init he-uniform --inputs uniform",
    ]

    /// The exported trial is the sweep's: plain Python finds its numbers, `sweep` and `network` its rank.
    @Test(arguments: kinds)
    func theSweepsTrial(line: String) {
        BuiltCommand.succeed("export \(line) --trial 2", ["--output", path("trial")])
        let checked = check([path("trial")])
        #expect(
            checked.status == 0 && checked.output.contains("samples, Jacobian and rank as in"), "\(checked.messages)")
        BuiltCommand.succeed("sweep \(line) --trials 3 --quiet", ["--output", path("sweep")])
        let last = folder.text("sweep/trials.jsonl").split(separator: "\n").first { $0.contains("\"trial\":2,") } ?? ""
        #expect(last.contains("\"ranks\":[\(rank("trial"))],"), "\(last)")
        let journal = check([path("sweep"), "3"])
        #expect(journal.status == 0 && journal.output.contains("every rank as in the journal"), "\(journal.messages)")
        let words = line.split(separator: " ").map(String.init)
        var command = ["network", path("trial/network"), "--inputs", path("trial/inputs.npy"), "--trained"]
        command.append(words.contains("--trained") ? "all" : "hidden")
        if let place = words.firstIndex(of: "--activation") { command += words[place...place + 1] }
        #expect(BuiltCommand.run(command).output.contains(": rank \(rank("trial")), bound "))
    }

    /// A smaller cell's network is a part of the larger one's; the sweep's journal has the ranks of both.
    @Test func cellsOfOneTrial() {
        let line = "--trained all --outputs 2 --activation leaky:-0.5"
        BuiltCommand.succeed("sweep --d0 2 --n 3,8 --d1 2,4 --trials 2 --quiet \(line)", ["--output", path("sweep")])
        var ranks = [String]()
        for (n, d1) in [(3, 2), (3, 4), (8, 2), (8, 4)] {
            BuiltCommand.succeed(
                "export --d0 2 --n \(n) --d1 \(d1) --trial 1 --replace \(line)", ["--output", path("trial")])
            ranks.append(rank("trial"))
        }
        #expect(folder.text("sweep/trials.jsonl").contains("\"trial\":1,\"ranks\":[\(ranks.joined(separator: ","))]"))
        #expect(
            check([path("sweep"), "3"]).output == "d0 = 2, n = 8, trial 1: 4 cells; every rank as in the journal\n")
    }

    /// Numbers that are not what they should be are found.
    @Test func alteredFilesAreRefused() {
        let line = "--d0 2 --n 7 --d1 3 --trained all --outputs 2 --activation relu"
        func fresh() { BuiltCommand.succeed("export \(line) --replace", ["--output", path("t")]) }
        for (file, words) in [
            ("network/W1.npy", "W1.npy is not what"), ("network/b1.npy", "b1.npy is not what"),
            ("network/W2.npy", "W2.npy is not what"), ("inputs.npy", "inputs.npy is not what"),
            ("jacobian.npy", "jacobian.npy differs"),
        ] {
            fresh()
            var bytes = folder.read("t/" + file) ?? []
            bytes[bytes.count - 1] ^= 0x40
            folder.file("t/" + file, bytes)
            let checked = check([path("t")])
            #expect(checked.status == 1 && checked.messages.contains(words), "\(file): \(checked.messages)")
        }
        for (old, new, words) in [
            ("\"rank\": ", "\"rank\": 1", "DIFFERS"), ("\"proved\": ", "\"proved\": 1, \"was\": ", "DIFFERS"),
            ("\"trial\": 0", "\"trial\": 1", "is not what the seed draws"),
        ] {
            fresh()
            let text = folder.text("t/trial.json")
            folder.file("t/trial.json", text.replacing(old, with: new))
            let checked = check([path("t")])
            #expect(checked.status == 1 && checked.messages.contains(words), "\(new): \(checked.messages)")
        }
    }

    /// Nothing is overwritten; --replace deletes files of an earlier export, and no others.
    @Test func foldersAreKept() {
        BuiltCommand.succeed("export --d0 1 --n 3 --d1 2 --hidden 2,2 --outputs 2", ["--output", path("t")])
        folder.file("t/network/notes.txt", "mine")
        BuiltCommand.expectFailure(
            ["export", "--d0", "1", "--n", "3", "--d1", "2", "--outputs", "2", "--output", path("t")],
            "export: --output: \(path("t")) already holds inputs.npy; name another folder, or --replace", code: 74)
        BuiltCommand.succeed("export --d0 1 --n 3 --d1 2 --outputs 2 --replace", ["--output", path("t")])
        #expect(folder.holds("t/network/W2.npy") && !folder.holds("t/network/W3.npy"))
        #expect(folder.text("t/network/notes.txt") == "mine")
        BuiltCommand.succeed("export --d0 1 --n 3 --d1 2 --replace", ["--output", path("t")])
        #expect(!folder.holds("t/trial.json") && !folder.holds("t/network/W1.npy") && folder.holds("t/pattern.npy"))
    }

    @Test func overflowAndRefusals() {
        let large = BuiltCommand.succeed(
            "export --d0 1 --n 2 --d1 2 --activation power:1000 --init normal --trained all", ["--output", path("o")])
        #expect(large.messages.contains("overflows in float64: there is no jacobian.npy"))
        #expect(!folder.holds("o/jacobian.npy") && check([path("o")]).status == 0)
        for (line, words) in [
            ("--primes 2", "--primes goes with --trained, --outputs, --activation and --output-bias only"),
            ("--outputs 2 --devices 0", "--devices does not go with --outputs: these ranks are computed on the CPU"),
            (
                "--outputs 2 --backend cuda",
                "--backend cuda does not go with --outputs: these ranks are computed on the CPU"
            ),
            ("--outputs 2 --experiment minima", "--outputs does not go with --experiment minima"),
            (
                "--trained all --patterns regions",
                "--patterns regions does not go with --trained, which needs drawn weights"
            ),
            ("--activation leaky:x", "--activation: 'leaky:x' has no such slope; leaky:SLOPE takes a decimal number"),
        ] {
            let arguments = "export --d0 1 --n 2 --d1 2 \(line)".split(separator: " ").map(String.init)
            BuiltCommand.expectFailure(arguments + ["--output", path("x")], "export: \(words)", code: 64)
        }
        // Spelled out, the plain trial is the plain trial.
        BuiltCommand.succeed(
            "export --d0 1 --n 3 --d1 2 --trained hidden --activation relu", ["--output", path("plain")])
        #expect(folder.holds("plain/pattern.npy") && !folder.holds("plain/trial.json"))
    }
}
