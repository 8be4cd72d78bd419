import FullrankModel

extension DimensionPlan {
    /// Multiply-adds of a trial modulo one prime, roughly: an elimination of rank r and the passes of its points.
    public func work(_ problem: DimensionProblem) -> Double {
        let rank = Double(problem.bound), points = Double(points(of: problem)), parameters = Double(problem.parameters)
        return rank * rank * min(points, parameters) + 8 * points * parameters
    }
    public static let workFormula = "r^2 min(n, P) + 8 n P a trial, r the bound"

    /// Bytes that a trial takes, roughly: half a rectangle of the elimination, in doubles, and the numbers drawn for it.
    func memory(_ problem: DimensionProblem) -> Double {
        let rows = Double(problem.bound), columns = Double(min(points(of: problem), problem.parameters))
        return 4 * rows * columns + 8 * Double(numbers(problem))
    }

    /// Numbers that are drawn for a trial before the call; 0 of residues, which the kernels draw.
    func numbers(_ problem: DimensionProblem) -> Int {
        problem.isPolynomial ? 0 : problem.parameters + points(of: problem) * problem.architecture.inputs
    }
}
