import FullrankStatistics
import Testing

@Suite struct WilsonIntervalTests {
    @Test(arguments: [
        (0, 10, 0, 0.2775327998628892), (5, 10, 0.236593090512564, 0.763406909487436),
        (10, 10, 0.7224672001371107, 1), (1, 1, 0.20654931437723745, 1),
        (87, 100, 0.7901964855992357, 0.9224283257275948),
    ])
    func knownValues(successes: Int, trials: Int, low: Double, high: Double) {
        let interval = WilsonInterval(successes: successes, trials: trials)
        #expect(abs(interval.low - low) < 5e-8 && abs(interval.high - high) < 5e-8)
    }

    @Test func theEndsAreExact() {
        for trials in 1...2000 {
            #expect(WilsonInterval(successes: 0, trials: trials).low == 0)
            #expect(WilsonInterval(successes: trials, trials: trials).high == 1)
        }
    }

    /// The interval is the set of p whose z-score is at most z: both ends solve (p̂ - p)² = z² p (1 - p) / n.
    @Test func theEndsSolveTheScoreEquation() {
        for trials in [1, 2, 9, 100, 12345] {
            for successes in stride(from: 0, through: trials, by: max(1, trials / 9)) {
                let interval = WilsonInterval(successes: successes, trials: trials)
                let estimate = Double(successes) / Double(trials)
                #expect(interval.low <= estimate && estimate <= interval.high)
                for end in [interval.low, interval.high] {
                    let left = (estimate - end) * (estimate - end)
                    let right = WilsonInterval.z * WilsonInterval.z * end * (1 - end) / Double(trials)
                    #expect(abs(left - right) < 1e-14)
                }
            }
        }
    }

    @Test func noTrialsSayNothing() {
        let interval = WilsonInterval(successes: 0, trials: 0)
        #expect(interval.low == 0 && interval.high == 1)
    }
}
