import FullrankBackends
import FullrankModel

extension BackendFlags {
    /// Opens the backend that was asked for; says on standard error where `auto` took CUDA, or could not take it though
    /// there is a device. plan.json has the choice in any case, `fullrank backends` the reasons.
    func openTelling() throws(CommandFailure) -> any RankBackend {
        let chosen: ChosenBackend
        do throws(BackendError) { chosen = try open() } catch { throw CommandFailure(error, signal: nil) }
        let backend = chosen.backend
        if choice == .auto, backend.name != "cpu" || chosen.leavesCUDAUnused {
            // Why CUDA does not work takes a paragraph.
            let why = backend.name == "cpu" ? "CUDA can't be used, see 'fullrank backends'" : chosen.reason.printable()
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
