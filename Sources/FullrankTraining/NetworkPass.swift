/// One pass through the data: preactivations, outputs, loss, activation pattern, and the gradient on request.
///
/// Every sum is taken in an order that depends on the shapes alone, each operation rounded, nothing fused: the same
/// bits on every machine. A preactivation is ((b + w_0 x_0) + w_1 x_1) + ..., an output the sum over units in order;
/// sums over points run in `lanes` interleaved parts.
public struct NetworkPass: Sendable {
    /// units × points: w_i·x_j + b_i.
    public private(set) var preactivations: [Double]
    /// F(x_j)
    public private(set) var predictions: [Double]
    /// Mean of (F(x_j) − y_j)².
    public private(set) var loss: Double
    private let points: Int

    public init(_ network: TwoLayerNetwork, _ data: TrainingData) {
        let (n, d0, d1) = (data.points, network.inputDimension, network.units)
        points = n
        var predictions = [Double](repeating: 0, count: n)
        let parameters = network.parameters
        // Never 0: see NPYDecoder.words.
        preactivations = [Double](unsafeUninitializedCapacity: max(d1 * n, 1)) { sums, initialized in
            parameters.withUnsafeBufferPointer { parameters in
                data.columns.withUnsafeBufferPointer { columns in
                    predictions.withUnsafeMutableBufferPointer { predictions in
                        for unit in 0..<d1 {
                            let row = UnsafeMutableBufferPointer(rebasing: sums[(unit * n)..<((unit + 1) * n)])
                            row.initialize(repeating: network.bias ? parameters[network.firstBias + unit] : 0)
                            for coordinate in 0..<d0 {
                                let weight = parameters[unit * d0 + coordinate]
                                let inputs = UnsafeBufferPointer(
                                    rebasing: columns[(coordinate * n)..<((coordinate + 1) * n)])
                                for point in 0..<n { row[point] += weight * inputs[point] }
                            }
                            let output = parameters[network.firstOutput + unit]
                            for point in 0..<n { predictions[point] += output * (row[point] > 0 ? row[point] : 0) }
                        }
                    }
                }
            }
            initialized = d1 * n
        }
        var sum = 0.0
        for point in 0..<n {
            let error = predictions[point] - data.labels[point]
            sum += error * error
        }
        self.predictions = predictions
        loss = n == 0 ? 0 : sum / Double(n)
    }

    /// The loss's gradient, in the order of the network's parameters; those of v are 0 if they are not trained.
    public func gradient(_ network: TwoLayerNetwork, _ data: TrainingData, outputs: Bool) -> [Double] {
        let (n, d0, d1) = (data.points, network.inputDimension, network.units)
        var gradient = [Double](repeating: 0, count: network.parameters.count)
        guard n > 0 else { return gradient }
        let scale = 2 / Double(n)
        let slopes = (0..<n).map { scale * (predictions[$0] - data.labels[$0]) }
        var masked = [Double](repeating: 0, count: n)
        gradient.withUnsafeMutableBufferPointer { gradient in
            data.columns.withUnsafeBufferPointer { columns in
                preactivations.withUnsafeBufferPointer { sums in
                    slopes.withUnsafeBufferPointer { slopes in
                        masked.withUnsafeMutableBufferPointer { masked in
                            for unit in 0..<d1 {
                                let row = UnsafeBufferPointer(rebasing: sums[(unit * n)..<((unit + 1) * n)])
                                for point in 0..<n { masked[point] = row[point] > 0 ? slopes[point] : 0 }
                                let output = network.parameters[network.firstOutput + unit]
                                for coordinate in 0..<d0 {
                                    let inputs = UnsafeBufferPointer(
                                        rebasing: columns[(coordinate * n)..<((coordinate + 1) * n)])
                                    gradient[unit * d0 + coordinate] =
                                        output * Self.dot(UnsafeBufferPointer(masked), inputs)
                                }
                                if network.bias {
                                    gradient[network.firstBias + unit] = output * Self.sum(UnsafeBufferPointer(masked))
                                }
                                if outputs {
                                    gradient[network.firstOutput + unit] = Self.dot(UnsafeBufferPointer(masked), row)
                                }
                            }
                        }
                    }
                }
            }
        }
        return gradient
    }

