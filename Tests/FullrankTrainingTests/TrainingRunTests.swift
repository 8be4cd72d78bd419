import FullrankBackends
import FullrankModel
import FullrankTestSupport
import FullrankTraining
import Testing

@Suite struct TrainingRunTests {
    private func run(_ plan: TrainingPlan, stoppingAt stops: [Int] = []) throws -> TrainingRun {
        let backend = try CBackend(.cpu())
        var run = TrainingRun(plan)
        while !run.isFinished {
            if stops.contains(run.state.step) {
                let state = try #require(TrainingState(plan, checkpoint: run.state.checkpoint))
                #expect(state == run.state)
                run = TrainingRun(plan, from: state)
            }
            try run.advance(on: backend)
        }
        return run
    }

    private func small(_ optimizer: Optimizer, every: Int = 7) -> TrainingPlan {
        TrainingPlan(
            points: 70, inputDimension: 3, units: 20, seed: 3, inputs: .drawn(.cube), scale: 2, optimizer: optimizer,
            steps: 50, every: every)
    }

    /// Every row anew, by other means: the exact rank of the Jacobian itself, patterns compared entry by entry.
    @Test(arguments: [Optimizer.adam(rate: 0.02), .gradientDescent(rate: 0.05)])
    func rowsAreWhatTheySay(optimizer: Optimizer) throws {
        var plan = small(optimizer)
        plan.trainsOutputs = true
        let backend = try CBackend(.cpu())
        var run = TrainingRun(plan)
        var patterns = [[Bool]]()
        var recorded = [Bool]()
        var checked = 0
        while !run.isFinished {
            let (network, step) = (run.state.network, run.state.step)
            let pass = NetworkPass(network, run.data)
            patterns.append(pass.preactivations.map { $0 > 0 })
            try run.advance(on: backend)
            guard plan.isRecorded(step) else { continue }
            let row = try #require(run.state.rows.last)
            #expect(row.step == step && row.loss == pass.loss)
            // Scaled by v its entries would be rounded, and rounding makes deficient Jacobians falsely full rank.
            var plain = network
            for index in network.hiddenParameters..<network.parameters.count { plain.parameters[index] = 1 }
            let jacobian = pass.jacobian(plain, run.data, outputs: false)
            let outcomes = try backend.rankProfiles(
                ofMatrices: jacobian, batch: 1, rows: 70, columns: network.hiddenParameters, prime: plan.prime)
            guard case .computed(let profile) = outcomes[0] else { Issue.record("not computed"); continue }
            #expect(row.rank == profile.rank)
            let changes = recorded.isEmpty ? 0 : zip(recorded, patterns[step]).count { $0 != $1 }
            #expect(row.patternChanges == changes)
            let since = step == 0 ? 0 : (max(1, checked + 1)...step).count { patterns[$0] != patterns[$0 - 1] }
            #expect(row.stepsWithChanges == since)
            recorded = patterns[step]
            checked = step
            var distance = Double.infinity
            for (index, sum) in pass.preactivations.enumerated() {
                let x = run.data.inputs[(index % 70 * 3)..<(index % 70 * 3 + 3)]
                distance = min(distance, abs(sum) / (1 + x.reduce(0) { $0 + $1 * $1 }).squareRoot())
            }
            #expect(abs(row.boundaryDistance - distance) <= 1e-15)
            let (smallest, largest) = (try #require(row.smallest), try #require(row.largest))
            #expect((smallest > 1e-12 * largest) == (row.rank == min(70, network.hiddenParameters)))
        }
        #expect(run.state.rows.map(\.step) == [0, 7, 14, 21, 28, 35, 42, 49, 50])
        #expect(run.state.rows.contains { $0.patternChanges > 0 })
        #expect(run.state.rows.last!.loss < run.state.rows[0].loss)
    }

    @Test(arguments: [Optimizer.adam(rate: 0.02), .gradientDescent(rate: 0.05)])
    func aCheckpointGoesOnAsIfNothingHadHappened(optimizer: Optimizer) throws {
        let plan = small(optimizer)
        let whole = try run(plan)
        #expect(try run(plan, stoppingAt: [0, 1, 7, 8, 30, 50]).state == whole.state)
    }

    @Test func damagedCheckpointsAreRefused() throws {
        let plan = small(.adam(rate: 0.02))
        var good = TrainingRun(plan)
        try good.advance(on: try CBackend(.cpu()))
        let whole = good.state.checkpoint
        #expect(TrainingState(plan, checkpoint: whole) == good.state)
        for place in whole.indices {
            for bit in 0..<64 {
                var bad = whole
                bad[place] = Double(bitPattern: bad[place].bitPattern ^ 1 << UInt64(bit))
                #expect(TrainingState(plan, checkpoint: bad) == nil, "number \(place), bit \(bit)")
            }
        }
        // As the version before wrote it: what is wrong is not found by the checksum.
        let numbers = [1] + whole.dropFirst().dropLast()
        #expect(TrainingState(plan, checkpoint: numbers) == good.state)
        for length in [0, 1, 4, numbers.count - 1] {
            #expect(TrainingState(plan, checkpoint: Array(numbers.prefix(length))) == nil)
        }
        #expect(TrainingState(plan, checkpoint: numbers + [0]) == nil)
        for (place, value) in [(0, 2.0), (1, 52), (1, 0.5), (1, .nan), (2, -1), (3, 1e300)] {
            var bad = numbers
            bad[place] = value
            #expect(TrainingState(plan, checkpoint: bad) == nil, "\(place)")
        }
        var long = numbers
        long[numbers.count - 10] += 1
        #expect(TrainingState(plan, checkpoint: long) == nil, "more numbers of rows than follow")
        // The row of step 0: step, loss, rank, entries and steps that changed.
        let damage: [(Int, [Double])] = [
            (0, [1, 1e18]), (1, [-1, .nan, .infinity]), (3, [-1, 0.5, 71]), (6, [-1, 70 * 20 + 1]), (7, [8, -1]),
        ]
        for (place, values) in damage {
            for value in values {
                var bad = numbers
                bad[numbers.count - 9 + place] = value
                #expect(TrainingState(plan, checkpoint: bad) == nil, "row, \(place): \(value)")
            }
        }
        var other = plan
        other.units += 1
        #expect(TrainingState(other, checkpoint: numbers) == nil)
    }

    /// Adam as Kingma and Ba write it, with the C library's powers, for one step after another.
    @Test func adamIsAdam() throws {
        let plan = small(.adam(rate: 0.02), every: 50)
        var network = plan.network()
        let data = plan.data()
        let trained = network.hiddenParameters
        var mean = [Double](repeating: 0, count: trained)
        var square = mean
        for step in 1...50 {
            let gradient = NetworkPass(network, data).gradient(network, data, outputs: false)
            for index in 0..<trained {
                mean[index] = 0.9 * mean[index] + 0.1 * gradient[index]
                square[index] = 0.999 * square[index] + 0.001 * gradient[index] * gradient[index]
                let corrected = mean[index] / (1 - (0..<step).reduce(1.0) { power, _ in power * 0.9 })
                let deviation = (square[index] / (1 - (0..<step).reduce(1.0) { power, _ in power * 0.999 }))
                    .squareRoot()
                network.parameters[index] -= 0.02 * corrected / (deviation + 1e-8)
            }
        }
        let ours = try run(plan).state.network
        for (left, right) in zip(ours.parameters, network.parameters) { #expect(abs(left - right) < 1e-9) }
    }

    /// With everything active and the output fixed, gradient descent on a linear model contracts at a known rate.
    @Test func gradientDescentOnOneParameter() throws {
        // F(x) = w x on x = 1, label 3, w > 0: w ← w − 2 rate (w − 3).
        let plan = TrainingPlan(
            points: 1, inputDimension: 1, units: 1, bias: false,
            inputs: .given(DataSet(points: 1, inputDimension: 1, values: [1])),
            labels: .given([3]), outputs: .signs, optimizer: .gradientDescent(rate: 0.25), steps: 10, every: 1)
        let rows = try run(plan).state.rows
        let start = plan.network().weights[0]
        if start > 0 {
            for row in rows {
                let error = (start - 3) * (0..<row.step).reduce(1.0) { power, _ in power * 0.5 }
                #expect(abs(row.loss - error * error) < 1e-12 && row.rank == 1)
            }
        } else {
            for row in rows { #expect(row.loss == 9 && row.rank == 0 && row.gradientNorm == 0) }
        }
    }

    @Test func labels() {
        var plan = small(.adam(rate: 0.01))
        plan.labels = .teacher
        let teacher = plan.data()
        #expect(teacher.labels != plan.data().labels.map { _ in 0 })
        plan.labels = .random
        #expect(plan.data().labels.allSatisfy { (-1..<1).contains($0) } && Set(plan.data().labels).count == 70)
        #expect(plan.data().inputs.allSatisfy { (-2..<2).contains($0) } && plan.data().inputs.contains { $0 > 1 })
        plan.labels = .polynomial
        plan.inputDimension = 1
        // Third differences of a polynomial of degree 2 at even points are 0.
        plan.inputs = .given(DataSet(points: 70, inputDimension: 1, values: (0..<70).map { Double($0) / 64 }))
        let y = plan.data().labels
        for j in 3..<70 { #expect(abs(y[j] - 3 * y[j - 1] + 3 * y[j - 2] - y[j - 3]) < 1e-12) }
        #expect(y[2] - 2 * y[1] + y[0] != 0)
    }

    @Test func trainingDiverges() throws {
        var run = TrainingRun(
            TrainingPlan(
                points: 9, inputDimension: 2, units: 9, optimizer: .gradientDescent(rate: 1e6), steps: 1000, every: 1000
            ))
        let backend = try CBackend(.cpu())
        #expect(throws: TrainingRun.Failure.self) { while !run.isFinished { try run.advance(on: backend) } }
        #expect(run.state.step < 1000)
    }
}
