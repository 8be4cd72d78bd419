import FullrankFiles
import FullrankPlatform
import FullrankTestSupport
import Testing

/// `fullrank network`: files that PyTorch wrote, what is printed and kept, and what is refused.
@Suite struct NetworkTests {
    private static let data = String(#filePath.dropLast("NetworkTests.swift".count)) + "Networks"
    private let folder = TemporaryFolder()

    private func array(_ values: [Double], _ shape: String) -> [UInt8] {
        NPYBuilder.file(descriptor: "<f8", shape: shape, data: NPYBuilder.doubles(values))
    }

    /// A folder of .npy files with a network of these widths and numbers in [-1, 1).
    @discardableResult
    private func network(_ name: String, widths: [Int], seed: UInt64, bias: Bool = true) -> String {
        var generator = SeededGenerator(seed: seed)
        func numbers(_ count: Int) -> [Double] {
            (0..<count).map { _ in Double(generator.below(1 << 30)) * 0x1p-29 - 1 }
        }
        mkdir(folder.path + "/" + name, 0o777)
        for layer in 1..<widths.count {
            folder.file(
                "\(name)/W\(layer).npy",
                array(numbers(widths[layer] * widths[layer - 1]), "(\(widths[layer]), \(widths[layer - 1]))"))
            if bias { folder.file("\(name)/b\(layer).npy", array(numbers(widths[layer]), "(\(widths[layer]),)")) }
        }
        return folder.path + "/" + name
    }

    private func points(_ count: Int, _ inputs: Int, seed: UInt64 = 9) -> String {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<(count * inputs)).map { _ in Double(generator.below(1 << 30)) * 0x1p-29 - 1 }
        return folder.file("inputs.npy", array(values, "(\(count), \(inputs))"))
    }

    private func answer(_ arguments: [String]) throws -> [JSONValue] {
        let result = BuiltCommand.run(["network", "--json"] + arguments)
        #expect(result.status == 0, "\(result.messages)")
        guard case .array(let networks) = try JSONValue(parsing: Array(result.output.utf8))["networks"] else {
            return []
        }
        return networks
    }

    @Test func filesOfPyTorchHaveTheRankThatPlainPythonGives() throws {
        let bytes = try #require(TemporaryFolder.bytes(ofFile: Self.data + "/expected.json"))
        guard case .object(let members) = try JSONValue(parsing: bytes) else { return }
        var files = 0
        for member in members where member.name != "torch" {
            let names: [String] = ["", ".npz", ".safetensors"].map { "\(Self.data)/\(member.name)\($0)" }
            let paths = names.filter { (name: String) -> Bool in access(name, R_OK) == 0 }
            for network in try answer(paths + ["--inputs", Self.data + "/inputs.npy"]) {
                #expect(network["widths"] == member.value["widths"], "\(member.name)")
                #expect(network["parameters"] == member.value["parameters"], "\(member.name)")
                #expect(network["rank"] == member.value["rank"], "\(network["file"]?.text ?? "")")
                files += 1
            }
        }
        #expect(files == 25)
    }

    /// docs/networks.md, section 1: two inputs, three units, all parameters, 30 points.
    @Test func theRoundedJacobianHasAnotherRank() throws {
        let path = network("small", widths: [2, 3, 1], seed: 3)
        let inputs = points(30, 2)
        let plain = BuiltCommand.succeed("network", [path, "--inputs", inputs])
        #expect(plain.output.hasPrefix("\(path): 2-3-1, P = 13, 30 rows: rank "))
        let both = try answer([path, "--inputs", inputs, "--method", "svd"])
        #expect(both[0]["rank"] == both[0]["float_rank"])
        #expect(both[0]["bound"] == .integer(10))
    }

