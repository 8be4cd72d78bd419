import FullrankPlatform

/// Writes data to standard output.
///
/// - Throws: what the system said, exit code 74: a full disk must not pass for an answer.
func writeOutput(_ text: String) throws(CommandFailure) {
    Console.shared.erase()
    let code = writeAll(text, to: STDOUT_FILENO)
    guard code == 0 else {
        throw CommandFailure(.inputOutput, "standard output: \(systemWords(code))")
    }
}

/// Writes paths to standard output, one on each line, escaped as messages have them: a name with a line end or a sign
/// that turns the text around is told apart from another's.
func writePaths(_ paths: [String]) throws(CommandFailure) {
    try writeOutput(paths.map { $0.printable(limit: .max) + "\n" }.joined())
}

/// Writes one line, "fullrank: MESSAGE", to standard error: what a user may like to know, silenced by --quiet.
func writeMessage(_ message: String) {
    guard !Console.isQuiet else { return }
    writeError(message)
}

/// Writes one line, "fullrank: MESSAGE", to standard error: why a command fails, with --quiet too.
func writeError(_ message: String) {
    Console.shared.write("fullrank: \(message)\n")
}

/// 0, or the system's error number.
func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
        var written = 0
        while written < bytes.count {
            let put = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
            if put >= 0 { written += put } else if errno != EINTR { return errno }
        }
        return 0
    }
}
