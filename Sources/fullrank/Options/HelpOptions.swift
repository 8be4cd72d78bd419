/// `fullrank help`.
struct HelpOptions: Sendable {
    /// nil: the list of commands.
    var command: String?

    static let spec = CommandSpec(
        name: "help", summary: "print this text, or a command's own", usage: "[COMMAND]",
        details: """
            Prints what a command does, its options and an example, like fullrank COMMAND --help. Without COMMAND it
            prints the list of commands.
            """,
        operand: OptionSpec("COMMAND", nil, "a command such as sweep"), isOperandOptional: true, options: [],
        example: "fullrank help sweep")

    init(_ arguments: ParsedArguments) { command = arguments.operand }
}

/// `fullrank completions`.
struct CompletionsOptions: Sendable {
    var shell: CompletionShell

    static let spec = CommandSpec(
        name: "completions", summary: "print a script with which a shell completes commands and options",
        usage: "bash|zsh|fish",
        details: """
            Prints a script to standard output. bash: put it into
            ~/.local/share/bash-completion/completions/fullrank. zsh: put it into a file _fullrank in a folder of
            $fpath, such as /usr/local/share/zsh/site-functions. fish: put it into
            ~/.config/fish/completions/fullrank.fish.
            """,
        operand: OptionSpec("SHELL", nil, "bash, zsh or fish", choices: CompletionShell.allCases.map(\.rawValue)),
        options: [],
        example: "fullrank completions bash")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        let word = arguments.operand ?? ""
        guard let shell = CompletionShell(rawValue: word) else {
            throw arguments.notOneOf(CompletionShell.allCases.map(\.rawValue), word, "SHELL")
        }
        self.shell = shell
    }
}

/// `fullrank manual`.
struct ManualOptions: Sendable {
    /// nil: the program's own page.
    var command: CommandSpec?

    static let spec = CommandSpec(
        name: "manual", summary: "print a manual page", usage: "[COMMAND]",
        details: """
            Prints the manual page of a command, or of the program, in the format of man (roff) to standard output:
            fullrank(1) and fullrank-COMMAND(1). Put them as fullrank.1 and fullrank-COMMAND.1 into a folder man1 of
            man's path, such as ~/.local/share/man/man1.
            """,
        operand: OptionSpec("COMMAND", nil, "a command such as sweep"), isOperandOptional: true, options: [],
        example: "fullrank manual sweep")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        command = try arguments.operand.map { (name) throws(CommandFailure) in try Command.spec(named: name) }
    }
}
