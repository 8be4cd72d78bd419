import FullrankModel
import Testing

@Suite struct ShardTests {
    @Test func sharesAreAllTrialsOnce() {
        for count in [1, 2, 3, 7, 8, 100] {
            for total in [0, 1, 5, 7, 8, 9, 100, 101] {
                let shares = (1...count).map { Shard(index: $0, count: count)!.trials(of: total) }
                #expect(shares.flatMap(Array.init) == Array(0..<total), "\(count) shares of \(total)")
                #expect(shares.map(\.count).max()! - shares.map(\.count).min()! <= 1)
            }
        }
    }

    @Test func texts() {
        #expect(Shard("2/8") == Shard(index: 2, count: 8))
        #expect(Shard("2/8")?.description == "2/8")
        for text in [
            "", "/", "1/", "/1", "0/1", "2/1", "1/1/1", "+1/2", "1 /2", "1/99999999999999999999", "1/2147483648",
        ] {
            #expect(Shard(text) == nil, "\(text)")
        }
    }

    @Test func runsReadAsPromised() {
        let there = [4, 1, 4, 6, 9].map { Shard(index: $0, count: 12)! }
        #expect(ShardRuns(missingFrom: there)?.description == "2/12, 3/12, 5/12, 7/12, 8/12, 10/12 to 12/12")
        #expect(ShardRuns(missingFrom: (1...5).map { Shard(index: $0, count: 5)! })?.isEmpty == true)
        #expect(ShardRuns(missingFrom: []) == nil)
        #expect(ShardRuns(missingFrom: [Shard("1/2")!, Shard("1/3")!]) == nil)
        // No time for each of a billion.
        let most = IntegerList.largestValue
        #expect(ShardRuns(missingFrom: [Shard(index: most, count: most)!])?.runs == [1...(most - 1)])
    }

    @Test func runsHoldTheTrials() {
        for count in [1, 2, 3, 7, 20] {
            for total in [1, 5, 19, 20, 21, 50] {
                let shares = (1...count).map { Shard(index: $0, count: count)!.trials(of: total) }
                for first in 0..<total {
                    for end in (first + 1)...total {
                        let ranges = [first..<end, min(end + 2, total)..<total]
                        let runs = ShardRuns(holding: ranges, of: total, count: count)
                        let holding = (1...count).filter { index in ranges.contains { $0.overlaps(shares[index - 1]) } }
                        #expect(runs.runs.flatMap(Array.init) == holding, "\(ranges) of \(total) in \(count)")
                    }
                }
            }
        }
    }
}
