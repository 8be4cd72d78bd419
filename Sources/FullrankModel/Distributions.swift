/// The source of the data points.
public enum InputDistribution: String, CaseIterable, Codable, Sendable {
    /// Independent coordinates, mean 0, variance 1 (the paper's).
    case normal
    /// Independent coordinates, uniform on [0, 1).
    case uniform
    /// Independent coordinates, uniform on [-1, 1).
    case cube
}

/// How weights and biases are drawn; PyTorch's default is `uniform`.
public enum Initialization: String, CaseIterable, Codable, Sendable {
    /// Uniform on ±1/√d0.
    case uniform
    /// Uniform on ±√(6/d0).
    case heUniform = "he-uniform"
    /// Mean 0, variance 1.
    case normal
}

/// Floating-point precision of the `svd` method.
public enum Precision: String, CaseIterable, Codable, Sendable {
    case float64
    case float32

    /// The spacing of numbers at 1, as in NumPy's and PyTorch's rank tolerance.
    public var epsilon: Double {
        switch self {
        case .float64: Double.ulpOfOne
        case .float32: Double(Float.ulpOfOne)
        }
    }
}

/// How a rank is found.
public enum RankMethod: Hashable, Sendable {
    /// Rank mod a prime, through the streamed elimination: whole rank profiles, always a lower bound, almost
    /// surely the rank.
    case exact
    /// Singular values cell by cell, `rank = #{σ > max(n, d1 k) eps σ_max}`.
    case svd(Precision)

    /// "exact", "svd-float64", "svd-float32".
    public var name: String {
        switch self {
        case .exact: "exact"
        case .svd(let precision): "svd-\(precision.rawValue)"
        }
    }
}

extension RankMethod: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let all = [RankMethod.exact] + Precision.allCases.map { .svd($0) }
        guard let method = all.first(where: { $0.name == text }) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "method '\(text)' is none of \(all.map(\.name).joined(separator: ", "))")
        }
        self = method
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
