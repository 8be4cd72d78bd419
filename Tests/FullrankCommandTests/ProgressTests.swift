import FullrankPlatform
import FullrankTestSupport
import Testing

/// The progress bar: on a terminal, and only there.
@Suite struct ProgressTests {
    /// Longer than anyone waits: each of these runs is interrupted.
    private static let sweep = "sweep --backend cpu --d0 2 --n 40 --d1 100 --trials 5000000 --output "
    private let folder = TemporaryFolder()

    private func arguments(_ name: String) -> [String] {
        (Self.sweep + folder.path + "/" + name).split(separator: " ").map(String.init)
    }

    @Test(arguments: [100, 60, 30] as [UInt16])
    func aTerminalShowsShareRateAndTimeLeft(columns: UInt16) throws {
        let terminal = try #require(MessageChannel.terminal(columns: columns))
        let command = RunningCommand(arguments("\(columns)"), channel: terminal)
        // Three drawings, so that there is a rate.
        #expect(command.runs { command.messages.split(separator: "\r\u{1b}[K").count > 3 })
        let result = command.end(SIGINT)
        #expect(result.status == 130)

        let messages = result.messages.withoutStoppingNotice
        var pieces = messages.split(separator: "\r\u{1b}[K", omittingEmptySubsequences: false)
        try #require(pieces.count > 3, "\(result.messages)")
        let last = pieces.removeLast()
        #expect(pieces.removeFirst() == "")
        for piece in pieces where piece != "" || messages == result.messages {
            #expect(piece.count < Int(columns), "\(piece)")
            guard columns >= 60 else {
                #expect(piece.wholeMatch(of: /\ *\d+%.*/) != nil, "'\(piece)'")
                continue
            }
            let all = /\[[=> ]+\] +\d+%  \d+\/5000000 trials  [\d.]+\/s(  [\dhms]+ left)?/
            #expect(piece.wholeMatch(of: all) != nil, "'\(piece)'")
        }
        if columns >= 60 { #expect(pieces.contains { $0.hasSuffix(" left") }, "\(pieces)") }
        // The bar is erased before anything else is said.
        #expect(last.wholeMatch(of: #/fullrank: sweep: interrupted: .*\r\n/#) != nil, "'\(last)'")
    }

    @Test func aPipeShowsNothingOfIt() throws {
        let pipe = try #require(MessageChannel.pipe())
        let command = RunningCommand(arguments("pipe"), channel: pipe)
        // Longer than a bar would take to show.
        #expect(command.runs { LongSweep.journalled(folder, "pipe") > 0 })
        usleep(400_000)
        #expect(command.messages == "")
        let text = command.end(SIGINT).messages.withoutStoppingNotice
        let message = /fullrank: sweep: interrupted: \d+ of 5000000 trials are kept in .*\n/
        #expect(text.wholeMatch(of: message) != nil, "\(text)")
    }
}
