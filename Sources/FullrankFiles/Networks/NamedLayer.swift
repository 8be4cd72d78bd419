import FullrankModel

/// One layer's arrays.
struct NamedLayer {
    /// What orders it among the layers.
    let number: Int
    let weight: NamedArray
    var bias: NamedArray?
}

/// The meaning of an array's name: which layer, and whether weight or bias.
private struct ArrayName {
    /// The name without its number: names of one network's layers share it.
    let pattern: String
    let number: Int
    let isBias: Bool

    /// "W1", "b1", "0.weight", "layers.2.bias", "fc1.weight"; nil for other names. A prefix without a number is layer 0.
    init?(_ name: String) {
        let bytes = Array(name.utf8)
        func digits(_ part: ArraySlice<UInt8>) -> Bool {
            !part.isEmpty && part.count <= 9 && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        func value(_ part: ArraySlice<UInt8>) -> Int { part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
        if let first = bytes.first, "WwBb".utf8.contains(first), digits(bytes.dropFirst()) {
            (pattern, number, isBias) = ("W#", value(bytes.dropFirst()), first | 0x20 == UInt8(ascii: "b"))
            return
        }
        let ends = [".weight", ".bias"].map { Array($0.utf8) }
        guard let kind = ends.firstIndex(where: { bytes.count >= $0.count && bytes.suffix($0.count).elementsEqual($0) })
        else {
            guard name == "weight" || name == "bias" else { return nil }
            (pattern, number, isBias) = ("", 0, name == "bias")
            return
        }
        isBias = kind == 1
        let prefix = bytes[..<(bytes.count - ends[kind].count)]
        // The last run of digits in the prefix is the layer's number.
        var end = prefix.endIndex
        while end > prefix.startIndex, !digits(prefix[(end - 1)..<end]) { end -= 1 }
        var start = end
        while start > prefix.startIndex, digits(prefix[(start - 1)..<start]) { start -= 1 }
        guard start < end else {
            (pattern, number) = (String(decoding: prefix, as: UTF8.self), 0)
            return
        }
        guard digits(prefix[start..<end]) else { return nil }
        number = value(prefix[start..<end])
        pattern = String(decoding: prefix[..<start] + Array("#".utf8) + prefix[end...], as: UTF8.self)
    }
}

extension NamedLayer {
    /// The layers in order, as the arrays' names tell.
    static func chain(of arrays: [NamedArray]) throws(NetworkProblem) -> [NamedLayer] {
        func listed(_ arrays: [NamedArray]) -> String {
            let shown = arrays.prefix(12).map(\.text).joined(separator: ", ")
            return arrays.count > 12 ? "\(shown) and \(arrays.count - 12) more" : shown
        }
        for array in arrays { try refuseOtherLayers(array) }
        let names = arrays.map { ArrayName($0.name) }
        let patterns = Set(names.map { $0?.pattern })
        guard !arrays.isEmpty, patterns.count == 1, let pattern = patterns.first, pattern != nil else {
            throw NetworkProblem(
                words:
                    "its names tell no chain of layers (W1, b1, W2, ... or 0.weight, 0.bias, 2.weight, ...); it holds "
                    + listed(arrays))
        }
        var weights = [Int: NamedArray](), biases = [Int: NamedArray]()
        for case (let array, let name?) in zip(arrays, names) {
            let known =
                name.isBias
                ? biases.updateValue(array, forKey: name.number) : weights.updateValue(array, forKey: name.number)
            if let known {
                throw NetworkProblem(words: "\(known.text) and \(array.text) both name layer \(name.number)")
            }
        }
        if let number = biases.keys.sorted().first(where: { weights[$0] == nil }) {
            throw NetworkProblem(
                words: "\(biases[number]!.text) is a bias without a weight; it holds \(listed(arrays))")
        }
        // Modules without weights stand between numbered modules; W1, W2, ... count the layers themselves.
        let numbers = weights.keys.sorted()
        if pattern == "W#", let first = numbers.first, let last = numbers.last, last - first >= numbers.count,
            let gap = (first...last).first(where: { weights[$0] == nil })
        {
            throw NetworkProblem(words: "it has no W\(gap) between W\(first) and W\(last); it holds \(listed(arrays))")
        }
        return numbers.map { NamedLayer(number: $0, weight: weights[$0]!, bias: biases[$0]) }
    }

    /// What a state_dict holds of layers that are not fully connected.
    private static func refuseOtherLayers(_ array: NamedArray) throws(NetworkProblem) {
        for part in ["running_mean", "running_var", "num_batches_tracked"] where array.name.hasSuffixOfBytes(part) {
            throw NetworkProblem(
                words:
                    "\(array.text) belongs to batch normalisation, which is not read; fold it into the layer before it")
        }
        if array.name.hasSuffixOfBytes("weight"), array.shape.count >= 3 {
            throw NetworkProblem(
                words:
                    "\(array.text) is a convolution's, which is not read; a fully connected layer's is (units, inputs)")
        }
        if array.name.hasSuffixOfBytes("weight"), array.shape.count == 1 {
            throw NetworkProblem(
                words:
                    "\(array.text) is a normalisation's, which is not read; a fully connected layer's is (units, inputs)"
            )
        }
    }

    /// That the shapes chain.
    static func check(_ layers: [NamedLayer]) throws(NetworkProblem) {
        var inputs: Int?
        for (index, layer) in layers.enumerated() {
            let shape = layer.weight.shape
            let number = "layer \(index + 1)'s \(layer.weight.text)"
            guard shape.count == 2, shape[0] > 0, shape[1] > 0 else {
                throw NetworkProblem(words: "\(number) is not of shape (units, inputs), both at least 1")
            }
            if let inputs, shape[1] != inputs {
                let fits = NPYHeader.text([shape[0], inputs])
                let hint = shape[0] == inputs ? "; transposed it would fit: weights are (units, inputs)" : ""
                throw NetworkProblem(
                    words:
                        "\(number) does not follow layer \(index), which has \(inputs) units: \(fits) would fit\(hint)")
            }
            if let bias = layer.bias, bias.shape != [shape[0]] {
                throw NetworkProblem(
                    words: "layer \(index + 1)'s \(bias.text) does not fit its weight \(layer.weight.text): "
                        + "\(NPYHeader.text([shape[0]])) would")
            }
            inputs = shape[0]
        }
    }
}
