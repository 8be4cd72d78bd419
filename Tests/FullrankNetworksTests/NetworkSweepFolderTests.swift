import FullrankBackends
import FullrankFiles
import FullrankModel
import FullrankNetworks
import FullrankPlatform
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

@Suite struct NetworkSweepFolderTests {
    private let sweeps: NetworkSweeps

    init() throws { sweeps = try NetworkSweeps() }

    private func plan(trials: Int = 7) -> NetworkSweepPlan {
        NetworkSweepPlan(grid: sweeps.grid(trials: trials), outputs: 2, outputBias: true)
    }

    private func bytes(_ path: String) throws -> [UInt8] { try #require(try Files.read(path)) }

    private func tables(_ tallies: [NetworkSweepTally]) -> [String] {
        [NetworkSweepTable.cells(tallies.cells), NetworkSweepTable.ranks(tallies.cells)]
    }

    @Test func threadsShardsAndTornJournalsGiveOneRun() throws {
        let folder = TemporaryFolder()
        let whole = tables(try sweeps.run(plan(), in: folder.path + "/whole"))
        let journal = try bytes(folder.path + "/whole/trials.jsonl"),
            record = try bytes(folder.path + "/whole/plan.json")
        #expect(tables(try NetworkSweeps(threads: 1).run(plan(), in: folder.path + "/one")) == whole)
        #expect(try bytes(folder.path + "/one/trials.jsonl") == journal)

        #expect(folder.resize("one/trials.jsonl", to: journal.count * 3 / 5))
        #expect(tables(try sweeps.run(plan(), in: folder.path + "/one")) == whole)
        #expect(try bytes(folder.path + "/one/trials.jsonl") == journal)

        for index in 1...3 {
            try sweeps.run(plan(), in: folder.path + "/\(index)", shard: Shard(index: index, count: 3))
            let status = try NetworkSweepStatus(folder.path + "/\(index)")
            #expect(status.isComplete && !status.isRunning)
        }
        let merge = try NetworkSweepMerge([3, 1, 2].map { folder.path + "/\($0)" })
        let merged = try NetworkSweepFolder(
            folder.path + "/merged", plan: merge.record.plan, provenance: sweeps.provenance)
        var tallies = [NetworkSweepTally](plan())
        try merge.write(to: merged) { tallies[$0.problem].add($0) }
        #expect(tables(tallies) == whole)
        #expect(try bytes(folder.path + "/merged/trials.jsonl") == journal)
        #expect(try bytes(folder.path + "/merged/plan.json") == record)
    }

    @Test func moreTrialsExtend() throws {
        let folder = TemporaryFolder()
        let whole = tables(try sweeps.run(plan(trials: 9), in: folder.path + "/whole"))
        try sweeps.run(plan(trials: 4), in: folder.path + "/part")
        #expect(throws: SweepFolderError.self) { try sweeps.run(plan(trials: 9), in: folder.path + "/part") }
        #expect(tables(try sweeps.run(plan(trials: 9), in: folder.path + "/part", extending: true)) == whole)
    }

    @Test func otherPlansAreRefusedAndPlansReadBack() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/sweep"
        try sweeps.run(plan(), in: path)
        #expect(try NetworkSweepReader(path).record.plan == plan())
        for change: (inout NetworkSweepPlan) -> Void in [
            { $0.outputs = 3 }, { $0.activation = .leaky(slope: 0.1) }, { $0.trained = .hidden },
            { $0.outputBias = false },
            { $0.grid.seed = 6 }, { $0.grid.units = [1, 3] },
        ] {
            var other = plan()
            change(&other)
            #expect(throws: SweepFolderError.self) { _ = try sweeps.run(other, in: path) }
        }
        #expect(throws: SweepFolderError.self) { try SweepReader(path) }
        let text = String(decoding: try bytes(path + "/plan.json"), as: UTF8.self)
        for (good, bad) in [
            ("\"activation\": \"relu\"", "\"activation\": \"tanh\""), ("\"outputs\": 2", "\"outputs\": 0"),
            ("\"outputs\": 2", "\"outputs\": 2147483647"), ("\"trained\": \"all\"", "\"trained\": \"1,2\""),
            ("\"prime\": ", "\"prime\": 1"), ("\"trials\": 7", "\"trials\": \(Int.max)"),
        ] {
            #expect(text.contains(good))
            folder.file("sweep/plan.json", text.replacing(good, with: bad))
            #expect(throws: SweepFolderError.self) { try NetworkSweepReader(path) }
        }
    }

