/// Why a landscape can't be computed as asked.
public enum LandscapeError: Error, Hashable, Sendable {
    /// Faces of one unit: how many, at most how many are taken.
    case tooManyFaces(Int, Int)
    /// Combinations: how many there are for this many units, the limit, and the largest number of units that fits it
    /// (0: none does).
    case tooMuchWork(combinations: Double, units: Int, limit: Int, fitting: Int)
    case interrupted
    case outOfMemory
}
