import Glibc

/// What `fullrank --version` prints and plan.json records.
let version = "0.1.0"

ProcessSetup.begin()
exit(Command.main(Array(CommandLine.arguments.dropFirst())))
