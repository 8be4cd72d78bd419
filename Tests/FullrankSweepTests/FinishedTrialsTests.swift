import FullrankRuns
import FullrankSweep
import FullrankTestSupport
import Testing

@Suite struct FinishedTrialsTests {
    @Test(arguments: 0..<100 as Range<UInt64>) func againstASet(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let trials = Int.random(in: 0...300, using: &generator)
        var finished = FinishedTrials(problems: 2, trials: trials)
        var obvious = Set<Int>()
        let density = Double.random(in: 0...1, using: &generator)
        for trial in (0..<trials).shuffled(using: &generator)
        where Double.random(in: 0...1, using: &generator) < density {
            #expect(finished.insert(problem: 1, trial: trial) && !finished.insert(problem: 1, trial: trial))
            obvious.insert(trial)
        }
        #expect(finished.count == obvious.count && finished.count(problem: 1) == obvious.count)
        #expect(
            finished.count(problem: 0) == 0 && finished.nextGap(problem: 0, from: 0) == (trials > 0 ? 0..<trials : nil))
        for start in 0...trials {
            #expect(start == trials || finished.contains(problem: 1, trial: start) == obvious.contains(start))
            let first = (start..<trials).first { !obvious.contains($0) }
            let gap = first.map { first in first..<((first..<trials).first { obvious.contains($0) } ?? trials) }
            #expect(finished.nextGap(problem: 1, from: start) == gap, "seed \(seed), from \(start)")
        }
    }
}
