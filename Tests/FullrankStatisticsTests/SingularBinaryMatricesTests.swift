import FullrankStatistics
import Testing

@Suite struct SingularBinaryMatricesTests {
    /// The doubles nearest to 1 - A055165(d) / 2^(d²), by Python's fractions.
    @Test func exactProbabilitiesAreRoundedOnce() {
        let wanted = [
            0.0, 0.5, 0.625, 0.66015625, 0.65576171875, 0.6270442008972168, 0.5803720667026937, 0.5197696201191206,
            0.44920037255665174,
        ]
        #expect((0...8).map { SingularBinaryMatrices(order: $0, trials: 1, singular: 0).exact } == wanted)
        #expect(SingularBinaryMatrices(order: 9, trials: 1, singular: 0).exact == nil)
    }
}
