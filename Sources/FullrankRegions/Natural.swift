/// A whole number from 0 on, of any size: what counting and numbering regions takes, in 64-bit limbs.
public struct Natural: Hashable, Sendable {
    /// The lowest first, the last one not 0; empty for 0.
    public private(set) var limbs: [UInt64]

    public init(limbs: [UInt64]) {
        self.limbs = limbs
        trim()
    }

    public init(_ value: UInt64) { self.init(limbs: [value]) }

    public static let zero = Natural(limbs: [])
    public var isZero: Bool { limbs.isEmpty }
    /// 0 for 0.
    public var bitWidth: Int { limbs.isEmpty ? 0 : 64 * limbs.count - limbs[limbs.count - 1].leadingZeroBitCount }
    /// nil where it is too large.
    public var int: Int? { bitWidth < 64 ? Int(limbs.first ?? 0) : nil }
    /// Nearest, or infinity.
    public var double: Double { limbs.reversed().reduce(0) { $0 * 0x1p64 + Double($1) } }

    public func bit(_ place: Int) -> Bool {
        place / 64 < limbs.count && limbs[place / 64] >> UInt64(place % 64) & 1 == 1
    }

    private mutating func trim() {
        while limbs.last == 0 { limbs.removeLast() }
    }

    public mutating func add(_ other: Natural) {
        var carry: UInt64 = 0
        var place = 0
        while place < other.limbs.count || carry > 0 {
            if place == limbs.count { limbs.append(0) }
            let (first, over) = limbs[place].addingReportingOverflow(carry)
            let (second, more) = first.addingReportingOverflow(place < other.limbs.count ? other.limbs[place] : 0)
            limbs[place] = second
            carry = (over ? 1 : 0) + (more ? 1 : 0)
            place += 1
        }
    }

    /// - Precondition: `other` is not larger.
    public mutating func subtract(_ other: Natural) {
        var borrow: UInt64 = 0
        var place = 0
        while place < other.limbs.count || borrow > 0 {
            let (first, under) = limbs[place].subtractingReportingOverflow(borrow)
            let (second, more) = first.subtractingReportingOverflow(place < other.limbs.count ? other.limbs[place] : 0)
            limbs[place] = second
            borrow = (under ? 1 : 0) + (more ? 1 : 0)
            place += 1
        }
        trim()
    }

    /// `self = self * factor + summand`
    public mutating func multiply(by factor: UInt64, adding summand: UInt64 = 0) {
        var carry = summand
        for place in limbs.indices {
            let product = limbs[place].multipliedFullWidth(by: factor)
            let (low, over) = product.low.addingReportingOverflow(carry)
            limbs[place] = low
            carry = product.high &+ (over ? 1 : 0)
        }
        if carry > 0 { limbs.append(carry) }
        trim()
    }

    /// Leaves the quotient and returns the remainder.
    @discardableResult
    public mutating func divide(by divisor: UInt64) -> UInt64 {
        var remainder: UInt64 = 0
        for place in limbs.indices.reversed() {
            (limbs[place], remainder) = divisor.dividingFullWidth((remainder, limbs[place]))
        }
        trim()
        return remainder
    }

    public static func < (a: Natural, b: Natural) -> Bool {
        guard a.limbs.count == b.limbs.count else { return a.limbs.count < b.limbs.count }
        for place in a.limbs.indices.reversed() where a.limbs[place] != b.limbs[place] {
            return a.limbs[place] < b.limbs[place]
        }
        return false
    }
}

extension Natural: CustomStringConvertible {
    /// Decimal digits.
    public var description: String {
        var rest = self
        var groups = [String]()
        repeat {
            let digits = "\(rest.divide(by: 1_000_000_000_000_000_000))"
            groups.append(rest.isZero ? digits : String(repeating: "0", count: 18 - digits.count) + digits)
        } while !rest.isZero
        return groups.reversed().joined()
    }
}
