import FullrankFiles
import FullrankModel
import FullrankSweep

/// The problem of a certificate, in words.
public struct CertificateFault: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    /// One line of a few hundred characters, whatever the certificate holds.
    package init(_ words: String) {
        let line = words.printable(limit: 500)
        description = line.count > 500 ? "\(line.prefix(500))..." : line
    }
}

extension Certificate {
    /// Hidden layers before the last that `--hidden` takes.
    static let mostHidden = 99

    /// Reads a document. Whether its claims are true is checked elsewhere.
    ///
    /// - Throws: what is missing, unknown, or not of its type.
    public init(parsing bytes: [UInt8]) throws(CertificateFault) {
        let json: JSONValue
        do throws(JSONDamage) { json = try JSONValue(parsing: bytes) } catch { throw CertificateFault(error.words) }
        var fields = try CertificateMembers(json, of: "the certificate")
        let format = try fields.text("format")
        guard format == Self.format else {
            throw CertificateFault("\"format\" is \(format.quoted), not '\(Self.format)'")
        }
        let version = try fields.integer("version")
        guard Self.versions.contains(version) else {
            throw CertificateFault("it has version \(version); this program reads versions 1 and 2")
        }
        let isDeep = version == 2
        fullrank = try fields.text("fullrank")
        rank = try fields.integer("rank")
        (points, units) = (try fields.integer("n"), try fields.integer("d1"))
        inputDimension = try fields.integer("d0")
        hidden = isDeep ? try fields.list("hidden") { $0.integer() } : []
        guard hidden.isEmpty != isDeep, hidden.count <= Self.mostHidden else {
            throw CertificateFault(
                "\"hidden\" has \(hidden.count) layers; 1 to \(Self.mostHidden) stand before the last")
        }
        isFullRank = try fields.flag("full_rank")
        isProved = try fields.flag("proved")
        seed = try fields.unsigned("seed")
        bias = try fields.flag("bias")
        let largest = IntegerList.largestValue
        guard points <= largest, units <= largest, inputDimension <= largest, inputDimension + (bias ? 1 : 0) >= 1,
            !isDeep || (hidden + [points, inputDimension, units]).allSatisfy({ (1...largest).contains($0) })
        else {
            throw CertificateFault("\(Self.shape(points, inputDimension, hidden, units)) is no shape")
        }
        inputs = try Self.inputs(&fields, points: points, inputDimension: inputDimension)
        network =
            isDeep
            ? .drawn(try fields.value("init") { $0.string.flatMap(Initialization.init) })
            : try Self.network(&fields, points: points, units: units)
        if case .drawn = network, inputDimension == 0 {
            throw CertificateFault("\"d0\" is 0, and weights of no inputs cannot be drawn")
        }
        if case (.given, .pattern) = (inputs, network) { trial = nil } else { trial = try fields.unsigned("trial") }
        primes = try fields.list("primes") { $0.integer() }
        errorBound = try fields.value("error_bound") { $0.double }
        inputsDigest = try fields.text("inputs_sha256")
        parametersDigest = isDeep ? try fields.text("parameters_sha256") : nil
        patternDigests =
            isDeep ? try fields.list("patterns_sha256") { $0.string } : [try fields.text("pattern_sha256")]
        pivots = try fields.list("pivots") { $0.integer() }
        guard pivots.count == points else {
            throw CertificateFault("\"pivots\" has \(pivots.count) entries for \(points) points")
        }
        circuits = []
        for value in try fields.list("circuits", { $0 }) { circuits.append(try Circuit(value, isDeep: isDeep)) }
        claim = isDeep ? try fields.text("statement") : nil
        try fields.finish()
    }

    private static func inputs(
        _ fields: inout CertificateMembers, points: Int, inputDimension: Int
    ) throws(CertificateFault) -> Inputs {
        if case .string? = fields.peek("inputs") {
            return .drawn(try fields.value("inputs") { $0.string.flatMap(InputDistribution.init) })
        }
        let rows = try fields.list("inputs") { row -> [Double]? in
            guard case .array(let items) = row, items.count == inputDimension else { return nil }
            let numbers = items.compactMap(\.double)
            return numbers.count == items.count && numbers.allSatisfy(\.isFinite) ? numbers : nil
        }
        guard rows.count == points else {
            throw CertificateFault("\"inputs\" holds \(rows.count) points, not \(points)")
        }
        return .given(DataSet(points: points, inputDimension: inputDimension, values: rows.flatMap { $0 }))
    }

    private static func network(
        _ fields: inout CertificateMembers, points: Int, units: Int
    ) throws(CertificateFault) -> Network {
        guard fields.peek("pattern") != nil else {
            return .drawn(try fields.value("init") { $0.string.flatMap(Initialization.init) })
        }
        let width = ActivationPattern.wordsPerUnit(points: points)
        let rows = try fields.list("pattern") { row -> [UInt64]? in
            guard case .string(let text) = row, text.utf8.count == points else { return nil }
            var words = [UInt64](repeating: 0, count: width)
            for (point, byte) in text.utf8.enumerated() {
                guard byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") else { return nil }
                words[point / 64] |= UInt64(byte & 1) << UInt64(point % 64)
            }
            return words
        }
        guard rows.count == units else { throw CertificateFault("\"pattern\" holds \(rows.count) units, not \(units)") }
        return .pattern(ActivationPattern(units: units, points: points, words: rows.flatMap { $0 }))
    }
}

extension Circuit {
    fileprivate init(_ json: JSONValue, isDeep: Bool) throws(CertificateFault) {
        var fields = try CertificateMembers(json, of: "a circuit")
        points = try fields.list("points") { $0.integer() }
        rank = try fields.integer(isDeep ? "dimension" : "rank")
        guard !points.isEmpty else { throw CertificateFault("a circuit has no points") }
        if fields.peek("coefficients") != nil {
            evidence = .integers(
                try fields.list("coefficients") { if case .number(let digits) = $0 { digits } else { nil } })
        } else if fields.peek("residues") != nil {
            let prime = try fields.unsigned("prime")
            guard let prime = UInt32(exactly: prime) else { throw CertificateFault("\"prime\" cannot be \(prime)") }
            evidence = .residues(try fields.list("residues") { $0.integer() }, prime: prime)
        } else {
            evidence = .count
        }
        try fields.finish()
    }
}
