import FullrankBackends

/// Where commands get their backends from: closures, so that the commands know the protocol alone.
struct BackendSource: Sendable {
    /// Opens what was asked for: `auto` chooses, `cpu` and `cuda` never fall back.
    let open: @Sendable (BackendOptions) throws(BackendError) -> any RankBackend
    /// All backends this build knows, available or not. Never fails.
    let list: @Sendable () -> [BackendStatus]

    /// Until the backends are there.
    static let unwired = BackendSource(
        open: { (_) throws(BackendError) in throw .internal("backends are not wired yet") },
        list: { [BackendStatus(name: "cpu", outcome: .unavailable(reason: "not wired yet"))] })
}

/// One line of `fullrank backends`.
struct BackendStatus: Hashable, Sendable {
    enum Outcome: Hashable, Sendable {
        /// The device in words; libraries and their versions.
        case available(device: String, library: String)
        /// The loader's or driver's own words.
        case unavailable(reason: String)
    }

    let name: String
    let outcome: Outcome
}

extension CommandContext {
    /// Opens a backend, hands it to `body`, and cancels its running call when a signal asks the process to end.
    func withBackend<Result>(
        _ options: BackendOptions, _ body: (any RankBackend) throws(BackendError) -> Result
    ) throws(CommandFailure) -> Result {
        do throws(BackendError) {
            let backend = try backends.open(options)
            if options.choice == .auto { writeMessage("backend \(backend.name): \(backend.device)") }
            interruption.onSignal { backend.cancel() }
            defer { interruption.onSignal(nil) }
            return try body(backend)
        } catch {
            throw CommandFailure(error, signal: interruption.signal)
        }
    }
}
