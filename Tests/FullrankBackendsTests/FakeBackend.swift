import FullrankBackends
import FullrankKernels
import Synchronization

/// What one session of the fake table does; the table's functions find it behind the session pointer.
final class FakeSession: Sendable {
    /// Returned by every call on the session.
    let status: fr_status
    let log = Mutex(Log())

    struct Log: Sendable {
        var calls = [String]()
        var problem: ProblemSeen?
        var cancels = 0
    }
    /// The arguments of the last call, copied while their pointers lived.
    struct ProblemSeen: Sendable {
        var seed: UInt64
        var shape: [Int64]
        var bias: Int32
        var inputs: UInt32
        var weights: UInt32
        var givenInputs: [Double]
        var givenWeights: [Double]
        var givenBiases: [Double]
        var patterns: [UInt64]
    }

    init(status: fr_status) { self.status = status }

    static func at(_ pointer: OpaquePointer?) -> FakeSession {
        Unmanaged.fromOpaque(UnsafeRawPointer(pointer!)).takeUnretainedValue()
    }
}

/// Sessions opened and not closed, by device: the fake's device index is the status that its calls return.
let openSessions = Mutex([Int32: Int]())
let latestSession = Mutex([Int32: FakeSession]())

/// Device index of a session whose `open` fails.
let failingDevice: Int32 = 9
let deviceCount: Int32 = 20

func record(_ name: String, _ pointer: OpaquePointer?, _ problem: UnsafePointer<fr_problem>?) -> fr_status {
    let session = FakeSession.at(pointer)
    session.log.withLock { log in
        log.calls.append(name)
        guard let problem = problem?.pointee else { return }
        let cells = Int(problem.points * problem.inputs)
        let words = Int(problem.units * ((problem.points + 63) / 64))
        func copy<Number>(_ start: UnsafePointer<Number>?, _ count: Int64) -> [Number] {
            start.map { Array(UnsafeBufferPointer(start: $0, count: Int(count))) } ?? []
        }
        log.problem = FakeSession.ProblemSeen(
            seed: problem.seed, shape: [problem.points, problem.inputs, problem.units], bias: problem.bias,
            inputs: problem.input_distribution.rawValue, weights: problem.weight_distribution.rawValue,
            givenInputs: copy(problem.given_inputs, Int64(cells)),
            givenWeights: copy(problem.given_weights, problem.units * problem.inputs),
            givenBiases: copy(problem.given_biases, problem.units),
            patterns: copy(problem.given_patterns, Int64(words)))
    }
    return session.status
}

func write(_ text: String, to buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int) {
    for (index, byte) in (Array(text.utf8.prefix(capacity - 1)) + [0]).enumerated() {
        buffer![index] = CChar(bitPattern: byte)
    }
}

/// Strings a table points at must outlive it.
nonisolated(unsafe) let fakeName = UnsafePointer(strdupOf("fake"))
nonisolated(unsafe) let fakeVersion = UnsafePointer(strdupOf("FakeBLAS 1.2"))
nonisolated(unsafe) let fakeError = UnsafePointer(strdupOf("planted words"))

private func strdupOf(_ text: String) -> UnsafeMutablePointer<CChar> {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
    write(text, to: copy, text.utf8.count + 1)
    return copy
}

/// A whole table with planted answers: pivots of (trial, row) are 100 trial + row, but row 1 has none; outcomes
/// cycle through computed, not finite, not converged, not computed.
func fakeTable() -> fr_backend {
    var table = fr_backend()
    table.abi_version = UInt32(FR_ABI_VERSION)
    table.struct_size = UInt32(MemoryLayout<fr_backend>.size)
    table.name = fakeName
    table.library_version = { fakeVersion }
    table.devices = { infos, capacity, count, reason, reasonCapacity in
        count!.pointee = deviceCount
        for index in 0..<Int(min(capacity, deviceCount)) {
            infos![index].compute_units = 2
            infos![index].memory_bytes = 1 << 30
            withUnsafeMutableBytes(of: &infos![index].name) { bytes in
                for (place, byte) in "device \(index)".utf8.enumerated() { bytes[place] = byte }
            }
        }
        return FR_OK
    }
    table.open = { options, session, reason, capacity in
        let device = options!.pointee.device
        guard device != failingDevice else {
            write("driver too old", to: reason, capacity)
            return FR_UNAVAILABLE
        }
        let made = FakeSession(status: fr_status(UInt32(device)))
        latestSession.withLock { $0[device] = made }
        openSessions.withLock { $0[device, default: 0] += 1 }
        session!.pointee = OpaquePointer(Unmanaged.passRetained(made).toOpaque())
        return FR_OK
    }
    table.close = { session in
        let device = Int32(FakeSession.at(session).status.rawValue)
        openSessions.withLock { $0[device, default: 0] -= 1 }
        Unmanaged<FakeSession>.fromOpaque(UnsafeRawPointer(session!)).release()
    }
    table.last_error = { _ in fakeError }
    table.cancel = { session in FakeSession.at(session).log.withLock { $0.cancels += 1 } }
    table.progress = { _ in 0.25 }
    plantSamples(&table)
    plantRanks(&table)
    return table
}

