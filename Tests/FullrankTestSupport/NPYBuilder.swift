/// Makes .npy files by hand, right and wrong ones.
public enum NPYBuilder {
    public static func file(dict: String, data: [UInt8] = [], version: UInt8 = 1, minor: UInt8 = 0) -> [UInt8] {
        let header = Array((dict + "\n").utf8)
        let lengthBytes = version == 1 ? 2 : 4
        var bytes: [UInt8] = [0x93]
        bytes += Array("NUMPY".utf8)
        bytes += [version, minor]
        bytes += (0..<lengthBytes).map { (place: Int) -> UInt8 in UInt8(header.count >> (8 * place) & 0xff) }
        return bytes + header + data
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
