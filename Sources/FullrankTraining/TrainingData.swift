/// Data points with labels, fixed during training.
public struct TrainingData: Hashable, Sendable {
    /// n
    public let points: Int
    /// d0
    public let inputDimension: Int
    /// points × inputDimension, row-major.
    public let inputs: [Double]
    public let labels: [Double]
    /// inputDimension × points: a coordinate of all points side by side, as the loops want it.
    let columns: [Double]
    /// ‖(x_j, 1)‖, or ‖x_j‖ without bias.
    func norms(bias: Bool) -> [Double] {
        (0..<points).map { point in
            var sum = bias ? 1.0 : 0.0
            for value in inputs[(point * inputDimension)..<((point + 1) * inputDimension)] { sum += value * value }
            return sum.squareRoot()
        }
    }

    /// - Precondition: inputs are labels.count × inputDimension.
    public init(inputDimension: Int, inputs: [Double], labels: [Double]) {
        precondition(inputs.count == labels.count * inputDimension, "a label a point")
        points = labels.count
        self.inputDimension = inputDimension
        self.inputs = inputs
        self.labels = labels
        let count = labels.count
        var columns = [Double](repeating: 0, count: inputs.count)
        for coordinate in 0..<inputDimension {
            for point in 0..<count { columns[coordinate * count + point] = inputs[point * inputDimension + coordinate] }
        }
        self.columns = columns
    }
}
