import CGMP

/// An integer of any size: a value over GMP's `mpz_t`.
///
/// Copies share the number until one of them is changed. GMP ends the program if memory runs out, so code that computes
/// with these numbers bounds their size beforehand (`IntegerRelation.mostWork`, `CheckingBudget.mostDigits`).
public struct BigInteger: @unchecked Sendable {
    private typealias Target = UnsafeMutablePointer<__mpz_struct>
    private typealias Source = UnsafePointer<__mpz_struct>

    /// One `mpz_t`. Its only holder alone writes it, so that threads may share it: hence `@unchecked Sendable`.
    private final class Storage: ManagedBuffer<Void, __mpz_struct> {
        static func zero() -> Storage {
            let made = create(minimumCapacity: 1) { _ in }
            made.withUnsafeMutablePointerToElements { __gmpz_init($0) }
            return unsafeDowncast(made, to: Storage.self)
        }

        deinit { withUnsafeMutablePointerToElements { __gmpz_clear($0) } }
    }

    private var storage: Storage

    private init(_ write: (Target) -> Void) {
        storage = .zero()
        storage.withUnsafeMutablePointerToElements(write)
    }

    @inline(__always) private func read<Value>(_ body: (Source) -> Value) -> Value {
        storage.withUnsafeMutablePointerToElements { body(Source($0)) }
    }

    /// The number to be changed, not shared with a copy.
    @inline(__always) private mutating func change<Value>(_ body: (Target) -> Value) -> Value {
        if !isKnownUniquelyReferenced(&storage) {
            let old = storage
            storage = .zero()
            storage.withUnsafeMutablePointerToElements { new in
                old.withUnsafeMutablePointerToElements { __gmpz_set(new, $0) }
            }
        }
        return storage.withUnsafeMutablePointerToElements(body)
    }

    public static let zero = BigInteger { _ in }

    public init(_ value: Int) { self.init { __gmpz_set_si($0, value) } }

    public init(_ value: UInt64) { self.init { __gmpz_set_ui($0, UInt(value)) } }

    /// - Parameter magnitude: limbs, the lowest first.
    public init(magnitude: [UInt64], isNegative: Bool = false) {
        self.init { number in
            __gmpz_import(number, magnitude.count, -1, MemoryLayout<UInt64>.size, 0, 0, magnitude)
            if isNegative { __gmpz_neg(number, number) }
        }
    }

    /// - Parameter digits: decimal, with or without a minus sign in front.
    public init(digits: String) {
        self.init { number in
            let status = __gmpz_set_str(number, digits, 10)
            precondition(status == 0, "decimal digits")
        }
    }
}

extension BigInteger {
    /// -1, 0 or 1.
    public var signum: Int { read { Int($0.pointee._mp_size.signum()) } }
    public var isZero: Bool { signum == 0 }
    public var isNegative: Bool { signum < 0 }

    /// Bits of the absolute value; 0 for 0.
    public var bitWidth: Int { isZero ? 0 : Int(read { __gmpz_sizeinbase($0, 2) }) }

    /// Bit `place` of a number that is not negative.
    public func bit(_ place: Int) -> Bool { read { __gmpz_tstbit($0, UInt(place)) } != 0 }

    /// nil if it is too large.
    public var int: Int? { read { __gmpz_fits_slong_p($0) != 0 ? __gmpz_get_si($0) : nil } }

    /// Between 0 and the modulus.
    public func residue(modulo modulus: UInt64) -> UInt64 { UInt64(read { __gmpz_fdiv_ui($0, UInt(modulus)) }) }

    /// Decimal digits, with a sign if it is negative.
    public var digits: String {
        read { number in
            // One for the sign, one for the 0 at the end.
            String(unsafeUninitializedCapacity: Int(__gmpz_sizeinbase(number, 10)) + 2) { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    __gmpz_get_str(text.baseAddress, 10, number)
                    return text.firstIndex(of: 0)!
                }
            }
        }
    }
}

extension BigInteger: Hashable, Comparable, CustomStringConvertible {
    public static func == (a: BigInteger, b: BigInteger) -> Bool { a.read { a in b.read { __gmpz_cmp(a, $0) } } == 0 }
    public static func < (a: BigInteger, b: BigInteger) -> Bool { a.read { a in b.read { __gmpz_cmp(a, $0) } } < 0 }

