/// A shell that completes command lines.
enum CompletionShell: String, CaseIterable, Sendable {
    case bash, zsh, fish

    /// What makes it complete these commands, made from the same table as their help.
    func script(_ commands: [CommandSpec]) -> String {
        switch self {
        case .bash: BashCompletion(commands: commands).script
        case .zsh: ZshCompletion(commands: commands).script
        case .fish: FishCompletion(commands: commands).script
        }
    }
}

/// What stands for a value: how a shell completes it.
enum CompletedValue: Hashable, Sendable {
    /// One of these; files too where `orFiles`.
    case words([String], orFiles: Bool)
    case folders
    case files
    /// A number or list: nothing to offer.
    case free
}

extension OptionSpec {
    /// nil for a switch.
    var completion: CompletedValue? { value.map { Self.completion(choices: choices, value: $0, help: help) } }
    /// Of an operand, by its name.
    var operandCompletion: CompletedValue { Self.completion(choices: choices, value: name, help: help) }

    private static func completion(choices: [String], value: String, help: String) -> CompletedValue {
        if !choices.isEmpty {
            return .words(choices, orFiles: help.split(separator: " ").contains { $0.hasPrefix("FILE") })
        }
        if value == "DIR" || value == "DIRS" { return .folders }
        if value.hasPrefix("FILE") || value.hasSuffix(".json") { return .files }
        return .free
    }

    /// The help text's first line, for a menu.
    var brief: String {
        String(help.prefix { $0 != "\n" })
    }
}

extension CommandSpec {
    /// "-o", "--output", ...: every name of every option.
    var optionNames: [String] {
        allOptions.flatMap { [$0.name] + ($0.short.map { [$0] } ?? []) } + ["--help", "-h"]
    }
}

extension String {
    /// Every `letter` made into `text`.
    fileprivate func replaced(_ letter: Character, with text: String) -> String {
        split(separator: letter, omittingEmptySubsequences: false).joined(separator: text)
    }

    /// Within single quotes of a POSIX shell; zsh reads these alike.
    fileprivate func singleQuoted() -> String { "'" + replaced("'", with: "'\\''") + "'" }
}

/// A function for `complete -F`.
private struct BashCompletion {
    let commands: [CommandSpec]

    var script: String {
        """
        # Completion of fullrank for bash, from 'fullrank completions bash'.
        _fullrank() {
            local cur=${COMP_WORDS[COMP_CWORD]} prev= command=${COMP_WORDS[1]} options= operand=
            COMPREPLY=()
            [ "$COMP_CWORD" -gt 0 ] && prev=${COMP_WORDS[COMP_CWORD-1]}
            # --option=value comes as three words.
            if [ "$cur" = "=" ]; then cur=; elif [ "$prev" = "=" ]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
            if [ "$COMP_CWORD" -eq 1 ]; then
                COMPREPLY=($(compgen -W '\(commands.map(\.name).joined(separator: " ")) --help --version' -- "$cur"))
                return
            fi
            case $command in
        \(commands.map(cases).joined())    *) return ;;
            esac
            case $cur in
            -*) COMPREPLY=($(compgen -W "$options" -- "$cur")) ;;
            *)
                case $operand in
                @folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")) ;;
                @files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")) ;;
                ?*) COMPREPLY=($(compgen -W "$operand" -- "$cur")) ;;
                esac ;;
            esac
        }
        complete -F _fullrank fullrank

        """
    }

    private func cases(_ command: CommandSpec) -> String {
        let values = command.allOptions.compactMap { option -> String? in
            guard let completion = option.completion, completion != .free else {
                return option.value == nil ? nil : "        \(names(option))) return ;;\n"
            }
            return "        \(names(option))) \(offer(completion)); return ;;\n"
        }
        let operand =
            command.operand.map { operand -> String in
                if operand.name == "COMMAND" { return commands.map(\.name).joined(separator: " ") }
                switch operand.operandCompletion {
                case .words(let words, _): return words.joined(separator: " ")
                case .folders: return "@folders"
                case .files: return "@files"
                case .free: return ""
                }
            } ?? ""
        return """
                \(command.name))
                    case $prev in
            \(values.joined())        esac
                    options='\(command.optionNames.joined(separator: " "))' operand='\(operand)' ;;

            """
    }

    private func names(_ option: OptionSpec) -> String { option.name + (option.short.map { "|\($0)" } ?? "") }