    /// With one hidden layer and one output, training the output weights adds no rank: a unit's value is a combination of
    /// its own columns, w . (a x) + b a. The output bias adds a column of ones.
    @Test func trainingTheOutputWeightsKeepsTheRankOfOneHiddenLayer() throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let path = network("one-\(seed)", widths: [2, 4, 1], seed: seed)
            unlink(path + "/b2.npy")
            let inputs = points(25, 2, seed: seed)
            let all = try answer([path, "--inputs", inputs]),
                hidden = try answer([path, "--inputs", inputs, "--trained", "hidden"])
            #expect(all[0]["rank"] == hidden[0]["rank"])
            #expect(all[0]["parameters"] == .integer(16) && hidden[0]["parameters"] == .integer(12))
        }
    }

    @Test func activationsAndOutputsAreTaken() throws {
        // A linear network's rank is r (m + c - r).
        let path = network("linear", widths: [8, 3, 5, 6, 4], seed: 1, bias: false)
        let linear = try answer([path, "--inputs", points(50, 8), "--activation", "identity"])
        #expect(linear[0]["rank"] == .integer(27) && linear[0]["proved"] == .bool(true))
        let one = try answer([
            path, "--inputs", folder.path + "/inputs.npy", "--activation", "identity", "--outputs", "2",
        ])
        #expect(one[0]["rank"] == .integer(8) && one[0]["rows"] == .integer(50))
        // Alexander and Hirschowitz: [3,5,1] with fourth powers.
        let quartic = network("quartic", widths: [3, 5, 1], seed: 2, bias: false)
        let defect = try answer([quartic, "--inputs", points(60, 3), "--activation", "power:4"])
        #expect(defect[0]["rank"] == .integer(14) && defect[0]["bound"] == .integer(15))
        let leaky = try answer([quartic, "--inputs", folder.path + "/inputs.npy", "--activation", "leaky:0.01"])
        #expect(leaky[0]["rank"] == .integer(15))
    }

    @Test func checkpointsAreKeptAndNotRankedAgain() throws {
        let paths = (0..<5).map { network("step-\($0)", widths: [3, 6, 1], seed: UInt64($0)) }
        let inputs = points(40, 3), output = folder.path + "/ranks"
        let first = BuiltCommand.succeed("network", paths.dropLast(2) + ["--inputs", inputs, "--output", output])
        #expect(first.output.split(separator: "\n").count == 3)
        let begun = folder.text("ranks/ranks.csv")
        BuiltCommand.succeed("network", paths + ["--inputs", inputs, "--output", output])
        #expect(folder.text("ranks/ranks.csv").hasPrefix(begun))
        #expect(folder.text("ranks/ranks.csv").split(separator: "\n").count == 6)
        let whole = folder.contents(of: "ranks")
        BuiltCommand.succeed("network", paths + ["--inputs", inputs, "--output", folder.path + "/anew"])
        #expect(folder.contents(of: "anew")["ranks.csv"] == whole["ranks.csv"])
        #expect(folder.contents(of: "anew")["diagram-ranks.svg"] == whole["diagram-ranks.svg"])
        // A file whose numbers changed is ranked again.
        network("step-1", widths: [3, 2, 1], seed: 77)
        BuiltCommand.succeed("network", paths + ["--inputs", inputs, "--output", output])
        #expect(folder.text("ranks/ranks.csv").contains("step-1,3-2-1,"))
        BuiltCommand.expectFailure(
            ["network"] + paths + ["--inputs", inputs, "--output", output, "--trained", "hidden"],
            "network: --output: \(output) holds a run with another plan: trained is \"all\" there and \"hidden\" here. Choose "
                + "another --output, or --replace to start over", code: 64)
    }

    @Test func pointsThatBringNothingEndTheRun() throws {
        let path = network("deep", widths: [2, 3, 3, 1], seed: 12)
        let all = try answer([path, "--inputs", "normal", "--points", "4000"])
        let soon = try answer([path, "--inputs", "normal", "--points", "4000", "--patience", "300"])
        let taken: Int? = soon[0]["points"]?.integer()
        #expect(soon[0]["end"] != .string("patience") || (300..<4000).contains(taken ?? 0))
        let (some, most): (Int?, Int?) = (soon[0]["rank"]?.integer(), all[0]["rank"]?.integer())
        #expect((some ?? 99) <= (most ?? 0))
    }

    @Test func lossesOfLabelsAreTold() throws {
        let path = network("mean", widths: [1, 1], seed: 1)
        folder.file("mean/W1.npy", array([2], "(1, 1)"))
        folder.file("mean/b1.npy", array([1], "(1,)"))
        let inputs = folder.file("x.npy", array([0, 1, 3], "(3, 1)")),
            labels = folder.file("y.npy", array([1, 3, 4], "(3, 1)"))
        let answer = try answer([path, "--inputs", inputs, "--labels", labels])
        #expect(answer[0]["loss"] == .number("3.0"))
    }

    @Test func explainTakesANetworkAndCheckItsProof() {
        let path = network("one", widths: [2, 5, 1], seed: 4)
        let inputs = points(20, 2), certificate = folder.path + "/certificate.json"
        let explained = BuiltCommand.succeed("explain", ["--data", inputs, "--network", path, "--output", certificate])
        #expect(explained.output.contains("rank"))
        BuiltCommand.succeed("check", [certificate])
        BuiltCommand.expectFailure(
            ["explain", "--data", inputs, "--network", network("two", widths: [2, 3, 3, 1], seed: 1)],
            "explain: --network: \(folder.path)/two is 2-3-3-1; one hidden layer and one output can be explained, 'fullrank "
                + "network' ranks the others", code: 65)
    }

    @Test func whatIsAskedForMustBeThere() {
        let path = network("n", widths: [3, 4, 2], seed: 1), inputs = points(5, 2)
        func refused(_ flags: String, _ message: String, code: Int32 = 64) {
            BuiltCommand.expectFailure(
                ["network", path] + flags.split(separator: " ").map(String.init), "network: " + message, code: code)
        }
        refused("", "--inputs is missing; see 'fullrank network --help'")
        refused("--inputs normal", "--points is missing: how many points are drawn")
        refused("--inputs \(inputs)", "--inputs: 2 columns, and the network in \(path) takes 3", code: 65)
        refused(
            "--inputs normal --points 5 --activation tanh",
            "--activation: 'tanh' is not one of relu, leaky:SLOPE, identity, power:R")
        refused(
            "--inputs normal --points 5 --activation leaky:nan",
            "--activation: 'leaky:nan' has no such slope; leaky:SLOPE takes a decimal number")
        refused("--inputs normal --points 5 --trained 3", "--trained: \(path) has no layer 3; it has 2")
        refused(
            "--inputs normal --points 5 --outputs 2", "--outputs: \(path) has no output 2; it has 2, counted from 0")
        refused("--inputs \(inputs) --points 9", "--points: 9 is more than the 5 rows of --inputs")
        BuiltCommand.expectFailure(
            ["network", inputs, "--inputs", "normal", "--points", "5"],
            "network: \(inputs): is none of FILE.npz, FILE.safetensors or a folder of .npy files: it is no zip file, nor named "
                + ".safetensors", code: 65)
        BuiltCommand.expectFailure(
            ["network", folder.path + "/none.npz", "--inputs", "normal", "--points", "5"],
            "network: \(folder.path)/none.npz: cannot be read: No such file or directory", code: 74)
    }

    /// Numbers that float64 holds and products of them do not.
    @Test func hugeWeightsAreRankedExactly() throws {
        network("huge", widths: [1, 2, 2, 1], seed: 1, bias: false)
        folder.file("huge/W1.npy", array([1e300, -1e-300], "(2, 1)"))
        folder.file("huge/W2.npy", array([1e300, 1e300, 1, -1e200], "(2, 2)"))
        let inputs = folder.file("x.npy", array([1e10, -1, 2], "(3, 1)"))
        let exact = try answer([folder.path + "/huge", "--inputs", inputs])
        #expect(exact[0]["rank"] != nil)
        let float = BuiltCommand.run(["network", folder.path + "/huge", "--inputs", inputs, "--method", "svd"])
        #expect(float.status == 65 && float.messages.contains("overflows in float64; --method exact ranks it"))
    }

    @Test func rankWarnsOfRoundedJacobians() {
        // x, y and their sum, rounded: exactly of rank 3, numerically of rank 2.
        let rows = (0..<12).flatMap { row -> [Double] in
            let (x, y) = (1 / Double(3 + row), 1 / Double(7 + row * row))
            return [x, y, x + y]
        }
        let result = BuiltCommand.succeed("rank", [folder.file("j.npy", array(rows, "(12, 3)"))])
        #expect(result.output == "3\n")
        #expect(
            result.messages
                == "fullrank: 3 is the exact rank of these rounded numbers; by float64 singular values it is 2: if this is a "
                + "computed Jacobian, 'fullrank network' ranks it exactly, from weights and inputs\n")
    }
}
