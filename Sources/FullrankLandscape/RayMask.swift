/// A set of rays by number, as bits.
struct RayMask: Hashable, Sendable {
    private var words: [UInt64]

    init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ ray: Int) { words[ray / 64] |= 1 << UInt64(ray % 64) }

    func contains(_ ray: Int) -> Bool { words[ray / 64] >> UInt64(ray % 64) & 1 == 1 }

    mutating func formUnion(_ other: RayMask) { for place in words.indices { words[place] |= other.words[place] } }

    func isSubset(of other: RayMask) -> Bool {
        for place in words.indices where words[place] & ~other.words[place] != 0 { return false }
        return true
    }

    func meets(_ other: RayMask) -> Bool {
        for place in words.indices where words[place] & other.words[place] != 0 { return true }
        return false
    }
}
