import FullrankModel

/// The 64-bit integers of an array that float64 can't hold: exact ranks are of these, not of the numbers rounded.
public enum WholeNumbers: Hashable, Sendable {
    case signed([Int64])
    case unsigned([UInt64])

    /// Every number modulo a prime, from 0 to below it. An elimination modulo that prime may use these instead.
    public func residues(modulo prime: UInt32) -> [Double] {
        switch self {
        case .signed(let numbers):
            let modulus = Int64(prime)
            return numbers.map { number in
                let rest = number % modulus
                return Double(rest < 0 ? rest + modulus : rest)
            }
        case .unsigned(let numbers):
            let modulus = UInt64(prime)
            return numbers.map { Double($0 % modulus) }
        }
    }
}
