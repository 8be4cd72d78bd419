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

    /// Ranks modulo `prime` of leading blocks of each network's Jacobian: of its first points, for the network that has
    /// only the first units of its last hidden layer. By points, then units.
    ///
    /// - Parameters:
    ///   - points: ascending, at most the batch's.
    ///   - units: ascending, at most the width; with several hidden layers the width alone.
    func networkBlockRanks(
        of batch: NetworkBatch, points: [Int], units: [Int], prime: UInt32
    ) throws(BackendError) -> [Outcome<[Int]>]

    /// The Jacobian in double precision, (points · outputs) × P, row-major; nil: a number overflowed.
    func networkJacobian(
        of network: Network, on data: DataSet, _ query: NetworkQuery
    ) throws(BackendError) -> [Double]?
}

/// Networks of one shape, each on points of its own or all on the same.
public struct NetworkBatch: Sendable {
    public var shape: Network.Shape
    public var query: NetworkQuery
    public var count: Int
    /// n
    public var points: Int
    /// Network by network: W_1 row-major, b_1, W_2, ...
    public var parameters: [Double]
    /// n × d0, row-major: of each network, or once for all.
    public var pointValues: [Double]
    public var isSharingPoints: Bool

    public init(
        shape: Network.Shape, query: NetworkQuery, count: Int, points: Int, parameters: [Double], pointValues: [Double],
        isSharingPoints: Bool
    ) {
        precondition(parameters.count == count * shape.parameterCount, "a batch holds its networks' parameters")
        precondition(
            pointValues.count == (isSharingPoints ? 1 : count) * points * shape.inputDimension,
            "a batch holds its points")
        self.shape = shape
        self.query = query
        self.count = count
        self.points = points
        self.parameters = parameters
        self.pointValues = pointValues
        self.isSharingPoints = isSharingPoints
    }
}

extension CBackend: NetworkBackend {
    static let absent = "networks of one's own; --backend cpu has them"

    public func networkRanks(
        of networks: [Network], on data: DataSet, _ query: NetworkQuery, prime: UInt32
    ) throws(BackendError) -> [Outcome<NetworkRank>] {
        let batch = NetworkBatch(networks, data, query)
        let ranks = try require(functions.network_ranks, Self.absent)
        var answers = [fr_network_rank](repeating: fr_network_rank(), count: batch.count)
        var outcomes = [fr_outcome](repeating: FR_NOT_COMPUTED, count: batch.count)
        try withArguments(batch) { (arguments) throws(BackendError) in
            try call { ranks($0, arguments, prime, &answers, &outcomes) }
        }
        return Self.outcomes(answers[...], outcomes[...])
    }

    static func outcomes(_ ranks: ArraySlice<fr_network_rank>, _ outcomes: ArraySlice<fr_outcome>) -> [Outcome<
        NetworkRank
    >] {
        zip(ranks, outcomes).map { rank, outcome in
            switch outcome {
            case FR_COMPUTED: .computed(NetworkRank(rank))
            case FR_NOT_FINITE: .notFinite
            default: .notComputed
            }
        }
    }

