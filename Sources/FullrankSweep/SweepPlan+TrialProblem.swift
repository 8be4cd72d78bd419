import FullrankModel

extension SweepPlan {
    /// What a trial of one of the plan's problems is made of.
    ///
    /// - Parameter dataSet: the file's points; needed exactly when the plan's inputs are a file.
    package func trialProblem(of problem: SweepProblem, dataSet: DataSet?) -> TrialProblem {
        let source: TrialProblem.Inputs =
            switch inputs {
            case .drawn(let distribution): .drawn(distribution)
            case .file: .given(dataSet!)
            }
        let network: TrialProblem.Network =
            switch patterns {
            case .initialization: .drawn(initialization)
            case .bernoulli: .bernoulli
            case .regions: .regions
            }
        return TrialProblem(
            seed: seed, points: problem.largestPoints, inputDimension: problem.inputDimension,
            units: problem.largestUnits, bias: problem.bias, inputs: source, network: network,
            hidden: problem.hidden?.widths ?? [])
    }
}
