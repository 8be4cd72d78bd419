import FullrankPlatform
import FullrankTestSupport
import Testing

/// Limits and oddities of the process itself: file sizes, processors, closed descriptors, a stop in mid-computation.
@Suite struct SystemLimitTests {
    private let folder = TemporaryFolder()

    /// SIGXFSZ would end the process without a word.
    @Test func aFileThatMayNotGrow() {
        let line = "sweep --d0 1 --n 10..40:10 --d1 2..100 --trials 200 --backend cpu --output \(folder.path)/s"
        let result = BuiltCommand.runInShell("ulimit -f 1 && exec \"$0\" \(line)")
        #expect(result.status == 74, "\(result)")
        #expect(result.messages.hasSuffix(": File too large\n"), "\(result)")
    }

    /// A quota of processor time counts as processors.
    @Test(.enabled(if: ControlGroup.canBeMade("cpu"), "control groups are Linux's, and need root"))
    func aQuotaOfOneProcessor() throws {
        let group = try #require(ControlGroup("cpu"))
        let isLimited = group.write(["cpu.max"], "100000 100000") || group.write(["cpu.cfs_quota_us"], "100000")
        try #require(isLimited)
        let result = BuiltCommand.runInShell("echo $$ >\(group.processes) && exec \"$0\" backends --json")
        #expect(result.status == 0 && result.output.contains("\"compute_units\": 1"), "\(result)")
    }

    /// What is printed must not go into a file that took the number of a closed descriptor, nor pass for printed.
    @Test(arguments: ["0>&- 1>&- 2>&-", "1>&-", "1>&- 2>&-", "0>&- 1>&-"])
    func closedDescriptors(closed: String) {
        let path = folder.file(
            "two.npy", NPYBuilder.file(descriptor: "|u1", shape: "(2, 2)", data: [1, 0, 0, 1]))
        for line in ["rank \(path)", "--help", "binary --d 3 --trials 10", "backends"] {
            let result = BuiltCommand.runInShell("exec \"$0\" \(line) \(closed)")
            #expect(result.status == 74, "\(line) \(closed): \(result)")
        }
        let sweep = "sweep --d0 1 --n 3 --d1 3 --trials 3 --backend cpu --output \(folder.path)/s"
        let undisturbed = BuiltCommand.runInShell("exec \"$0\" \(sweep)")
        let files = folder.contents(of: "s")
        #expect(undisturbed.status == 0)
        _ = BuiltCommand.runInShell("rm -r \(folder.path)/s; exec \"$0\" \(sweep) \(closed)")
        expectSame(folder.contents(of: "s"), files)
    }

    /// LAPACK can't be cut short: SIGTERM ends the process all the same, with what was finished kept.
    @Test func terminationEndsWithinASecond() throws {
        let path = folder.path + "/sweep"
        let words = "sweep --backend cpu --threads 1 --method svd --ratio 1 --d1 1 --trials 3 --n 20,3000 --output"
        let command = RunningCommand(words.split(separator: " ").map(String.init) + [path])
        #expect(command.runs { LongSweep.journalled(folder, "sweep") == 3 })
        usleep(700_000)
        let start = ContinuousClock.now
        let result = command.end(SIGTERM)
        #expect(ContinuousClock.now - start < allowed(.seconds(1.2)))
        #expect(result.status == 143, "\(result)")
        #expect(LongSweep.journalled(folder, "sweep") == 3)
    }
}
