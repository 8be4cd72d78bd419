import FullrankFiles
import FullrankModel
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

@Suite struct TrialJournalTests {
    /// A folder with the whole journal of a plan.
    private func finishedFolder(_ plan: SweepPlan) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        let sweep = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        try #require(try SweepRunner(plan: plan, backend: FakeRankBackend()).run(in: sweep) { _ in }.end == .completed)
        return folder
    }

    private func resume(_ folder: TemporaryFolder, _ plan: SweepPlan) throws -> [SweepTrial] {
        let sweep = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        var trials = [SweepTrial]()
        _ = try SweepRunner(plan: plan, backend: FakeRankBackend()).run(in: sweep) { trials.append($0) }
        return trials
    }

    @Test(arguments: plans) func journalsReadBackExactly(plan: SweepPlan) throws {
        let folder = try finishedFolder(plan)
        var trials = [SweepTrial]()
        let finished = try SweepReader(folder.path).readTrials { trials.append($0) }
        #expect(trials == expected(plan))
        #expect(finished.count == trials.count)
        // Every line is JSON.
        let lines = try #require(folder.read("trials.jsonl")).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == trials.count + 1)
        for line in lines { _ = try JSONValue(parsing: Array(line)) }
    }

    @Test func linesReadAsPromised() throws {
        let folder = TemporaryFolder()
        let plan = SweepPlan(inputDimensions: .proportional([Ratio("0.5")!]), points: [2], units: [4], trials: 12)
        let sweep = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        let profile = RankProfile(pivotColumns: [7, -1], columnsPerUnit: 2)
        try sweep.resume { _ in }.journal.append([SweepTrial(problem: 0, trial: 11, result: .profile(profile))])
        #expect(
            String(decoding: folder.read("trials.jsonl") ?? [], as: UTF8.self) == """
                {"format":"fullrank-trials","version":3,"crc32c":"11d99fa1"}
                {"ratio":"0.5","d0":1,"n":2,"trial":11,"pivots":"O-","crc32c":"d0065389"}

                """)
    }

    @Test func singularValuesKeepTheirBits() throws {
        var generator = SeededGenerator(seed: 3)
        let plan = SweepPlan(
            inputDimensions: .fixed([2]), points: [1, 2], units: [1, 2, 3], trials: 200, method: .svd(.float64))
        let trials = (0..<200).map { trial in
            let summaries = (0..<6).map { cell -> SingularSummary? in
                let (a, b) = (Double(bitPattern: generator.next()), Double(bitPattern: generator.next()))
                guard a.isFinite, b.isFinite, cell != trial % 8 else { return nil }
                return SingularSummary(largest: a, smallest: cell == 1 ? .leastNonzeroMagnitude : b, rank: cell / 3)
            }
            return SweepTrial(problem: 0, trial: trial, result: .summaries(summaries))
        }
        let folder = TemporaryFolder()
        let sweep = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        try sweep.resume { _ in }.journal.append(trials)
        var read = [SweepTrial]()
        try SweepReader(folder.path).readTrials { read.append($0) }
        #expect(read == trials)
    }

    /// 10^4 profiles of 100 points: 0.04 s to make and write and 0.015 s to read on the 2 cores this was written on;
    /// a hundredfold is a bug on any machine.
    @Test func longJournalsAreQuick() throws {
        let plan = SweepPlan(inputDimensions: .fixed([3]), points: [100], units: [300], trials: 10_000)
        let start = ContinuousClock.now
        let folder = try finishedFolder(plan)
        var count = 0
        try SweepReader(folder.path).readTrials { _ in count += 1 }
        #expect(count == 10_000)
        #expect(ContinuousClock.now - start < allowed(.seconds(5)))
    }

    /// Killed at any byte: what whole lines hold is kept, and the finished journal is the undisturbed one.
    @Test(arguments: plans) func tornAnywhereResumesToTheSameBytes(plan: SweepPlan) throws {
        let folder = try finishedFolder(plan)
        let whole = try #require(folder.read("trials.jsonl"))
        let trials = expected(plan)
        var generator = SeededGenerator(seed: 4)
        let cuts = Array(0..<100) + (0..<60).map { _ in Int.random(in: 0...whole.count, using: &generator) }
        for cut in cuts + [whole.count - 1, whole.count] {
            folder.file("trials.jsonl", Array(whole[..<min(cut, whole.count)]))
            #expect(try resume(folder, plan) == trials, "cut at byte \(cut)")
            #expect(folder.read("trials.jsonl") == whole, "cut at byte \(cut)")
        }
        // A reader leaves the torn line alone: its writer may be at it.
        folder.file("trials.jsonl", whole.dropLast(3))
        #expect(try SweepReader(folder.path).readTrials { _ in }.count == trials.count - 1)
        #expect(folder.read("trials.jsonl")?.count == whole.count - 3)
    }

    @Test func otherDamageNamesTheLine() throws {
        let plan = plans[0]
        let folder = try finishedFolder(plan)
        let whole = try #require(folder.read("trials.jsonl"))
        let lines = whole.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        func damage(_ number: Int, _ text: String) -> SweepFolderError? {
            var changed = lines
            changed[number - 1] = text
            folder.file("trials.jsonl", changed.joined(separator: "\n") + "\n")
            let error = folderError { _ = try resume(folder, plan) }
            let length = changed.joined(separator: "\n").utf8.count + 1
            #expect(folder.read("trials.jsonl")?.count == length, "left as it was")
            return error
        }
        let path = folder.path + "/trials.jsonl"
        func plain(_ pivots: String) -> String { "{\"d0\":1,\"n\":9,\"trial\":3,\"pivots\":\"\(pivots)\"}" }
        func line(_ pivots: String) -> String { sealed(plain(pivots)) }
        #expect(damage(5, line("A*J")) == nil && damage(5, line("A*I-")) == nil)
        // With their checksums, as if they had been written so; and without one.
        for text in [
            "", "{}", String(lines[4].dropLast()), lines[4] + " ", "x" + lines[4], lines[3],
            line("AAA"), line("A*K"), line("A*I"), line(""), line("A*JA"), line("A*I+"), line("A*B" + "A*I"),
            line("A*I*C"),
            line("A*II"), line("A*IT"), line("B*J"), line("gA*J"), line("[]"), line("A*I "), line("*JA"),
            sealed(plain("A*I").replacing(":1,", with: ":7,")), sealed(plain("A*J").replacing(":3,", with: ":7,")),
            sealed(plain("A*J").replacing("\"pivots\":\"A*J\"", with: "\"pivots\":[0,1,2,3,4,5,6,7,8]")),
            line("A*////////////f"), "\0\0\0\0", line("A*ID"), line("-*HAD"), plain("A*J"), sealed("{}"),
            sealed(plain("A*J") + "}"),
        ] {
            guard case .damaged(path, 5, _)? = damage(5, text) else {
                Issue.record("'\(text)' passed as line 5")
                continue
            }
        }
        #expect(
            damage(5, line("A*ID"))?.description.hasSuffix("\"pivots\" has two rows with their pivot in column 7")
                == true)
        guard case .damaged(path, 1, _)? = damage(1, "{\"format\":\"other\",\"version\":1}") else {
            return #expect(Bool(false), "another header passed")
        }
        for (version, advice) in [
            (1, "use the older one it was made with, or compute it again"), (4, "use a newer one"),
        ] {
            let error = damage(1, "{\"format\":\"fullrank-trials\",\"version\":\(version)}")
            #expect(error == .unknownVersion(path: path, version: "\(version)", known: 3))
            #expect(
                error?.description == "\(path) has version \(version); this fullrank knows version 3: \(advice)")
        }
    }

    @Test(arguments: ["inf", "nan", "0x10", "1e999", "", "-", "1e", "1.5.5", "null", "\"1\""])
    func singularValuesThatAreNoNumbersAreDamage(text: String) throws {
        let plan = SweepPlan(
            inputDimensions: .fixed([1]), points: [1], units: [1], trials: 1, method: .svd(.float64))
        let folder = try finishedFolder(plan)
        let line = "{\"d0\":1,\"n\":1,\"trial\":0,\"ranks\":[1],\"largest\":[\(text)],\"smallest\":[1.0]}\n"
        folder.file("trials.jsonl", "{\"format\":\"fullrank-trials\",\"version\":2}\n" + line)
        guard case .damaged(_, 2, _)? = folderError({ try SweepReader(folder.path).readTrials { _ in } }) else {
            return #expect(Bool(false), "'\(text)' passed")
        }
    }

    /// The tables could not hold such a rank.
    @Test(arguments: [(-1, false), (0, true), (3, true), (4, false), (99, false)])
    func ranksBeyondTheCellAreDamage(rank: Int, passes: Bool) throws {
        // The first cell's matrix is 3 by 4, the second's 9 by 4.
        let plan = SweepPlan(
            inputDimensions: .fixed([1]), points: [3, 9], units: [2], trials: 1, method: .svd(.float64))
        let folder = try finishedFolder(plan)
        func reason(_ ranks: String) -> String? {
            let line = "{\"d0\":1,\"n\":9,\"trial\":0,\"ranks\":[\(ranks)],\"largest\":[1,1],\"smallest\":[0,0]}\n"
            folder.file("trials.jsonl", "{\"format\":\"fullrank-trials\",\"version\":2}\n" + line)
            guard case .damaged(_, 2, let reason)? = folderError({ try SweepReader(folder.path).readTrials { _ in } })
            else { return nil }
            return reason
        }
        #expect(reason("\(rank),4") == (passes ? nil : "the rank at n = 3, d1 = 2 cannot be \(rank)"))
        #expect(reason("3,5") == "the rank at n = 9, d1 = 2 cannot be 5")
    }

    @Test func anotherShardsTrialsAreDamage() throws {
        let folder = TemporaryFolder()
        _ = try SweepFolder(folder.path, plan: plans[0], shard: Shard("2/3"), provenance: provenance)
        for (trial, passes) in [(2, false), (3, true), (4, true), (5, false), (7, false)] {
            let line = "{\"d0\":1,\"n\":9,\"trial\":\(trial),\"pivots\":\"A*J\"}\n"
            folder.file("trials.jsonl", "{\"format\":\"fullrank-trials\",\"version\":2}\n" + line)
            let error = folderError { try SweepReader(folder.path).readTrials { _ in } }
            #expect((error == nil) == passes, "trial \(trial): \(String(describing: error))")
            if !passes { #expect(error?.description.contains("is \(trial); shard 2/3 has trials 3 to 4") == true) }
        }
    }

    @Test func lineEndsOfAnotherSystemAreNamed() throws {
        let folder = try finishedFolder(plans[0])
        folder.file("trials.jsonl", folder.text("trials.jsonl").replacing("\n", with: "\r\n"))
        let error = folderError { try SweepReader(folder.path).readTrials { _ in } }
        #expect(error?.description.hasSuffix("line 1 is damaged: it ends with CR LF; lines end with LF alone") == true)
    }
}
