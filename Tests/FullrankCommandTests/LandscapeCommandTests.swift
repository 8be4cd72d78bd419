import FullrankFiles
import FullrankTestSupport
import Testing

/// `fullrank landscape`.
@Suite struct LandscapeCommandTests {
    private let folder = TemporaryFolder()

    private func file(_ name: String, _ text: String) -> String { folder.file(name, Array(text.utf8)) }

    /// C3 of the census, its points without the column of ones.
    private func files() -> [String] {
        let inputs = file("x.csv", "0,1\n2,-1\n-1,3\n3,2\n-2,-1\n"), labels = file("y.csv", "1\n-2\n3\n0\n2\n")
        return ["--inputs", inputs, "--labels", labels]
    }

    @Test func censusOfFiles() throws {
        let output = folder.path + "/out"
        let result = BuiltCommand.succeed("landscape census --units 1 --json", files() + ["--output", output])
        let census = try JSONValue(parsing: Array(result.output.utf8))
        #expect(census["cells"]?.integer() == 22 && census["genuine_cells"]?.integer() == 7)
        #expect(census["global_min"]?.string == "4/5" && census["valleys"]?["trapped"]?.integer() == 2)
        #expect(result.messages.contains("249 combinations of faces and signs"))
        #expect(try WholeFile.read(output + "/census.json") == Array(result.output.utf8))
        // Three dimensions: there is no figure.
        #expect(try Files.names(in: output).sorted() == ["census.json", "minima.csv"])
    }

    @Test func everyPointOfTheTableIsCertified() throws {
        let problem = file("p.json", #"{"X": [[-2,1],[-1,1],[1,1],[3,1]], "y": [1,-1,2,0], "K": 2}"#)
        let output = folder.path + "/b2"
        let words = BuiltCommand.succeed("landscape census", [problem, "--output", output]).output
        #expect(words.contains("components of minima: 20, of them 12 trapped, 18 bad, 10 both\nglobal minimum: 1/2\n"))
        let figure = String(decoding: try WholeFile.read(output + "/landscape.svg"), as: UTF8.self)
        #expect(
            figure.split(separator: "class=\"cell\"").count == 9 && figure.split(separator: "class=\"ray\"").count == 9)
        let rows = String(decoding: try WholeFile.read(output + "/minima.csv"), as: UTF8.self).split(separator: "\n")
        #expect(rows[0] == "loss,bad,valley,trapped,boundaries,patterns,signs,w,z")
        var certificates = [String]()
        for (place, row) in rows.dropFirst().enumerated() where place % 9 == 0 {
            let fields = row.split(separator: ",", omittingEmptySubsequences: false)
            let w = fields[7].split(separator: ";").map {
                "[\"" + $0.split(separator: " ").joined(separator: "\",\"") + "\"]"
            }
            let z = fields[8].split(separator: ";").map { "\"\($0)\"" }
            let point = file(
                "point\(place).json",
                "{\"X\": [[-2,1],[-1,1],[1,1],[3,1]], \"y\": [1,-1,2,0], \"w\": [\(w.joined(separator: ","))], "
                    + "\"z\": [\(z.joined(separator: ","))]}")
            let found = BuiltCommand.succeed("landscape check", [point, "--output", output + "/\(place)"]).output
            #expect(found.hasPrefix("local minimum, loss \(fields[0]) "))
            certificates.append(output + "/\(place)/certificate.json")
        }
        run("landscape_certificate.py", certificates)
    }

    @Test func descentsAreCertifiedAndForgeriesRefused() throws {
        let point = file("d.json", #"{"X": [[1,0],[0,1]], "y": [1,1], "w": [[1,0]], "z": [0.5]}"#)
        let words = BuiltCommand.succeed("landscape check", [point, "--output", folder.path]).output
        #expect(words.hasPrefix("not a local minimum, loss 5/8 (0.625)\nunit 0: moving its weights along (1/2, 0)"))
        let path = folder.path + "/certificate.json"
        run("landscape_certificate.py", [path])
        let text = String(decoding: try WholeFile.read(path), as: UTF8.self)
        for (part, other) in [("\"slope\": \"-1/8\"", "\"slope\": \"-1/9\""), ("\"5/8\"", "\"5/9\"")] {
            #expect(text.contains(part), "\(text)")
            let forged = file("f.json", text.replacing(part, with: other))
            #expect([nil, 1].contains(status("landscape_certificate.py", [forged])))
        }
        let claimed = text.replacing("not a local minimum", with: "local minimum")
        #expect([nil, 1].contains(status("landscape_certificate.py", [file("g.json", claimed)])))
    }

    @Test func roundsTrainedPoints() {
        let point = file(
            "t.json",
            """
            {"X": [[-2,1],[-1,1],[1,1],[3,1]], "y": [1,-1,2,0],
             "w": [[0.180995,0.181], [-0.09502,0.28506]], "z": [1, 1]}
            """)
        #expect(BuiltCommand.succeed("landscape check", [point]).output.hasPrefix("not a local minimum"))
        let result = BuiltCommand.succeed("landscape check --round 1e-3", [point])
        #expect(result.output.hasPrefix("local minimum, loss 1061/884 "))
        #expect(
            result.messages.contains("rounded: unit 0 onto the hyperplanes of points 1; unit 1 onto the hyperplanes"))
    }

