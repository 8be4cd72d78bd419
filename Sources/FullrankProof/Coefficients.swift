import FullrankNumbers

/// A relation's whole numbers as a certificate has them: decimal digits.
enum Coefficients {
    /// What is wrong with them before any arithmetic; nil: nothing.
    static func fault(_ digits: [String], points: Int) -> String? {
        guard digits.count == points else { return "\(digits.count) coefficients stand for \(points) points" }
        guard digits.allSatisfy(isInteger) else { return "a coefficient is not a whole number" }
        guard !digits.contains("0"), !digits.contains("-0"), digits.last?.hasPrefix("-") == false else {
            return "a coefficient is 0, or the last is negative"
        }
        guard digits.allSatisfy({ $0.utf8.count <= CheckingBudget.mostDigits }) else {
            return "a coefficient has \(digits.map(\.utf8.count).max()!) digits; \(CheckingBudget.mostDigits) are read"
        }
        return nil
    }

    private static func isInteger(_ digits: String) -> Bool {
        let rest = digits.hasPrefix("-") ? digits.dropFirst() : digits[...]
        return !rest.isEmpty && rest.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Euclid's algorithm on whole numbers, for coefficients any two of which have one.
    static func haveCommonDivisor(_ digits: [String]) -> Bool {
        var divisor = BigInteger.zero
        for text in digits {
            divisor = BigInteger.greatestCommonDivisor(divisor, BigInteger(digits: text))
            if divisor == BigInteger(1) { return false }
        }
        return true
    }
}
