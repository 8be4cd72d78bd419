import FullrankModel
import FullrankPlatform

/// A field of a .csv file as a number.
enum CSVNumber {
    /// Infinite if the decimal is beyond float64's range; nil if it is not a decimal.
    ///
    /// - Parameter bytes: every field must be followed by a byte that ends a number.
    static func decimal(_ bytes: [UInt8], _ field: Range<Int>) -> Double? {
        // strtod reads more than decimals: hexadecimal, inf, nan. It rounds correctly, and ends at the separator.
        for byte in bytes[field] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                continue
            default: return nil
            }
        }
        return bytes.withUnsafeBytes { raw in
            let start = raw.baseAddress!.advanced(by: field.lowerBound).assumingMemoryBound(to: CChar.self)
            var stop: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &stop)
            return stop.map { UnsafePointer($0) == start + field.count } == true ? value : nil
        }
    }

    /// A decimal, or one of the words for NaN and infinity.
    static func isNumeric(_ bytes: [UInt8], _ field: Range<Int>) -> Bool {
        guard !field.isEmpty else { return false }
        if decimal(bytes, field) != nil { return true }
        // "-infinity" is the longest such word.
        guard field.count <= 9 else { return false }
        let text = String(decoding: bytes[field], as: UTF8.self).lowercased()
        let word = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        return ["nan", "inf", "infinity"].contains(word)
    }
}
