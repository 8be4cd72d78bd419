import FullrankModel

/// Lists the backends: a line each, or as JSON.
func runBackends(_ options: BackendsOptions, _ context: CommandContext) throws(CommandFailure) {
    let statuses = context.backends.list()
    if options.json {
        try writeOutput(JSONText.array(statuses.map(\.json)).text + "\n")
    } else {
        try writeOutput(statuses.map { $0.line + "\n" }.joined())
    }
}

extension BackendStatus {
    fileprivate var line: String {
        switch outcome {
        case .available(let device, let library): "\(name): \(device.printable()) (\(library.printable()))"
        case .unavailable(let reason): "\(name): not available: \(reason.printable())"
        }
    }

    /// Every key in every object: a script need not ask which are there.
    fileprivate var json: JSONText {
        switch outcome {
        case .available(let device, let library):
            .object([
                ("name", .string(name)), ("available", .boolean(true)), ("device", .string(device)),
                ("library", .string(library)), ("reason", .null),
            ])
        case .unavailable(let reason):
            .object([
                ("name", .string(name)), ("available", .boolean(false)), ("device", .null), ("library", .null),
                ("reason", .string(reason)),
            ])
        }
    }
}
