import FullrankModel
import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

@Suite struct ProfileTextTests {
    private func text(_ columns: [Int64]) -> String {
        var bytes = [UInt8]()
        ProfileText.append(columns, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func columns(_ text: String, rows: Int) throws -> [Int64] {
        try Array(text.utf8).withUnsafeBufferPointer { try ProfileText.columns($0, rows: rows, columns: 1 << 50) }
    }

    @Test(
        arguments: [
            ([], ""), ([0], "A"), ([-1], "-"), ([-1, -1, -1], "---"), ([-1, -1, -1, -1], "-*E"), ([15, 0], "ehB"),
            ([16], "gB"), ([0, 11, 1, 2, 12] + Array(13...89), "AUXASA*tC"), ([0, 1, -1, 2, -1, 7], "AA-A-I"),
            ([4, 9, 14, 19, 24], "I*F"), ([40, 81], "wCwC"), ([40, 81, 122], "wC*D"), ([40, 81, 122, 163], "wC*E"),
            ([3, 2, 1], "GFF"),
            // A gap: rows without a pivot end a repetition.
            ([0, 1, 2, 3, -1, 4, 5, 6, 7], "A*E-A*E"), ([1 << 49], "ggggggggggB"),
        ] as [([Int64], String)]) func knownTexts(columns: [Int64], text: String) throws
    {
        #expect(self.text(columns) == text)
        #expect(try self.columns(text, rows: columns.count) == columns)
    }

    @Test(arguments: 0..<300 as Range<UInt64>) func readsBackWhatItWrote(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let rows = Int.random(in: 0...80, using: &generator)
        let largest = [3, 40, 5000, 1 << 40].randomElement(using: &generator)!
        var column: Int64 = -1
        var taken = Set<Int64>()
        let profile = (0..<rows).map { _ -> Int64 in
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: return -1
            case 1...2: column = Int64(Int.random(in: 0...largest, using: &generator))
            default: column += 1
            }
            while !taken.insert(column).inserted { column += 1 }
            return column
        }
        let text = text(profile)
        #expect(try columns(text, rows: rows) == profile, "seed \(seed)")
        // Every cut is noticed: a shorter text holds fewer rows, or none at all.
        for length in 0..<text.utf8.count {
            #expect(throws: LineDamage.self, "seed \(seed)") { try columns(String(text.prefix(length)), rows: rows) }
        }
    }

    /// Ascending columns are known to be distinct without a look; the others are not.
    @Test(
        arguments: [
            ([0, 0], false), ([5, 1, 5], false), ([-1, 2, -1, 2], false), ([0, 1, 2, 3, 4, 2], false),
            ([4, 3, 2, 1, 0, 0], false),
            ([-1, -1, 4], true), ([5, 1, 2], true), ([-1, -1, -1], true), ([1, 0, -1, 3, 2], true),
        ] as [([Int64], Bool)]) func aColumnHoldsOnePivot(columns: [Int64], passes: Bool)
    {
        let text = Array(text(columns).utf8)
        // Few possible columns are marked, many are sorted.
        for end in [6, 64, 1000, 1 << 50] as [Int64] {
            let read = text.withUnsafeBufferPointer { try? ProfileText.columns($0, rows: columns.count, columns: end) }
            #expect(read == (passes ? columns : nil), "\(end)")
        }
    }
}
