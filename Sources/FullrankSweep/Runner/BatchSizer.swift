/// Chooses how many trials a call gets: about `target` seconds' worth, so that progress shows and stopping is prompt,
/// but more where trials run side by side.
struct BatchSizer {
    /// Seconds a call should take.
    static let target = 0.2
    /// Seconds a call may take when trials side by side go faster than one by one.
    static let patience = 1.0
    /// A doubled batch must raise the rate by this much to be kept.
    static let gain = 1.3

    /// Carried from problem to problem. 1e-10 is 10 Gflop/s counted in multiply-adds: any machine's guess, right
    /// after one call.
    private var secondsPerWork = 1e-10
    private var measured = false
    private var workPerTrial = 1.0
    private var ceiling = Int.max
    /// Raised by doubling while that pays.
    private var floor = 1
    private var probing = true
    private var best: (trials: Int, rate: Double)?

    /// A new problem: its work a trial, and the most trials a call may have.
    mutating func begin(workPerTrial: Double, ceiling: Int) {
        self.workPerTrial = workPerTrial
        self.ceiling = max(1, ceiling)
        (floor, probing, best) = (1, true, nil)
    }

    /// Trials of the next call; at least 1, at most `remaining`.
    func next(remaining: Int) -> Int {
        // The first call of all is a guess: a quarter of it then.
        let ideal = Self.target / (measured ? 1 : 4) / (secondsPerWork * workPerTrial)
        return max(1, min(remaining, ceiling, max(floor, Int(min(ideal, 1e9)))))
    }

    /// How long a call of that many trials should take.
    func seconds(_ trials: Int) -> Double { secondsPerWork * workPerTrial * Double(trials) }

    mutating func record(trials: Int, seconds: Double) {
        // At most eight times faster at once: small calls measure overheads.
        secondsPerWork = max(seconds / (workPerTrial * Double(trials)), secondsPerWork / 8, 1e-18)
        measured = true
        guard probing, trials >= floor, seconds >= Self.target / 2 else { return }
        let rate = Double(trials) / seconds
        if let best, rate < best.rate * Self.gain {
            (floor, probing) = (best.trials, false)
        } else if seconds > Self.patience {
            (floor, probing) = (best?.trials ?? 1, false)
        } else {
            best = (trials, rate)
            floor = trials * 2
        }
    }

    /// A call of that many trials did not fit in memory.
    mutating func halve(_ trials: Int) {
        ceiling = max(1, trials / 2)
        (floor, probing) = (1, false)
    }
}
