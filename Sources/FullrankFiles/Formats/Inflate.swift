import FullrankModel

/// Reads a DEFLATE stream (RFC 1951).
struct Inflate {
    let bytes: [UInt8]
    private var position: Int
    private let limit: Int
    private var bits: UInt64 = 0
    private var held = 0

    init(bytes: [UInt8], position: Int, limit: Int) {
        self.bytes = bytes
        self.position = position
        self.limit = limit
    }

    /// Behind the stream: whole bytes that were looked at ahead are given back.
    var nextByte: Int { position - held / 8 }

    mutating func run(into output: inout [UInt8]) throws(GzipProblem) {
        let start = output.count
        while true {
            let isLast = try take(1) == 1
            switch try take(2) {
            case 0: try stored(into: &output)
            case 1: try compressed(Self.fixed.0, Self.fixed.1, into: &output, from: start)
            case 2:
                let (literals, distances) = try tables()
                try compressed(literals, distances, into: &output, from: start)
            default: throw .damaged("a block of unknown type")
            }
            if isLast { return }
        }
    }

    private mutating func fill(_ count: Int) throws(GzipProblem) {
        while held < count {
            guard position < bytes.count else { throw .truncated }
            bits |= UInt64(bytes[position]) << UInt64(held)
            held += 8
            position += 1
        }
    }

    private mutating func take(_ count: Int) throws(GzipProblem) -> Int {
        try fill(count)
        let value = Int(bits & ((1 << UInt64(count)) - 1))
        bits >>= UInt64(count)
        held -= count
        return value
    }

    private mutating func stored(into output: inout [UInt8]) throws(GzipProblem) {
        _ = try take(held % 8)
        let length = try take(16)
        guard try take(16) == length ^ 0xffff else { throw .damaged("a stored block contradicts its length") }
        position = nextByte
        (bits, held) = (0, 0)
        guard bytes.count - position >= length else { throw .truncated }
        guard output.count + length <= limit else { throw .memory(limit: limit) }
        output += bytes[position..<(position + length)]
        position += length
    }

    private mutating func compressed(
        _ literals: Huffman, _ distances: Huffman, into output: inout [UInt8], from start: Int
    ) throws(GzipProblem) {
        while true {
            let symbol = try decode(literals)
            if symbol < 256 {
                guard output.count < limit else { throw .memory(limit: limit) }
                output.append(UInt8(symbol))
            } else if symbol == 256 {
                return
            } else {
                guard symbol <= 285 else { throw .damaged("a length of no meaning") }
                let length = Self.lengths[symbol - 257] + (try take(Self.lengthBits[symbol - 257]))
                let code = try decode(distances)
                guard code < 30 else { throw .damaged("a distance of no meaning") }
                let distance = Self.distances[code] + (try take(Self.distanceBits[code]))
                guard distance <= output.count - start else { throw .damaged("it refers to what is before its begin") }
                guard output.count + length <= limit else { throw .memory(limit: limit) }
                var from = output.count - distance
                for _ in 0..<length {
                    output.append(output[from])
                    from += 1
                }
            }
        }
    }

    private mutating func decode(_ code: Huffman) throws(GzipProblem) -> Int {
        // Fewer bits than the longest code may be all there is.
        while held < Huffman.longest, position < bytes.count { try fill(held + 1) }
        let entry = code.table[Int(bits & ((1 << UInt64(Huffman.longest)) - 1))]
        let length = Int(entry & 15)
        guard length > 0 else { throw position < bytes.count ? .damaged("a code of no meaning") : .truncated }
        guard length <= held else { throw .truncated }
        bits >>= UInt64(length)
        held -= length
        return Int(entry >> 4)
    }

    private mutating func tables() throws(GzipProblem) -> (Huffman, Huffman) {
        let counts = (try take(5) + 257, try take(5) + 1, try take(4) + 4)
        guard counts.0 <= 286, counts.1 <= 30 else { throw .damaged("too many codes") }
        var lengths = [Int](repeating: 0, count: 19)
        for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(counts.2) {
            lengths[place] = try take(3)
        }
        let code = try Huffman(lengths)
        lengths = []
        while lengths.count < counts.0 + counts.1 {
            let symbol = try decode(code)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw .damaged("it repeats a length before the first") }
                lengths += Array(repeating: last, count: 3 + (try take(2)))
            case 17: lengths += Array(repeating: 0, count: 3 + (try take(3)))
            case 18: lengths += Array(repeating: 0, count: 11 + (try take(7)))
            default: lengths.append(symbol)
            }
        }
        guard lengths.count == counts.0 + counts.1 else { throw .damaged("too many code lengths") }
        guard lengths[256] > 0 else { throw .damaged("its block has no end") }
        return (try Huffman(Array(lengths[..<counts.0])), try Huffman(Array(lengths[counts.0...])))
    }

    private static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ]
    private static let lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
    private static let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
        8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    /// Whole by construction, so never the fallback.
    private static let fixed: (Huffman, Huffman) = (
        (try? Huffman((0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })) ?? Huffman(),
        (try? Huffman([Int](repeating: 5, count: 32))) ?? Huffman()
    )
}

/// A prefix code as a table of all 15 bits that may come next: symbol and length of the code they begin with.
private struct Huffman {
    static let longest = 15
    /// 16 symbol + length; 0 if no code fits.
    private(set) var table = [UInt16](repeating: 0, count: 1 << longest)

    init() {}

    /// - Throws: if the lengths are not a code: too many short ones; too few, unless it is one code alone or none.
    init(_ lengths: [Int]) throws(GzipProblem) {
        var next = [Int](repeating: 0, count: Self.longest + 2)
        var counts = next
        for length in lengths where length > 0 { counts[length] += 1 }
        var code = 0
        for length in 1...Self.longest {
            code = (code + counts[length - 1]) << 1
            next[length] = code
        }
        let room = (1...Self.longest).reduce(1 << Self.longest) { $0 - counts[$1] << (Self.longest - $1) }
        guard room >= 0 else { throw .damaged("its codes contradict each other") }
        let used = counts.reduce(0, +)
        guard room == 0 || used <= 1 else { throw .damaged("its codes are not complete") }
        for (symbol, length) in lengths.enumerated() where length > 0 {
            // Codes come with their first bit lowest.
            var reversed = 0
            for bit in 0..<length where next[length] >> bit & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
            next[length] += 1
            for entry in stride(from: reversed, to: 1 << Self.longest, by: 1 << length) {
                table[entry] = UInt16(symbol << 4 | length)
            }
        }
    }
}
