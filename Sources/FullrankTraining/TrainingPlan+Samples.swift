import FullrankModel

/// What a plan draws (docs/sampling.md): inputs, weights and biases as a sweep's trial, the rest from streams of its own.
extension TrainingPlan {
    private enum Stream {
        static let inputs: UInt8 = 0
        static let weights: UInt8 = 1
        static let biases: UInt8 = 2
        static let outputs: UInt8 = 3
        static let labels: UInt8 = 9
        static let coefficients: UInt8 = 10
        static let teacherWeights: UInt8 = 11
        static let teacherBiases: UInt8 = 12
        static let teacherOutputs: UInt8 = 15
    }

    private func stream(_ number: UInt8) -> SampleStream { SampleStream(seed: seed, trial: trial, number: number) }

    /// The network before the first step.
    public func network() -> TwoLayerNetwork { network(Stream.weights, Stream.biases, Stream.outputs) }

    private func network(_ weightStream: UInt8, _ biasStream: UInt8, _ outputStream: UInt8) -> TwoLayerNetwork {
        let distribution = initialization.distribution(inputs: inputDimension)
        let drawn: [Double] =
            switch outputs {
            case .normal: stream(outputStream).matrix(rows: 1, columns: units, .normal)
            case .uniform:
                stream(outputStream).matrix(
                    rows: 1, columns: units, Initialization.uniform.distribution(inputs: units))
            case .signs: (0..<units).map { $0 % 2 == 0 ? 1 : -1 }
            }
        return TwoLayerNetwork(
            inputDimension: inputDimension, units: units, bias: bias,
            weights: stream(weightStream).matrix(rows: units, columns: inputDimension, distribution),
            biases: bias ? stream(biasStream).matrix(rows: units, columns: 1, distribution) : [], outputs: drawn)
    }

    /// Points and labels.
    public func data() -> TrainingData {
        let values: [Double]
        switch inputs {
        case .given(let data): values = Array(data.values[..<(points * inputDimension)])
        case .drawn(let which):
            let distribution: SampleStream.Distribution =
                switch which {
                case .normal: .normal
                case .uniform: .unit
                case .cube: .symmetric(bound: 1)
                }
            values = stream(Stream.inputs).matrix(rows: points, columns: inputDimension, distribution)
                .map { $0 * scale }
        }
        return TrainingData(inputDimension: inputDimension, inputs: values, labels: labels(of: values))
    }

    private func labels(of inputs: [Double]) -> [Double] {
        switch labels {
        case .given(let labels): return Array(labels[..<points])
        case .random: return stream(Stream.labels).matrix(rows: points, columns: 1, .symmetric(bound: 1))
        case .teacher:
            let data = TrainingData(
                inputDimension: inputDimension, inputs: inputs, labels: [Double](repeating: 0, count: points))
            return NetworkPass(
                network(Stream.teacherWeights, Stream.teacherBiases, Stream.teacherOutputs), data
            ).predictions
        case .polynomial:
            let a = stream(Stream.coefficients).matrix(rows: 1, columns: 3, .symmetric(bound: 1))
            return (0..<points).map { point in
                var sum = 0.0
                for x in inputs[(point * inputDimension)..<((point + 1) * inputDimension)] {
                    sum += a[0] + (a[1] + a[2] * x) * x
                }
                return sum
            }
        }
    }
}
