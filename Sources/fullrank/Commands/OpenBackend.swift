import FullrankBackends
import FullrankModel

extension BackendFlags {
    /// Opens the backend that was asked for, and says on standard error which one `auto` took and why.
    func openTelling() throws(CommandFailure) -> any RankBackend {
        let chosen: ChosenBackend
        do throws(BackendError) { chosen = try open() } catch { throw CommandFailure(error, signal: nil) }
        let backend = chosen.backend
        if choice == .auto {
            // Why there is no CUDA takes a paragraph: plan.json has the choice, `backends` the reasons.
            let why = backend.name == "cpu" ? "no CUDA, see 'fullrank backends'" : chosen.reason.printable()
            writeMessage("backend \(backend.name): \(backend.device.printable()) (\(why))")
        }
        for note in chosen.notes { writeMessage(note.printable()) }
        return backend
    }
}

extension CommandContext {
    /// Opens a backend, hands it to `body`, and cancels its running call when a signal asks the process to end.
    func withBackend<Result>(
        _ flags: BackendFlags, _ body: (any RankBackend) throws(BackendError) -> Result
    ) throws(CommandFailure) -> Result {
        let backend = try flags.openTelling()
        interruption.onSignal { backend.cancel() }
        defer { interruption.onSignal(nil) }
        do throws(BackendError) {
            return try body(backend)
        } catch {
            throw CommandFailure(error, signal: interruption.signal)
        }
    }
}
