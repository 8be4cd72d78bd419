import FullrankModel

/// Writes .npy files, byte for byte as `numpy.save` does: version 1.0, C order, the data aligned to 64 bytes.
public enum NPYWriter {
    /// Writes a new file of float64; an existing one is left alone.
    ///
    /// - Precondition: `values.count` is the product of `shape`.
    /// - Throws: `FileError`, `.system`.
    public static func write(_ values: [Double], shape: [Int], to path: String) throws(FileError) {
        try write(values, descriptor: "<f8", shape: shape, to: path)
    }

    /// Writes a new file of uint8; an existing one is left alone.
    ///
    /// - Precondition: `values.count` is the product of `shape`.
    /// - Throws: `FileError`, `.system`.
    public static func write(_ values: [UInt8], shape: [Int], to path: String) throws(FileError) {
        try write(values, descriptor: "|u1", shape: shape, to: path)
    }

    /// A file's content, for who writes it in a way of his own.
    ///
    /// - Precondition: `values.count` is the product of `shape`.
    public static func bytes(_ values: [Double], shape: [Int]) -> [UInt8] {
        precondition(values.count == shape.reduce(1, *), "an array holds its shape's product of numbers")
        return header(descriptor: "<f8", shape: shape) + values.withUnsafeBytes { Array($0) }
    }

    private static func write<Element: BitwiseCopyable>(
        _ values: [Element], descriptor: String, shape: [Int], to path: String
    ) throws(FileError) {
        precondition(values.count == shape.reduce(1, *), "an array holds its shape's product of numbers")
        let head = header(descriptor: descriptor, shape: shape)
        let result: Result<Void, FileError> = head.withUnsafeBytes { head in
            values.withUnsafeBytes { data in
                Result { () throws(FileError) in try FileBytes.create(path, parts: [head, data]) }
            }
        }
        try result.get()
    }

    static func header(descriptor: String, shape: [Int]) -> [UInt8] {
        var dict = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(NPYHeader.text(shape)), }"
        // NumPy leaves room for the first size to grow to 21 digits in place.
        if let first = shape.first { dict += String(repeating: " ", count: 21 - "\(first)".utf8.count) }
        // Magic, version and length take 10 bytes, the newline one. An aligned header is padded by 64, as in NumPy.
        let padding = 64 - (10 + dict.utf8.count + 1) % 64
        dict += String(repeating: " ", count: padding) + "\n"
        let length = dict.utf8.count
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(dict.utf8)
    }
}
