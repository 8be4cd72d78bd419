import FullrankModel
import FullrankTestSupport
import FullrankTraining
import Testing

@Suite struct NetworkPassTests {
    /// A small network and data, some units dead, some points on the far side of all.
    static func example(_ generator: inout SeededGenerator) -> (TwoLayerNetwork, TrainingData) {
        let (n, d0, d1) = (generator.below(40), 1 + generator.below(9), 1 + generator.below(12))
        func draw(_ count: Int) -> [Double] {
            (0..<count).map { _ in Double(generator.below(2_000_001) - 1_000_000) / 700_000 }
        }
        let bias = generator.below(3) > 0
        let network = TwoLayerNetwork(
            inputDimension: d0, units: d1, bias: bias, weights: draw(d1 * d0), biases: bias ? draw(d1) : [],
            outputs: draw(d1))
        return (network, TrainingData(inputDimension: d0, inputs: draw(n * d0), labels: draw(n)))
    }

    /// The loss, written as one writes it down.
    static func loss(_ network: TwoLayerNetwork, _ data: TrainingData) -> Double {
        var sum = 0.0
        for point in 0..<data.points {
            var value = 0.0
            for unit in 0..<network.units {
                var preactivation = network.bias ? network.biases[unit] : 0
                for c in 0..<data.inputDimension {
                    preactivation +=
                        network.weights[unit * data.inputDimension + c] * data.inputs[point * data.inputDimension + c]
                }
                value += network.outputs[unit] * max(0, preactivation)
            }
            sum += (value - data.labels[point]) * (value - data.labels[point])
        }
        return data.points == 0 ? 0 : sum / Double(data.points)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func theGradientIsTheLimitOfDifferenceQuotients(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<30 {
            let (network, data) = Self.example(&generator)
            let pass = NetworkPass(network, data)
            #expect(pass.loss == Self.loss(network, data), "seed \(seed)")
            // A step that crosses no boundary: the loss is then a polynomial of degree 2 in each parameter, and the
            // central difference is exact but for rounding.
            let least = pass.preactivations.map(\.magnitude).min() ?? 1
            let largest = data.inputs.map(\.magnitude).max() ?? 1
            let step = min(1e-3, least / (2 * max(1, largest)))
            guard step > 1e-5 else { continue }
            let gradient = pass.gradient(network, data, outputs: true)
            for index in network.parameters.indices {
                var (up, down) = (network, network)
                up.parameters[index] += step
                down.parameters[index] -= step
                let width = up.parameters[index] - down.parameters[index]
                let quotient = (Self.loss(up, data) - Self.loss(down, data)) / width
                let slack = 1e-13 * max(1, pass.loss) / step
                #expect(abs(quotient - gradient[index]) <= 1e-9 + slack, "seed \(seed), parameter \(index)")
            }
            let frozen = pass.gradient(network, data, outputs: false)
            #expect(frozen[..<network.hiddenParameters] == gradient[..<network.hiddenParameters])
            #expect(frozen[network.hiddenParameters...].allSatisfy { $0 == 0 })
        }
    }

    @Test func theJacobianIsTheGradientsOfPredictions() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20 {
            let (network, data) = Self.example(&generator)
            let jacobian = NetworkPass(network, data).jacobian(network, data, outputs: true)
            let (d0, d1) = (network.inputDimension, network.units)
            let width = d0 + (network.bias ? 1 : 0)
            for point in 0..<data.points {
                // Of one point with label F − ½ the loss's gradient is that of F.
                let inputs = Array(data.inputs[(point * d0)..<((point + 1) * d0)])
                let value = NetworkPass(network, TrainingData(inputDimension: d0, inputs: inputs, labels: [0]))
                    .predictions[0]
                let one = TrainingData(inputDimension: d0, inputs: inputs, labels: [value - 0.5])
                let gradient = NetworkPass(network, one).gradient(network, one, outputs: true)
                for unit in 0..<d1 {
                    for c in 0..<d0 {
                        let entry = jacobian[point * network.parameters.count + unit * width + c]
                        #expect(abs(entry - gradient[unit * d0 + c]) < 1e-12)
                    }
                    if network.bias {
                        let entry = jacobian[point * network.parameters.count + unit * width + d0]
                        #expect(abs(entry - gradient[d1 * d0 + unit]) < 1e-12)
                    }
                    let entry = jacobian[point * network.parameters.count + d1 * width + unit]
                    #expect(abs(entry - gradient[network.hiddenParameters + unit]) < 1e-12)
                }
            }
        }
    }

    /// Two points (1, 0), (0, 1) with labels 1, 1, one unit, v = 1, no biases: closed forms.
    @Test(arguments: [
        ([-1.0, -2.0], 1.0, [0.0, 0.0]),  // dead: a plateau
        ([1.0, -1.0], 0.5, [0.0, 0.0]),  // one point fitted
        ([3.0, -1.0], 2.5, [2.0, 0.0]),
        ([1.0, 1.0], 0.0, [0.0, 0.0]),  // both fitted
        ([0.0, 2.0], 1.0, [0.0, 1.0]),  // a tie counts as inactive
    ]) func oneUnit(weights: [Double], loss: Double, gradient: [Double]) {
        let network = TwoLayerNetwork(
            inputDimension: 2, units: 1, bias: false, weights: weights, biases: [], outputs: [1])
        let data = TrainingData(inputDimension: 2, inputs: [1, 0, 0, 1], labels: [1, 1])
        let pass = NetworkPass(network, data)
        #expect(pass.loss == loss)
        #expect(Array(pass.gradient(network, data, outputs: false)[..<2]) == gradient)
    }
}
