import FullrankModel

/// `fullrank check`.
struct CheckOptions: Sendable {
    var paths: [String]
    var backend: BackendFlags
    var json: Bool

    static let spec = CommandSpec(
        name: "check", summary: "check certificates of explain and dimension by other means than they were made",
        usage: "CERT.json... [options]",
        details: """
            Draws the trial again and checks every number of the certificate: pivots by plain elimination modulo
            2^61 - 2373, obstructions by the exact rank of small matrices of zeros and ones, relations over the
            integers. For a deep network it decides the activations of every layer again and computes the rows
            forward and backward modulo each prime. For 'fullrank dimension --certificate' it draws weights and points
            again, computes the named minor by derivatives forward, and eliminates it. Prints one line per
            certificate; the exit code is 65 if one is false. Scripts/check/certificate.py and
            dimension_certificate.py do the same in plain Python and share no code with this program.
            """,
        operand: OptionSpec("CERT.json", nil, "certificates"), takesSeveral: true, options: [.threads, .json],
        example: "fullrank check certificate.json")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        paths = arguments.operands
        backend = try BackendFlags(arguments)
        backend.choice = .cpu
        json = arguments.has("--json")
    }
}
