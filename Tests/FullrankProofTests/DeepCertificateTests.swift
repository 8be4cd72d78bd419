import FullrankBackends
import FullrankModel
import FullrankNumbers
import FullrankPlatform
import FullrankProof
import FullrankSweep
import FullrankTestSupport
import Testing

/// Certificates of deep networks against whole numbers: the Jacobian exactly, its rank by elimination without fractions.
@Suite struct DeepCertificateTests {
    /// Rows of the Jacobian, each block of columns times a power of two of its own.
    private static func exactRows(_ samples: DeepSamples, points: Int, d0: Int) -> [[BigInteger]] {
        let shift = 300
        func whole(_ value: Double) -> BigInteger {
            let number = DyadicNumber(value)
            return number.mantissa == 0 ? BigInteger(0) : BigInteger(number.mantissa) << (number.exponent + shift)
        }
        let layers = samples.layers
        return (0..<points).map { point in
            var one = BigInteger(1) << shift
            var values = samples.inputs[(point * d0)..<((point + 1) * d0)].map(whole)
            var inputs = [[BigInteger]]()
            for layer in layers {
                inputs.append(values + (layer.biases.isEmpty ? [] : [one]))
                values = (0..<layer.units).map { unit in
                    guard layer.pattern[unit, point] else { return BigInteger(0) }
                    let bias = layer.biases.isEmpty ? BigInteger(0) : whole(layer.biases[unit]) * one
                    return values.enumerated().reduce(bias) {
                        $0 + whole(layer.weights[unit * layer.inputDimension + $1.offset]) * $1.element
                    }
                }
                one = one << shift
            }
            var row = [BigInteger]()
            var delta = [BigInteger]()
            for (l, layer) in layers.enumerated().reversed() {
                delta = (0..<layer.units).map { unit in
                    guard layer.pattern[unit, point] else { return BigInteger(0) }
                    if l + 1 == layers.count { return whole(samples.outputs[unit]) }
                    let next = layers[l + 1]
                    return (0..<next.units).reduce(BigInteger(0)) {
                        $0 + whole(next.weights[$1 * layer.units + unit]) * delta[$1]
                    }
                }
                for factor in delta { row += inputs[l].map { factor * $0 } }
            }
            return row
        }
    }

    /// Bareiss.
    private static func rank(_ rows: [[BigInteger]]) -> Int {
        var rows = rows, rank = 0, previous = BigInteger(1)
        for column in rows.first?.indices ?? 0..<0 {
            guard let pivot = rows[rank...].firstIndex(where: { !$0[column].isZero }) else { continue }
            rows.swapAt(rank, pivot)
            let top = rows[rank]
            for index in (rank + 1)..<max(rows.count, rank + 1) {
                let factor = rows[index][column]
                for c in column..<top.count {
                    rows[index][c] = (top[column] * rows[index][c] - factor * top[c]) / previous
                }
            }
            previous = top[column]
            rank += 1
            if rank == rows.count { break }
        }
        return rank
    }

    /// Drawn and degenerate points: duplicates, whole numbers.
    private func problem(_ generator: inout SeededGenerator) -> TrialProblem {
        let points = 3 + generator.below(9), d0 = 1 + generator.below(3)
        let hidden = (0..<(1 + generator.below(3))).map { _ in 1 + generator.below(4) }
        var inputs = TrialProblem.Inputs.drawn(InputDistribution.allCases[generator.below(3)])
        if generator.below(3) == 0 {
            var rows = [[Double]]()
            for _ in 0..<points {
                rows.append(
                    generator.below(3) == 0 && !rows.isEmpty
                        ? rows[generator.below(rows.count)] : (0..<d0).map { _ in Double(generator.below(5) - 2) })
            }
            inputs = .given(DataSet(points: points, inputDimension: d0, values: rows.flatMap { $0 }))
        }
        return TrialProblem(
            seed: UInt64(generator.below(1000)), points: points, inputDimension: d0, units: 1 + generator.below(4),
            bias: generator.below(3) > 0, inputs: inputs, network: .drawn(Initialization.allCases[generator.below(3)]),
            hidden: hidden)
    }

    @Test func ranksAreThoseOfWholeNumbersAndProved() throws {
        let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
        var generator = SeededGenerator(seed: 41)
        var deficient = 0, byCount = 0, byNumbers = 0, tight = 0, subsets = 0
        for trial in 0..<150 {
            let problem = problem(&generator)
            let samples = try DeepSamples(problem, trial: UInt64(trial), on: backend)
            let rows = Self.exactRows(samples, points: problem.points, d0: problem.inputDimension)
            let explanation = try DeepExplanation(problem, trial: UInt64(trial), on: backend)
            let rank = Self.rank(rows)
            #expect(explanation.profile.rank == rank && explanation.isProved, "trial \(trial)")
            #expect(explanation.profile.pivotColumns.map(Int.init) == explanation.numbers.plainProfile())
            deficient += rank < problem.points ? 1 : 0
            for circuit in explanation.circuits {
                let chosen = circuit.points.map { rows[$0] }
                #expect(Self.rank(chosen) == circuit.points.count - 1, "trial \(trial), \(circuit)")
                guard case .integers(let digits) = circuit.evidence else {
                    byCount += 1
                    continue
                }
                byNumbers += 1
                for column in rows[0].indices {
                    let sum = zip(digits, chosen).reduce(BigInteger(0)) { $0 + BigInteger(digits: $1.0) * $1.1[column] }
                    #expect(sum.isZero, "trial \(trial), \(circuit)")
                }
            }
            // What activations alone say is never too little, for any points.
            for _ in 0..<4 {
                let subset = (0..<problem.points).filter { _ in generator.below(3) > 0 }
                guard !subset.isEmpty else { continue }
                let dimension = explanation.numbers.dimension(of: subset), exact = Self.rank(subset.map { rows[$0] })
                #expect(dimension >= exact, "trial \(trial), points \(subset)")
                subsets += 1
                tight += dimension == exact ? 1 : 0
            }
            let certificate = try Certificate(parsing: Certificate(explanation, fullrank: "test").bytes)
            #expect(certificate.version == 2 && certificate == Certificate(explanation, fullrank: "test"))
            try CertificateCheck(certificate, on: backend).run()
        }
        #expect(deficient > 50 && byCount > 150 && byNumbers > 10, "\(deficient), \(byCount), \(byNumbers)")
        #expect(2 * tight > subsets, "\(tight) of \(subsets)")
    }