    /// Of absolute values.
    public static func isSmaller(_ a: BigInteger, than b: BigInteger) -> Bool {
        a.read { a in b.read { __gmpz_cmpabs(a, $0) } } < 0
    }

    public func hash(into hasher: inout Hasher) {
        read { number in
            hasher.combine(number.pointee._mp_size)
            for limb in 0..<__gmpz_size(number) { hasher.combine(__gmpz_getlimbn(number, mp_size_t(limb))) }
        }
    }

    public var description: String { digits }
}

extension BigInteger {
    @inline(__always)
    private static func result(
        _ operation: (mpz_ptr?, mpz_srcptr?, mpz_srcptr?) -> Void, _ a: BigInteger, _ b: BigInteger
    ) -> BigInteger {
        BigInteger { target in a.read { a in b.read { operation(target, a, $0) } } }
    }

    public static prefix func - (value: BigInteger) -> BigInteger {
        BigInteger { target in value.read { __gmpz_neg(target, $0) } }
    }

    public static func + (a: BigInteger, b: BigInteger) -> BigInteger { result(__gmpz_add, a, b) }
    public static func - (a: BigInteger, b: BigInteger) -> BigInteger { result(__gmpz_sub, a, b) }
    public static func * (a: BigInteger, b: BigInteger) -> BigInteger { result(__gmpz_mul, a, b) }

    /// - Precondition: `divisor` divides `value`.
    public static func / (value: BigInteger, divisor: BigInteger) -> BigInteger {
        result(__gmpz_divexact, value, divisor)
    }

    /// At least 0.
    public static func greatestCommonDivisor(_ a: BigInteger, _ b: BigInteger) -> BigInteger {
        result(__gmpz_gcd, a, b)
    }

    /// Truncated towards zero; the remainder has the dividend's sign.
    public func quotientAndRemainder(dividingBy divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
        precondition(!divisor.isZero, "division by zero")
        var remainder = BigInteger { _ in }
        let quotient = BigInteger { quotient in
            remainder.change { rest in read { value in divisor.read { __gmpz_tdiv_qr(quotient, rest, value, $0) } } }
        }
        return (quotient, remainder)
    }

    public static func << (value: BigInteger, bits: Int) -> BigInteger {
        BigInteger { target in value.read { __gmpz_mul_2exp(target, $0, UInt(bits)) } }
    }

    /// The absolute value without its lowest bits, with the sign as it was.
    public static func >> (value: BigInteger, bits: Int) -> BigInteger {
        BigInteger { target in value.read { __gmpz_tdiv_q_2exp(target, $0, UInt(bits)) } }
    }

    public static func += (a: inout BigInteger, b: BigInteger) { a.change { a in b.read { __gmpz_add(a, a, $0) } } }
    public static func -= (a: inout BigInteger, b: BigInteger) { a.change { a in b.read { __gmpz_sub(a, a, $0) } } }
    public static func += (a: inout BigInteger, b: UInt64) { a.change { __gmpz_add_ui($0, $0, UInt(b)) } }
    public static func -= (a: inout BigInteger, b: UInt64) { a.change { __gmpz_sub_ui($0, $0, UInt(b)) } }
    public static func *= (a: inout BigInteger, b: UInt64) { a.change { __gmpz_mul_ui($0, $0, UInt(b)) } }

    /// `self += a b`
    public mutating func add(product a: BigInteger, _ b: BigInteger) {
        change { sum in a.read { a in b.read { __gmpz_addmul(sum, a, $0) } } }
    }

    /// `self -= a b`
    public mutating func subtract(product a: BigInteger, _ b: BigInteger) {
        change { sum in a.read { a in b.read { __gmpz_submul(sum, a, $0) } } }
    }

    /// `self = value factor / divisor`, in the memory that it has.
    ///
    /// - Precondition: it is whole.
    public mutating func set(_ value: BigInteger, times factor: UInt64, over divisor: UInt64) {
        change { target in
            value.read { __gmpz_mul_ui(target, $0, UInt(factor)) }
            __gmpz_divexact_ui(target, target, UInt(divisor))
        }
    }

    /// Leaves the quotient, truncated towards zero, and returns the remainder's absolute value.
    @discardableResult
    public mutating func divide(by divisor: UInt64) -> UInt64 {
        precondition(divisor != 0, "division by zero")
        return UInt64(change { __gmpz_tdiv_q_ui($0, $0, UInt(divisor)) })
    }
}
