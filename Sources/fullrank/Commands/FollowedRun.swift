import FullrankModel

extension CommandContext {
    /// Runs `body` while a terminal shows its progress, until it ends or throws. A signal calls `cancel`, which should
    /// make it end soon.
    ///
    /// - Parameters:
    ///   - diagram: what its cells show; nil if there will be none.
    ///   - progress: asked ten times a second; nil if `body` tells the display itself.
    func follow<Result, Failure: Error>(
        diagram quantity: String?, progress: (@Sendable () -> RunProgress)? = nil,
        cancel: @escaping @Sendable () -> Void, _ body: (LiveDisplay) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let display = LiveDisplay(diagram: quantity)
        let ticker = progress.map(display.follow)
        interruption.onSignal(cancel)
        defer {
            ticker?.cancel()
            display.finish()
            interruption.onSignal(nil)
        }
        return try body(display)
    }

    /// The failure of a run that a signal cut short: `kept`, "3 of 10 trials", is in its folder.
    func interrupted(_ kept: String, in folder: String) -> CommandFailure {
        CommandFailure(
            .interrupted(signal: interruption.signal ?? 2),
            "interrupted: \(kept) are kept in \(folder.printable()); the same command goes on from there")
    }
}
