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
        for text in ["", "/", "1/", "/1", "0/1", "2/1", "1/1/1", "+1/2", "1 /2", "1/99999999999999999999"] {
            #expect(Shard(text) == nil, "\(text)")
        }
    }
}
