/// The source of activation patterns.
public enum PatternEnsemble: String, CaseIterable, Codable, Sendable {
    /// Those of networks with drawn weights.
    case initialization = "init"
    /// No weights: every bit 0 or 1 with probability ½ (P Theorem 5).
    case bernoulli
    /// No weights: every unit's region uniform over the non-empty ones (P Theorem 10).
    case regions
}
