import FullrankPlatform
import FullrankTestSupport
import Synchronization
import Testing

@Suite struct ProcessTests {
    private let folder = TemporaryFolder()

    private func bytes(_ text: String) -> [CChar] { Array(text.utf8CString) }

    /// Runs lines of sh; how they ended, and what they wrote.
    private func run(_ lines: String, environment: [String] = []) throws -> (status: Int32, output: String) {
        let input = folder.file("input", "from the input")
        let ends = try #require(makePipe())
        defer { close(ends.read) }
        let process = try SpawnedProcess(
            ["/bin/sh", "-c", lines].map(bytes), environment: environment.map(bytes), input: bytes(input),
            output: ends.write, errors: ends.write)
        close(ends.write)
        var output = [UInt8](), chunk = [UInt8](repeating: 0, count: 100)
        while case let count = read(ends.read, &chunk, 100), count > 0 { output += chunk[..<count] }
        return (process.wait(), String(decoding: output, as: UTF8.self))
    }

    @Test func programsRun() throws {
        let result = try run("cat; echo; echo $A $HOME >&2; exit 3", environment: ["A=b"])
        #expect(result.status == 3 && result.output == "from the input\nb\n")
        #expect(try run("kill -9 $$").status == 128 + 9)
        // Nothing of this process's but the three.
        let pipe = try #require(makePipe())
        defer { close(pipe.read); close(pipe.write) }
        #expect(try run("test ! -e /dev/fd/\(pipe.read) -a ! -e /dev/fd/\(pipe.write)").status == 0)
        let failure = #expect(throws: SpawnedProcess.Failure.self) {
            try SpawnedProcess([bytes("/no/such")], environment: [], input: bytes("/dev/null"), output: 1, errors: 2)
        }
        #expect(failure?.code == ENOENT)
    }

    @Test func threadsRunAndAreJoined() {
        let sum = Mutex(0)
        let handles = (1...20).compactMap { number in SystemThread { sum.withLock { $0 += number } } }
        for handle in handles { handle.join() }
        #expect(handles.count == 20 && sum.withLock { $0 } == 210)
    }

    @Test func signalsAreAnsweredOrIgnored() throws {
        // SIGURG does nothing by itself.
        #expect(!isSignalIgnored(SIGURG))
        handleSignal(SIGURG) { _ in answered.store(true, ordering: .relaxed) }
        #expect(try run("kill -URG $PPID").status == 0)
        for _ in 0..<2000 where !answered.load(ordering: .relaxed) { usleep(1000) }
        #expect(answered.load(ordering: .relaxed) && !isSignalIgnored(SIGURG))
        ignoreSignal(SIGURG)
        #expect(isSignalIgnored(SIGURG))
    }

    @Test func whatTheProcessIs() throws {
        let path = String(decoding: try #require(executablePath()), as: UTF8.self)
        #expect(path.hasPrefix("/") && FileStatus(at: path)?.kind == .regular)
        #expect(peakMemory() > 1e6 && peakMemory() < 1e12)
        #expect(shell("test \"$(uname -n)\" = '\(hostName())'") == 0)
        let file = open(folder.file("a", "b"), O_RDONLY)
        defer { close(file) }
        #expect(!isTerminal(file) && terminalSize(file) == nil && !isInBackground(of: file))
        #expect(dlsym(nil, "no_such_symbol") == nil && dlerror() != nil)
    }

    /// C's function and, for what it should be, (n - 1)!.
    @Test func logGammaIsOfFactorials() {
        var factorial = 1.0
        for n in 1...20 {
            #expect(abs(logGamma(Double(n)) - log(factorial)) < 1e-13 * max(1, log(factorial)))
            factorial *= Double(n)
        }
    }
}

private let answered = Atomic<Bool>(false)
