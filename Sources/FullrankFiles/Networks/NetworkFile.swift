import FullrankModel

/// A network read from a file or folder of arrays.
public enum NetworkFile {
    /// - Throws: `FileError`: the file can't be read, its arrays tell no chain of layers, shapes don't chain, a number is
    ///   not finite.
    public static func load(path: String) throws(FileError) -> Network {
        try network(of: NamedArrays.load(path: path), path: path)
    }

    /// `path` only names the file in messages.
    package static func network(of arrays: [NamedArray], path: String) throws(FileError) -> Network {
        func failed(_ words: String) -> FileError { FileError(path: path, problem: .content(words)) }
        let layers: [NamedLayer]
        do throws(NetworkProblem) {
            layers = try NamedLayer.chain(of: arrays)
            try NamedLayer.check(layers)
        } catch {
            throw failed(error.words)
        }
        let shape = Network.Shape(
            inputDimension: layers[0].weight.shape[1],
            layers: layers.map { .init(units: $0.weight.shape[0], bias: $0.bias != nil) })
        let count = layers.reduce(0.0) { $0 + Double($1.weight.shape[0]) * Double($1.weight.shape[1] + 1) }
        guard count < 0x1p31 else { throw failed("has \(count) parameters; fewer than 2^31 are possible") }
        var parameters = [Double]()
        parameters.reserveCapacity(shape.parameterCount)
        for layer in layers {
            for array in [layer.weight, layer.bias].compactMap({ $0 }) {
                guard let values = array.values else {
                    throw failed("\(array.text) is of type \(array.type); floating point is read")
                }
                if let flat = values.firstIndex(where: { !$0.isFinite }) {
                    let index = NPYHeader.text(
                        NPYDecoder.index(ofElement: flat, shape: array.shape, fortranOrder: false))
                    let value = values[flat].isNaN ? "nan" : "\(values[flat])"
                    throw failed("\(array.name.printable()) is \(value) at \(index); every number must be finite")
                }
                parameters += values
            }
        }
        return Network(shape: shape, parameters: parameters)
    }
}

/// Why arrays are not a network, in words.
package struct NetworkProblem: Error, Hashable, Sendable {
    package let words: String
}
