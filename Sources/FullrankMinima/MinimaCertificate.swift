import FullrankFiles
import FullrankModel
import FullrankSweep

/// certificate.json: why a region holds a zero-loss minimum, or none; docs/minima.md, section 7. It names rays and
/// points; numbers in it are rounded and only say what to solve for, exactly.
public struct MinimaCertificate: Hashable, Sendable {
    public let proof: MinimaProof
    public let problem: TrialProblem
    public let query: MinimaQuery
    /// Which was asked about; 0 decides the labels of fixed data.
    public let trial: UInt64

    public init(_ proof: MinimaProof, of problem: TrialProblem, _ query: MinimaQuery, trial: UInt64) {
        self.proof = proof
        self.problem = problem
        self.query = query
        self.trial = trial
    }

    /// One JSON object. The separator has u·ray ≥ 0 on every ray and u·y < 0.
    public var text: String {
        func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .double($0) ?? .null }) }
        let rays = proof.rays.map {
            JSONValue.object([.init("unit", .integer($0.unit)), .init("zeros", .integers($0.zeros))])
        }
        var members: [JSONValue.Member] = [
            .init("format", .string("fullrank-minima-certificate")), .init("version", .integer(2)),
            .init("verdict", .string("\(proof.verdict)")), .init("n", .integer(problem.points)),
            .init("d0", .integer(problem.inputDimension)), .init("d1", .integer(problem.units)),
            .init("bias", .bool(problem.bias)),
            // By which a checker computes the labels again: a teacher's exactly, where labels.npy rounds them.
            .init("labels", .string(query.labels.rawValue)), .init("init", .string(query.teacher.rawValue)),
            .init("seed", .integer(problem.seed)), .init("trial", .integer(query.fixedData ? 0 : trial)),
            .init("rays", .array(rays)),
        ]
        if !proof.exactLabels.isEmpty {
            members.append(.init("labels_in_2^-320", .array(proof.exactLabels.map { .string($0) })))
        }
        if proof.verdict == .feasible { members.append(.init("coefficients", numbers(proof.coefficients))) }
        if proof.verdict == .infeasible {
            members.append(.init("separator", numbers(proof.separator.map { -$0 })))
            members.append(.init("bases", .array(proof.bases.map { .integers($0) })))
        }
        return JSONValue.object(members).document
    }
}
