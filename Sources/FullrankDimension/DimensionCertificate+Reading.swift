import FullrankFiles
import FullrankModel
import FullrankProof

extension DimensionCertificate {
    /// A document of more bytes is refused.
    public static let mostBytes = 64 << 20
    /// Primes that `--primes` may ask for, and the one for where they disagree.
    private static let primes = DimensionPlan.mostPrimes + 1

    /// Whether a document calls itself a certificate of a dimension. What else it holds is read by `init(parsing:)`.
    public static func isNamed(in bytes: [UInt8]) -> Bool {
        guard let json = try? JSONValue(parsing: bytes) else { return false }
        return json["format"]?.string == format
    }

    /// Reads a document. Whether the minor is other than zero is checked elsewhere.
    ///
    /// - Throws: what is missing, unknown, not of its type, or no part of this network.
    public init(parsing bytes: [UInt8]) throws(CertificateFault) {
        let json: JSONValue
        do throws(JSONDamage) { json = try JSONValue(parsing: bytes) } catch { throw CertificateFault(error.words) }
        var fields = try CertificateMembers(json, of: "the certificate")
        guard try fields.text("format") == Self.format else {
            throw CertificateFault("\"format\" is not '\(Self.format)'")
        }
        let version = try fields.integer("version")
        guard version == Self.version else {
            throw CertificateFault("it has version \(version); this program reads version \(Self.version)")
        }
        _ = try fields.text("fullrank")
        problem = try Self.problem(&fields)
        seed = try fields.unsigned("seed")
        draw = try fields.integer("draw")
        let prime = try fields.integer("prime"), rank = try fields.integer("rank"), bound = try fields.integer("bound")
        points = try fields.list("points") { item -> Int? in item.integer() }
        columns = try fields.list("columns") { item -> Int? in item.integer() }
        try fields.finish()
        guard draw < 1 << 56 else { throw CertificateFault("\"draw\" is \(draw); draws are numbered below 2^56") }
        let number = seed, drawn = (0..<Self.primes).map { Prime.drawn(seed: number, index: $0) }
        guard let known = drawn.first(where: { Int($0) == prime }) else {
            throw CertificateFault("\"prime\" \(prime) is not one of those that seed \(seed) draws: \(drawn)")
        }
        self.prime = known
        guard bound == problem.bound else {
            throw CertificateFault("\"bound\" is \(bound); that of the architecture is \(problem.bound)")
        }
        guard points.count == rank, columns.count == rank else {
            throw CertificateFault(
                "\(counted(points.count, "point")) and \(counted(columns.count, "column")) make no minor of size \(rank)"
            )
        }
        try Self.require(points, "points", below: prime)
        try Self.require(columns, "columns", below: problem.parameters)
    }

    private static func problem(_ fields: inout CertificateMembers) throws(CertificateFault) -> DimensionProblem {
        let widths = try fields.list("widths") { item -> Int? in item.integer() }
        let biases = try fields.flag("biases")
        let activation = try fields.value("activation") { value in
            value.string.flatMap { text in NetworkActivation(text).flatMap { $0.description == text ? $0 : nil } }
        }
        guard activation.exponent != nil else {
            throw CertificateFault(
                "\"activation\" is \(activation); only powers and the identity have such certificates")
        }
        let architecture: Architecture
        do throws(ArchitectureError) { architecture = try Architecture(widths, biases: biases) } catch {
            throw CertificateFault("\"widths\": \(error)")
        }
        do throws(DimensionError) {
            return try DimensionProblem(architecture, activation: activation, biases: biases)
        } catch {
            throw CertificateFault("\(error)")
        }
    }

    private static func require(_ numbers: [Int], _ name: String, below end: Int) throws(CertificateFault) {
        guard zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw CertificateFault("\"\(name)\" does not ascend")
        }
        if let wrong = numbers.first(where: { !(0..<end).contains($0) }) {
            throw CertificateFault("\"\(name)\" holds \(wrong); 0 to \(end - 1) are there")
        }
    }
}
