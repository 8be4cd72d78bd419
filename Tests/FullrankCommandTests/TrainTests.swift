import FullrankFiles
import FullrankModel
import FullrankSweep
import FullrankTestSupport
import Testing

/// `fullrank train`: its files, going on after a signal, its errors.
@Suite struct TrainTests {
    private let folder = TemporaryFolder()
    private static let small = "train --backend cpu --d0 3 --n 60 --d1 25 --steps 40 --every 5"

    private func rows(_ name: String) -> [[String]] {
        folder.text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func filesOfARun() {
        let result = BuiltCommand.succeed(Self.small + " --output", [folder.path + "/a"])
        #expect(result.messages.hasPrefix("fullrank: train: 40 steps in "))
        let table = rows("a/training.csv")
        #expect(
            table[0].joined(separator: ",")
                == "step,loss,gradient_norm,rank,sigma_min,sigma_max,pattern_changes,steps_with_changes,boundary_distance"
        )
        #expect(table.dropFirst().map { $0[0] } == ["0", "5", "10", "15", "20", "25", "30", "35", "40"])
        #expect(
            Set(folder.contents(of: "a").keys) == [
                "plan.json", "checkpoint.npy", "training.csv", "diagram-training.svg", "inputs.npy", "labels.npy",
                "weights.npy", "biases.npy", "output_weights.npy",
            ])
        // The same again, with other threads and in one go or two.
        BuiltCommand.succeed(Self.small + " --threads 1 --output", [folder.path + "/b"])
        for name in ["training.csv", "checkpoint.npy", "weights.npy"] {
            // Singular values may differ in their last bits with the threads of a BLAS: compared without.
            if name == "weights.npy" { #expect(folder.read("a/" + name) == folder.read("b/" + name)) }
        }
        #expect(
            rows("a/training.csv").map { [$0[0], $0[1], $0[3], $0[6], $0[8]] }
                == rows("b/training.csv").map { [$0[0], $0[1], $0[3], $0[6], $0[8]] })
        let again = BuiltCommand.succeed(Self.small + " --output", [folder.path + "/a"])
        #expect(again.messages.contains("40 of 40 steps are there already"))
        #expect(rows("a/training.csv") == table)
    }

    @Test(
        .enabled(if: numpyIsHere, "python3 with numpy is not here"),
        arguments: ["", " --no-bias --train-output --init normal"])
    func numpyFindsTheSameLossAndRank(more: String) {
        BuiltCommand.succeed(Self.small + more + " --labels teacher --output", [folder.path + "/t"])
        let program = """
            import numpy as np, os, csv
            load = lambda name: np.load("t/" + name + ".npy")
            X, y, W, v = load("inputs"), load("labels"), load("weights"), load("output_weights")
            bias = os.path.exists("t/biases.npy")
            b = load("biases") if bias else np.zeros(len(W))
            S = X @ W.T + b
            F = np.maximum(S, 0) @ v
            last = list(csv.DictReader(open("t/training.csv")))[-1]
            assert abs(np.mean((F - y) ** 2) / float(last["loss"]) - 1) < 1e-9
            Xt = np.hstack([X, np.ones((len(X), 1))]) if bias else X
            J = ((S > 0) * v)[:, :, None] * Xt[:, None, :]
            J = J.reshape(len(X), -1)
            assert np.linalg.matrix_rank(J) == int(last["rank"])
            if \(more.contains("--train-output") ? "True" : "False"): J = np.hstack([J, np.maximum(S, 0)])
            s = np.linalg.svd(J, compute_uv=False)
            assert abs(s[0] / float(last["sigma_max"]) - 1) < 1e-9 and abs(s[-1] - float(last["sigma_min"])) < 1e-9 * s[0]
            d = (abs(S) / np.linalg.norm(Xt, axis=1)[:, None]).min()
            assert abs(d / float(last["boundary_distance"]) - 1) < 1e-6
            """
        #expect(folder.python(program))
    }

    @Test func goesOnAfterASignal() {
        let line = "train --backend cpu --d0 5 --n 300 --d1 80 --steps 3000 --no-singular-values --output"
        BuiltCommand.succeed(line, [folder.path + "/whole"], timeout: 60)
        let words = line.split(separator: " ").map(String.init) + [folder.path + "/cut"]
        let running = RunningCommand(words)
        _ = running.runs { folder.holds("cut/plan.json") }
        let result = running.end(2)
        // A run that was through before the signal came would be no test.
        #expect(result.status == 130, "\(result.messages)")
        if result.status == 130 {
            // A signal before the first step is told by the exit code alone.
            #expect(result.messages.isEmpty || result.messages.contains("steps are kept in"), "\(result.messages)")
            BuiltCommand.succeed(line, [folder.path + "/cut"], timeout: 60)
        }
        for name in ["training.csv", "checkpoint.npy", "weights.npy", "diagram-training.svg"] {
            #expect(folder.read("cut/" + name) == folder.read("whole/" + name), "\(name)")
        }
    }

    /// Karhadkar et al., their code: d0 = 10, width 64, n = 500, X ~ U[-2, 2], polynomial labels of degree 2, PyTorch's
    /// default weights, normal output weights that stay, mean squared error, Adam at 0.01, 1000 steps.
    @Test func thePresetIsThePublishedExperiment() throws {
        BuiltCommand.succeed("train --backend cpu --preset published --steps 2 --output", [folder.path + "/p"])
        let plan = try JSONValue(parsing: Array(folder.text("p/plan.json").utf8))
        for (key, value) in [
            ("d0", "10"), ("n", "500"), ("d1", "64"), ("inputs", "\"cube\""), ("scale", "2.0"),
            ("labels", "\"polynomial\""),
            ("init", "\"uniform\""), ("bias", "true"), ("output_weights", "\"normal\""), ("train_output", "false"),
            ("optimizer", "\"adam\""), ("rate", "0.01"),
        ] { #expect(plan[key]?.text == value, "\(key): \(plan.text)") }
        #expect(BuiltCommand.run(["train", "--help"]).output.contains("(default: 1000)"))
        let inputs = try NPYFile(path: folder.path + "/p/inputs.npy").values
        #expect(inputs.allSatisfy { abs($0) <= 2 } && inputs.contains { abs($0) > 1.9 } && inputs.contains { $0 < 0 })
        let row = try #require(rows("p/training.csv").dropFirst().first)
        #expect(row[3] == "500")
    }

    @Test func errors() {
        let output = ["--output", folder.path + "/e"]
        func fails(_ line: String, _ message: String, code: Int32 = 64) {
            BuiltCommand.expectFailure(
                ["train", "--backend", "cpu"] + line.split(separator: " ").map(String.init) + output,
                "train: " + message,
                code: code)
        }
        fails("--n 5 --d1 5", "--d0 is missing; see 'fullrank train --help'")
        fails("--d0 5 --n 5 --d1 5 --rate 0", "--rate: '0' is not a positive decimal such as 0.01")
        fails("--d0 5 --n 5 --d1 5 --rate 0x1p-3", "--rate: '0x1p-3' is not a positive decimal such as 0.01")
        fails("--preset publish", "--preset: 'publish' is not one of published; did you mean 'published'?")
        fails(
            "--d0 5 --n 5 --d1 5 --labels x",
            "--labels: 'x' is not one of polynomial, teacher, random, FILE.npy, FILE.csv")
        folder.file("y.csv", "1\n2\n3\n")
        fails(
            "--d0 5 --n 5 --d1 5 --labels \(folder.path)/y.csv",
            "--labels: \(folder.path)/y.csv holds 3 labels for 5 points")
        fails("--inputs \(folder.path)/y.csv --d1 5 --scale 2", "--scale goes with drawn inputs only")
        let diverged = BuiltCommand.run(
            "train --backend cpu --d0 2 --n 9 --d1 9 --optimizer gd --rate 1e6 --output \(folder.path)/d"
                .split(separator: " ").map(String.init))
        #expect(diverged.status == 65)
        #expect(diverged.messages.contains("train: training diverged: the loss of step "))
        #expect(rows("d/training.csv").count > 1, "what was recorded before is kept")
        BuiltCommand.succeed("train --backend cpu --d0 2 --n 4 --d1 3 --steps 2 --output", [folder.path + "/e2"])
        BuiltCommand.expectFailure(
            "train --backend cpu --d0 2 --n 4 --d1 3 --steps 3 --output \(folder.path)/e2".split(separator: " ").map(
                String.init),
            "train: --output: \(folder.path)/e2 holds a run with another plan: steps is 2 there and 3 here. Choose "
                + "another --output, or --replace to start over", code: 64)
    }
}
