import FullrankPlatform
import FullrankTestSupport
import Testing

/// Completions and manual pages, as shells and man read them: those that are installed.
@Suite struct CompletionTests {
    private let folder = TemporaryFolder()

    private func isInstalled(_ program: String) -> Bool { shell("command -v \(program) >/dev/null 2>&1") == 0 }

    private func script(_ shell: String) -> String {
        folder.file("fullrank.\(shell)", BuiltCommand.succeed("completions \(shell)").output)
    }

    /// The output of a program; nil if it failed.
    private func printed(_ command: String) -> String? {
        shell("\(command) >'\(folder.path)/printed' 2>&1") == 0 ? folder.text("printed") : nil
    }

    @Test(arguments: [
        ("fullrank swe", "sweep"), ("fullrank sweep --meth", "--method"), ("fullrank sweep --method s", "svd"),
        ("fullrank sweep --method = s", "svd"), ("fullrank reproduce g", "global-minima"),
        ("fullrank help thr", "threshold"),
        ("fullrank train --optimizer a", "adam"), ("fullrank sweep --trials x", ""), ("fullrank nothing x", ""),
    ])
    func bash(line: String, completed: String) throws {
        try #require(isInstalled("bash"))
        let driver = folder.file(
            "driver.bash",
            "source '\(script("bash"))'; COMP_WORDS=(\(line)); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _fullrank; echo \"${COMPREPLY[*]}\""
        )
        #expect(printed("bash '\(driver)'") == completed + "\n")
    }

    /// Every option of every command is offered, with its short name.
    @Test func bashKnowsEveryOption() throws {
        try #require(isInstalled("bash"))
        let script = script("bash")
        for command in HelpTests.commands {
            let help = BuiltCommand.run([command, "--help"]).output
            let driver = folder.file(
                "driver.bash",
                "source '\(script)'; COMP_WORDS=(fullrank \(command) -); COMP_CWORD=2; _fullrank; echo \"${COMPREPLY[*]}\""
            )
            let offered = Set((printed("bash '\(driver)'") ?? "").split { $0 == " " || $0 == "\n" }.map(String.init))
            let options = Set(
                help.matches(of: /(?m)^  (?:(-[a-z]), )?(--[a-z0-9-]+)/).flatMap {
                    [$0.output.1, $0.output.2].compactMap { $0 }
                }.map(String.init))
            #expect(offered == options, "\(command)")
        }
    }

    @Test(arguments: ["zsh", "fish"])
    func othersParse(shell: String) {
        let script = script(shell)
        #expect(folder.text("fullrank.\(shell)").contains("global-minima"))
        guard isInstalled(shell) else { return }
        #expect(printed("\(shell) -n '\(script)'") == "")
    }

    @Test(arguments: [
        ("fullrank sweep --meth", "--method\t"), ("fullrank sweep --method s", "svd\t"),
        ("fullrank reproduce g", "global-minima\n"),
        ("fullrank help thr", "threshold\n"), ("fullrank swe", "sweep\t"),
    ])
    func fish(line: String, completed: String) {
        guard isInstalled("fish") else { return }
        let text =
            printed("HOME='\(folder.path)' fish --no-config -c 'source \(script("fish")); complete -C \"\(line)\"'")
            ?? ""
        #expect(text.hasPrefix(completed) && text.split(separator: "\n").count == 1, "\(text)")
    }

    /// zsh completes in a terminal only: one of its own.
    @Test func zsh() {
        guard isInstalled("zsh") else { return }
        let driver = folder.file(
            "driver.zsh",
            """
            zmodload zsh/zpty; zpty z zsh -f -i
            zpty -w z "PS1='> '; autoload -Uz compinit; compinit -u -D; source '\(script("zsh"))'; bindkey '^I' complete-word"
            for i in {1..100}; do sleep 0.1; zpty -r -t z && break; done; sleep 1
            for line in "fullrank sweep --meth" "fullrank sweep --method s" "fullrank reproduce g"; do
                zpty -w -n z "$line"$'\\t'; sleep 1; zpty -w -n z $'\\x15'
            done
            sleep 0.5; while zpty -r -t z more; do print -r -- "$more"; done; zpty -d z

            """)
        let text = printed("zsh -f '\(driver)'") ?? ""
        for word in ["--method ", "svd", "global-minima"] { #expect(text.contains(word), "\(word) in \(text)") }
    }

    @Test(arguments: HelpTests.commands)
    func manualPages(command: String) {
        let page = BuiltCommand.succeed("manual \(command)").output
        #expect(page.hasPrefix(".TH FULLRANK-\(command.uppercased()) 1 ") && page.hasSuffix("\n"))
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLE"] {
            #expect(page.contains("\n.SH \(section)\n"))
        }
        let file = folder.file("page.1", page)
        if isInstalled("mandoc") {
            // It is not dated.
            let words = printed("mandoc -T lint -W warning '\(file)'; true") ?? ""
            #expect(words.split(separator: "\n").allSatisfy { $0.contains("missing date") }, "\(words)")
        }
        if isInstalled("groff") { #expect(printed("groff -man -ww -Tutf8 -z '\(file)'") == "") }
        // Every option is in it.
        let help = BuiltCommand.run(["help", command]).output
        for match in help.matches(of: /(?m)^  (?:-[a-z], )?--([a-z0-9-]+)/) {
            #expect(page.contains("\\-\\-" + match.output.1.replacing("-", with: "\\-") + "\\fR"), "\(match.output.1)")
        }
    }

    @Test func manualOfTheProgram() {
        let page = BuiltCommand.succeed("manual").output
        for command in HelpTests.commands {
            #expect(page.contains("\\fB\(command.replacing("-", with: "\\-"))\\fR\n"), "\(command)")
        }
    }

    @Test func wrongWords() {
        BuiltCommand.expectFailure(
            ["completions", "bsh"], "completions: SHELL: 'bsh' is not one of bash, zsh, fish; did you mean 'bash'?",
            code: 64)
        BuiltCommand.expectFailure(
            ["completions"], "completions: SHELL is missing; see 'fullrank completions --help'", code: 64)
        for command in ["help", "manual"] {
            BuiltCommand.expectFailure(
                [command, "swep"], "\(command): unknown command 'swep'; did you mean 'sweep'?", code: 64)
        }
        #expect(BuiltCommand.succeed("help sweep").output == BuiltCommand.succeed("sweep --help").output)
        #expect(BuiltCommand.succeed("help").output == BuiltCommand.succeed("--help").output)
    }
}
