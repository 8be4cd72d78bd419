import FullrankModel
import Testing

@Suite struct RunProgressTests {
    @Test func saysShareCountRateAndTimeLeft() {
        let progress = RunProgress(done: 42, total: 100, seconds: 3.5)
        #expect(
            progress.line(width: 79)
                == "[===============>                        ]  42%  42/100 trials  12.0/s  5s left")
        #expect(progress.line(width: 60) == "[=======>             ]  42%  42/100 trials  12.0/s  5s left")
        #expect(progress.line(width: 42) == " 42%  42/100 trials  12.0/s  5s left")
        #expect(progress.line(width: 36) == " 42%  42/100 trials  12.0/s  5s left")
        #expect(progress.line(width: 30) == " 42%  42/100 trials  12.0/s")
        #expect(progress.line(width: 20) == " 42%  42/100 trials")
        #expect(progress.line(width: 6) == " 42%")
        #expect(progress.line(width: 3) == "")
    }

    @Test func aTotalThatMayGrowHasAPlus() {
        let progress = RunProgress(done: 42, total: 100, seconds: 3.5, mayGrow: true)
        #expect(progress.line(width: 42) == " 42%  42/100+ trials  12.0/s  5s left")
    }

    @Test func knowsNoTimeLeftBeforeTheFirstTrial() {
        #expect(RunProgress(done: 0, total: 8, seconds: 2).line(width: 33) == "[      ]   0%  0/8 trials  0.00/s")
        #expect(
            RunProgress(done: 8, total: 8, seconds: 4).line(width: 79) == "[" + String(repeating: "=", count: 40)
                + "] 100%  8/8 trials  2.00/s  0s left")
        #expect(RunProgress(done: 0, total: 0, seconds: 0).share == 1)
    }

    @Test(arguments: [
        (1.0, "59s left", 59), (1, "1m00s left", 60), (1, "3m05s left", 185), (1, "1h02m left", 3_720),
        (1, "5d03h left", 442_800), (1, "years left", 2_000_000_000),
    ])
    func timeLeft(seconds: Double, words: String, trialsLeft: Int) {
        let progress = RunProgress(done: 1, total: trialsLeft + 1, seconds: seconds)
        #expect(progress.line(width: 200).hasSuffix(words))
    }

    @Test func neverWiderThanAllowed() {
        for done in [0, 1, 7, 99, 100, 1_000_000_000_000, Int.max] {
            for seconds in [0, 1e-9, 0.3, 1e9, Double.infinity] {
                for width in -1...120 {
                    let line = RunProgress(done: done, total: 100, seconds: seconds).line(width: width)
                    #expect(line.utf8.count <= max(0, width), "\(line)")
                }
            }
        }
    }
}
