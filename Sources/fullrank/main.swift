import FullrankModel
import FullrankPlatform

/// What `fullrank --version` prints and plan.json records.
let version = "0.1.0"

ProcessSetup.begin()

// `CommandLine.arguments` replaces what is not UTF-8; a file's name need not be.
let arguments = (1..<max(1, Int(CommandLine.argc))).compactMap {
    CommandLine.unsafeArgv[$0].map { String(fileName: $0) }
}

exit(Command.main(arguments))
