/// The widths of a deep network's hidden layers before the last one, from the inputs on; none in a shallow network.
public struct HiddenLayers: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public let widths: [Int]

    public init(_ widths: [Int]) { self.widths = widths }

    /// As tables and journals have it: "64x32", "none".
    public init?(_ text: String) {
        guard text != "none" else {
            widths = []
            return
        }
        var widths = [Int]()
        for part in text.split(separator: "x", omittingEmptySubsequences: false) {
            guard let width = Int(part), width > 0, "\(width)" == part else { return nil }
            widths.append(width)
        }
        self.widths = widths
    }

    public var description: String { widths.isEmpty ? "none" : widths.map { "\($0)" }.joined(separator: "x") }
    public var isDeep: Bool { !widths.isEmpty }

    /// The number of columns of the Jacobian by all hidden layers' weights and biases, if the last layer is `units`
    /// wide. `Int.max` if there are more.
    public func columns(inputDimension: Int, units: Int, bias: Bool) -> Int {
        var (sum, inputs) = (0, inputDimension)
        for width in widths + [units] {
            let (layer, overflow) = width.multipliedReportingOverflow(by: inputs + (bias ? 1 : 0))
            let (total, tooMany) = sum.addingReportingOverflow(layer)
            guard !overflow, !tooMany else { return .max }
            (sum, inputs) = (total, width)
        }
        return sum
    }

    /// Bytes that one trial takes at least while it is computed on `points` points: weights, patterns, each layer's values
    /// and derivatives, in doubles and residues. A double: there is no overflow.
    public func trialBytes(points: Int, inputDimension: Int, units: Int) -> Double {
        var (bytes, inputs) = (0.0, Double(inputDimension))
        for width in (widths + [units]).map(Double.init) {
            // The widest product's factors are counted with every layer: residues of the weights.
            bytes += 16 * width * inputs + 8 * Double(points) * (2 * width + 2 * inputs + width / 64)
            inputs = width
        }
        return bytes
    }

    /// The d1 at which a Jacobian has as many columns as rows; not above 0 if the layers before the last have enough.
    public func parameterCount(points: Int, inputDimension: Int, bias: Bool) -> Double {
        let columnsPerUnit = (widths.last ?? inputDimension) + (bias ? 1 : 0)
        let earlier = columns(inputDimension: inputDimension, units: 0, bias: bias)
        return (Double(points) - Double(earlier)) / Double(max(columnsPerUnit, 1))
    }

    /// Layers of weights of the network, the output's among them.
    public var depth: Int { widths.count + 2 }

    /// "depth 4: 64, 64, d1", "depth 10: 64 (8 times), d1".
    public var words: String {
        let same = widths.count > 3 && Set(widths).count == 1
        let earlier = same ? ["\(widths[0]) (\(widths.count) times)"] : widths.map { "\($0)" }
        return "depth \(depth): \((earlier + ["d1"]).joined(separator: ", "))"
    }

    /// Fewer layers first, then narrower ones.
    public static func < (left: HiddenLayers, right: HiddenLayers) -> Bool {
        left.widths.count == right.widths.count
            ? left.widths.lexicographicallyPrecedes(right.widths) : left.widths.count < right.widths.count
    }
}
