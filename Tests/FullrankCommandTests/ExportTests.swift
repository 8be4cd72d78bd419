import FullrankFiles
import FullrankModel
import FullrankTestSupport
import Testing

/// `fullrank export`: its files are those a sweep ranks, and NumPy, which knows nothing of us, agrees.
@Suite struct ExportTests {
    private let folder = TemporaryFolder()

    private static let lines = [
        "--d0 1 --n 30 --d1 60 --seed 5 --trial 3", "--d0 3 --n 65 --d1 10 --no-bias --init normal --inputs cube",
        "--d0 2 --n 40 --d1 31 --init he-uniform --inputs uniform --trial 72057594037927935", "--d0 5 --n 1 --d1 1",
        "--inputs DATA --n 3 --d1 8",
    ]

    @Test(.enabled(if: numpyIsHere, "python3 with numpy is not here"), arguments: lines)
    func numpyMakesTheSame(line: String) {
        folder.file("data.csv", "1,2\n-3,0.1\n2,4\n7,7\n")
        BuiltCommand.succeed(
            "export --backend cpu " + line.split(separator: "DATA").joined(separator: folder.path + "/data.csv"),
            ["--output", folder.path + "/trial"])
        let program = """
            import numpy as np, os
            load = lambda name: np.load("trial/" + name + ".npy")
            X, W, A, J = load("inputs"), load("weights"), load("pattern"), load("jacobian")
            bias = os.path.exists("trial/biases.npy")
            assert bias == ("--no-bias" not in "\(line)")
            b = load("biases") if bias else np.zeros(len(W))
            (n, d0), d1 = X.shape, len(W)
            k = d0 + bias
            assert W.shape == (d1, d0) and b.shape == (d1,) and A.shape == (d1, n) and J.shape == (n, d1 * k)
            assert X.dtype == W.dtype == J.dtype == np.float64 and A.dtype == np.uint8
            # No sum is near enough to 0 for rounding to matter.
            S = W @ X.T + b[:, None]
            assert (abs(S) > 1e-12).all() and (A == (S > 0)).all()
            Xt = np.hstack([X, np.ones((n, 1))]) if bias else X
            assert (J == (A.T[:, :, None] * Xt[:, None, :]).reshape(n, d1 * k)).all()
            print(np.linalg.matrix_rank(J), file=open("rank", "w"))
            """
        #expect(folder.python(program))
        let rank = folder.text("rank")
        #expect(!rank.isEmpty)
        for method in ["svd", "exact"] {
            let result = BuiltCommand.succeed(
                "rank --backend cpu --method \(method)", [folder.path + "/trial/jacobian.npy"])
            #expect(result.output == rank, "\(method)")
        }
    }

    /// The exported trial is the sweep's: its rank profile is the journal's line.
    @Test func aSweepRanksTheSameNumbers() throws {
        BuiltCommand.succeed(
            "sweep --backend cpu --d0 2 --n 12 --d1 9 --trials 6 --seed 4 --output", [folder.path + "/sweep"])
        let journal = folder.text("sweep/trials.jsonl").split(separator: "\n").dropFirst()
        var ranks = Set<Int>()
        for (trial, line) in journal.enumerated() {
            let path = "\(folder.path)/\(trial)"
            BuiltCommand.succeed(
                "export --backend cpu --d0 2 --n 12 --d1 9 --seed 4 --trial \(trial) --output", [path])
            // "-" is a row without pivot, "-*E" four of them.
            let pivots = try #require(line.firstMatch(of: /"pivots":"([^"]*)"/)).1
            let rank =
                12
                - pivots.matches(of: /-(\*([A-Z]))?/).reduce(0) { sum, match in
                    sum + (match.2.map { Int($0.utf8.first! - UInt8(ascii: "A")) } ?? 1)
                }
            ranks.insert(rank)
            #expect(BuiltCommand.succeed("rank --backend cpu", [path + "/jacobian.npy"]).output == "\(rank)\n")
        }
        #expect(journal.count == 6 && ranks.count > 1, "trials differ")
    }

    @Test func theSameNumbersEveryTime() throws {
        for name in ["a", "b"] {
            BuiltCommand.succeed("export --backend cpu --d0 3 --n 20 --d1 7 --output", [folder.path + "/" + name])
        }
        expectSame(folder.contents(of: "a"), folder.contents(of: "b"))
        #expect(folder.contents(of: "a").count == 5)
        #expect(try NPYFile(path: folder.path + "/a/inputs.npy").shape == [20, 3])
    }
}
