import FullrankModel

/// The GPU memory that a trial uses while it is computed, from its shape.
enum DeviceMemory {
    /// In bytes; nil if it is not known beforehand: deep networks, singular values.
    static func ofTrial(_ shape: ProbeShape, _ problem: SweepProblem, _ plan: SweepPlan) -> Double? {
        guard plan.method == .exact, shape.hidden == nil else { return nil }
        let points = Double(shape.points), inputs = Double(shape.inputDimension)
        return plan.findsColumnsOnly(problem) ? columnProof(points, inputs) : elimination(points, inputs)
    }

    /// n²/2 bytes of a factor in strips, inverses, a block of columns and its sums, inputs and patterns
    /// (Kernels/cuda/column_proof/layout.cu).
    private static func columnProof(_ points: Double, _ inputs: Double) -> Double {
        let diagonal = min(points, points <= 4096 ? 256 : points <= 32768 ? 512 : 1024)
        let block = min(points, 2 * diagonal)
        let strip = min(points, 1024)
        let factor = points * (points + strip) / 2
        let columns = points * (diagonal + block + inputs + 1) + 4 * max(strip, diagonal) * block
        return factor + columns + 16 * inputs * points + (512 + block) * points / 8
    }

    /// 17/64 n² doubles, and three blocks of columns (Kernels/cuda/elimination/large/elimination.cu).
    private static func elimination(_ points: Double, _ inputs: Double) -> Double {
        8 * (17 / 64 * points * points + 3 * points * min(points, 512)) + 16 * inputs * points
    }
}
