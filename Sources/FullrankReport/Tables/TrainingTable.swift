import FullrankModel

/// training.csv: one row for each recorded step.
public enum TrainingTable {
    public static let header =
        "step,loss,gradient_norm,rank,sigma_min,sigma_max,pattern_changes,"
        + "steps_with_changes,boundary_distance"

    /// Numbers other than counts, as the shortest decimals that read back as the same float64; an empty field where
    /// there is none.
    public static func csv(_ rows: [TrainingRow]) -> String {
        var table = header + "\n"
        for row in rows {
            let distance: Double? = row.boundaryDistance.isFinite ? row.boundaryDistance : nil
            let fields: [String] = [
                "\(row.step)", "\(row.loss)", "\(row.gradientNorm)", "\(row.rank)", text(row.smallest),
                text(row.largest), "\(row.patternChanges)", "\(row.stepsWithChanges)", text(distance),
            ]
            table += fields.joined(separator: ",") + "\n"
        }
        return table
    }

    private static func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}
