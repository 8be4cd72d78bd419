import FullrankModel

/// An array as `numpy.save` writes it: .npy versions 1.0, 2.0 and 3.0, C or Fortran order, float16, float32, float64,
/// signed and unsigned integers of 1 to 8 bytes, booleans, either byte order.
public struct NPYFile: Hashable, Sendable {
    /// As given; messages name it.
    public let path: String
    /// Any number of dimensions up to 64; `[]` for a single number.
    public let shape: [Int]
    /// The type of the file's numbers before they became float64.
    public let element: NPYElement
    /// Row-major (C order) whatever the file's order, as many as `shape`'s product. Every number equals the file's, or,
    /// if there are `wholeNumbers`, is the nearest to it.
    public let values: [Double]
    /// The unchanged numbers, row-major, if some of them equal no float64.
    public let wholeNumbers: WholeNumbers?

    /// Whether the file held float32.
    public var isFloat32: Bool { element.kind == .float && element.size == 4 }

    /// Reads a file, gzipped or not.
    ///
    /// - Parameter keepingWholeNumbers: takes integers that no float64 equals; else they are refused.
    /// - Throws: `FileError`: `.system` if it can't be read, `.npy` if it is not such an array. A header that
    ///   promises more than the file holds costs no memory.
    public init(path: String, keepingWholeNumbers: Bool = false) throws(FileError) {
        try self.init(bytes: FileBytes.unpacked(path), path: path, keepingWholeNumbers: keepingWholeNumbers)
    }

    /// Reads a file's content; `path` only names it in messages.
    public init(bytes: [UInt8], path: String, keepingWholeNumbers: Bool = false) throws(FileError) {
        do throws(NPYProblem) {
            (shape, element, values, wholeNumbers) = try Self.parse(bytes, keepingWholeNumbers)
            self.path = path
        } catch {
            throw FileError(path: path, problem: .npy(error))
        }
    }

    /// - Throws: `FileError` naming the first NaN or infinity, in row-major order.
    public func requireFinite() throws(FileError) {
        guard let flat = values.firstIndex(where: { !$0.isFinite }) else { return }
        let index = NPYHeader.text(NPYDecoder.index(ofElement: flat, shape: shape, fortranOrder: false))
        // Swift would print the payload of a NaN.
        let value = values[flat].isNaN ? "nan" : "\(values[flat])"
        throw FileError(path: path, problem: .npy(.notFinite(value: value, index: index)))
    }

    private static func parse(
        _ bytes: [UInt8], _ keepingWholeNumbers: Bool
    ) throws(NPYProblem) -> ([Int], NPYElement, [Double], WholeNumbers?) {
        let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
        guard bytes.starts(with: magic) else {
            // A file cut inside the magic string is truncated rather than something else.
            guard bytes.isEmpty || !magic.starts(with: bytes) else {
                throw .truncatedHeader(expected: magic.count, found: bytes.count)
            }
            throw .notNPY
        }
        guard bytes.count >= 8 else { throw .truncatedHeader(expected: 8, found: bytes.count) }
        guard (1...3).contains(bytes[6]), bytes[7] == 0 else {
            throw .unknownVersion(major: bytes[6], minor: bytes[7])
        }
        // The header's length: two bytes in version 1, four since; little-endian.
        let start = bytes[6] == 1 ? 10 : 12
        guard bytes.count >= start else { throw .truncatedHeader(expected: start, found: bytes.count) }
        let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count - start >= length else {
            throw .truncatedHeader(expected: start + length, found: bytes.count)
        }
        let header = try NPYHeader(bytes[start..<(start + length)])
        let count = try elements(of: header, dataBytes: bytes.count - start - length)

        let decoder = NPYDecoder(bytes: bytes, start: start + length, count: count, header: header)
        let (values, inexact) = decoder.decode()
        if let inexact, !keepingWholeNumbers {
            let index = NPYDecoder.index(ofElement: inexact, shape: header.shape, fortranOrder: header.fortranOrder)
            throw .inexact(value: decoder.integerText(at: inexact), index: NPYHeader.text(index))
        }
        var whole = inexact == nil ? nil : decoder.wholeNumbers()
        guard header.fortranOrder else { return (header.shape, header.element, values, whole) }
        switch whole {
        case .signed(let numbers): whole = .signed(decoder.rowMajor(numbers))
        case .unsigned(let numbers): whole = .unsigned(decoder.rowMajor(numbers))
        case nil: break
        }
        return (header.shape, header.element, decoder.rowMajor(values), whole)
    }

    /// The product of the shape, checked against the data that is there.
    private static func elements(of header: NPYHeader, dataBytes: Int) throws(NPYProblem) -> Int {
        // A size of 0 somewhere does not excuse an overflow elsewhere: who multiplies only some of the sizes must be
        // safe too.
        var product = header.element.size
        for size in header.shape where size > 0 {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow else { throw .shapeOverflow(shape: NPYHeader.text(header.shape)) }
            product = next
        }
        let expected = header.shape.contains(0) ? 0 : product
        guard expected == dataBytes else {
            throw .dataSize(
                expected: expected, found: dataBytes, shape: NPYHeader.text(header.shape),
                type: header.element.descriptor)
        }
        let count = expected / header.element.size
        // In column-major order they are there twice for a moment.
        let bytes = 8 * Double(count) * (header.fortranOrder ? 2 : 1)
        guard AvailableMemory.holds(bytes) else { throw .memory(needed: bytes) }
        return count
    }
}
