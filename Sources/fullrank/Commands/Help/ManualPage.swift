/// A page for `man`, from the same table as the help texts.
struct ManualPage {
    /// Lines of roff, man's macros.
    private var lines: [String]

    /// fullrank-COMMAND(1).
    init(_ command: CommandSpec, version: String) {
        let name = "fullrank-\(command.name)"
        lines = Self.head(name, summary: command.summary, version: version)
        section("SYNOPSIS")
        lines.append(".B fullrank \(command.name)")
        lines.append(Self.text(command.usage))
        section("DESCRIPTION")
        lines.append(Self.text(command.details))
        if let operand = command.operand {
            section("ARGUMENT")
            item("\\fI\(Self.escaped(operand.name))\\fR", operand.help)
        }
        section("OPTIONS")
        for option in command.allOptions {
            let names = (option.short.map { [$0] } ?? []) + [option.name]
            let value = option.value.map { " \\fI\(Self.escaped($0))\\fR" } ?? ""
            let standard = option.standard.map { " Default: \($0)." } ?? ""
            item(
                names.map { "\\fB\(Self.escaped($0))\\fR" }.joined(separator: ", ") + value,
                option.help + Self.stop(option.help) + standard)
        }
        item("\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "print the help text")
        section("EXAMPLE")
        lines += [".nf", Self.text(command.example), ".fi"]
        exitStatus()
        section("SEE ALSO")
        lines.append(".BR fullrank (1)")
    }

    /// fullrank(1).
    init(_ commands: [CommandSpec], version: String) {
        lines = Self.head(
            "fullrank", summary: "exact ranks of very many Jacobians of random ReLU networks", version: version)
        section("SYNOPSIS")
        lines.append(".B fullrank")
        lines.append(".I COMMAND")
        lines.append("[options]")
        section("DESCRIPTION")
        lines.append(
            Self.text(
                "Computes exact ranks of very many Jacobians of random ReLU networks, on a CPU or a GPU. Results go to standard output or to files, messages to standard error. Lists of whole numbers: 1,2,5 or 10..100:10 (from 10 to 100 by 10, both included) or both mixed."
            ))
        section("COMMANDS")
        for command in commands { item("\\fB\(Self.escaped(command.name))\\fR", command.summary) }
        section("OPTIONS")
        item("\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "print the list of commands; after a command, its own options")
        item("\\fB\\-\\-version\\fR", "print the version")
        exitStatus()
        section("EXAMPLE")
        lines += [".nf", Self.text("fullrank reproduce all --output figures"), ".fi"]
        section("SEE ALSO")
        lines.append(
            commands.map { ".BR fullrank\\-\(Self.escaped($0.name)) (1)" }.joined(separator: ",\n"))
    }

    var roff: String { lines.joined(separator: "\n") + "\n" }

    private static func head(_ name: String, summary: String, version: String) -> [String] {
        [
            ".TH \(name.uppercased()) 1 \"\" \"fullrank \(version)\" \"User Commands\"", ".SH NAME",
            "\(escaped(name)) \\- \(escaped(summary))",
        ]
    }

    private mutating func section(_ title: String) { lines.append(".SH \(title)") }

    private mutating func item(_ head: String, _ body: String) { lines += [".TP", head, Self.text(body)] }

    private mutating func exitStatus() {
        section("EXIT STATUS")
        for (code, words) in [
            ("0", "done"), ("64", "usage"), ("65", "bad data"), ("69", "backend or memory unavailable"),
            ("70", "internal error"), ("74", "input or output failed"), ("130", "interrupted"), ("143", "terminated"),
        ] { item("\\fB\(code)\\fR", words) }
    }

    /// "." where a sentence does not end yet.
    private static func stop(_ text: String) -> String { text.hasSuffix(".") ? "" : "." }

    /// Running text: a line that would be a request begins with an empty escape.
    private static func text(_ text: String) -> String {
        text.split(separator: "\n").map { line in
            let line = escaped(String(line.drop { $0 == " " }))
            return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
        }.joined(separator: "\n")
    }

    /// Minus signs that can be copied, backslashes and quotes as they are; other letters by their code.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "`": result += "\\(ga"
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default: result += "\\[u" + Self.hexadecimal(scalar.value) + "]"
            }
        }
        return result
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// Prints a command's page, or the program's.
func runManual(_ options: ManualOptions) throws(CommandFailure) {
    let page =
        options.command.map { ManualPage($0, version: version) }
        ?? ManualPage(Command.all.map(\.spec), version: version)
    try writeOutput(page.roff)
}