    @Test func samplesAreSharedResumedAndMerged() throws {
        let line = "landscape sample --d0 1,2 --n 5,7 --d1 1,2,3 --trials 6 --draws 3 --seed 3"
        func text(_ name: String) throws -> String {
            String(decoding: try WholeFile.read(folder.path + name), as: UTF8.self)
        }
        BuiltCommand.succeed(line, ["--output", folder.path + "/whole"])
        let table = try text("/whole/cells.csv")
        let rows = table.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(rows.count == 13 && rows.dropFirst().allSatisfy { $0[3] == "6" && $0[4] == "18" })
        #expect(rows[0][7] == "minimum_undecided" && rows.dropFirst().allSatisfy { $0[7] == "0" })
        #expect(rows.dropFirst().contains { $0[6] != "0" } && rows.dropFirst().contains { $0[5] != "0" })
        for shard in 1...2 {
            BuiltCommand.succeed(line + " --threads 1 --shard \(shard)/2", ["--output", folder.path + "/part\(shard)"])
        }
        let parts = (1...2).map { folder.path + "/part\($0)" }
        BuiltCommand.succeed("merge", parts + ["--output", folder.path + "/merged"])
        for name in ["cells.csv", "diagram-d0-2.svg"] { #expect(try text("/merged/" + name) == text("/whole/" + name)) }
        // Trials of a whole run are in the journal as they finished, d0 by d0; so are those that are merged.
        #expect(try text("/merged/trials.jsonl") == text("/whole/trials.jsonl"))
        // Again, with a part of the journal gone.
        let lines = try text("/whole/trials.jsonl").split(separator: "\n", omittingEmptySubsequences: false)
        let kept = Array(lines.prefix(5).joined(separator: "\n").utf8) + [10]
        try WholeFile.write(kept, to: folder.path + "/whole/trials.jsonl")
        let again = BuiltCommand.succeed(line, ["--output", folder.path + "/whole"])
        #expect(again.messages.contains("4 of 12 trials are there already"))
        #expect(try text("/whole/cells.csv") == table)
        // More trials; other plans are refused.
        let more = line.split(separator: " ").map { $0 == "6" ? "8" : String($0) }.joined(separator: " ")
        BuiltCommand.succeed(more + " --extend", ["--output", folder.path + "/merged"])
        let other = BuiltCommand.run(
            (line + " --frozen all --output").split(separator: " ").map(String.init) + [folder.path + "/whole"])
        #expect(other.status != 0 && other.messages.contains("frozen"))
        #expect(BuiltCommand.succeed("status", [folder.path + "/whole"]).output.contains("complete"))
    }

    @Test func sampleWithSaddlesAndGivenOutputs() throws {
        let output = folder.path + "/s"
        BuiltCommand.succeed(
            "landscape sample --d0 1 --n 5 --d1 1,2 --trials 20 --draws 10 --saddles", ["--output", output])
        let text = String(decoding: try WholeFile.read(output + "/cells.csv"), as: UTF8.self)
        let rows = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(rows[0][11] == "saddle" && rows.dropFirst().contains { $0[11] != "0" })
        #expect(try Files.names(in: output).contains("diagram-fraction.svg"))
        // One input and uniform cells; a teacher, which a network as wide fits.
        BuiltCommand.succeed(
            "landscape sample --d0 1,2 --n 4,6 --d1 2,3 --trials 3 --cells regions --labels teacher --frozen alternating",
            ["--output", folder.path + "/t"])
    }

    @Test func sampledCurves() { run("landscape_curves", ["30", "1"]) }

    @Test func referenceInPython() { run("landscape", ["6", "3"]) }

    @Test(arguments: [
        (["census"], "--units is missing; see 'fullrank landscape --help'", 64),
        (["cens"], "TASK: 'cens' is not one of census, check, descend, sample; did you mean 'census'?", 64),
        (["census", "--units", "0"], "--units: '0' is not a positive whole number", 64),
        (["check"], "POINT.json is missing; see 'fullrank landscape --help'", 64),
        (
            ["census", "P", "--units", "2"],
            "--units does not go with PROBLEM.json, which holds points, labels and units", 64
        ),
        (["sample", "--n", "5", "--d1", "1", "--output", "x"], "--d0 is missing; see 'fullrank landscape --help'", 64),
        (
            ["sample", "--d0", "1", "--n", "5", "--d1", "1", "--frozen", "1,-1", "--output", "x"],
            "--frozen: '1,-1' is not one of alternating, all", 64
        ),
        (["sample", "--d0", "1", "--units", "2"], "--units does not go with 'sample'", 64),
        (["census", "P", "--draws", "2"], "--draws does not go with 'census'", 64),
        (["census", "P", "--round", "1"], "--round does not go with 'census'", 64),
        (
            ["census", "P", "--work", "100"],
            "2 units make 1521 combinations of faces and signs; at most 100 are taken: --units 1 fits, or raise --work",
            64
        ),
    ])
    func refusals(_ arguments: [String], _ words: String, _ code: Int32) {
        let problem = file("p.json", #"{"X": [[1,1],[1,0],[0,1]], "y": [3,1,-3], "K": 2}"#)
        let given = arguments.map { $0 == "P" ? problem : $0 }
        let result = BuiltCommand.run(["landscape"] + given)
        #expect(
            result.status == code && result.messages.contains("fullrank: landscape: \(words)\n"), "\(result.messages)")
    }

    @Test(arguments: [
        (#"{"X": [[1,0]], "y": [1, 2], "K": 1}"#, "\"y\" has 2 numbers, not 1: one for each row of \"X\""),
        (#"{"X": [[1,0]], "y": [1], "K": 0}"#, "\"K\" is not a number of units from 1 on"),
        (#"{"X": [[1,0],[1]], "y": [1,1], "K": 1}"#, "row 1 of \"X\" has 1 numbers, not 2"),
        (#"{"X": [], "y": [], "K": 1}"#, "\"X\" is not a list of one row or more"),
        (
            #"{"X": [["1/0"]], "y": [1], "K": 1}"#,
            "row 0 of \"X\": entry 0 is not a number or a fraction such as \"-7/2\""
        ),
        (#"{"X": [[1]], "y": [1], "K": 2, "frozen": [1,0]}"#, "\"frozen\" holds a 0"),
        (
            #"{"X": [[1]], "y": [1], "K": 1, "forzen": [1]}"#,
            "member \"forzen\" is not known; known are \"X\", \"y\", \"K\", \"frozen\""
        ),
        ("[1", "not JSON: "),
    ])
    func badProblems(_ text: String, _ words: String) {
        let result = BuiltCommand.run(["landscape", "census", file("bad.json", text)])
        #expect(result.status == 65 && result.messages.contains("bad.json: \(words)"), "\(result.messages)")
    }

    /// One point, one unit; duplicates and zero points; points that do not span.
    @Test(arguments: [
        (#"{"X": [[2]], "y": [3], "K": 1}"#, "0"), (#"{"X": [[0,0]], "y": [3], "K": 1}"#, "9"),
        (#"{"X": [[1,1],[1,1]], "y": [0,1], "K": 1}"#, "1/4"),
        (#"{"X": [[1,2],[2,4],[0,0]], "y": [1,2,1], "K": 2}"#, "1/3"),
    ])
    func degenerateData(_ problem: String, _ lowest: String) throws {
        let result = BuiltCommand.succeed("landscape census --json", [file("d.json", problem)])
        #expect(try JSONValue(parsing: Array(result.output.utf8))["global_min"]?.string == lowest)
    }

    /// nil if there is no Python.
    private func status(_ script: String, _ arguments: [String]) -> Int32? {
        guard BuiltCommand.runInShell("python3 -c pass >/dev/null 2>&1").status == 0 else { return nil }
        let path = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Scripts/check/" + script
        let words = ([path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        return BuiltCommand.runInShell("FULLRANK=\"$0\" python3 \(words)", timeout: 120).status
    }

    private func run(_ script: String, _ arguments: [String]) { #expect([nil, 0].contains(status(script, arguments))) }
}
