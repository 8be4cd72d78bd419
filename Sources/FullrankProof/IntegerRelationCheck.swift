import FullrankModel
import FullrankNumbers

/// Whether whole numbers are the coefficients of a relation among rows of the Jacobian, without large integers: a sum of
/// integers that is 0 modulo primes whose product exceeds it is 0.
struct IntegerRelationCheck {
    /// points × k: mantissa and exponent above the point's least.
    private let rows: [[DyadicNumber]]
    private let units: [[Bool]]

    init(_ numbers: TrialNumbers, points: [Int]) {
        rows = points.map { numbers.homogeneous($0).map(DyadicNumber.init) }
        let pattern = numbers.pattern
        var seen = Set<[Bool]>()
        units = (0..<pattern.units).compactMap { unit in
            let active = points.map { pattern[unit, $0] }
            return active.contains(true) && seen.insert(active).inserted ? active : nil
        }
    }

    /// - Parameter digits: decimal.
    /// - Returns: what is wrong; nil: `Σ coefficient · row = 0`, and no smaller whole numbers say so.
    func fault(_ digits: [String]) -> String? {
        if let fault = Coefficients.fault(digits, points: rows.count) { return fault }
        var candidate: UInt32 = 1 << 31
        var found = 0.0
        let bits = self.bits(digits)
        while found <= bits + 1 {
            repeat { candidate -= 1 } while !Prime.isPrime(candidate)
            guard holds(digits.map { Self.residue($0, UInt64(candidate)) }, modulo: UInt64(candidate)) else {
                return "the relation does not hold modulo \(candidate)"
            }
            found += 30  // each is above 2^30
        }
        return Coefficients.haveCommonDivisor(digits) ? "the coefficients have a common divisor" : nil
    }

    /// More than the sum has.
    private func bits(_ digits: [String]) -> Double {
        // |Σ| < points · 10^digits · 2^(53 + exponents' spread); a decimal digit has fewer than 3.33 bits.
        let exponents = rows.joined().filter { $0.mantissa != 0 }.map(\.exponent)
        let spread = (exponents.max() ?? 0) - (exponents.min() ?? 0)
        return Double(digits.map(\.utf8.count).max() ?? 0) * 3.33 + Double(53 + spread) + Double(rows.count)
    }

    /// Multiply-adds that `fault` takes, about.
    func work(_ digits: [String]) -> Double {
        let size = digits.reduce(0) { $0 + Double($1.utf8.count) }
        let entries = Double(rows.count) * Double(rows.first?.count ?? 0)
        return bits(digits) / 30 * (size + entries * (Double(units.count) + 100))
    }

    /// Modulo an odd prime below 2^31.
    func holds(_ coefficients: [UInt64], modulo p: UInt64) -> Bool {
        let residues = rows.map { row in
            row.map { part in
                let size = part.mantissa.magnitude
                let power = SmallModulus.power(
                    part.exponent >= 0 ? 2 : (p + 1) / 2, UInt64(part.exponent.magnitude), modulo: p)
                let residue = UInt64(size) % p * power % p
                return part.mantissa < 0 ? (p - residue) % p : residue
            }
        }
        return units.allSatisfy { active in
            residues[0].indices.allSatisfy { c in
                coefficients.indices.reduce(UInt64(0)) {
                    active[$1] ? ($0 + coefficients[$1] * residues[$1][c]) % p : $0
                } == 0
            }
        }
    }

    private static func residue(_ digits: String, _ p: UInt64) -> UInt64 {
        var residue: UInt64 = 0
        for byte in digits.utf8 where byte != UInt8(ascii: "-") { residue = (residue * 10 + UInt64(byte & 15)) % p }
        return digits.hasPrefix("-") ? (p - residue) % p : residue
    }
}
