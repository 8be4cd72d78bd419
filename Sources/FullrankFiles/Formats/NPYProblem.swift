import FullrankModel

/// The problems of a .npy file, each with a remedy.
public enum NPYProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case notNPY
    case unknownVersion(major: UInt8, minor: UInt8)
    /// The header, or the field with its length, is incomplete.
    case truncatedHeader(expected: Int, found: Int)
    /// The header is not the dict of `descr`, `fortran_order` and `shape`; the words say from where on.
    case header(String)
    case unsupportedType(descriptor: String, meaning: String)
    case tooManyDimensions(limit: Int)
    case shapeOverflow(shape: String)
    /// More numbers than the memory that is left holds as float64.
    case memory(needed: Double)
    case dataSize(expected: Int, found: Int, shape: String, type: String)
    /// An integer beyond 2^53 that no float64 equals.
    case inexact(value: String, index: String)
    case notFinite(value: String, index: String)

    public var description: String {
        switch self {
        case .notNPY:
            return "is not a .npy file: it does not begin with \\x93NUMPY; write one with numpy.save"
        case .unknownVersion(let major, let minor):
            return ".npy version \(major).\(minor) is unknown; versions 1.0, 2.0 and 3.0 can be read"
        case .truncatedHeader(let expected, let found):
            return "the .npy header is cut short: \(found) bytes of \(expected)"
        case .header(let words):
            return "the .npy header is wrong: \(words)"
        case .unsupportedType(let descriptor, let meaning):
            return "holds elements of type \(descriptor.quoted) (\(meaning)); float16, float32, float64, integers and "
                + "booleans can be read"
        case .tooManyDimensions(let limit):
            return "has more than \(limit) dimensions"
        case .shapeOverflow(let shape):
            return "shape \(shape) holds more elements than can be counted"
        case .memory(let needed):
            return "as float64 takes \(AvailableMemory.shortage(needed))"
        case .dataSize(let expected, let found, let shape, let type):
            return "holds \(found) bytes of data where shape \(shape) of type \(type.quoted) takes \(expected)"
        case .inexact(let value, let index):
            return "element \(index) is \(value), which no float64 equals; points and patterns are float64"
        case .notFinite(let value, let index):
            return "element \(index) is \(value); every number must be finite"
        }
    }
}
