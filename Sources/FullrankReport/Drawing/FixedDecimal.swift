/// `value` with exactly `decimals` digits after the point ("0.500000"), the same on every platform.
///
/// Rounds the exact binary value to nearest, a tie to the even digit, as C's `printf` does. Never writes "-0.000".
/// What has no such form is written as Swift writes it: infinities, NaN, and from 2⁶² on, where a `Double` has no
/// fraction left.
///
/// - Precondition: `decimals` is 0...15.
public func fixed(_ value: Double, _ decimals: Int) -> String {
    var bytes = [UInt8]()
    appendFixed(value, decimals, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

private let powersOfTen: [Double] = (0...15).map { (0..<$0).reduce(1.0) { power, _ in power * 10 } }

/// `fixed` for tables of millions of rows.
func appendFixed(_ value: Double, _ decimals: Int, to bytes: inout [UInt8]) {
    guard value.magnitude < 0x1p62 else {
        bytes.append(contentsOf: "\(value)".utf8)
        return
    }
    let scale = powersOfTen[decimals]
    var whole = value.magnitude.rounded(.down)
    let fraction = value.magnitude - whole
    // fraction · scale is product + error, exactly: only where the product is halfway between two integers can the
    // error turn the decision.
    let product = fraction * scale
    let error = (-product).addingProduct(fraction, scale)
    var digits = product.rounded(.down)
    let rest = product - digits
    let isOdd = (decimals == 0 ? whole : digits).truncatingRemainder(dividingBy: 2) == 1
    if rest > 0.5 || (rest == 0.5 && (error > 0 || (error == 0 && isOdd))) {
        digits += 1
    }
    if digits == scale {
        digits = 0
        whole += 1
    }
    if value < 0, whole > 0 || digits > 0 { bytes.append(UInt8(ascii: "-")) }
    appendInteger(Int(whole), to: &bytes)
    guard decimals > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    appendDigits(Int(digits), count: decimals, to: &bytes)
}

func appendInteger(_ value: Int, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = value.magnitude
    var count = 1
    var limit: UInt = 10
    while magnitude >= limit {
        count += 1
        let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
        if overflow { break }
        limit = next
    }
    appendDigits(magnitude, count: count, to: &bytes)
}

/// The last `count` decimal digits, zeros in front included.
private func appendDigits(_ value: some BinaryInteger, count: Int, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
    var rest = UInt(value)
    var position = start + count
    while rest > 0, position > start {
        position -= 1
        bytes[position] += UInt8(rest % 10)
        rest /= 10
    }
}

/// A coordinate or size in a figure: two decimals at most, no zeros behind.
func coordinate(_ value: Double) -> String {
    var text = fixed(value, 2)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
}
