import FullrankModel

extension DimensionPlan {
    /// Multiply-adds of a trial modulo one prime, roughly: an elimination of rank r and the passes of its points.
    public func work(_ problem: DimensionProblem) -> Double {
        let rank = Double(problem.bound), points = Double(points(of: problem)), parameters = Double(problem.parameters)
        return rank * rank * min(points, parameters) + 8 * points * parameters
    }
    public static let workFormula = "r^2 min(n, P) + 8 n P a trial, r the bound"

    /// Numbers that are drawn for a trial before the call; 0 of residues, which the kernels draw.
    func numbers(_ problem: DimensionProblem) -> Int {
        problem.isPolynomial ? 0 : problem.parameters + points(of: problem) * problem.architecture.inputs
    }
}