    public func networkBlockRanks(
        of batch: NetworkBatch, points: [Int], units: [Int], prime: UInt32
    ) throws(BackendError) -> [Outcome<[Int]>] {
        let blockRanks = try require(functions.network_block_ranks, Self.absent)
        let cells = points.count * units.count
        var ranks = [Int64](repeating: 0, count: try BufferSize.count([batch.count, cells], stride: 8, of: "ranks"))
        var outcomes = [fr_outcome](repeating: FR_NOT_COMPUTED, count: batch.count)
        let (points, units) = (points.map(Int64.init), units.map(Int64.init))
        try withArguments(batch) { (arguments) throws(BackendError) in
            let result: Result<Void, BackendError> = points.withUnsafeBufferPointer { points in
                units.withUnsafeBufferPointer { units in
                    var blocks = fr_network_blocks()
                    blocks.struct_size = UInt32(MemoryLayout<fr_network_blocks>.size)
                    (blocks.points, blocks.point_count) = (points.baseAddress, Int64(points.count))
                    (blocks.units, blocks.unit_count) = (units.baseAddress, Int64(units.count))
                    return Result { () throws(BackendError) in
                        try call { blockRanks($0, arguments, prime, &blocks, &ranks, &outcomes) }
                    }
                }
            }
            try result.get()
        }
        return outcomes.enumerated().map { set, outcome in
            switch outcome {
            case FR_COMPUTED: .computed(ranks[set * cells..<(set + 1) * cells].map { Int($0) })
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
        try withArguments(NetworkBatch([network], data, query)) { (arguments) throws(BackendError) in
            try call { jacobians($0, arguments, &numbers, &outcome) }
        }
        return outcome == FR_COMPUTED ? numbers : nil
    }

    private func withArguments(
        _ batch: NetworkBatch, _ body: (UnsafePointer<fr_network>) throws(BackendError) -> Void
    ) throws(BackendError) {
        let (shape, query) = (batch.shape, batch.query)
        let layers = shape.layers.indices.map {
            fr_network_layer(shape.layers[$0], query, layer: $0, of: shape.layers.count)
        }
        let outputs = query.outputs?.map(Int64.init) ?? []
        let result: Result<Void, BackendError> = layers.withUnsafeBufferPointer { layers in
            outputs.withUnsafeBufferPointer { outputs in
                batch.parameters.withUnsafeBufferPointer { parameters in
                    batch.pointValues.withUnsafeBufferPointer { values in
                        var arguments = fr_network()
                        arguments.struct_size = UInt32(MemoryLayout<fr_network>.size)
                        arguments.inputs = Int64(shape.inputDimension)
                        arguments.layer_count = Int64(layers.count)
                        arguments.layers = layers.baseAddress
                        arguments.outputs = query.outputs == nil ? nil : outputs.baseAddress
                        arguments.output_count = Int64(outputs.count)
                        arguments.sets = Int64(batch.count)
                        arguments.parameters = parameters.baseAddress
                        arguments.points = Int64(batch.points)
                        arguments.point_values = values.baseAddress
                        arguments.points_of_each_set = batch.isSharingPoints ? 0 : 1
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

extension NetworkBatch {
    /// Networks on one data set.
    fileprivate init(_ networks: [Network], _ data: DataSet, _ query: NetworkQuery) {
        let shape = networks[0].shape
        precondition(networks.allSatisfy { $0.shape == shape }, "networks of one call have one shape")
        precondition(shape.inputDimension == data.inputDimension, "a network's inputs are the data's")
        self.init(
            shape: shape, query: query, count: networks.count, points: data.points,
            // One network's numbers are used where they are.
            parameters: networks.count == 1 ? networks[0].parameters : networks.flatMap(\.parameters),
            pointValues: data.values, isSharingPoints: true)
    }
}

extension Network.Shape {
    /// P
    public func columns(_ trained: NetworkQuery.Trained) -> Int {
        layers.indices.reduce(0) { $0 + (trained.contains(layer: $1, of: layers.count) ? parameters(ofLayer: $1) : 0) }
    }
}

extension fr_network_layer {
    init(_ layer: Network.Shape.Layer, _ query: NetworkQuery, layer index: Int, of count: Int) {
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

    public func networkBlockRanks(
        of batch: NetworkBatch, points: [Int], units: [Int], prime: UInt32
    ) throws(BackendError) -> [Outcome<[Int]>] {
        try withNetworks().networkBlockRanks(of: batch, points: points, units: units, prime: prime)
    }

    public func networkJacobian(
        of network: Network, on data: DataSet, _ query: NetworkQuery
    ) throws(BackendError) -> [Double]? {
        try withNetworks().networkJacobian(of: network, on: data, query)
    }
}
