import FullrankTestSupport
import Testing

@Suite struct DimensionCommandTests {
    private let folder = TemporaryFolder()
    private func path(_ name: String) -> String { folder.path + "/" + name }
    private static let grid = "dimension --grid 2,1..4,1..4,1 --activation power:2"

    @Test func oneArchitecture() {
        let output = BuiltCommand.succeed("dimension --widths 2,3,4,1 --activation power:2").output
        #expect(output == "2-3-4-1, power:2, P = 22: dimension 5, expected 5, ambient 5, defect 0, filling: proved\n")
        let large = BuiltCommand.succeed("dimension --widths 40,2,2,2,1 --activation power:1000").output
        #expect(large.contains("ambient ") && large.contains("defect 0, not filling: proved"))
    }

    /// Shards merged are one run; a folder with a part of the trials is continued.
    /// One point has rank 1 whatever the dimension is: no chance of error may be claimed.
    @Test func tooFewPointsTellNothing() {
        let few = ["dimension", "--widths", "2,3,1", "--activation", "power:2", "--points", "1"]
        #expect(
            BuiltCommand.run(few).output == "2-3-1, power:2, P = 9: dimension from 1 to 3: proved; that is as much as "
                + "--points 1 can show: leave it out, or give at least 3\n")
        #expect(BuiltCommand.run(few + ["--json"]).output.contains("\"error_bound\": 1.0"))
    }

    @Test func shardsMergedAreOneRun() {
        BuiltCommand.succeed(Self.grid, ["--output", path("one")])
        for index in 1...3 {
            BuiltCommand.succeed("\(Self.grid) --shard \(index)/3", ["--output", path("shard-\(index)")])
        }
        BuiltCommand.succeed("merge", [path("shard-3"), path("shard-1"), path("shard-2"), "--output", path("merged")])
        BuiltCommand.succeed("merge", [path("shard-2"), "--output", path("part")])
        let rest = BuiltCommand.succeed(Self.grid, ["--output", path("part")]).messages
        #expect(rest.contains("of 16 trials are there already"))
        for name in ["dimensions.csv", "diagram-defect.svg"] {
            #expect(folder.read("merged/" + name) == folder.read("one/" + name), "\(name)")
            #expect(folder.read("part/" + name) == folder.read("one/" + name), "\(name)")
        }
        #expect(folder.read("merged/trials.jsonl") == folder.read("one/trials.jsonl"))
        #expect(BuiltCommand.succeed("status", [path("one")]).output.contains("16/16 trials"))
    }

    @Test func histogramsOfReLUNetworks() {
        BuiltCommand.succeed(
            "dimension --widths 5,5,5,5,1 --activation relu --biases --weights normal --trials 50",
            ["--output", path("relu")])
        #expect(folder.text("relu/histogram.csv").hasPrefix("architecture,rank,trials\n\"[5, 5, 5, 5, 1]\","))
        #expect(folder.text("relu/diagram-histogram.svg").contains("functional dimension"))
    }

    /// Rows of arXiv 2605.09609's table; one of them changed.
    @Test func tablesAreCompared() {
        let header =
            "h,exponent,architecture,num_parameters,dimension_computed,ambient_dimension,is_full_dimension,defect\n"
        let rows = "3,2,\"[2, 2, 2, 1]\",10,5,5,True,0\n3,2,\"[2, 1, 2, 1]\",6,2,5,False,1\n"
        let table = folder.file("table.csv", header + rows)
        #expect(BuiltCommand.succeed("reproduce mfa", ["--table", table]).output.hasPrefix("mfa: 2 of 2 rows agree"))
        let wrong = folder.file("wrong.csv", header + "3,2,\"[2, 2, 2, 1]\",10,4,5,True,0\n")
        let failure = BuiltCommand.run(["reproduce", "mfa", "--table", wrong])
        #expect(
            failure.status == 65 && failure.output.hasPrefix("line 2, 2-2-2-1: dimension_computed is 4 there, 5 here\n")
        )
    }

    @Test func refusals() {
        for (line, words) in [
            ("--widths 2,0,1 --activation power:2", "width 2 is 0; every width must be at least 1"),
            ("--widths 3,1 --activation power:2", "one layer and no hidden one"),
            ("--widths 2,3,1 --activation power:0", "power:R takes R from 1 to 1000"),
            ("--widths 2,3,1", "--activation is missing"),
            ("--activation power:2", "--widths, --list or --grid is missing"),
            ("--widths 2,3,1 --grid 2,1..3,1 --activation power:2", "exclude each other"),
            ("--widths 2,3,1 --activation power:2 --weights normal", "--weights goes with relu and leaky only"),
            ("--widths 900,3,3,3,3,3,1 --activation power:1000", "more than 1000 digits"),
            ("--find minimal-filling --depth 3 --inputs 2 --activation relu", "is no power"),
        ] {
            let failure = BuiltCommand.run(["dimension"] + line.split(separator: " ").map(String.init))
            #expect(failure.status == 64 && failure.messages.contains(words), "\(line): \(failure.messages)")
            #expect(failure.messages.filter { $0 == "\n" }.count == 1)
        }
    }
}
