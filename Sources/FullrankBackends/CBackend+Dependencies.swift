import FullrankKernels
import FullrankModel

extension RankBackend {
    /// A backend without relations: CUDA.
    public func dependencies(
        of problem: TrialProblem, trial: UInt64, prime: UInt32
    ) throws(BackendError) -> Dependencies {
        throw .unsupported("\(name): has no dependencies; the CPU backend has")
    }
}

extension CBackend {
    /// Relations that one call has room for, in bytes; a trial with more is asked for again.
    private static let room = 256 << 20

    public func dependencies(
        of problem: TrialProblem, trial: UInt64, prime: UInt32
    ) throws(BackendError) -> Dependencies {
        let find = try require(functions.dependencies, "dependencies")
        let points = problem.points
        _ = try BufferSize.count([points, points], stride: 4, of: "relations")
        var pivots = [Int64](repeating: -1, count: points)
        var capacity = min(points, max(64, Self.room / (4 * max(points, 1))))
        while true {
            // Not filled: a trial of full rank touches none of it.
            let buffer = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: max(capacity * points, 1))
            defer { buffer.deallocate() }
            var count: Int64 = 0
            try problem.withArguments { arguments throws(BackendError) in
                try call { find($0, arguments, prime, trial, &pivots, Int64(capacity), buffer.baseAddress, &count) }
            }
            guard count <= capacity else {
                capacity = Int(count)
                continue
            }
            let relations = (0..<Int(count)).map { Self.relation(buffer[($0 * points)..<(($0 + 1) * points)]) }
            return Dependencies(
                prime: prime, profile: RankProfile(pivotColumns: pivots, columnsPerUnit: problem.columnsPerUnit),
                relations: relations)
        }
    }

    private static func relation(_ row: Slice<UnsafeMutableBufferPointer<UInt32>>) -> Relation {
        var points = [Int]()
        var coefficients = [UInt32]()
        for (point, coefficient) in row.enumerated() where coefficient != 0 {
            points.append(point)
            coefficients.append(coefficient)
        }
        return Relation(points: points, coefficients: coefficients)
    }
}
