import FullrankTestSupport
import Testing

/// `--inputs FILE` in all its forms, `--standardise`, `--subsample`.
@Suite struct InputFileTests {
    private let folder = TemporaryFolder()

    /// The same twelve points of four bytes as .npy, .csv, IDX of two and of three dimensions, plain and gzipped.
    private func makeFiles() {
        #expect(
            folder.python(
                """
                import gzip, struct
                rows = [[(7 * i * i + 3 * j * i + j) % 23 for j in range(4)] for i in range(12)]
                flat = bytes(v for row in rows for v in row)
                header = "{'descr': '|u1', 'fortran_order': False, 'shape': (12, 4), }".ljust(117) + "\\n"
                files = {"x.npy": b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(header)) + header.encode() + flat,
                         "x.csv": "\\n".join(",".join(map(str, row)) for row in rows).encode(),
                         "x.idx": struct.pack(">BBBBII", 0, 0, 8, 2, 12, 4) + flat,
                         "t10k-images-idx3-ubyte": struct.pack(">BBBBIII", 0, 0, 8, 3, 12, 2, 2) + flat}
                for name, data in files.items():
                    open(name, "wb").write(data)
                    open(name + ".gz", "wb").write(gzip.compress(data))
                """))
    }

    @Test func theSameDataInEveryFormat() {
        makeFiles()
        var cells = Set<String>()
        for name in ["x.npy", "x.csv", "x.idx", "t10k-images-idx3-ubyte"].flatMap({ [$0, $0 + ".gz"] }) {
            BuiltCommand.succeed(
                "sweep --backend cpu --n 1..12 --d1 1..4 --trials 20 --standardise --inputs \(folder.path)/\(name) --output",
                ["\(folder.path)/out-\(name)"])
            cells.insert(folder.text("out-\(name)/cells.csv"))
            // The fingerprint is of the data, so another file of the same data goes on.
            BuiltCommand.succeed(
                "sweep --backend cpu --n 1..12 --d1 1..4 --trials 20 --standardise --inputs \(folder.path)/x.csv --output",
                ["\(folder.path)/out-\(name)"])
        }
        #expect(cells.count == 1)
    }

    @Test func preparationIsRecordedAndPartOfThePlan() {
        folder.file("d.csv", (0..<30).map { "\($0 % 10),\($0 % 10 * $0 % 10),7" }.joined(separator: "\n"))
        let line = "sweep --backend cpu --n 10,20 --d1 5 --trials 5 --inputs \(folder.path)/d.csv --output"
        let plain = BuiltCommand.succeed(line, [folder.path + "/a"])
        let duplicates = folder.text("a/plan.json").firstMatch(of: /"duplicates": ([0-9]+)/).flatMap { Int($0.1) } ?? -1
        #expect(duplicates > 0)
        #expect(
            plain.messages.contains(
                "d.csv: \(duplicates) of the first 20 points equal an earlier one: no rank is above \(20 - duplicates)\n"
            ))
        for row in folder.text("a/cells.csv").split(separator: "\n").dropFirst() where row.contains(",20,") {
            #expect(Double(row.split(separator: ",").last!)! <= Double(20 - duplicates))
        }
        let words = (line + " " + folder.path + "/b --standardise --subsample 25").split(separator: " ").map(
            String.init)
        let prepared = BuiltCommand.run(words)
        #expect(prepared.status == 0)
        #expect(prepared.messages.contains("d.csv: 1 of 3 coordinates are constant, and 0 by --standardise\n"))
        #expect(folder.text("b/plan.json").contains("\"standardise\": true, \"subsample\": 25, \"duplicates\": "))
        BuiltCommand.succeed("status", [folder.path + "/b"])
        let other = BuiltCommand.run(words.dropLast(3) + ["--subsample", "25"])
        #expect(other.status == 64 && other.messages.contains("holds a sweep with another plan: inputs is"))
        // Chosen by the seed, nested: 20 of 25 are the first 20.
        BuiltCommand.succeed(
            "export --backend cpu --n 20 --d1 2 --subsample 20 --inputs \(folder.path)/d.csv --output",
            [folder.path + "/c"])
        BuiltCommand.succeed(
            "export --backend cpu --n 20 --d1 2 --subsample 25 --inputs \(folder.path)/d.csv --output",
            [folder.path + "/d"])
        #expect(folder.read("c/inputs.npy") == folder.read("d/inputs.npy"))
    }

    @Test func errors() {
        folder.file("d.csv", "1,2\n3,4\n")
        folder.file("bad.idx", [0, 0, 8, 1, 0, 0, 0, 5, 1])
        folder.file("nan.idx", [0, 0, 0x0d, 1, 0, 0, 0, 1, 0x7f, 0xc0, 0, 0])
        folder.file("cut.csv.gz", [0x1f, 0x8b, 8, 0])
        func fails(_ line: String, _ message: String, code: Int32 = 64) {
            BuiltCommand.expectFailure(
                ["sweep", "--n", "1", "--d1", "1", "--output", folder.path + "/e"]
                    + line.split(separator: " ").map(String.init), "sweep: " + message, code: code)
        }
        let path = folder.path
        fails("--d0 1 --standardise", "--standardise goes with --inputs FILE only")
        fails("--d0 1 --subsample 3", "--subsample goes with --inputs FILE only")
        fails("--inputs \(path)/d.csv --subsample 3", "--subsample: 3 is more than the 2 rows of \(path)/d.csv")
        fails(
            "--inputs \(path)/bad.idx", "--inputs: \(path)/bad.idx: holds 1 bytes of data where shape (5,) takes 5",
            code: 65)
        fails(
            "--inputs \(path)/nan.idx",
            "--inputs: \(path)/nan.idx: point 0, number 0 is nan; every number must be finite",
            code: 65)
        fails("--inputs \(path)/cut.csv.gz", "--inputs: \(path)/cut.csv.gz: the gzip file is cut short", code: 65)
        fails(
            "--inputs \(path)/x.txt",
            "--inputs: '\(path)/x.txt' is not one of normal, uniform, cube, FILE.npy, FILE.npz, FILE.csv, FILE.idx")
    }
}