    @Test func everyFlippedBitNamesItsLine() throws {
        let folder = TemporaryFolder()
        var small = plan(trials: 2)
        small.grid.points = [3, 9]
        try sweeps.run(small, in: folder.path + "/sweep")
        let whole = try bytes(folder.path + "/sweep/trials.jsonl")
        let record = NetworkSweepRecord(plan: small, provenance: sweeps.provenance)
        var journal = whole, line = 1
        for place in whole.indices {
            for bit in 0..<8 {
                journal[place] = whole[place] ^ 1 << bit
                do throws(SweepFolderError) {
                    _ = try JournalScanner.read(journal, path: "x", record) { _ in }
                    Issue.record("byte \(place), bit \(bit) passed")
                } catch {
                    guard case .damaged("x", line, _) = error else {
                        Issue.record("byte \(place), bit \(bit) of line \(line): \(error)")
                        continue
                    }
                }
            }
            journal[place] = whole[place]
            if whole[place] == UInt8(ascii: "\n") { line += 1 }
        }
    }

    /// Lines with checksums that fit, and contents that don't.
    @Test func linesThatCannotBeAreRefused() throws {
        let record = NetworkSweepRecord(plan: plan(), provenance: sweeps.provenance)
        let header = Array("{\"format\":\"fullrank-network-trials\",\"version\":2".utf8)
        func read(_ body: String) throws(SweepFolderError) {
            var bytes = header
            LineSeal.close(&bytes, from: 0)
            let start = bytes.count
            bytes += body.utf8
            LineSeal.close(&bytes, from: start)
            _ = try JournalScanner.read(bytes, path: "x", record) { _ in }
        }
        let ranks = Array(repeating: "0", count: 16).joined(separator: ",")
        try read("{\"d0\":1,\"n\":18,\"trial\":0,\"ranks\":[\(ranks)]")
        for body in [
            "{\"d0\":2,\"n\":18,\"trial\":0,\"ranks\":[\(ranks)]",
            "{\"d0\":1,\"n\":17,\"trial\":0,\"ranks\":[\(ranks)]",
            "{\"d0\":1,\"n\":18,\"trial\":7,\"ranks\":[\(ranks)]",
            "{\"d0\":1,\"n\":18,\"trial\":0,\"ranks\":[\(ranks),0]",
            "{\"d0\":1,\"n\":18,\"trial\":0,\"ranks\":[5\(ranks.dropFirst())]", "{\"d0\":1,\"n\":18,\"trial\":0",
            "{\"d0\":1,\"n\":18,\"trial\":0,\"ranks\":[-1\(ranks.dropFirst())]",
            "{\"d0\":1,\"n\":18,\"trial\":0,\"ranks\":[\"0\"\(ranks.dropFirst())]",
        ] {
            #expect(throws: SweepFolderError.self, "\(body)") { try read(body) }
        }
    }

    /// cells.csv and ranks.csv say the same.
    @Test func tablesAgree() throws {
        let folder = TemporaryFolder()
        let cells = try sweeps.run(plan(trials: 20), in: folder.path + "/sweep").cells
        for cell in cells {
            #expect(cell.ranks.reduce(0) { $0 + $1.trials } == 20)
            #expect(cell.ranks.allSatisfy { $0.rank <= cell.bound && $0.trials > 0 })
            #expect(cell.quantile(1) == cell.ranks.last?.rank && cell.quantile(0) == cell.ranks.first?.rank)
        }
        let rows = NetworkSweepTable.cells(cells).split(separator: "\n")
        #expect(rows[0] == "d0,n,d1,rows,parameters,bound,trials,at_bound,probability,ci_low,ci_high,mean_rank")
        #expect(rows.count == 1 + 2 * 4 * 4 && rows[1].hasPrefix("1,2,1,4,6,4,20,"))
        #expect(NetworkSweepTable.ranks(cells).hasPrefix("d0,n,d1,rank,count\n1,2,1,"))
    }
}
