import FullrankModel
import FullrankNumbers
import FullrankSweep

/// A deep network's trial as numbers, and bounds of ranks by its activations alone (docs/mathematics.md, section 11).
///
/// Layers are numbered from 0, starting at the inputs. A layer is dead on a point if all its units are inactive there.
package struct DeepNumbers: Sendable {
    package let samples: DeepSamples
    package let points: Int
    package let inputDimension: Int
    package let bias: Bool
    /// P
    package let columns: Int
    /// Each layer's first column of the Jacobian; the last layer's columns come first.
    let firstColumns: [Int]
    /// By point: layers up to and with the last dead one; derivatives by these layers' parameters are 0.
    let deadLayers: [Int]
    /// Points of one class have the same activations in all layers above the last dead one.
    private let classes: [Int]
    /// By class: dimensions of the space that its rows lie in, whatever the points.
    private let classDimensions: [Int]

    package init(_ samples: DeepSamples, points: Int, inputDimension: Int, bias: Bool) {
        (self.samples, self.points, self.inputDimension, self.bias) = (samples, points, inputDimension, bias)
        let layers = samples.layers
        var first = [Int](repeating: 0, count: layers.count)
        var columns = 0
        for (index, layer) in layers.enumerated().reversed() {
            first[index] = columns
            columns += layer.units * (layer.inputDimension + (bias ? 1 : 0))
        }
        (firstColumns, self.columns) = (first, columns)

        var dead = [Int](repeating: 0, count: points)
        var numbers = [[UInt64]: Int]()
        var classes = [Int]()
        var dimensions = [Int]()
        for point in 0..<points {
            let bits = layers.map { layer in (0..<layer.units).filter { layer.pattern[$0, point] } }
            dead[point] = (bits.lastIndex { $0.isEmpty } ?? -1) + 1
            var key = [UInt64(dead[point])]
            for (layer, active) in zip(layers, bits).dropFirst(dead[point]) {
                var words = [UInt64](repeating: 0, count: (layer.units + 63) / 64)
                for unit in active { words[unit / 64] |= 1 << UInt64(unit % 64) }
                key += words
            }
            if let known = numbers[key] {
                classes.append(known)
                continue
            }
            numbers[key] = dimensions.count
            classes.append(dimensions.count)
            // After a dead layer everything is constant: only biases are left, and nothing if the last layer is dead.
            let isConstant = dead[point] > 0
            dimensions.append(
                isConstant ? (bias && dead[point] < layers.count ? 1 : 0) : inputDimension + (bias ? 1 : 0))
        }
        (deadLayers, self.classes, classDimensions) = (dead, classes, dimensions)
    }

    /// Inputs of a layer, the constant 1 among them.
    func columnsPerUnit(_ layer: Int) -> Int { samples.layers[layer].inputDimension + (bias ? 1 : 0) }

    /// Whether derivatives by a unit's parameters need not be 0 on a point.
    func isLive(_ layer: Int, _ unit: Int, on point: Int) -> Bool {
        deadLayers[point] <= layer && samples.layers[layer].pattern[unit, point]
    }

    /// Whether the activations are the same on all of these points, as far as they matter.
    func areOneClass(_ points: [Int]) -> Bool { points.allSatisfy { classes[$0] == classes[points[0]] } }

    /// How many dimensions the rows of these points can span at most, by activations alone.
    ///
    /// - Parameter willTake: called with the number of multiply-adds before they are computed.
    func dimension<Failure: Error>(
        of chosen: [Int], willTake: (Double) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        var sizes = [Int: Int]()
        for point in chosen { sizes[classes[point], default: 0] += 1 }
        let byClass = sizes.reduce(0) { $0 + min($1.value, classDimensions[$1.key]) }
        return min(byClass, try columnBound(chosen, willTake: willTake))
    }

    package func dimension(of points: [Int]) -> Int { dimension(of: points) { _ in } }

    /// Columns that are not 0 on the points, unit by unit, without those that others span: for each unit but the last
    /// layer's, the derivative by the factor that its weights may be multiplied with while those of the next layer are
    /// divided by it is 0. A unit has at most as many as points on which it is live. In the last layer's block, which
    /// is one hidden layer's, only units with different activations count, and at most their rank times the number of
    /// inputs.
    private func columnBound<Failure: Error>(
        _ chosen: [Int], willTake: (Double) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        let words = (chosen.count + 63) / 64, layers = samples.layers
        func mask(_ test: (Int) -> Bool) -> [UInt64] {
            var mask = [UInt64](repeating: 0, count: words)
            for (index, point) in chosen.enumerated() where test(point) { mask[index / 64] |= 1 << UInt64(index % 64) }
            return mask
        }
        var bound = 0
        var inputs = [[UInt64]]()  // of the layer: where each of its inputs but the constant is not 0
        for (l, layer) in layers.enumerated() {
            if l == 0 { inputs = Array(repeating: mask { _ in true }, count: inputDimension) }
            try willTake(Double(layer.units) * (Double(chosen.count) + Double(words) * Double(inputs.count)))
            let units = (0..<layer.units).map { unit in mask { isLive(l, unit, on: $0) } }
            var used = [Bool](repeating: false, count: inputs.count)
            let isLast = l + 1 == layers.count
            var dimensions = 0, isUsed = false
            var seen = Set<[UInt64]>()
            for (unit, live) in units.enumerated() where live.contains(where: { $0 != 0 }) {
                isUsed = true
                // In the last layer units that are active on the same points have the same columns, up to a factor.
                if isLast, !seen.insert(live).inserted { continue }
                var columns = bias ? 1 : 0
                var scales = bias && layer.biases[unit] != 0
                for (c, input) in inputs.enumerated() where zip(live, input).contains(where: { $0 & $1 != 0 }) {
                    columns += 1
                    used[c] = true
                    scales = scales || layer.weights[unit * layer.inputDimension + c] != 0
                }
                // A unit's columns are 0 but on the points it is live on.
                let isSpanned = scales && !isLast
                dimensions += min(columns - (isSpanned ? 1 : 0), live.reduce(0) { $0 + $1.nonzeroBitCount })
            }
            if !isLast {
                bound += dimensions
                inputs = (0..<layer.units).map { unit in mask { layer.pattern[unit, $0] } }
            } else if isUsed {
                let rank = try ZeroOneRank(layer.pattern, points: chosen).rank { (work) throws(Failure) in
                    try willTake(10 * work)  // divisions
                }
                bound += min(dimensions, rank * (used.count { $0 } + (bias ? 1 : 0)))
            }
        }
        return bound
    }

    /// SHA-256 of weights, biases and output weights: float64, little-endian, a layer after the other from the inputs on.
    package var parametersDigest: String {
        var hash = SHA256()
        for layer in samples.layers {
            for value in layer.weights + layer.biases { hash.update(littleEndian: value.bitPattern) }
        }
        for value in samples.outputs { hash.update(littleEndian: value.bitPattern) }
        return hash.digest()
    }

    /// SHA-256 of each layer's pattern, as for one hidden layer.
    package var patternDigests: [String] {
        samples.layers.map { layer in
            var hash = SHA256()
            for word in layer.pattern.words { hash.update(littleEndian: word) }
            return hash.digest()
        }
    }

    package var inputsDigest: String {
        var hash = SHA256()
        for value in samples.inputs { hash.update(littleEndian: value.bitPattern) }
        return hash.digest()
    }

    /// For each point the column of its pivot modulo 2^61 - 2373, -1 if there is none: by the textbook, row by row.
    package func plainProfile() -> [Int] {
        let live = liveUnits
        let rows = DeepResidues(self, points: Array(0..<points), field: WordField(CheckingField.prime))
        var elimination = PlainElimination(columns: live.reduce(0) { $0 + columnsPerUnit($1.layer) })
        // Where the columns of a live unit start, among the live ones.
        var starts = [Int]()
        var width = 0
        for unit in live {
            starts.append(width)
            width += columnsPerUnit(unit.layer)
        }
        return (0..<points).map { point in
            guard let column = elimination.add(rows.values(point, units: live)) else { return -1 }
            let place = starts.lastIndex { $0 <= column }!
            let unit = live[place]
            return firstColumns[unit.layer] + unit.unit * columnsPerUnit(unit.layer) + column - starts[place]
        }
    }

    /// The rank of the Jacobian, by plain elimination modulo an odd prime.
    package func rank(modulo prime: UInt32) -> Int {
        let live = liveUnits, field = WordField(UInt64(prime))
        let rows = DeepResidues(self, points: Array(0..<points), field: field)
        // The entries are not kept times 2^64, as the field's residues are: all are off by one factor.
        var elimination = PlainElimination(columns: liveColumns, field: field)
        return (0..<points).count { elimination.add(rows.values($0, units: live)) != nil }
    }

    /// The units whose columns are not all 0, in the order of their columns.
    var liveUnits: [(layer: Int, unit: Int)] {
        samples.layers.indices.reversed().flatMap { l in
            (0..<samples.layers[l].units).filter { unit in (0..<points).contains { isLive(l, unit, on: $0) } }
                .map { (layer: l, unit: $0) }
        }
    }

    /// Columns that are not all 0.
    var liveColumns: Int { liveUnits.reduce(0) { $0 + columnsPerUnit($1.layer) } }
}
