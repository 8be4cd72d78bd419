import FullrankPlatform
import FullrankTestSupport
import Testing

/// The diagram that fills in while a sweep runs on a terminal.
@Suite struct LiveTests {
    private static let grid = "--backend cpu --d0 1,2,3,5 --n 10..100:10 --d1 30..300:30"
    private static let terminal = ["TERM=xterm-256color", "COLORTERM=", "LC_ALL=C.UTF-8", "NO_COLOR="]
    private let folder = TemporaryFolder()

    /// A sweep nobody waits for, until `condition` holds of what its terminal shows.
    private func sweep(
        _ more: String = "", columns: UInt16 = 80, rows: UInt16 = 24, environment: [String] = Self.terminal,
        name: String = "sweep", until condition: (TerminalScreen, String) -> Bool
    ) throws -> (RunningCommand, () -> TerminalScreen) {
        let channel = try #require(MessageChannel.terminal(columns: columns, rows: rows))
        let words = "sweep \(Self.grid) --trials 5000000 \(more) --output \(folder.path)/\(name)"
        let command = RunningCommand(
            words.split(separator: " ").map(String.init), channel: channel, environment: environment)
        func screen() -> TerminalScreen {
            var screen = TerminalScreen(columns: Int(columns), rows: Int(rows))
            screen.write(command.messages)
            return screen
        }
        #expect(command.runs { condition(screen(), command.messages) }, "\(screen().text)")
        return (command, screen)
    }

    private static func isBar(_ line: String) -> Bool { line.contains(/\d+%  \d+\/20000000 trials/) }
    private static func hasDiagram(_ screen: TerminalScreen) -> Bool {
        screen.text.contains { $0.hasPrefix("d0 = 1 ") } && screen.text.contains { $0.contains("▀▀▀") }
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func itFillsInAboveTheProgressAndLeavesNothingBehind(signal: Int32, code: Int32) throws {
        let (command, screen) = try sweep { screen, bytes in
            // Drawn over several times.
            Self.hasDiagram(screen) && screen.text.last.map(Self.isBar) == true
                && bytes.matches(of: /\u{1b}\[\d+A/).count > 6
        }
        let shown = screen()
        #expect(shown.text.count <= 24 + 1 && shown.unknown == [], "\(shown.unknown)")
        for title in ["d0 = 1", "d0 = 2", "d0 = 3", "d0 = 5"] {
            #expect(shown.text.count { $0.contains(title) } == 1, "\(title) stands once: \(shown.text)")
        }
        #expect(shown.text.count(where: Self.isBar) == 1)
        #expect(command.messages.contains("\u{1b}[38;5;"))
        let result = command.end(signal)
        #expect(result.status == code)
        let end = screen()
        // There are two more lines if it was slow to stop.
        #expect(end.text.count <= 4 && end.text.joined().contains(/sweep: interrupted: \d+ of/), "\(end.text)")
        #expect(end.isCursorVisible && !end.isColoured && end.unknown == [])
    }

    /// The second signal ends it at once; the screen is clean all the same.
    @Test func endedAtOnce() throws {
        let (command, screen) = try sweep("--method svd") { screen, _ in
            screen.text.contains { $0.hasPrefix("d0 = 1 ") }
        }
        command.signal(SIGTERM)
        command.signal(SIGTERM)
        #expect([143].contains(command.wait().status))
        #expect(screen().isCursorVisible && !screen().text.contains { $0.hasPrefix("d0 = 1 ") }, "\(screen().text)")
    }

    /// No colours, but still the diagram.
    @Test func charactersWhereColoursAreNotWanted() throws {
        let (command, screen) = try sweep(environment: ["TERM=xterm-256color", "NO_COLOR=1"], name: "bare") {
            screen, _ in
            screen.text.contains { $0.hasPrefix(" 30 ") } && screen.text.last.map(Self.isBar) == true
        }
        #expect(!command.messages.contains(/\u{1b}\[[0-9;]*m/))
        command.end(SIGINT)
        #expect(screen().text.count <= 2)
    }

    private static let without: [(String, UInt16, UInt16, [String])] = [
        ("--no-live", 80, 24, terminal), ("", 80, 6, terminal), ("", 20, 24, terminal),
        ("", 80, 24, ["TERM=dumb", "LC_ALL=C.UTF-8"]),
    ]

    @Test(arguments: without)
    func theProgressAlone(_ one: (more: String, columns: UInt16, rows: UInt16, environment: [String])) throws {
        let (command, _) = try sweep(one.more, columns: one.columns, rows: one.rows, environment: one.environment) {
            _, bytes in
            bytes.matches(of: /\r\u{1b}\[K/).count > 6
        }
        let result = command.end(SIGINT)
        #expect(
            !result.messages.contains(/\u{1b}\[(\d+A|\?25l|J)/) && !result.messages.contains("d0 = "),
            "\(result.messages.debugDescription)")
    }

    @Test func aPipeGetsNoneOfIt() throws {
        let pipe = try #require(MessageChannel.pipe())
        let command = RunningCommand(
            "sweep \(Self.grid) --trials 5000000 --output \(folder.path)/pipe".split(separator: " ").map(String.init),
            channel: pipe, environment: Self.terminal)
        #expect(command.runs { LongSweep.journalled(folder, "pipe") > 20_000 })
        #expect(command.messages == "")
        command.end(SIGINT)
    }

    /// A run that is taken up says so above its diagram; a finished one ends with the picture.
    @Test func messagesStandAboveAndAFinishedSweepEndsWithItsPicture() throws {
        let channel = try #require(MessageChannel.terminal(columns: 150, rows: 40))
        func run(_ trials: Int) -> TerminalScreen {
            let words =
                "sweep --backend cpu --d0 1,2 --n 10..60:10 --d1 30..150:30 --trials \(trials) --extend --output \(folder.path)/s"
            let before = channel.text().utf8.count
            let command = RunningCommand(
                words.split(separator: " ").map(String.init), channel: channel, environment: Self.terminal)
            #expect(command.wait(timeout: 60).status == 0)
            var screen = TerminalScreen(columns: 150, rows: 40)
            screen.write(String(decoding: Array(channel.text().utf8)[before...], as: UTF8.self))
            return screen
        }
        _ = run(20)
        let screen = run(12_000)
        let text = screen.text
        #expect(text.joined().contains("40 of 24000 trials are there already"), "\(text)")
        let words = text.firstIndex { $0.contains("sweep: 60 cells from 23960 new trials") }
        let title = text.firstIndex { $0.hasPrefix("d0 = 1 ") }
        #expect(words != nil && title == words.map { $0 + 1 } && text.count { $0.hasPrefix("d0 = 1 ") } == 1, "\(text)")
        // Behind the picture stands only what was written.
        #expect(text.count { $0.hasSuffix("fraction of full rank; n across, d1 up") } == 1, "\(text)")
        #expect(
            text.last?.contains("fullrank: wrote in ") == true
                || text.dropLast().last?.contains("fullrank: wrote in ") == true, "\(text)")
        #expect(screen.unknown == [] && screen.isCursorVisible && !screen.isColoured)
    }
}