    /// Where whole numbers would take too much the certificate says so, and no more.
    @Test func whatIsKnownModuloPrimesOnlyIsSaid() throws {
        let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
        let problem = TrialProblem(seed: 0, points: 32, inputDimension: 2, units: 4, hidden: [3, 3])
        #expect(try DeepExplanation(problem, trial: 0, on: backend).isProved)
        let explanation = try DeepExplanation(problem, trial: 0, mostWork: 0, on: backend)
        #expect(!explanation.isProved)
        #expect(explanation.words.contains("Not proved: rank <= 13, known modulo these primes only"))
        var certificate = try Certificate(parsing: Certificate(explanation, fullrank: "test").bytes)
        let statement = try CertificateCheck(certificate, on: backend).run()
        #expect(
            statement
                == "n = 32, d0 = 2, hidden 3x3, d1 = 4: rank 13 modulo 5567207 and 5256359; proved: rank >= 13; "
                + "not proved: rank <= 13, known modulo these primes only, error bound \(certificate.errorBound)")
        let folder = TemporaryFolder()
        let path = folder.file("certificate.json", certificate.bytes)
        if shell("python3 -c pass >/dev/null 2>&1") == 0 {
            let script =
                #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
                + "/Scripts/check/certificate.py"
            #expect(shell("python3 '\(script)' '\(path)' >'\(folder.path)/said'") == 0)
            #expect(folder.text("said") == "\(path): \(statement)\n")
        }
        // U+037E looks like a semicolon, and makes an equal string of Swift's.
        let claim = certificate.claim
        certificate.claim = statement.replacing(";", with: "\u{37e}")
        #expect(certificate.claim == statement)
        #expect(throws: CertificateFault.self) { try CertificateCheck(certificate, on: backend).run() }
        certificate.claim = claim
        // A changed residue, and a claim that it proves.
        let index = try #require(certificate.circuits.firstIndex { !$0.isProof })
        let circuit = certificate.circuits[index]
        guard case .residues(var residues, let prime) = circuit.evidence else { return }
        residues[0] = residues[0] == 1 ? 2 : residues[0] - 1
        certificate.circuits[index] = Circuit(
            points: circuit.points, rank: circuit.rank, evidence: .residues(residues, prime: prime))
        #expect(throws: CertificateFault.self) { try CertificateCheck(certificate, on: backend).run() }
        certificate.circuits[index] = Circuit(points: circuit.points, rank: circuit.rank, evidence: .count)
        #expect(throws: CertificateFault.self) { try CertificateCheck(certificate, on: backend).run() }
        certificate.circuits[index] = circuit
        certificate.isProved = true
        #expect(throws: CertificateFault.self) { try CertificateCheck(certificate, on: backend).run() }
    }

    /// Tiny primes disagree; what is proved is right whatever they say.
    @Test func whatTinyPrimesAgreeOnIsNeverProvedWrongly() throws {
        let backend = try BackendChoice.cpu.open(options: BackendOptions(threads: 1)).backend
        let tiny: [UInt32] = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73]
        var generator = SeededGenerator(seed: 8)
        var disagreed = 0, unproved = 0, lower = 0
        for trial in 0..<150 {
            let problem = problem(&generator)
            let expected = try DeepExplanation(problem, trial: UInt64(trial), on: backend)
            let found = try DeepExplanation(problem, trial: UInt64(trial), primes: 1, prime: { tiny[$0] }, on: backend)
            let more = try DeepExplanation(problem, trial: UInt64(trial), primes: 2, prime: { tiny[$0] }, on: backend)
            disagreed += more.dissenting.isEmpty ? 0 : 1
            for one in [found, more] {
                #expect(one.profile.rank <= expected.profile.rank)
                if one.isProved { #expect(one.profile.rank == expected.profile.rank, "trial \(trial)") }
                unproved += one.isProved ? 0 : 1
            }
            // Each prime that a statement names has the rank that it names, or is said to have a lower one.
            let open = try DeepExplanation(
                problem, trial: UInt64(trial), primes: 2, prime: { tiny[$0] }, mostWork: 0, on: backend)
            guard !open.isProved else { continue }
            let ranks = open.primes.map { open.numbers.rank(modulo: $0) }
            #expect(ranks.allSatisfy { $0 <= open.profile.rank })
            func list(_ holds: (Int) -> Bool) -> String {
                zip(open.primes, ranks).filter { holds($1) }.map { "\($0.0)" }.joined(separator: " and ")
            }
            let others = list { $0 < open.profile.rank }
            lower += others.isEmpty ? 0 : 1
            let words =
                "modulo " + list { $0 == open.profile.rank } + (others.isEmpty ? "" : ", lower modulo \(others)")
                + "; proved"
            let claim = Certificate(open, fullrank: "test").claim ?? ""
            #expect(claim.contains("rank \(open.profile.rank) \(words)"), "\(claim)")
        }
        #expect(disagreed > 20 && unproved > 10 && lower > 5, "\(disagreed), \(unproved), \(lower)")
    }
}
