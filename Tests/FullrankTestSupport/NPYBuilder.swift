/// Makes .npy files by hand, right and wrong ones.
public enum NPYBuilder {
    public static func file(dict: String, data: [UInt8] = [], version: UInt8 = 1, minor: UInt8 = 0) -> [UInt8] {
        let header = Array((dict + "\n").utf8)
        let length =
            version == 1
            ? [UInt8(header.count & 0xff), UInt8(header.count >> 8)]
            : (0..<4).map { UInt8(header.count >> (8 * $0) & 0xff) }
        return [0x93] + Array("NUMPY".utf8) + [version, minor] + length + header + data
    }

    public static func file(
        descriptor: String, shape: String, fortran: Bool = false, data: [UInt8], version: UInt8 = 1
    ) -> [UInt8] {
        file(
            dict: "{'descr': '\(descriptor)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }",
            data: data, version: version)
    }

    public static func bytes<Word: FixedWidthInteger>(_ words: [Word], bigEndian: Bool = false) -> [UInt8] {
        words.flatMap { word in
            withUnsafeBytes(of: bigEndian ? word.bigEndian : word.littleEndian) { Array($0) }
        }
    }

    public static func doubles(_ values: [Double], bigEndian: Bool = false) -> [UInt8] {
        bytes(values.map(\.bitPattern), bigEndian: bigEndian)
    }
}
