/// Prints a command's help, or the list of commands.
func runHelp(_ options: HelpOptions) throws(CommandFailure) {
    guard let name = options.command else { return try writeOutput(overview(of: Command.all.map(\.spec))) }
    try writeOutput(Command.spec(named: name).help)
}

extension Command {
    /// - Throws: usage, with a command of a similar name.
    static func spec(named name: String) throws(CommandFailure) -> CommandSpec {
        if let command = all.first(where: { $0.spec.name == name }) { return command.spec }
        let suggestion =
            nearest(to: name, among: all.map(\.spec.name)).map { "did you mean '\($0)'?" } ?? "see 'fullrank --help'"
        throw .usage("unknown command \(name.quoted); \(suggestion)")
    }
}
