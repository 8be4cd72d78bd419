import FullrankModel

/// The shape that a probe runs if a whole trial would take too long: every n and d1 is smaller by a factor.
struct MinimaProbeShape {
    let plan: MinimaPlan
    let problem: TrialProblem
    /// Of the d0.
    let index: Int
    let factor: Double

    init(_ whole: MinimaPlan, problem index: Int, data: DataSet?, factor: Double) {
        var plan = whole
        plan.points = Array(Set(whole.points.map { Self.scaled($0, factor) })).sorted()
        plan.units = Array(Set(whole.units.map { Self.scaled($0, factor) })).sorted()
        self.plan = plan
        self.index = index
        self.factor = factor
        problem = plan.problem(inputDimension: plan.inputDimensions[index], data: data)
    }

    private static func scaled(_ length: Int, _ factor: Double) -> Int {
        factor == 1 ? length : max(1, Int((Double(length) * factor).rounded(.up)))
    }

    /// The smallest factor that gives a meaningful probe: with fewer points than dimensions every verdict is trivial.
    static func least(_ plan: MinimaPlan, problem index: Int) -> Double {
        let points = Double(max(8, 2 * (plan.inputDimensions[index] + 1)))
        return min(1, points / Double(max(1, plan.points.last ?? 1)))
    }

    /// Bytes of the whole trial's line with this one's answer, its widths brought to the whole trial's.
    func bytes(of trial: MinimaTrial, in whole: MinimaPlan) -> Int {
        guard case .brackets(let rows) = trial.answer else { return bytesWithoutAnswer(in: whole) }
        let largest = whole.units.last ?? 0
        func width(_ value: Int) -> Int {
            value <= 0 || factor == 1 ? value : min(largest, Int(Double(value) / factor))
        }
        return length(
            whole, trial: trial.trial,
            .brackets(
                whole.points.map { n in
                    let row = rows[plan.points.firstIndex(of: Self.scaled(n, factor)) ?? 0]
                    return WidthBracket(infeasible: width(row.infeasible), feasible: width(row.feasible))
                }))
    }

    /// The same without an answer: a teacher's verdicts take a byte each, whatever they are; a width is about n/2.
    func bytesWithoutAnswer(in whole: MinimaPlan) -> Int {
        length(
            whole, trial: whole.mostTrials / 2,
            whole.labels == .teacher
                ? .verdicts(Array(repeating: .feasible, count: whole.points.count * whole.units.count))
                : .brackets(whole.points.map { WidthBracket(infeasible: $0 / 2, feasible: $0 / 2 + 1) }))
    }

    private func length(_ whole: MinimaPlan, trial: Int, _ answer: MinimaAnswer) -> Int {
        var bytes = [UInt8]()
        whole.encoder(isSealed: true).append(
            MinimaTrial(problem: index, trial: trial, answer: answer), to: &bytes)
        return bytes.count
    }

    /// What a thread holds for one trial: its data (Kernels/cpu/samples/minima_data.c) and, of more dimensions than a
    /// line, its region's state (Kernels/cpu/minima/region/region.c): six n × n matrices, and a k × k one per unit.
    var bytesPerTrial: Double {
        let (n, d0, d1) = (Double(problem.points), Double(problem.inputDimension), Double(problem.units))
        let k = d0 + (problem.bias ? 1 : 0), words = (n / 64).rounded(.up)
        let data = d1 * (8 * (d0 + 8) + n / 8) + n * 8 * (d0 + 16)
        let isLine = problem.inputDimension == 1 && problem.bias
        let region = isLine ? 0 : 48 * n * n + 8 * d1 * (k * k + 3 * k + words + 14)
        let drawn = problem.needsRegions(plan.query) ? 16 * Double(plan.points.count) * d1 * words : 0
        return data + region + drawn
    }
}
