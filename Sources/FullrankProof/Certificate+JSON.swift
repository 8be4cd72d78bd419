import FullrankFiles
import FullrankModel
import FullrankSweep

extension Certificate {
    /// The certificate as a document, one key per line.
    public var bytes: [UInt8] { Array(json.document.utf8) }

    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("format", .string(Self.format)), .init("version", .integer(version)),
            .init("fullrank", .string(fullrank)), .init("rank", .integer(rank)), .init("n", .integer(points)),
            .init("d0", .integer(inputDimension)),
        ]
        let isDeep = !hidden.isEmpty
        if isDeep { members.append(.init("hidden", .integers(hidden))) }
        members += [
            .init("d1", .integer(units)), .init("full_rank", .bool(isFullRank)), .init("proved", .bool(isProved)),
        ]
        if let claim { members.append(.init("statement", .string(claim))) }
        members.append(.init("seed", .integer(seed)))
        if let trial { members.append(.init("trial", .integer(trial))) }
        members.append(.init("bias", .bool(bias)))
        switch inputs {
        case .drawn(let distribution): members.append(.init("inputs", .string(distribution.rawValue)))
        case .given(let data):
            let rows = (0..<data.points).map { point in
                JSONValue.array(
                    data.values[(point * data.inputDimension)..<((point + 1) * data.inputDimension)].map {
                        .number($0.description)
                    })
            }
            members.append(.init("inputs", .array(rows)))
        }
        switch network {
        case .drawn(let initialization): members.append(.init("init", .string(initialization.rawValue)))
        case .pattern(let pattern):
            let rows = (0..<pattern.units).map { unit in
                JSONValue.string(String((0..<pattern.points).map { pattern[unit, $0] ? "1" : "0" }))
            }
            members.append(.init("pattern", .array(rows)))
        }
        members += [
            .init("primes", .array(primes.map { .integer($0) })),
            .init("error_bound", .number(errorBound.description)), .init("inputs_sha256", .string(inputsDigest)),
        ]
        if let parametersDigest {
            members += [
                .init("parameters_sha256", .string(parametersDigest)),
                .init("patterns_sha256", .array(patternDigests.map { .string($0) })),
            ]
        } else {
            members.append(.init("pattern_sha256", .string(patternDigests[0])))
        }
        members += [
            .init("pivots", .integers(pivots)), .init("circuits", .array(circuits.map { $0.json(isDeep: isDeep) })),
        ]
        return .object(members)
    }
}

extension Circuit {
    fileprivate func json(isDeep: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("points", .integers(points)), .init(isDeep ? "dimension" : "rank", .integer(rank)),
        ]
        switch evidence {
        case .count: break
        case .integers(let digits): members.append(.init("coefficients", .array(digits.map { .number($0) })))
        case .residues(let residues, let prime):
            members += [.init("prime", .integer(prime)), .init("residues", .array(residues.map { .integer($0) }))]
        }
        return .object(members)
    }
}
