/// `fullrank backends`.
struct BackendsOptions: Sendable {
    var json: Bool

    static let spec = CommandSpec(
        name: "backends", summary: "list the backends and the devices they find",
        usage: "[--json]",
        details: """
            Prints for each backend whether it is available, and on which device or why not.
            """,
        options: [.json],
        example: "fullrank backends --json")

    init(_ arguments: ParsedArguments) throws(CommandFailure) { json = arguments.has("--json") }
}
