import FullrankPlatform
import FullrankTestSupport
import Testing

/// A sweep that is stopped, politely or not, loses no finished trial, and the same command ends as if it never was.
@Suite struct InterruptionTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/sweep" }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGUSR1, 128 + SIGUSR1)] as [(Int32, Int32)])
    func signalsStopInMidSweep(signal: Int32, code: Int32) throws {
        let command = RunningCommand(LongSweep.arguments(path))
        #expect(command.runs { LongSweep.journalled(folder, "sweep") > 0 })
        let result = command.end(signal)
        #expect(result.status == code && result.output == "")
        let kept = LongSweep.journalled(folder, "sweep")
        #expect(kept > 0 && kept < LongSweep.trials)
        // A slow machine may have had to say that it takes a moment, or, at SIGTERM, to end in mid-computation.
        let isCutShort = signal == SIGTERM && result.messages.hasSuffix("what was finished before is kept\n")
        #expect(
            isCutShort
                || result.messages.hasSuffix(
                    "fullrank: sweep: interrupted: \(kept) of \(LongSweep.trials) trials are kept in "
                        + "\(path); the same command goes on from there\n")
        )
        #expect(!folder.holds("sweep/cells.csv"), "no table of half a sweep")

        let resumed = BuiltCommand.run(LongSweep.arguments(path))
        #expect(resumed.status == 0)
        let words = "fullrank: \(path): \(kept) of \(LongSweep.trials) trials are there already\n"
        #expect(resumed.messages.hasPrefix(words), "\(resumed.messages)")
        LongSweep.expectUndisturbed(folder, "sweep")
    }

    /// One long trial is cut short too: nobody waits for it. The second signal would end it at once; one must do.
    @Test func aLongTrialIsCutShort() {
        let command = RunningCommand(
            ["threshold", "--backend", "cpu", "--d0", "2", "--n", "8000", "--output", path])
        #expect(command.runs { folder.holds("sweep/plan.json") })
        usleep(200_000)
        let start = ContinuousClock.now
        let result = command.end(SIGINT)
        #expect(ContinuousClock.now - start < allowed(.seconds(3)))
        #expect(result.status == 130)
        #expect(result.messages.contains("fullrank: threshold: interrupted: 0 of 100 trials are kept in "))
    }

    /// LAPACK can't be cut short: after a second the command says what another signal does, and that ends it at once.
    @Test(arguments: [(SIGINT, 130), (SIGUSR1, 128 + SIGUSR1)] as [(Int32, Int32)])
    func aSecondSignalEndsAtOnceWithFilesWhole(signal: Int32, code: Int32) throws {
        let words = "sweep --backend cpu --threads 1 --method svd --ratio 1 --d1 1 --trials 3 --n 20,3000 --output"
        let notice = stoppingNotice + "\n"
        // The three small trials are kept; a large one's matrix is made before LAPACK gets it, in a quarter of a second
        // where nothing else runs. A signal in that time ends the run, and the next one goes on.
        func stopped(after seconds: Double) -> RunningCommand? {
            let command = RunningCommand(words.split(separator: " ").map(String.init) + [path])
            #expect(command.runs { LongSweep.journalled(folder, "sweep") == 3 })
            usleep(UInt32(seconds * 1e6))
            command.signal(signal)
            return command.runs { command.messages.hasSuffix(notice) } ? command : nil
        }
        let command = try #require(stopped(after: 0.7) ?? stopped(after: 2) ?? stopped(after: 5))
        let before = folder.contents(of: "sweep")
        let start = ContinuousClock.now
        let result = command.end(signal)
        #expect(ContinuousClock.now - start < allowed(.seconds(1)))
        #expect(result.status == code && result.messages.hasSuffix(notice), "\(result)")
        expectSame(folder.contents(of: "sweep"), before)
        let status = BuiltCommand.succeed("status --json", [path]).output
        #expect(status.contains("\"trials\": 3") && status.contains("\"running\": false"), "\(status)")
    }

    @Test func aSecondProcessIsRefusedWhileTheFirstRuns() {
        let first = RunningCommand(LongSweep.arguments(path))
        #expect(first.runs { LongSweep.journalled(folder, "sweep") > 0 })
        BuiltCommand.expectFailure(
            LongSweep.arguments(path),
            "sweep: --output: \(path) is in use by another fullrank (process \(first.process) on \(hostName())): "
                + "wait for it, or choose another --output", code: 64)
        // Nor was the first disturbed.
        #expect(first.wait().status == 0)
        LongSweep.expectUndisturbed(folder, "sweep")
    }
}
