/// The list grammar of `--ratio`: `0.25,0.5,1,2`. No ranges: a step of decimals invites surprises.
public struct RatioList: Hashable, Sendable {
    /// Ascending, without repetition, never empty.
    public let values: [Ratio]

    /// - Throws: `ListError`; of more than `limit` entries, counted before repetitions are dropped, `tooLong`.
    public init(_ text: some StringProtocol, limit: Int = IntegerList.longest) throws(ListError) {
        guard !text.isEmpty else { throw .empty(example: "0.25,0.5,1,2") }
        let items = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard items.count <= limit else { throw .tooLong(count: items.count, limit: limit) }
        var ratios = [Ratio]()
        for item in items {
            guard !item.isEmpty else { throw .emptyItem(list: String(text)) }
            let word = String(decoding: item, as: UTF8.self)
            guard let ratio = Ratio(word) else { throw .notARatio(item: word) }
            ratios.append(ratio)
        }
        ratios.sort()
        var distinct = [Ratio]()
        for ratio in ratios where ratio != distinct.last { distinct.append(ratio) }
        values = distinct
    }
}