private func plantSamples(_ table: inout fr_backend) {
    table.sample_inputs = { session, problem, trial, inputs in
        for index in 0..<Int(problem!.pointee.points * problem!.pointee.inputs) {
            inputs![index] = Double(trial) + Double(index)
        }
        return record("sample_inputs", session, problem)
    }
    table.sample_weights = { session, problem, _, first, units, weights, biases in
        for index in 0..<Int(units * problem!.pointee.inputs) { weights![index] = Double(index) }
        if let biases { for index in 0..<Int(units) { biases[index] = -Double(index) } }
        return record("sample_weights", session, problem)
    }
    table.activation_patterns = { session, problem, _, first, units, patterns in
        for index in 0..<Int(units) { patterns![index] = UInt64(index) }
        return record("activation_patterns", session, problem)
    }
    table.jacobians = { session, problem, _, trial, _, jacobians, outcomes in
        jacobians!.assumingMemoryBound(to: Double.self)[0] = 7
        outcomes![0] = trial == 13 ? FR_NOT_FINITE : FR_COMPUTED
        return record("jacobians", session, problem)
    }
}

private func plantRanks(_ table: inout fr_backend) {
    table.rank_profiles = { session, problem, prime, first, trials, pivots, outcomes in
        let rows = Int(problem!.pointee.points)
        for trial in 0..<Int(trials) {
            outcomes![trial] = [FR_COMPUTED, FR_NOT_FINITE, FR_NOT_CONVERGED, FR_NOT_COMPUTED][trial % 4]
            for row in 0..<rows {
                pivots![trial * rows + row] = row == 1 ? -1 : Int64(first) * 100 + Int64(trial) * 100 + Int64(row)
            }
        }
        return record("rank_profiles \(prime)", session, problem)
    }
    table.singular_values = { session, problem, _, cells, count, first, trials, results, outcomes in
        for trial in 0..<Int(trials) {
            for cell in 0..<Int(count) {
                let item = trial * Int(count) + cell
                outcomes![item] = FR_COMPUTED
                results![item] = fr_singular(
                    largest: Double(trial) + Double(first), smallest: Double(cells![cell].units),
                    rank: cells![cell].points)
            }
        }
        return record("singular_values", session, problem)
    }
    table.matrix_rank_profiles = { session, matrices, batch, rows, columns, prime, pivots, outcomes in
        for item in 0..<Int(batch) {
            outcomes![item] = FR_COMPUTED
            for row in 0..<Int(rows) {
                pivots![item * Int(rows) + row] = Int64(matrices![item * Int(rows * columns)])
            }
        }
        return record("matrix_rank_profiles", session, nil)
    }
    table.matrix_singular_values = { session, matrices, precision, batch, rows, columns, results, outcomes in
        for item in 0..<Int(batch) {
            outcomes![item] = FR_COMPUTED
            let place = item * Int(rows * columns)
            let first =
                precision == FR_FLOAT64
                ? matrices!.assumingMemoryBound(to: Double.self)[place]
                : Double(matrices!.assumingMemoryBound(to: Float.self)[place])
            results![item] = fr_singular(largest: first, smallest: 0, rank: 1)
        }
        return record("matrix_singular_values", session, nil)
    }
}

/// A backend over the fake table whose calls return `status`.
func fakeBackend(_ status: fr_status = FR_OK, _ change: (inout fr_backend) -> Void = { _ in }) throws -> CBackend {
    var table = fakeTable()
    change(&table)
    let checked = try BackendTable(&table, from: "fake library")
    return try CBackend(checked, options: BackendOptions(device: Int(status.rawValue)))
}
