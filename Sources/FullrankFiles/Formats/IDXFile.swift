import FullrankModel

/// What is wrong with an IDX file.
public enum IDXProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case notIDX
    case truncatedHeader(expected: Int, found: Int)
    case unknownType(UInt8)
    case noDimensions
    case shapeOverflow(shape: [Int])
    case dataSize(expected: Int, found: Int, shape: [Int])
    case memory(needed: Double)

    public var description: String {
        switch self {
        case .notIDX: return "is not an IDX file: it does not begin with two zero bytes"
        case .truncatedHeader(let expected, let found):
            return "the IDX header is cut short: \(found) bytes of \(expected)"
        case .unknownType(let type):
            let digits = String(type, radix: 16)
            return "holds elements of unknown type 0x\(digits.count == 1 ? "0" : "")\(digits); 0x08 and 0x09 (bytes), "
                + "0x0b and 0x0c (integers), 0x0d and 0x0e (floats) can be read"
        case .noDimensions: return "has no dimensions; (points, ...) is needed"
        case .shapeOverflow(let shape): return "shape \(NPYHeader.text(shape)) holds more elements than can be counted"
        case .dataSize(let expected, let found, let shape):
            return "holds \(found) bytes of data where shape \(NPYHeader.text(shape)) takes \(expected)"
        case .memory(let needed): return "as float64 takes \(AvailableMemory.shortage(needed))"
        }
    }
}

/// An array of any number of dimensions, as MNIST and its successors come: two zero bytes, a type, the number of
/// dimensions, their sizes and the elements, all big-endian.
public struct IDXFile: Hashable, Sendable {
    public let shape: [Int]
    /// Row-major.
    public let values: [Double]

    /// - Parameter path: names the file in messages.
    /// - Throws: `FileError`, `.idx`.
    public init(bytes: [UInt8], path: String) throws(FileError) {
        do throws(IDXProblem) { (shape, values) = try Self.parse(bytes) } catch {
            throw FileError(path: path, problem: .idx(error))
        }
    }

    private static func parse(_ bytes: [UInt8]) throws(IDXProblem) -> ([Int], [Double]) {
        guard bytes.prefix(2).allSatisfy({ $0 == 0 }) else { throw .notIDX }
        guard bytes.count >= 4 else { throw .truncatedHeader(expected: 4, found: bytes.count) }
        let sizes: [UInt8: Int] = [0x08: 1, 0x09: 1, 0x0b: 2, 0x0c: 4, 0x0d: 4, 0x0e: 8]
        guard let size = sizes[bytes[2]] else { throw .unknownType(bytes[2]) }
        let start = 4 + 4 * Int(bytes[3])
        guard bytes[3] > 0 else { throw .noDimensions }
        guard bytes.count >= start else { throw .truncatedHeader(expected: start, found: bytes.count) }
        func word(_ at: Int, _ size: Int) -> UInt64 { bytes[at..<(at + size)].reduce(0) { $0 << 8 | UInt64($1) } }
        let shape = stride(from: 4, to: start, by: 4).map { Int(word($0, 4)) }
        var expected = size
        // A size of 0 somewhere does not excuse an overflow elsewhere.
        for size in shape where size > 0 {
            let (product, overflow) = expected.multipliedReportingOverflow(by: size)
            guard !overflow else { throw .shapeOverflow(shape: shape) }
            expected = product
        }
        if shape.contains(0) { expected = 0 }
        guard bytes.count - start == expected else {
            throw .dataSize(expected: expected, found: bytes.count - start, shape: shape)
        }
        let count = expected / size
        guard AvailableMemory.holds(8 * Double(count)) else { throw .memory(needed: 8 * Double(count)) }
        let values: [Double] = (0..<count).map { index in
            let bits = word(start + index * size, size)
            switch bytes[2] {
            case 0x08: return Double(bits)
            case 0x09: return Double(Int8(truncatingIfNeeded: bits))
            case 0x0b: return Double(Int16(truncatingIfNeeded: bits))
            case 0x0c: return Double(Int32(truncatingIfNeeded: bits))
            case 0x0d: return Double(Float(bitPattern: UInt32(bits)))
            default: return Double(bitPattern: bits)
            }
        }
        return (shape, values)
    }
}
