import FullrankModel

/// The arrays of a .safetensors file: eight bytes, the header's length, little-endian; the header, a JSON object with a
/// member for each array (dtype, shape, data_offsets counted from the header's end); raw numbers, little-endian.
package enum SafetensorsFile {
    /// As the format's own reader has it.
    private static let longestHeader = 100_000_000

    /// Bytes of an element; those of other types are named, not read.
    private static let sizes = [
        "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2,
        "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
    ]

    private struct Entry {
        let name: String
        let type: String
        let shape: [Int]
        let begin: Int
        let end: Int
    }

    /// In the order of their data. `path` only names the file in messages.
    package static func arrays(_ bytes: [UInt8], path: String) throws(FileError) -> [NamedArray] {
        func failed(_ words: String) -> FileError {
            FileError(path: path, problem: .content("is not a .safetensors file: \(words)"))
        }
        guard bytes.count >= 8 else { throw failed("it has \(bytes.count) bytes; the header's length alone takes 8") }
        let length = (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
        guard length <= UInt64(longestHeader) else {
            throw failed("its header would be \(length) bytes long; at most \(longestHeader) are read")
        }
        let start = 8 + Int(length)
        guard start <= bytes.count else {
            throw failed("its header would be \(length) bytes long, and \(bytes.count - 8) follow")
        }
        let header: JSONValue
        do throws(JSONDamage) { header = try JSONValue(parsing: Array(bytes[8..<start])) } catch {
            throw failed("its header is no JSON: \(error.words)")
        }
        guard case .object(let members) = header else { throw failed("its header is no JSON object") }
        var entries = [Entry]()
        for member in members where member.name != "__metadata__" {
            guard let entry = entry(member) else {
                throw failed("\(member.name.quoted) has no dtype, shape and data_offsets of whole numbers")
            }
            if let words = fault(of: entry) { throw failed("\(entry.name.quoted) \(words)") }
            entries.append(entry)
        }
        entries.sort { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }
        try check(entries, dataBytes: bytes.count - start, failed)
        let needed = entries.reduce(0.0) { $0 + 8 * Double($1.shape.reduce(1, *)) }
        guard AvailableMemory.holds(needed) else { throw FileError(path: path, problem: .memory(needed: needed)) }
        return entries.map { entry in
            NamedArray(
                name: entry.name, shape: entry.shape, type: entry.type,
                values: values(bytes, from: start + entry.begin, count: entry.shape.reduce(1, *), type: entry.type))
        }
    }

    private static func entry(_ member: JSONValue.Member) -> Entry? {
        func naturals(_ value: JSONValue?) -> [Int]? {
            guard case .array(let items) = value else { return nil }
            let numbers = items.compactMap { item -> Int? in item.integer() }
            return numbers.count == items.count && numbers.allSatisfy { $0 >= 0 } ? numbers : nil
        }
        guard let type = member.value["dtype"]?.string, let shape = naturals(member.value["shape"]),
            let offsets = naturals(member.value["data_offsets"]), offsets.count == 2
        else { return nil }
        return Entry(name: member.name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    /// What of an entry contradicts itself.
    private static func fault(of entry: Entry) -> String? {
        guard let size = sizes[entry.type] else { return "is of the unknown type \(entry.type.quoted)" }
        var product = size
        for count in entry.shape where count > 0 {
            let (next, overflow) = product.multipliedReportingOverflow(by: count)
            guard !overflow else { return "has the impossible shape \(NPYHeader.text(entry.shape))" }
            product = next
        }
        let expected = entry.shape.contains(0) ? 0 : product
        guard entry.begin <= entry.end else { return "ends before it begins: [\(entry.begin), \(entry.end)]" }
        guard entry.end - entry.begin == expected else {
            return
                "of shape \(NPYHeader.text(entry.shape)) and type \(entry.type) takes \(expected) bytes; its offsets "
                + "[\(entry.begin), \(entry.end)] hold \(entry.end - entry.begin)"
        }
        return nil
    }

    /// That the arrays follow each other, without gaps, to the file's end.
    private static func check(
        _ entries: [Entry], dataBytes: Int, _ failed: (String) -> FileError
    ) throws(FileError) {
        var place = 0
        for entry in entries {
            guard entry.end <= dataBytes else {
                throw failed("\(entry.name.quoted) ends at byte \(entry.end) of \(dataBytes) bytes of data: cut short")
            }
            guard entry.begin == place else {
                throw failed(
                    entry.begin < place
                        ? "\(entry.name.quoted) begins at byte \(entry.begin), inside the array before it"
                        : "bytes \(place) to \(entry.begin) of the data belong to no array")
            }
            place = entry.end
        }
        guard place == dataBytes else {
            throw failed("\(dataBytes - place) bytes behind the last array belong to none")
        }
    }

    /// nil for types that are no floating point.
    private static func values(_ bytes: [UInt8], from start: Int, count: Int, type: String) -> [Double]? {
        func words<Word: FixedWidthInteger>(_: Word.Type, _ value: (Word) -> Double) -> [Double] {
            guard count > 0 else { return [] }
            return bytes.withUnsafeBytes { raw in
                [Double](unsafeUninitializedCapacity: count) { buffer, filled in
                    for index in 0..<count {
                        let offset = start + index * MemoryLayout<Word>.size
                        buffer[index] = value(
                            Word(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Word.self)))
                    }
                    filled = count
                }
            }
        }
        switch type {
        case "F64": return words(UInt64.self) { Double(bitPattern: $0) }
        case "F32": return words(UInt32.self) { Double(Float(bitPattern: $0)) }
        case "F16": return words(UInt16.self) { NPYDecoder.half($0) }
        // The upper half of a float32.
        case "BF16": return words(UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
        default: return nil
        }
    }
}
