import FullrankBackends
import FullrankModel

/// Ranks networks of one shape on a data set.
struct NetworkRanking: Sendable {
    let query: NetworkQuery
    let data: DataSet
    /// Those that must agree where a rank is not proved, and one more for where they don't.
    let primes: [UInt32]
    let spare: UInt32
    let svd: Bool
    let labels: [Double]?

    /// One answer for each network, nil for those that a cancelled call did not reach.
    ///
    /// - Throws: `unsuitableData`: a number of a network overflows in double precision.
    func ranks(
        of networks: [(file: String, network: Network)], on backend: any NetworkBackend
    ) throws(BackendError) -> [RankedNetwork] {
        let values = networks.map(\.network)
        var answers = try computed(values, networks.map(\.file), modulo: primes[0], on: backend)
        var tried = [[NetworkRank]](repeating: [], count: networks.count)
        for index in answers.indices { tried[index] = [answers[index].rank] }
        // Proved ranks need no other prime.
        for prime in primes.dropFirst() {
            try again(
                answers.indices.filter { !answers[$0].isProved }, modulo: prime, values, &answers, &tried, on: backend)
        }
        let split = answers.indices.filter { Set(tried[$0].map(\.rank)).count > 1 }
        try again(split, modulo: spare, values, &answers, &tried, on: backend)
        for index in answers.indices {
            // The first of the highest.
            guard let best = tried[index].first(where: { rank in tried[index].allSatisfy { $0.rank <= rank.rank } })
            else { continue }
            answers[index].dissenting = zip(answers[index].primes, tried[index]).filter { $1.rank < best.rank }.map(\.0)
            answers[index].rank = best
            answers[index].loss = loss(of: values[index])
            if svd {
                answers[index].singular = try singularValues(of: values[index], file: networks[index].file, on: backend)
            }
        }
        return answers
    }

    private func again(
        _ places: [Int], modulo prime: UInt32, _ networks: [Network], _ answers: inout [RankedNetwork],
        _ tried: inout [[NetworkRank]], on backend: any NetworkBackend
    ) throws(BackendError) {
        guard !places.isEmpty else { return }
        let more = try computed(
            places.map { networks[$0] }, places.map { answers[$0].file }, modulo: prime, on: backend)
        for (place, answer) in zip(places, more) {
            answers[place].primes.append(prime)
            tried[place].append(answer.rank)
        }
    }

    private func computed(
        _ networks: [Network], _ files: [String], modulo prime: UInt32, on backend: any NetworkBackend
    ) throws(BackendError) -> [RankedNetwork] {
        let outcomes = try backend.networkRanks(of: networks, on: data, query, prime: prime)
        var answers = [RankedNetwork]()
        for (index, outcome) in outcomes.enumerated() {
            guard case .computed(var rank) = outcome else { throw .cancelled }
            let network = networks[index]
            if rank.end == .patience {
                rank = rank.ofPointsTaken(outputs: query.outputs?.count ?? network.shape.outputs)
            }
            answers.append(
                RankedNetwork(
                    file: files[index], fingerprint: network.fingerprint, widths: network.shape.widths, rank: rank,
                    primes: [prime], dissenting: []))
        }
        return answers
    }

    private func singularValues(
        of network: Network, file: String, on backend: any NetworkBackend
    ) throws(BackendError) -> SingularSummary {
        guard let jacobian = try backend.networkJacobian(of: network, on: data, query) else {
            throw .unsuitableData("\(file): a number of the Jacobian overflows in float64; --method exact ranks it")
        }
        let rows = data.points * (query.outputs?.count ?? network.shape.outputs)
        let outcomes = try backend.singularValues(
            ofMatrices: jacobian, batch: 1, rows: rows, columns: network.shape.columns(query.trained),
            precision: .float64)
        guard case .computed(let summary) = outcomes[0] else {
            throw .unsuitableData("\(file): the singular values did not converge")
        }
        return summary
    }

    /// Mean squared error over points and all outputs, in double precision.
    private func loss(of network: Network) -> Double? {
        guard let labels else { return nil }
        let outputs = network.shape.outputs
        var sum = 0.0
        for point in 0..<data.points {
            let start = point * data.inputDimension
            let found = network.outputs(
                at: data.values[start..<(start + data.inputDimension)], activation: query.activation)
            for output in 0..<outputs {
                let difference = found[output] - labels[point * outputs + output]
                sum += difference * difference
            }
        }
        let loss = sum / Double(data.points * outputs)
        return loss.isFinite ? loss : .infinity
    }
}
