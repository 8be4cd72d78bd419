/// One option of a command, as the parser and the help text see it.
struct OptionSpec: Sendable {
    /// With its dashes: "--trials".
    let name: String
    /// The placeholder of its value in the help text, "N"; nil for a switch.
    let value: String?
    /// One line or more.
    let help: String
    /// As the help text shows it; nil if there is none.
    var standard: String?
    /// The words that the value may be, for shells that complete it; empty if it is not a word.
    var choices: [String] = []

    init(
        _ name: String, _ value: String? = nil, _ help: String, default standard: String? = nil, choices: [String] = []
    ) {
        self.choices = choices
        self.name = name
        self.value = value
        self.help = help
        self.standard = standard
    }

    /// "-o": the option's other name, if it has one.
    var short: String? { Self.shortNames[name] }
    private static let shortNames = ["--output": "-o", "--quiet": "-q"]

    /// Every command takes it.
    static let quiet = OptionSpec("--quiet", nil, "print only errors on standard error, no messages and no progress")
}

/// The whole grammar of a command's arguments, and its help text.
struct CommandSpec: Sendable {
    let name: String
    /// One line, for the list of commands.
    let summary: String
    /// After "fullrank NAME".
    let usage: String
    /// The description of the command, in a paragraph or two.
    let details: String
    /// The one argument without dashes, if the command takes one.
    var operand: OptionSpec?
    /// Whether it may be left out.
    var isOperandOptional = false
    /// Whether it may be given several times.
    var takesSeveral = false
    let options: [OptionSpec]
    let example: String

    /// Its own and those of every command.
    var allOptions: [OptionSpec] { options + [.quiet] }
}
