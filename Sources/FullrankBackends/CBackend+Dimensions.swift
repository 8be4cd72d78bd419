import FullrankKernels
import FullrankModel

/// A backend that ranks networks of many architectures in one call.
public protocol DimensionBackend: NetworkBackend {
    /// Ranks modulo `prime` of the Jacobians by all parameters: for each batch, one for each of its sets.
    func networkRanks(of batches: [NetworkDraws], prime: UInt32) throws(BackendError) -> [[Outcome<NetworkRank>]]
}

extension CBackend: DimensionBackend {
    public func networkRanks(
        of batches: [NetworkDraws], prime: UInt32
    ) throws(BackendError) -> [[Outcome<NetworkRank>]] {
        guard !batches.isEmpty else { return [] }
        let ranks = try require(functions.network_batch_ranks, Self.absent)
        let count = batches.reduce(0) { $0 + $1.sets.count }
        var found = [fr_network_rank](repeating: fr_network_rank(), count: count)
        var outcomes = [fr_outcome](repeating: FR_NOT_COMPUTED, count: count)
        try withArguments(batches) { (networks) throws(BackendError) in
            try call { ranks($0, networks.baseAddress, Int64(networks.count), prime, &found, &outcomes) }
        }
        var answers = [[Outcome<NetworkRank>]](), first = 0
        for batch in batches {
            let sets = first..<(first + batch.sets.count)
            answers.append(Self.outcomes(found[sets], outcomes[sets]))
            first = sets.upperBound
        }
        return answers
    }

    /// The batches as the C interface has them, for the length of the call.
    private func withArguments(
        _ batches: [NetworkDraws], _ body: (UnsafeBufferPointer<fr_network>) throws(BackendError) -> Void
    ) throws(BackendError) {
        let query = batches.map { NetworkQuery(activation: $0.activation, patience: $0.patience) }
        let layers = zip(batches, query).flatMap { batch, query in
            batch.shape.layers.indices.map {
                fr_network_layer(batch.shape.layers[$0], query, layer: $0, of: batch.shape.layers.count)
            }
        }
        // Numbers are used where they are: arrays keep their storage while `batches` holds them.
        let result: Result<Void, BackendError> = layers.withUnsafeBufferPointer { layers in
            var networks = [fr_network](), first = 0
            for batch in batches {
                networks.append(fr_network(batch, layers: layers.baseAddress! + first))
                first += batch.shape.layers.count
            }
            return Self.filling(&networks, from: batches, at: 0) { networks in
                networks.withUnsafeBufferPointer { networks in
                    Result { () throws(BackendError) in try body(networks) }
                }
            }
        }
        try result.get()
    }

    /// Enters the addresses of the batches' own numbers, one batch after the other.
    private static func filling<Answer>(
        _ networks: inout [fr_network], from batches: [NetworkDraws], at index: Int, _ body: ([fr_network]) -> Answer
    ) -> Answer {
        var index = index
        while index < batches.count, case .residues = batches[index].numbers { index += 1 }
        guard index < batches.count, case .doubles(let parameters, let points) = batches[index].numbers else {
            return body(networks)
        }
        return parameters.withUnsafeBufferPointer { parameters in
            points.withUnsafeBufferPointer { points in
                networks[index].parameters = parameters.baseAddress
                networks[index].point_values = points.baseAddress
                return filling(&networks, from: batches, at: index + 1, body)
            }
        }
    }
}

extension fr_network {
    fileprivate init(_ batch: NetworkDraws, layers: UnsafePointer<fr_network_layer>) {
        self.init()
        struct_size = UInt32(MemoryLayout<fr_network>.size)
        functionals = batch.functionals ? 1 : 0
        inputs = Int64(batch.shape.inputDimension)
        layer_count = Int64(batch.shape.layers.count)
        self.layers = layers
        sets = Int64(batch.sets.count)
        let numbers = if case .residues = batch.numbers { FR_NUMBERS_DRAWN } else { FR_NUMBERS_DOUBLE }
        parameter_numbers = numbers
        point_numbers = numbers
        points_of_each_set = 1
        points = Int64(batch.points)
        seed = batch.seed
        first_set = batch.sets.lowerBound
        patience = Int64(batch.patience)
        most_rank = Int64(batch.mostRank)
    }
}

extension DeviceGroup: DimensionBackend {
    public func networkRanks(
        of batches: [NetworkDraws], prime: UInt32
    ) throws(BackendError) -> [[Outcome<NetworkRank>]] {
        guard let member = try withNetworks() as? any DimensionBackend else {
            throw .unsupported("\(name): has no networks of many architectures")
        }
        return try member.networkRanks(of: batches, prime: prime)
    }
}
