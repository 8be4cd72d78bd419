import FullrankModel

/// `fullrank check`.
struct CheckOptions: Sendable {
    var paths: [String]
    var backend: BackendFlags

    static let spec = CommandSpec(
        name: "check", summary: "check certificates of 'fullrank explain' by other means than they were made",
        usage: "CERT.json... [options]",
        details: """
            Draws the trial again and checks every number of the certificate: the pivots by plain elimination modulo
            2^61 - 2373, the obstructions by the exact rank of small matrices of zeros and ones, relations over the
            integers. Of a deep network the activations of every layer are decided again, and its rows made forward and
            backward modulo each prime. Prints a line a certificate; a false one ends with exit code 65.
            Scripts/check/certificate.py does the same in plain Python, sharing no code with this program.
            """,
        operand: OptionSpec("CERT.json", nil, "certificates"), takesSeveral: true, options: [.threads],
        example: "fullrank check certificate.json")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        paths = arguments.operands
        backend = try BackendFlags(arguments)
        backend.choice = .cpu
    }
}
