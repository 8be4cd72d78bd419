import FullrankBackends
import FullrankModel

/// Lists the backends with their devices and libraries, or why one is missing; or all of it as JSON.
func runBackends(_ options: BackendsOptions, _ context: CommandContext) throws(CommandFailure) {
    let backends = BackendDescription.all()
    if options.json {
        try writeOutput(JSONText.array(backends.map(\.json)).text + "\n")
    } else {
        try writeOutput(backends.map(\.text).joined())
    }
}

extension BackendDescription {
    fileprivate var text: String {
        guard available else { return "\(name): not available: \(reason.printable())\n" }
        var lines = ["\(name): \(reason.printable())"]
        if let libraryVersion { lines.append("libraries: \(libraryVersion.printable())") }
        lines += devices.enumerated().map { "device \($0.offset): \($0.element.description.printable())" }
        lines += notes.map { "note: \($0.printable())" }
        return lines.joined(separator: "\n  ") + "\n"
    }

    /// Every key in every object: a script need not ask which are there.
    fileprivate var json: JSONText {
        .object([
            ("name", .string(name)), ("available", .boolean(available)), ("reason", .string(reason)),
            ("library", libraryVersion.map { .string($0) } ?? .null), ("path", path.map { .string($0) } ?? .null),
            ("devices", .array(devices.map(\.json))), ("notes", .array(notes.map { .string($0) })),
        ])
    }
}

extension BackendDevice {
    /// Memory in bytes, null if unknown.
    fileprivate var json: JSONText {
        .object([
            ("name", .string(name)), ("memory", memory.map { .integer(Int(clamping: $0)) } ?? .null),
            ("free_memory", freeMemory.map { .integer(Int(clamping: $0)) } ?? .null),
            ("compute_units", .integer(computeUnits)),
            ("architecture", architecture.map { .integer($0) } ?? .null),
        ])
    }
}
