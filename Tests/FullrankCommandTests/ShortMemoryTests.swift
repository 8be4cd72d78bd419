import FullrankPlatform
import FullrankTestSupport
import Testing

private let limits = ConditionTrait.enabled(if: Platform.isLinux, "macOS keeps no limit of memory")

/// A command that asks for more memory than there is ends at once with exit code 69 and one line: it neither traps, nor
/// prints a backtrace, nor is killed.
@Suite struct ShortMemoryTests {
    private let folder = TemporaryFolder()

    /// In a shell whose `ulimit -v` is so many kB.
    private func run(_ line: String, limit: Int, timeout: Double = 20) -> CommandResult {
        BuiltCommand.runInShell("ulimit -v \(limit) && exec \"$0\" \(line)", timeout: timeout)
    }

    private func expectOutOfMemory(_ line: String, _ result: CommandResult) {
        #expect(result.status == 69, "\(line): \(result)")
        // `auto` may have told its choice before.
        let lines = result.messages.split(separator: "\n").filter { !$0.contains("backend cpu") }
        #expect(lines.count == 1 && lines.first?.hasPrefix("fullrank: ") == true, "\(line): \(result)")
        #expect(result.output == "", "\(line)")
    }

    /// Sizes that no machine has room for.
    @Test(arguments: [
        "sweep --d0 2 --n 10000000 --d1 2147483647 --output x",
        "sweep --d0 1 --n 2147483647 --d1 1 --output x",
        "sweep --d0 3 --n 2147483647 --d1 2147483647 --output x",
        "sweep --d0 1 --n 1000000 --d1 400000 --method svd --trials 1 --output x",
        "binary --d 2147483647",
        "minima --d0 1 --n 2147483647 --d1 2147483647 --output x",
        "explain --d0 1 --n 2147483647 --d1 1 --output x",
        "export --output x --d0 2147483647 --n 2147483647 --d1 2147483647",
        "export --output x --d0 9999 --n 100000 --d1 100000",
        "export --d0 1 --n 2000000000 --hidden 2000,1000 --output x",
        "sweep --d0 1 --n 2000000000 --d1 1000 --hidden 2000 --output x",
        "train --d0 1 --n 2147483647 --d1 2147483647 --output x",
        "regions --d0 2147483647 --n 2147483647 --sample 1",
    ])
    func whatNoMachineHolds(line: String) {
        let start = ContinuousClock.now
        let path = folder.path + "/x"
        let arguments = line.split(separator: " ").map { $0 == "x" ? path : String($0) }
        expectOutOfMemory(line, BuiltCommand.run(arguments))
        #expect(ContinuousClock.now - start < allowed(.seconds(2)), "\(line)")
    }

    /// The same, and what a larger machine would do, where the process may have little.
    @Test(limits, arguments: [100_000, 300_000, 3_000_000])
    func underALimit(limit: Int) {
        for line in [
            "sweep --d0 2 --n 10000000 --d1 2147483647 --output \(folder.path)/a",
            "sweep --d0 1 --n 2147483647 --d1 1 --output \(folder.path)/b",
            "binary --d 2147483647",
            "sweep --d0 2 --n 100000 --d1 100000 --output \(folder.path)/c",
        ] {
            expectOutOfMemory(line, run(line, limit: limit))
        }
    }

    /// A file whose numbers as float64 do not fit, a sparse one; `rank` names it.
    @Test(limits) func inputFiles() throws {
        let header = NPYBuilder.file(descriptor: "|u1", shape: "(20000, 2000)", data: [])
        let path = folder.file("wide.npy", header)
        #expect(folder.resize("wide.npy", to: header.count + 40_000_000))
        let result = run("rank \(path)", limit: 150_000)
        expectOutOfMemory("rank", result)
        #expect(result.messages.contains("rank: \(path): as float64 takes 320 MB, more than the "), "\(result)")
    }

    /// OpenBLAS before 0.3.30 retries forever if memory is refused.
    @Test(limits, arguments: [100_000, 150_000, 200_000, 250_000, 300_000])
    func singularValues(limit: Int) {
        let size = 300
        let values = (0..<(size * size)).map { $0 % (size + 1) == 0 ? 1.0 : 0.0 }
        let path = folder.file(
            "eye.npy", NPYBuilder.file(descriptor: "<f8", shape: "(300, 300)", data: NPYBuilder.doubles(values)))
        for line in [
            "rank \(path) --method svd",
            "train --d0 1 --n 20 --d1 10 --steps 2 --output \(folder.path)/\(limit)",
            "sweep --d0 1 --n 10 --d1 10 --method svd --trials 4 --threads 4 --output \(folder.path)/s\(limit)",
        ] {
            let result = run(line, limit: limit)
            #expect(result.status == 0 || result.status == 69, "\(line): \(result)")
            #expect(!result.messages.contains("Fatal"), "\(line): \(result)")
        }
    }

    /// A control group's limit: the kernel would kill the process, which finds out before.
    @Test(.enabled(if: ControlGroup.canBeMade("memory"), "control groups are Linux's, and need root"))
    func aControlGroup() throws {
        let group = try #require(ControlGroup("memory"))
        let isLimited = group.write(["memory.max", "memory.limit_in_bytes"], "200000000")
        try #require(isLimited)
        for line in [
            "binary --d 60000", "sweep --d0 2 --n 40000 --d1 40000 --output \(folder.path)/x",
            "export --d0 9 --n 20000 --d1 1000 --output \(folder.path)/y",
        ] {
            expectOutOfMemory(line, BuiltCommand.runInShell("echo $$ >\(group.processes) && exec \"$0\" \(line)"))
        }
        let small = BuiltCommand.runInShell("echo $$ >\(group.processes) && exec \"$0\" binary --d 8 --trials 100")
        #expect(small.status == 0, "\(small)")
    }
}
