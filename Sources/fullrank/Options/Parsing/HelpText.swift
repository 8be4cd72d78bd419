extension CommandSpec {
    /// The text that `fullrank NAME --help` prints.
    var help: String {
        var text = "Usage: fullrank \(name) \(usage)\n\n\(details)\n"
        if let operand {
            text += "\nArgument:\n" + row(operand.name, operand.help)
        }
        text += "\nOptions:\n"
        for option in allOptions {
            let standard = option.standard.map { " (default: \($0))" } ?? ""
            text += row(option.usage, option.help + standard)
        }
        text += row("-h, --help", "print this text")
        text += "\nExample:\n  \(example)\n"
        return text
    }
}

/// The text that `fullrank --help` prints.
func overview(of commands: [CommandSpec]) -> String {
    var text = """
        Usage: fullrank COMMAND [options]

        Exact ranks of very many Jacobians of random ReLU networks, on a CPU or a GPU.

        Commands:

        """
    for command in commands { text += row(command.name, command.summary, indent: 18) }
    text += "\nOptions:\n" + row("-h, --help", "print this text; after a command, its own", indent: 18)
    text += row("--version", "print the version", indent: 18)
    text += """

        Lists of whole numbers: 1,2,5 or 10..100:10 (from 10 to 100 by 10, both included) or both mixed.
        Results go to standard output or to files, messages to standard error.
        Exit codes: 0 done, 64 usage, 65 bad data, 69 backend unavailable, 70 internal error, 74 input or output
        failed, 130 interrupted, 143 terminated.

        Example:
          fullrank reproduce all --output figures

        """
    return text
}

/// Two columns; a name too long for its column has its help below it.
private func row(_ name: String, _ help: String, indent: Int = 24) -> String {
    let gap = indent - 2 - name.count
    let margin = String(repeating: " ", count: indent)
    let lines = help.split(separator: "\n").joined(separator: "\n" + margin)
    return "  " + name + (gap >= 2 ? String(repeating: " ", count: gap) : "\n" + margin) + lines + "\n"
}

extension OptionSpec {
    /// "-o, --output DIR".
    var usage: String { (short.map { "\($0), " } ?? "") + name + (value.map { " \($0)" } ?? "") }
}
