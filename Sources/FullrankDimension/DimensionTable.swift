import FullrankModel
import FullrankReport

/// dimensions.csv and histogram.csv. Columns that published tables have (arXiv 2605.09609) have their names and words.
public enum DimensionTable {
    public static let polynomialHeader =
        "h,exponent,architecture,num_parameters,dimension_computed,ambient_dimension,is_full_dimension,is_unimodal,"
        + "expected_dimension,defect,upper_bound,proved,error_bound,trials\n"
    public static let functionalHeader =
        "architecture,num_parameters,points,trials,mean,standard_error,minimum,maximum,upper_bound,at_bound,share_at_bound\n"

    public static func header(_ plan: DimensionPlan) -> String {
        plan.activation.exponent != nil ? polynomialHeader : functionalHeader
    }

    /// A row with its line feed.
    public static func row(_ summary: DimensionSummary) -> String {
        let problem = summary.problem, architecture = problem.architecture
        let widths = "\"[" + architecture.widths.map(String.init).joined(separator: ", ") + "]\""
        guard let ambient = problem.ambient else {
            let ranks = summary.histogram.map(\.rank)
            return "\(widths),\(problem.parameters),\(summary.points),\(summary.trials),\(fixed(summary.mean, 6)),"
                + "\(summary.standardError.map { fixed($0, 6) } ?? ""),\(ranks.first ?? 0),\(ranks.last ?? 0),\(summary.bound),"
                + "\(summary.atBound),\(fixed(summary.shareAtBound, 6))\n"
        }
        return
            "\(architecture.layers),\(problem.activation.exponent ?? 1),\(widths),\(problem.parameters),\(summary.dimension),"
            + "\(ambient),\(word(summary.isFilling == true)),\(word(architecture.isUnimodal)),\(problem.expected),\(summary.defect),"
            + "\(summary.bound),\(word(summary.isProved)),\(summary.errorBound),\(summary.trials)\n"
    }

    /// As Python writes them.
    static func word(_ value: Bool) -> String { value ? "True" : "False" }

    /// Each architecture's ranks and how many networks have them.
    public static func histogram(_ summaries: [DimensionSummary]) -> String {
        var text = "architecture,rank,trials\n"
        for summary in summaries {
            let widths = "\"[" + summary.problem.architecture.widths.map(String.init).joined(separator: ", ") + "]\""
            for bar in summary.histogram { text += "\(widths),\(bar.rank),\(bar.trials)\n" }
        }
        return text
    }
}