    /// Row j holds the derivatives of F(x_j) by the trained parameters, columns in the order of docs/mathematics.md:
    /// unit by unit its coordinates, then its bias; then, if they are trained, those by v. points × `columns`.
    public func jacobian(_ network: TwoLayerNetwork, _ data: TrainingData, outputs: Bool) -> [Double] {
        let (n, d0, d1) = (data.points, network.inputDimension, network.units)
        let width = d0 + (network.bias ? 1 : 0)
        let columns = network.trained(outputs: outputs)
        var jacobian = [Double](repeating: 0, count: n * columns)
        for unit in 0..<d1 {
            let output = network.parameters[network.firstOutput + unit]
            for point in 0..<n where preactivations[unit * n + point] > 0 {
                let start = point * columns + unit * width
                for coordinate in 0..<d0 {
                    jacobian[start + coordinate] = output * data.inputs[point * d0 + coordinate]
                }
                if network.bias { jacobian[start + d0] = output }
                if outputs { jacobian[point * columns + d1 * width + unit] = preactivations[unit * n + point] }
            }
        }
        return jacobian
    }

    /// Bit j % 64 of word j / 64 of a unit's words: whether its preactivation on point j, as rounded, is positive.
    var pattern: [UInt64] {
        guard points > 0 else { return [] }
        let words = (points + 63) / 64
        var pattern = [UInt64](repeating: 0, count: preactivations.count / points * words)
        for unit in 0..<(preactivations.count / points) {
            for point in 0..<points where preactivations[unit * points + point] > 0 {
                pattern[unit * words + point / 64] |= 1 << UInt64(point % 64)
            }
        }
        return pattern
    }

    /// Least |w_i·x_j + b_i| / ‖(x_j, 1)‖: the distance of (W, b) to the nearest of the hyperplanes that bound
    /// activation regions. Infinite if there is none: no units, no points, or only points that are 0 without bias.
    func boundaryDistance(norms: [Double]) -> Double {
        var least = Double.infinity
        for (index, sum) in preactivations.enumerated() where norms[index % points] > 0 {
            least = min(least, sum.magnitude / norms[index % points])
        }
        return least
    }

    private static let lanes = 8

    private static func dot(_ left: UnsafeBufferPointer<Double>, _ right: UnsafeBufferPointer<Double>) -> Double {
        var parts = SIMD8<Double>.zero
        let whole = left.count / lanes * lanes
        for start in stride(from: 0, to: whole, by: lanes) {
            parts += eight(left, start) * eight(right, start)
        }
        for index in whole..<left.count { parts[index - whole] += left[index] * right[index] }
        return total(parts)
    }

    private static func sum(_ values: UnsafeBufferPointer<Double>) -> Double {
        var parts = SIMD8<Double>.zero
        let whole = values.count / lanes * lanes
        for start in stride(from: 0, to: whole, by: lanes) { parts += eight(values, start) }
        for index in whole..<values.count { parts[index - whole] += values[index] }
        return total(parts)
    }

    @inline(__always)
    private static func eight(_ values: UnsafeBufferPointer<Double>, _ start: Int) -> SIMD8<Double> {
        UnsafeRawPointer(values.baseAddress! + start).loadUnaligned(as: SIMD8<Double>.self)
    }

    /// Sums in a fixed order, which `SIMD8.sum()` does not promise.
    private static func total(_ parts: SIMD8<Double>) -> Double {
        ((parts[0] + parts[4]) + (parts[2] + parts[6])) + ((parts[1] + parts[5]) + (parts[3] + parts[7]))
    }
}
