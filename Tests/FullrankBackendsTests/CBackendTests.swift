import FullrankBackends
import FullrankKernels
import FullrankModel
import Testing

private let problem = TrialProblem(seed: 5, points: 3, inputDimension: 2, units: 4)

/// Serialised: the fake keeps its sessions by device.
@Suite(.serialized) struct CBackendTests {
    @Test func rankProfilesKeepOrderAndOutcomes() throws {
        let answers = try fakeBackend().rankProfiles(of: problem, trials: 10..<15, prime: 101)
        #expect(answers.count == 5)
        for (item, answer) in answers.enumerated() {
            switch (item % 4, answer) {
            case (0, .computed(let profile)):
                let base = Int64(10 + item) * 100
                #expect(profile == RankProfile(pivotColumns: [base, -1, base + 2], columnsPerUnit: 3))
            case (1, .notFinite), (2, .notConverged), (3, .notComputed): break
            default: Issue.record("item \(item) became \(answer)")
            }
        }
    }

    @Test func singularValuesAreTrialMajor() throws {
        let cells = [Cell(points: 1, units: 2), Cell(points: 3, units: 4)]
        let answers = try fakeBackend().singularValues(of: problem, cells: cells, trials: 6..<8, precision: .float32)
        let summaries = answers.compactMap { if case .computed(let summary) = $0 { summary } else { nil } }
        #expect(
            summaries == [
                SingularSummary(largest: 6, smallest: 2, rank: 1), SingularSummary(largest: 6, smallest: 4, rank: 3),
                SingularSummary(largest: 7, smallest: 2, rank: 1), SingularSummary(largest: 7, smallest: 4, rank: 3),
            ])
    }

    @Test func matricesGoInBothPrecisions() throws {
        let backend = try fakeBackend()
        let profiles = try backend.rankProfiles(
            ofMatrices: [3, 0, 0, 0, 8, 0, 0, 0], batch: 2, rows: 2, columns: 2, prime: 101)
        #expect(profiles.count == 2)
        guard case .computed(let second) = profiles[1] else { return #expect(Bool(false), "\(profiles)") }
        #expect(second == RankProfile(pivotColumns: [8, 8], columnsPerUnit: 1))
        for precision in Precision.allCases {
            let values = try backend.singularValues(
                ofMatrices: [3, 0, 0, 8, 0, 0], batch: 2, rows: 1, columns: 3, precision: precision)
            guard case .computed(let value) = values[1] else { return #expect(Bool(false), "\(values)") }
            #expect(value.largest == 8)
        }
        #expect(throws: BackendError.self) {
            try backend.rankProfiles(ofMatrices: [1, 2, 3], batch: 1, rows: 2, columns: 2, prime: 101)
        }
    }

    @Test func samplesComeBackWhole() throws {
        let backend = try fakeBackend()
        #expect(try backend.inputs(of: problem, trial: 2) == [2, 3, 4, 5, 6, 7])
        #expect(try backend.weights(of: problem, trial: 0).biases == [0, -1, -2, -3])
        #expect(try backend.weights(of: problem, trial: 0).weights == [0, 1, 2, 3, 4, 5, 6, 7])
        var withoutBias = problem
        withoutBias.bias = false
        #expect(try backend.weights(of: withoutBias, trial: 0).biases.isEmpty)
        #expect(try backend.activationPattern(of: problem, trial: 0)[2, 1])
        #expect(try backend.jacobian(of: problem, trial: 0).count == 36)
        #expect(throws: BackendError.self) { try backend.jacobian(of: problem, trial: 13) }
    }

    @Test func problemsReachTheTableAsGiven() throws {
        let backend = try fakeBackend()  // the one test that asks for device 0's latest session
        let session = try #require(latestSession.withLock { $0[0] })
        var given = problem
        given.inputs = .given(DataSet(points: 4, inputDimension: 2, values: [1, 2, 3, 4, 5, 6, 7, 8]))
        given.network = .given(weights: [1, 2, 3, 4, 5, 6, 7, 8], biases: [9, 8, 7, 6])
        _ = try backend.rankProfiles(of: given, trials: 0..<1, prime: 101)
        let seen = try #require(session.log.withLock { $0.problem })
        #expect(seen.seed == 5)
        #expect(seen.shape == [3, 2, 4])
        #expect(seen.inputs == FR_INPUTS_GIVEN.rawValue && seen.weights == FR_WEIGHTS_GIVEN.rawValue)
        #expect(seen.givenInputs == [1, 2, 3, 4, 5, 6])
        #expect(seen.givenWeights == [1, 2, 3, 4, 5, 6, 7, 8] && seen.givenBiases == [9, 8, 7, 6])

        // A wider and higher pattern is cut to the problem, unused bits cleared.
        let wide = ActivationPattern(units: 5, points: 70, words: (0..<10).map { $0 % 2 == 0 ? 0xff : 1 })
        given.network = .pattern(wide)
        _ = try backend.rankProfiles(of: given, trials: 0..<1, prime: 101)
        #expect(session.log.withLock { $0.problem }?.patterns == [7, 7, 7, 7])
    }

    @Test func smallerGivenDataIsRefused() throws {
        let backend = try fakeBackend()
        var small = problem
        small.inputs = .given(DataSet(points: 2, inputDimension: 2, values: [1, 2, 3, 4]))
        #expect(throws: BackendError.self) { try backend.rankProfiles(of: small, trials: 0..<1, prime: 101) }
        small.inputs = .drawn(.normal)
        small.network = .given(weights: [1], biases: [1])
        #expect(throws: BackendError.self) { try backend.rankProfiles(of: small, trials: 0..<1, prime: 101) }
        small.network = .pattern(ActivationPattern(units: 1, points: 3, words: [1]))
        #expect(throws: BackendError.self) { try backend.rankProfiles(of: small, trials: 0..<1, prime: 101) }
    }

    @Test(arguments: [
        (FR_INVALID_ARGUMENT, BackendError.invalidArgument("fake: planted words")),
        (FR_OUT_OF_MEMORY, .outOfMemory("fake: planted words")), (FR_UNAVAILABLE, .unavailable("fake: planted words")),
        (FR_DEVICE_LOST, .deviceLost("fake: planted words")), (FR_CANCELLED, .cancelled),
        (FR_UNSUPPORTED, .unsupported("fake: planted words")), (FR_INTERNAL, .internal("fake: planted words")),
        (fr_status(12), .internal("fake: planted words (unknown status 12)")),
    ])
    func statusesBecomeErrors(status: fr_status, error: BackendError) throws {
        let backend = try fakeBackend(status)
        #expect(throws: error) { try backend.rankProfiles(of: problem, trials: 0..<2, prime: 101) }
        #expect(throws: error) {
            try backend.singularValues(of: problem, cells: [], trials: 0..<2, precision: .float64)
        }
        #expect(throws: error) { try backend.inputs(of: problem, trial: 0) }
        #expect(throws: error) { try backend.weights(of: problem, trial: 0) }
        #expect(throws: error) { try backend.activationPattern(of: problem, trial: 0) }
        #expect(throws: error) { try backend.jacobian(of: problem, trial: 0) }
    }

    @Test func sessionsCloseAndCancelPasses() throws {
        let before = openSessions.withLock { $0[14, default: 0] }
        do {
            let backend = try fakeBackend(fr_status(14))  // a device no other test opens
            #expect(openSessions.withLock { $0[14] } == before + 1)
            backend.cancel()
            #expect(latestSession.withLock { $0[14] }?.log.withLock { $0.cancels } == 1)
            #expect(backend.progress == 0.25)
            #expect(backend.name == "fake" && backend.device == "device 14, 2 cores")
            #expect(backend.libraryVersion == "FakeBLAS 1.2")
        }
        #expect(openSessions.withLock { $0[14] } == before)
    }

    @Test func absurdSizesAreOutOfMemory() throws {
        var huge = problem
        huge.points = 1 << 30
        huge.units = 1 << 30
        let backend = try fakeBackend()
        #expect {
            try backend.jacobian(of: huge, trial: 0)
        } throws: { if case .outOfMemory = $0 as? BackendError { true } else { false } }
    }
}
