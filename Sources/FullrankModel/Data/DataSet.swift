/// Fixed data points, read from a file or given by a program: every trial sees the same ones.
public struct DataSet: Hashable, Sendable {
    /// n
    public let points: Int
    /// d0
    public let inputDimension: Int
    /// Row-major, n × d0, all finite.
    public let values: [Double]

    /// - Precondition: `values.count == points * inputDimension`.
    public init(points: Int, inputDimension: Int, values: [Double]) {
        precondition(values.count == points * inputDimension, "a data set holds points × inputs numbers")
        self.points = points
        self.inputDimension = inputDimension
        self.values = values
    }

    /// FNV-1a over shape and bits: shows whether a file still contains the data of a sweep's start. Not
    /// cryptographic.
    public var fingerprint: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ word: UInt64) {
            for shift in stride(from: 0, to: 64, by: 8) {
                hash = (hash ^ ((word >> UInt64(shift)) & 0xff)) &* 0x100_0000_01b3
            }
        }
        mix(UInt64(points))
        mix(UInt64(inputDimension))
        for value in values { mix(value.bitPattern) }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
