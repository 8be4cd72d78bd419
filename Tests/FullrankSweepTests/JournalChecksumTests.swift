import FullrankChecksum
import FullrankFiles
import FullrankModel
import FullrankPlatform
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

/// Lines of a journal end with their checksums: nothing in it changes without a word.
@Suite struct JournalChecksumTests {
    private func crc(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { fr_crc32c($0.baseAddress, $0.count) } }

    /// RFC 3720, appendix B.4, and the check value of the catalogues of such codes.
    @Test func checksumsArePublishedOnes() {
        #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(crc([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(crc(Array(0..<32)) == 0x46dd_794e)
        #expect(crc(Array((0..<32).reversed())) == 0x113f_db5c)
        #expect(crc(Array("123456789".utf8)) == 0xe306_9283)
        #expect(crc([]) == 0)
    }

    /// The processor's instruction, where it has one, and the tables; from any byte of a word on.
    @Test func tablesAndInstructionAgree() {
        var generator = SeededGenerator(seed: 8)
        let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes.withUnsafeBytes { bytes in
            for start in 0..<9 {
                for count in 0..<(bytes.count - start) {
                    let place = bytes.baseAddress! + start
                    #expect(fr_crc32c(place, count) == fr_crc32c_by_tables(place, count))
                }
            }
        }
    }

    private func finishedFolder(_ plan: SweepPlan) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        let sweep = try SweepFolder(folder.path, plan: plan, provenance: provenance)
        try #require(try SweepRunner(plan: plan, backend: FakeRankBackend()).run(in: sweep) { _ in }.end == .completed)
        return folder
    }

    /// Each bit of the journal, line ends among them, by whatever reads it.
    @Test(arguments: plans) func everyFlippedBitNamesItsLine(plan: SweepPlan) throws {
        var plan = plan
        plan.trials = 2
        let folder = try finishedFolder(plan)
        var journal = try #require(folder.read("trials.jsonl"))
        let reader = try SweepReader(folder.path)
        var line = 1
        for place in journal.indices {
            let byte = journal[place]
            for bit in 0..<8 {
                journal[place] = byte ^ 1 << bit
                folder.file("trials.jsonl", journal)
                guard case .damaged(_, line, _)? = folderError({ try reader.readTrials { _ in } }) else {
                    Issue.record("byte \(place), bit \(bit) of line \(line) passed")
                    continue
                }
            }
            journal[place] = byte
            if byte == UInt8(ascii: "\n") { line += 1 }
        }
        let last = folder.read("trials.jsonl")
        #expect(throws: SweepFolderError.self) { try SweepMerge([folder.path]) }
        let error = folderError { _ = try SweepFolder(folder.path, plan: plan, provenance: provenance).resume { _ in } }
        #expect(error?.description.hasSuffix("is damaged: another byte stands where it should end") == true)
        #expect(folder.read("trials.jsonl") == last, "left as it was")
    }

    /// The journal as the version before wrote it.
    private func withoutChecksums(_ journal: [UInt8]) -> [UInt8] {
        let text = String(decoding: journal, as: UTF8.self).replacing(#/,"crc32c":"[0-9a-f]{8}"/#, with: "")
        return Array(text.replacing("\"version\":3", with: "\"version\":2").utf8)
    }

    /// It is gone on with as it is; merging writes the new version.
    @Test(arguments: plans) func foldersOfBeforeGoOn(plan: SweepPlan) throws {
        let folder = try finishedFolder(plan)
        let whole = try #require(folder.read("trials.jsonl"))
        let old = withoutChecksums(whole)
        for cut in [old.count, old.count - 3, old.count / 2, 41] {
            folder.file("trials.jsonl", Array(old[..<cut]))
            let sweep = try SweepFolder(folder.path, plan: plan, provenance: provenance)
            var trials = [SweepTrial]()
            _ = try SweepRunner(plan: plan, backend: FakeRankBackend()).run(in: sweep) { trials.append($0) }
            #expect(trials == expected(plan))
            #expect(folder.read("trials.jsonl") == old, "cut at byte \(cut)")
        }
        let merged = TemporaryFolder()
        try SweepMerge([folder.path]).write(
            to: SweepFolder(merged.path, plan: plan, provenance: provenance)
        ) { _ in }
        #expect(merged.read("trials.jsonl") == whole)
        // Neither kind of line passes for the other.
        let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n")
        let oldLines = String(decoding: old, as: UTF8.self).split(separator: "\n")
        for (header, line) in [(lines[0], oldLines[1]), (oldLines[0], lines[1])] {
            folder.file("trials.jsonl", "\(header)\n\(line)\n")
            guard case .damaged(_, 2, _)? = folderError({ try SweepReader(folder.path).readTrials { _ in } }) else {
                Issue.record("'\(line)' passed behind '\(header)'")
                continue
            }
        }
    }

    /// Sparse files of a terabyte: refused before memory is short.
    @Test func endlessFilesAreRefused() throws {
        let folder = try finishedFolder(plans[0])
        #expect(folder.resize("trials.jsonl", to: 1 << 40))
        let error = folderError { try SweepReader(folder.path).readTrials { _ in } }
        #expect(error?.description.hasSuffix("is damaged: it is longer than any line of this plan") == true)
        #expect(folder.resize("plan.json", to: 1 << 40))
        let plan = folderError { _ = try SweepReader(folder.path) }
        #expect(
            plan == .damaged(path: folder.path + "/plan.json", line: nil, reason: "it is longer than 67108864 bytes"))
    }
}
