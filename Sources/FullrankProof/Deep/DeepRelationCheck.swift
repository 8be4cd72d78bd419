import FullrankModel
import FullrankNumbers
import FullrankSweep

/// Whether numbers are the coefficients of a relation among rows of a deep network's Jacobian, without large integers: a
/// sum of integers that is 0 modulo primes whose product exceeds it is 0.
struct DeepRelationCheck {
    private let numbers: DeepNumbers
    private let points: [Int]

    init(_ numbers: DeepNumbers, points: [Int]) { (self.numbers, self.points) = (numbers, points) }

    /// - Parameter digits: decimal.
    /// - Returns: what is wrong; nil: the sum of coefficient times row is 0, and no smaller whole numbers say so.
    func fault(_ digits: [String]) -> String? {
        if let fault = Coefficients.fault(digits, points: points.count) { return fault }
        var primes = WordField.Primes()
        let bits = self.bits(digits)
        var found = 0.0
        while found <= bits + 1 {
            let prime = primes.next()
            guard holds(digits, field: WordField(prime)) else { return "the relation does not hold modulo \(prime)" }
            found += 60  // each is above 2^60
        }
        return Coefficients.haveCommonDivisor(digits) ? "the coefficients have a common divisor" : nil
    }

    /// Modulo the field's prime.
    func holds(_ residues: [UInt32], modulo prime: UInt32) -> Bool {
        let field = WordField(UInt64(prime))
        return DeepResidues(numbers, points: points, field: field)
            .vanishes(Array(points.indices), residues.map { field.residue(UInt64($0)) })
    }

    private func holds(_ digits: [String], field: WordField) -> Bool {
        DeepResidues(numbers, points: points, field: field)
            .vanishes(Array(points.indices), digits.map { Self.residue($0, field) })
    }

    /// More than the sum has: every entry is a multiple of 2^low and below 2^high, and there are as many as points.
    private func bits(_ digits: [String]) -> Double {
        let (low, high) = numbers.entrySpan(points)
        // A decimal digit has fewer than 3.33 bits.
        return Double(digits.map(\.utf8.count).max() ?? 0) * 3.33 + Double(high - low) + Double(points.count)
    }

    /// Multiply-adds that `fault` takes, about.
    func work(_ digits: [String]) -> Double {
        let size = digits.reduce(0) { $0 + Double($1.utf8.count) }
        return (bits(digits) / 60 + 1) * (size + Self.work(numbers, points: points.count))
    }

    /// Of one prime: finding it, the rows, the sum.
    static func work(_ numbers: DeepNumbers, points: Int) -> Double {
        DeepResidues.work(numbers, points: points) + Double(numbers.columns) * Double(points) + 1e4
    }

    /// Of decimal digits, 18 at a time.
    private static func residue(_ digits: String, _ field: WordField) -> UInt64 {
        var residue: UInt64 = 0, group: UInt64 = 0, scale: UInt64 = 1
        func append() { residue = field.sum(field.product(residue, field.residue(scale)), field.residue(group)) }
        for byte in digits.utf8 where byte != UInt8(ascii: "-") {
            (group, scale) = (group * 10 + UInt64(byte & 15), scale * 10)
            if scale == 1_000_000_000_000_000_000 {
                append()
                (group, scale) = (0, 1)
            }
        }
        append()
        return digits.hasPrefix("-") ? field.negative(residue) : residue
    }
}

extension DeepNumbers {
    /// Exponents between which all entries of these points' rows lie: each is a multiple of 2^low and below 2^high in size.
    func entrySpan(_ points: [Int]) -> (low: Int, high: Int) {
        func span(_ values: some Sequence<Double>) -> (low: Int, high: Int) {
            var (low, high) = (Int.max, Int.min)
            for value in values where value != 0 {
                let number = DyadicNumber(value)
                low = min(low, number.exponent)
                high = max(high, number.exponent + number.bits)
            }
            return low == .max ? (0, 0) : (low, high)
        }
        func carry(_ terms: Int) -> Int { Int.bitWidth - terms.leadingZeroBitCount }  // terms < 2^carry
        let layers = samples.layers, d0 = inputDimension
        let weights = layers.map { span($0.weights + $0.biases) }
        // With the constant 1, which every layer is given.
        var inputs = [span(points.flatMap { samples.inputs[($0 * d0)..<(($0 + 1) * d0)] } + [1])]
        for (l, layer) in layers.enumerated().dropLast() {
            let high = inputs[l].high + weights[l].high + carry(layer.inputDimension + 1)
            inputs.append((min(inputs[l].low + weights[l].low, 0), max(high, 1)))
        }
        var delta = span(samples.outputs)
        var (low, high) = (Int.max, Int.min)
        for l in layers.indices.reversed() {
            low = min(low, delta.low + inputs[l].low)
            high = max(high, delta.high + inputs[l].high)
            delta = (delta.low + weights[l].low, delta.high + weights[l].high + carry(layers[l].units))
        }
        return (low, high)
    }
}
