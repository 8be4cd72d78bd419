import FullrankKernels
import FullrankModel

/// A backend that ranks networks of the caller's own.
public protocol NetworkBackend: RankBackend {
    /// Ranks modulo `prime` of the Jacobians of networks of one shape, each on the same points.
    ///
    /// - Precondition: at least one network; all have one shape, whose inputs are the data's.
    func networkRanks(
        of networks: [Network], on data: DataSet, _ query: NetworkQuery, prime: UInt32
    ) throws(BackendError) -> [Outcome<NetworkRank>]

    /// The Jacobian in double precision, (points · outputs) × P, row-major; nil: a number overflowed.
    func networkJacobian(
        of network: Network, on data: DataSet, _ query: NetworkQuery
    ) throws(BackendError) -> [Double]?
}

extension CBackend: NetworkBackend {
    private static let absent = "networks of one's own; --backend cpu has them"

    public func networkRanks(
        of networks: [Network], on data: DataSet, _ query: NetworkQuery, prime: UInt32
    ) throws(BackendError) -> [Outcome<NetworkRank>] {
        let ranks = try require(functions.network_ranks, Self.absent)
        var answers = [fr_network_rank](repeating: fr_network_rank(), count: networks.count)
        var outcomes = [fr_outcome](repeating: FR_NOT_COMPUTED, count: networks.count)
        try withArguments(networks, data, query) { (arguments) throws(BackendError) in
            try call { ranks($0, arguments, prime, &answers, &outcomes) }
        }
        return zip(answers, outcomes).map { answer, outcome in
            switch outcome {
            case FR_COMPUTED: .computed(NetworkRank(answer))
            case FR_NOT_FINITE: .notFinite
            default: .notComputed
            }
        }
    }

    public func networkJacobian(
        of network: Network, on data: DataSet, _ query: NetworkQuery
    ) throws(BackendError) -> [Double]? {
        let jacobians = try require(functions.network_jacobians, Self.absent)
        let columns = network.shape.columns(query.trained)
        let rows = data.points * (query.outputs?.count ?? network.shape.outputs)
        let count = try BufferSize.count([rows, columns], stride: 8, of: "Jacobian")
        var numbers = [Double](repeating: 0, count: count)
        var outcome = FR_NOT_COMPUTED
        try withArguments([network], data, query) { (arguments) throws(BackendError) in
            try call { jacobians($0, arguments, &numbers, &outcome) }
        }
        return outcome == FR_COMPUTED ? numbers : nil
    }

    private func withArguments(
        _ networks: [Network], _ data: DataSet, _ query: NetworkQuery,
        _ body: (UnsafePointer<fr_network>) throws(BackendError) -> Void
    ) throws(BackendError) {
        let shape = networks[0].shape
        precondition(networks.allSatisfy { $0.shape == shape }, "networks of one call have one shape")
        precondition(shape.inputDimension == data.inputDimension, "a network's inputs are the data's")
        let layers = shape.layers.indices.map { fr_network_layer(shape.layers[$0], query, layer: $0, of: shape.layers.count) }
        let outputs = query.outputs?.map(Int64.init) ?? []
        // One network's numbers are used where they are.
        let parameters = networks.count == 1 ? networks[0].parameters : networks.flatMap(\.parameters)
        let result: Result<Void, BackendError> = layers.withUnsafeBufferPointer { layers in
            outputs.withUnsafeBufferPointer { outputs in
                parameters.withUnsafeBufferPointer { parameters in
                    data.values.withUnsafeBufferPointer { values in
                        var arguments = fr_network()
                        arguments.struct_size = UInt32(MemoryLayout<fr_network>.size)
                        arguments.inputs = Int64(shape.inputDimension)
                        arguments.layer_count = Int64(layers.count)
                        arguments.layers = layers.baseAddress
                        arguments.outputs = query.outputs == nil ? nil : outputs.baseAddress
                        arguments.output_count = Int64(outputs.count)
                        arguments.sets = Int64(networks.count)
                        arguments.parameters = parameters.baseAddress
                        arguments.points = Int64(data.points)
                        arguments.point_values = values.baseAddress
                        arguments.patience = Int64(query.patience)
                        return withUnsafePointer(to: arguments) { arguments in
                            Result { () throws(BackendError) in try body(arguments) }
                        }
                    }
                }
            }
        }
        try result.get()
    }
}

extension Network.Shape {
    /// P
    public func columns(_ trained: NetworkQuery.Trained) -> Int {
        layers.indices.reduce(0) { $0 + (trained.contains(layer: $1, of: layers.count) ? parameters(ofLayer: $1) : 0) }
    }
}

extension fr_network_layer {
    fileprivate init(_ layer: Network.Shape.Layer, _ query: NetworkQuery, layer index: Int, of count: Int) {
        self.init()
        units = Int64(layer.units)
        bias = layer.bias ? 1 : 0
        trained = query.trained.contains(layer: index, of: count) ? 1 : 0
        switch query.activation {
        case .relu: activation = FR_RELU
        case .leaky(let value): (activation, slope) = (FR_LEAKY_RELU, value)
        case .identity: activation = FR_IDENTITY
        case .power(let value): (activation, exponent) = (FR_POWER, Int32(value))
        }
    }
}

extension NetworkRank {
    fileprivate init(_ answer: fr_network_rank) {
        let end: End =
            switch answer.end {
            case FR_END_BOUND: .bound
            case FR_END_PATIENCE: .patience
            default: .allPoints
            }
        let zero =
            answer.zeros == 0
            ? nil
            : Zero(layer: Int(answer.zero_layer) + 1, unit: Int(answer.zero_unit) + 1, point: Int(answer.zero_point))
        self.init(
            rank: Int(answer.rank), bound: Int(answer.bound), columns: Int(answer.columns), rows: Int(answer.rows),
            points: Int(answer.points), end: end, zeros: Int(answer.zeros), firstZero: zero)
    }
}

extension DeviceGroup: NetworkBackend {
    public func networkRanks(
        of networks: [Network], on data: DataSet, _ query: NetworkQuery, prime: UInt32
    ) throws(BackendError) -> [Outcome<NetworkRank>] {
        try withNetworks().networkRanks(of: networks, on: data, query, prime: prime)
    }

    public func networkJacobian(
        of network: Network, on data: DataSet, _ query: NetworkQuery
    ) throws(BackendError) -> [Double]? {
        try withNetworks().networkJacobian(of: network, on: data, query)
    }
}
