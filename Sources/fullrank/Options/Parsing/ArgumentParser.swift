import FullrankModel

/// The arguments of one command, separated but not yet interpreted: the text of each option.
struct ParsedArguments: Sendable {
    let command: CommandSpec
    /// By option name; the empty text for a switch.
    fileprivate(set) var values: [String: String] = [:]
    fileprivate(set) var operands: [String] = []
    var operand: String? { operands.first }
}

extension ParsedArguments {
    /// Whether `arguments` ask for help: `-h` or `--help` anywhere before `--`, whatever else is wrong with them.
    static func askForHelp(_ arguments: some Sequence<String>) -> Bool {
        for argument in arguments {
            if argument == "--" { return false }
            if argument == "-h" || argument == "--help" { return true }
        }
        return false
    }

    /// Accepts `--name value`, `--name=value`, switches, and one operand or several. Everything after `--` is an
    /// operand.
    init(_ arguments: some Sequence<String>, of command: CommandSpec) throws(CommandFailure) {
        self.command = command
        var rest = arguments.makeIterator()
        // One argument of look-ahead: an option's value may not look like another option.
        var next = rest.next()
        var optionsEnded = false
        while let argument = next {
            next = rest.next()
            if optionsEnded || !argument.hasPrefix("-") || argument == "-" {
                try take(operand: argument)
            } else if argument == "--" {
                optionsEnded = true
            } else {
                // By bytes: an accent behind the sign would make another character of it.
                let parts = argument.utf8.split(
                    separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false
                ).map { Substring($0) }
                let option = try command.option(named: String(parts[0]))
                guard values[option.name] == nil else { throw .usage("\(option.name) is given twice") }
                if parts.count == 2 {
                    guard option.value != nil else { throw .usage("\(option.name) takes no value") }
                    values[option.name] = String(parts[1])
                } else if let value = option.value {
                    guard let text = next, !text.hasPrefix("--") else {
                        throw .usage("\(option.name) needs a value: \(option.name) \(value)")
                    }
                    values[option.name] = text
                    next = rest.next()
                } else {
                    values[option.name] = ""
                }
            }
        }
        if let wanted = command.operand, operand == nil, !command.isOperandOptional {
            throw .usage("\(wanted.name) is missing; see 'fullrank \(command.name) --help'")
        }
    }

    private mutating func take(operand argument: String) throws(CommandFailure) {
        guard let wanted = command.operand else {
            throw .usage("unexpected argument \(argument.quoted); every argument belongs to an option")
        }
        guard operands.isEmpty || command.takesSeveral else {
            throw .usage("unexpected argument \(argument.quoted); one \(wanted.name) is taken")
        }
        operands.append(argument)
    }
}

extension CommandSpec {
    fileprivate func option(named name: String) throws(CommandFailure) -> OptionSpec {
        if let option = allOptions.first(where: { $0.name == name || $0.short == name }) { return option }
        if [OptionSpec.hidden.name, OptionSpec.depth.name].contains(name) {
            throw .usage("\(name) is no option of \(self.name): \(refusalOfDeep)")
        }
        let suggestion =
            nearest(to: name, among: allOptions.map(\.name)).map { "did you mean '\($0)'?" }
            ?? "'fullrank \(self.name) --help' lists them"
        throw .usage("unknown option \(name.quoted); \(suggestion)")
    }
}
