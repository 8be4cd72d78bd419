import FullrankModel

/// Turns a .npy file's data into float64.
struct NPYDecoder {
    let bytes: [UInt8]
    /// Where the data begins.
    let start: Int
    /// Elements; `bytes` holds exactly so many from `start` on.
    let count: Int
    let header: NPYHeader

    /// The values in the file's own order, and which integer, if any, no float64 equals.
    func decode() -> (values: [Double], inexact: Int?) {
        let big = header.element.bigEndian
        switch (header.element.kind, header.element.size) {
        case (.float, 2):
            return (words(UInt16.self) { Self.half(big ? $0.byteSwapped : $0) }, nil)
        case (.float, 4):
            return (words(UInt32.self) { Double(Float(bitPattern: big ? $0.byteSwapped : $0)) }, nil)
        case (.float, _):
            return (words(UInt64.self) { Double(bitPattern: big ? $0.byteSwapped : $0) }, nil)
        case (.boolean, _): return (words(UInt8.self) { $0 == 0 ? 0 : 1 }, nil)
        case (.signed, 1): return (words(Int8.self) { Double($0) }, nil)
        case (.signed, 2): return (words(Int16.self) { Double(big ? $0.byteSwapped : $0) }, nil)
        case (.signed, 4): return (words(Int32.self) { Double(big ? $0.byteSwapped : $0) }, nil)
        case (.signed, _): return long(Int64.self)
        case (.unsigned, 1): return (words(UInt8.self) { Double($0) }, nil)
        case (.unsigned, 2): return (words(UInt16.self) { Double(big ? $0.byteSwapped : $0) }, nil)
        case (.unsigned, 4): return (words(UInt32.self) { Double(big ? $0.byteSwapped : $0) }, nil)
        case (.unsigned, _): return long(UInt64.self)
        }
    }

    /// The integers in the file's own order, 64 bits each; nil of other types.
    func wholeNumbers() -> WholeNumbers? {
        let big = header.element.bigEndian
        switch (header.element.kind, header.element.size) {
        case (.signed, 8): return .signed(words(Int64.self) { big ? $0.byteSwapped : $0 })
        case (.unsigned, 8): return .unsigned(words(UInt64.self) { big ? $0.byteSwapped : $0 })
        default: return nil
        }
    }

    /// A number of IEEE's binary16, which every float64 holds. The language's own is not there on every machine.
    static func half(_ bits: UInt16) -> Double {
        let sign: FloatingPointSign = bits >> 15 == 0 ? .plus : .minus
        let (exponent, fraction) = (Int(bits >> 10 & 0x1f), Double(bits & 0x3ff))
        switch exponent {
        case 0: return Double(sign: sign, exponent: -24, significand: fraction)
        case 31: return fraction != 0 ? .nan : sign == .plus ? .infinity : -.infinity
        default: return Double(sign: sign, exponent: exponent - 25, significand: fraction + 1024)
        }
    }

    /// Values in column-major order, rearranged.
    func rowMajor<Value: BitwiseCopyable>(_ values: [Value]) -> [Value] {
        let shape = header.shape
        guard shape.count > 1, !values.isEmpty else { return values }
        var strides = [Int]()
        var stride = 1
        for size in shape {
            strides.append(stride)
            stride *= size
        }
        return [Value](unsafeUninitializedCapacity: values.count) { buffer, filled in
            var index = [Int](repeating: 0, count: shape.count)
            var source = 0
            for target in 0..<values.count {
                buffer[target] = values[source]
                // Count up, the last index fastest.
                var dimension = shape.count - 1
                while dimension >= 0 {
                    index[dimension] += 1
                    source += strides[dimension]
                    if index[dimension] < shape[dimension] { break }
                    source -= strides[dimension] * shape[dimension]
                    index[dimension] = 0
                    dimension -= 1
                }
            }
            filled = values.count
        }
    }

    /// The integer at an element, whole.
    func integerText(at element: Int) -> String {
        let offset = start + element * header.element.size
        let word = bytes[offset..<(offset + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let value = header.element.bigEndian ? word.byteSwapped : word
        return header.element.kind == .signed ? "\(Int64(bitPattern: value))" : "\(value)"
    }

    /// The place in its array of the `element`-th number of a file.
    static func index(ofElement element: Int, shape: [Int], fortranOrder: Bool) -> [Int] {
        var rest = element
        var index = [Int](repeating: 0, count: shape.count)
        for dimension in fortranOrder ? Array(shape.indices) : shape.indices.reversed() {
            index[dimension] = rest % shape[dimension]
            rest /= shape[dimension]
        }
        return index
    }

    private func words<Word: FixedWidthInteger, Value: BitwiseCopyable>(
        _: Word.Type, _ value: (Word) -> Value
    ) -> [Value] {
        // The standard library writes the count of the one empty array that all share, 0 over 0: a race for its sanitizer.
        guard count > 0 else { return [] }
        return [Value](unsafeUninitializedCapacity: count) { buffer, filled in
            bytes.withUnsafeBytes { raw in
                for element in 0..<count {
                    let offset = start + element * MemoryLayout<Word>.size
                    buffer[element] = value(
                        Word(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Word.self)))
                }
            }
            filled = count
        }
    }

    private func long<Word: FixedWidthInteger>(_: Word.Type) -> ([Double], Int?) {
        var element = 0
        var inexact: Int?
        let big = header.element.bigEndian
        let values: [Double] = words(Word.self) { stored in
            defer { element += 1 }
            let value = big ? stored.byteSwapped : stored
            if inexact == nil, value.magnitude > 1 << 53, Double(exactly: value) == nil { inexact = element }
            return Double(value)
        }
        return (values, inexact)
    }
}
