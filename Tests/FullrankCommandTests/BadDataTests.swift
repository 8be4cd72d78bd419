import FullrankTestSupport
import Testing

/// Each unusable file has its message, word for word, and exit code 65 (74 if the system refuses).
@Suite struct BadDataTests {
    private let folder = TemporaryFolder()

    private func npy(_ name: String, dict: String, bytes: Int) -> String {
        let header = Array((dict + "\n").utf8)
        var file: [UInt8] = [0x93]
        file += Array("NUMPY".utf8)
        file += [1, 0, UInt8(header.count), 0]
        file += header
        file += Array(repeating: 255, count: bytes)
        return folder.file(name, file)
    }

    private func dict(_ shape: String, _ type: String = "<f8") -> String {
        "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    }

    private func sweep(_ path: String, _ more: [String] = []) -> [String] {
        ["sweep", "--inputs", path, "--n", "2", "--d1", "3", "--output", folder.path + "/result"] + more
    }

    @Test func csvFiles() {
        let cases = [
            ("empty.csv", "", "holds no numbers"),
            ("nan.csv", "1,2\n3,nan\n", "line 2, column 2: 'nan' is not finite; every number must be"),
            ("infinite.csv", "1,-inf\n", "line 1, column 2: '-inf' is not finite; every number must be"),
            ("ragged.csv", "1,2\n3\n", "line 2 has 1 columns where line 1 has 2; fields are separated by commas"),
            ("words.csv", "x,y\n1,2\n3,four\n", "line 3, column 2: 'four' is not a number"),
        ]
        for (name, text, words) in cases {
            let path = folder.file(name, text)
            BuiltCommand.expectFailure(sweep(path), "sweep: --inputs: \(path): \(words)", code: 65)
        }
        #expect(!folder.holds("result"))
    }

    @Test func npyFiles() {
        let truncated = npy("truncated.npy", dict: dict("(2, 2)"), bytes: 31)
        let lying = npy("lying.npy", dict: dict("(1000000000, 1000000000)"), bytes: 32)
        let nan = npy("nan.npy", dict: dict("(2, 2)"), bytes: 32)
        let infinite = folder.file(
            "infinite.npy",
            NPYBuilder.file(descriptor: "<f8", shape: "(1, 2)", data: NPYBuilder.doubles([1, -.infinity])))
        let short = folder.file("short.npy", Array(NPYBuilder.file(descriptor: "<f8", shape: "(1, 2)", data: [])[..<9]))
        let cube = npy("cube.npy", dict: dict("(1, 1, 1)", "|u1"), bytes: 1)
        let code = npy("code.npy", dict: "__import__('os').system('reboot')", bytes: 0)
        let cases = [
            (truncated, "holds 31 bytes of data where shape (2, 2) of type '<f8' takes 32"),
            (
                lying,
                "holds 32 bytes of data where shape (1000000000, 1000000000) of type '<f8' takes 8000000000000000000"
            ),
            (nan, "element (0, 0) is nan; every number must be finite"),
            (infinite, "element (0, 1) is -inf; every number must be finite"),
            (short, "the .npy header is cut short: 9 bytes of 10"),
            (cube, "shape (1, 1, 1) is not (points, inputs)"),
            (
                code,
                "the .npy header is wrong: '__import__('os').sys' at byte 0 where a dict such as {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), } should stand"
            ),
        ]
        for (path, words) in cases {
            BuiltCommand.expectFailure(sweep(path), "sweep: --inputs: \(path): \(words)", code: 65)
        }
        for (path, words) in cases where path != cube {
            BuiltCommand.expectFailure(["rank", path], "rank: \(path): \(words)", code: 65)
        }
    }

    @Test func rankTakesTwoOrThreeDimensions() {
        for (number, shape) in ["()", "(1,)", "(1, 1, 1, 1)"].enumerated() {
            let path = npy("\(number).npy", dict: dict(shape, "|u1"), bytes: 1)
            BuiltCommand.expectFailure(
                ["rank", path], "rank: \(path): shape \(shape) is neither (rows, columns) nor (batch, rows, columns)",
                code: 65)
        }
        // Nothing in the file, and a thousand billion ranks to print.
        let path = npy("empty.npy", dict: dict("(1000000000000, 0, 5)"), bytes: 0)
        BuiltCommand.expectFailure(["rank", path], "rank: \(path): shape (1000000000000, 0, 5) is too large", code: 65)
    }

    @Test func filesThatAreNotThere() {
        let missing = folder.path + "/missing.npy"
        BuiltCommand.expectFailure(
            ["rank", missing], "rank: \(missing): cannot be read: No such file or directory", code: 74)
        BuiltCommand.expectFailure(
            sweep(missing), "sweep: --inputs: \(missing): cannot be read: No such file or directory", code: 74)
        BuiltCommand.expectFailure(
            ["rank", folder.path], "rank: \(folder.path): cannot be read: Is a directory", code: 74)
    }

    @Test func optionsThatDoNotFitTheFile() {
        let path = folder.file("data.csv", "1,2\n3,4\n5,6\n")
        BuiltCommand.expectFailure(
            sweep(path, ["--d0", "3"]), "sweep: --d0: 3 is not the 2 columns of \(path)", code: 64)
        BuiltCommand.expectFailure(
            sweep(path, ["--ratio", "1"]), "sweep: --ratio does not go with --inputs \(path), whose columns are d0",
            code: 64)
        BuiltCommand.expectFailure(
            ["sweep", "--inputs", path, "--n", "1..4", "--d1", "3", "--output", folder.path + "/x"],
            "sweep: --n: 4 is more than the 3 rows of \(path)", code: 64)
        BuiltCommand.expectFailure(
            ["export", "--inputs", path, "--n", "4", "--d1", "3", "--output", folder.path + "/x"],
            "export: --n: 4 is more than the 3 rows of \(path)", code: 64)
        BuiltCommand.expectFailure(
            ["threshold", "--inputs", path, "--n", "4", "--output", folder.path + "/x"],
            "threshold: --n: 4 is more than the 3 rows of \(path)", code: 64)
        #expect(!folder.holds("x"))
    }

    @Test func exportOverwritesNothing() {
        let there = folder.file("inputs.npy", "mine")
        let arguments = ["export", "--d0", "1", "--n", "2", "--d1", "3", "--output"]
        BuiltCommand.expectFailure(
            arguments + [folder.path],
            "export: --output: \(folder.path) already holds inputs.npy; name another folder, or --replace",
            code: 74)
        #expect(folder.text("inputs.npy") == "mine")
        BuiltCommand.expectFailure(
            arguments + [there], "export: --output: \(there) cannot be used: Not a directory", code: 74)
        // macOS has no /proc, where nothing can be made.
        guard Platform.isLinux else { return }
        BuiltCommand.expectFailure(
            arguments + ["/proc/new"], "export: --output: /proc/new cannot be made: No such file or directory", code: 74
        )
    }
}