    private func offer(_ completion: CompletedValue) -> String {
        switch completion {
        case .words(let words, let orFiles):
            "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$cur\")"
                + (orFiles ? " $(compgen -f -- \"$cur\"))" : ")")
        case .folders: "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- \"$cur\"))"
        case .files: "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\"))"
        case .free: ":"
        }
    }
}

/// A function for `compdef`, with what each option does.
private struct ZshCompletion {
    let commands: [CommandSpec]

    var script: String {
        """
        #compdef fullrank
        # Completion of fullrank for zsh, from 'fullrank completions zsh'.
        _fullrank() {
            local -a commands=(
        \(commands.map { "        " + "\($0.name):\($0.summary)".singleQuoted() + "\n" }.joined())    )
            if (( CURRENT == 2 )); then
                _describe command commands
                _arguments '--help[print the list of commands]' '--version[print the version]'
                return
            fi
            local command=$words[2]
            shift words; (( CURRENT-- ))
            case $command in
        \(commands.map(cases).joined())    esac
        }
        # Sourced, it is registered; from $fpath, it is called.
        if [ "$funcstack[1]" = "_fullrank" ]; then _fullrank "$@"; else compdef _fullrank fullrank; fi

        """
    }

    private func cases(_ command: CommandSpec) -> String {
        var lines = command.allOptions.map(argument) + ["'(-h --help)'{-h,--help}'[print help]'"]
        if let operand = command.operand {
            let action =
                operand.name == "COMMAND"
                ? "(\(commands.map(\.name).joined(separator: " ")))" : action(operand.operandCompletion)
            lines.append("\((command.takesSeveral ? "*" : "1") + ":\(operand.name):\(action)")".singleQuoted())
        }
        return "    \(command.name)) _arguments -s \\\n"
            + lines.map { "        " + $0 }.joined(separator: " \\\n") + " ;;\n"
    }

    private func argument(_ option: OptionSpec) -> String {
        let help = option.brief.replaced("[", with: "\\[").replaced("]", with: "\\]")
        let value = option.completion.map { ":\(option.value ?? ""):\(action($0))" } ?? ""
        let rest = ("[\(help)]" + value).singleQuoted()
        guard let short = option.short else { return option.name + rest }
        return "'(\(short) \(option.name))'{\(short),\(option.name)}\(rest)"
    }

    private func action(_ completion: CompletedValue) -> String {
        switch completion {
        // Words and files: two sets of matches.
        case .words(let words, true): "{compadd -- \(words.joined(separator: " ")); _files}"
        case .words(let words, false): "(\(words.joined(separator: " ")))"
        case .folders: "_files -/"
        case .files: "_files"
        case .free: " "
        }
    }
}

/// A list of `complete` commands.
private struct FishCompletion {
    let commands: [CommandSpec]

    var script: String {
        var lines = [
            "# Completion of fullrank for fish, from 'fullrank completions fish'.", "complete -c fullrank -f",
        ]
        for command in commands {
            lines.append(
                "complete -c fullrank -n __fish_use_subcommand -a \(command.name) -d \(command.summary.fishQuoted())")
        }
        for command in commands {
            let start = "complete -c fullrank -n '__fish_seen_subcommand_from \(command.name)'"
            for option in command.allOptions {
                let short = option.short.map { " -s \($0.dropFirst())" } ?? ""
                lines.append(
                    start + " -l \(option.name.dropFirst(2))\(short)" + (option.completion.map(value) ?? "")
                        + " -d \(option.brief.fishQuoted())")
            }
            lines.append(start + " -l help -s h -d 'print help'")
            if let operand = command.operand {
                let words = operand.name == "COMMAND" ? commands.map(\.name).joined(separator: " ") : nil
                switch operand.operandCompletion {
                case _ where words != nil: lines.append(start + " -a \((words ?? "").fishQuoted())")
                case .words(let words, _): lines.append(start + " -a \(words.joined(separator: " ").fishQuoted())")
                case .folders: lines.append(start + " -a '(__fish_complete_directories)'")
                case .files: lines.append(start + " -F")
                case .free: break
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func value(_ completion: CompletedValue) -> String {
        switch completion {
        case .words(let words, let orFiles):
            " \(orFiles ? "-r -F" : "-x") -a \(words.joined(separator: " ").fishQuoted())"
        case .folders: " -x -a '(__fish_complete_directories)'"
        case .files: " -r -F"
        case .free: " -x"
        }
    }
}

extension String {
    /// Within single quotes of fish, where a backslash is one before a quote only.
    fileprivate func fishQuoted() -> String { "'" + replaced("\\", with: "\\\\").replaced("'", with: "\\'") + "'" }
}
