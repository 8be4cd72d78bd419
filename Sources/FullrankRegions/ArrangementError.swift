/// Why regions can't be counted or drawn.
public enum ArrangementError: Error, Hashable, Sendable {
    /// The vectors of these points, r at most, are linearly dependent: the data are not in general position.
    case dependent(points: [Int])
    /// More regions, or subsets to look at, than were allowed.
    case tooMany
}

extension ArrangementError {
    /// For a person.
    public var words: String {
        switch self {
        case .dependent(let points):
            let linked = points.count > 1 ? "are linearly dependent, the bias's 1 included" : "is 0"
            return "the data are not in general position: \(Self.names(points)) \(linked)"
        case .tooMany: return "there are too many regions"
        }
    }

    /// "points 1, 3 and 4"
    public static func names(_ points: [Int]) -> String {
        guard points.count > 1 else { return "point \(points.first ?? 0)" }
        return "points " + points.dropLast().map { "\($0)" }.joined(separator: ", ")
            + " and \(points[points.count - 1])"
    }
}
