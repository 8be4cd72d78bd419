import FullrankDimension
import FullrankModel

/// `fullrank dimension`.
struct DimensionOptions: Sendable {
    var plan: DimensionPlan
    var problems: [DimensionProblem]
    var json: Bool
    var backend: BackendFlags

    static let spec = CommandSpec(
        name: "dimension", summary: "print the dimension of a polynomial network, or functional dimensions of ReLU networks",
        usage: "--widths LIST --activation WHICH [options]",
        details: """
            Powers and the identity: draws weights modulo a prime and prints the rank of the Jacobian by all weights over
            enough random points, which is the dimension of the set of functions that the architecture computes (the
            neurovariety). The rank is a proved lower bound; where it reaches the printed bound, it is the dimension.
            ReLU and leaky ReLU: draws networks and points as floats and prints how their exact ranks are distributed
            (the functional dimension on the points).
            """,
        options: [
            OptionSpec("--widths", "LIST", "inputs, hidden layers, outputs, such as 2,3,4,1"),
            OptionSpec(
                "--activation", "WHICH", "of hidden layers: power:R, identity, relu or leaky:SLOPE",
                choices: ["power:2", "identity", "relu", "leaky:0.01"]),
            OptionSpec("--biases", nil, "every layer has biases, which are parameters"),
            OptionSpec("--trials", "T", "draws of each architecture", default: "1; relu and leaky: 100"),
            .seed,
            OptionSpec("--points", "N", "points of each draw", default: "the bound + 8; relu and leaky: 10 times the bound"),
            OptionSpec("--patience", "B", "stop once B points in a row have not raised the rank"),
            OptionSpec("--primes", "N", "primes that must agree if a rank is not proved", default: "2; relu and leaky: 1"),
            OptionSpec(
                "--weights", "WHICH", "relu and leaky: weights and biases are uniform (on +-1/sqrt(inputs), PyTorch's\n"
                    + "default), he-uniform or normal", default: "uniform", choices: Initialization.allCases.map(\.rawValue)),
            .backend, .devices, .threads, .json,
        ],
        example: "fullrank dimension --widths 2,3,4,1 --activation power:2")

    init(_ arguments: ParsedArguments) throws(CommandFailure) {
        guard let activation = try arguments.activation() else { throw .missing("--activation", arguments) }
        let biases = arguments.has("--biases"), isKinked = activation.hasKink
        let text = try arguments.required("--widths")
        let architecture: Architecture
        do throws(ArchitectureError) { architecture = try Architecture(parsing: text, biases: biases) } catch {
            throw .usage("--widths: \(error)")
        }
        if !isKinked, arguments.has("--weights") {
            throw .usage("--weights goes with relu and leaky only: weights of \(activation) are uniform modulo the prime")
        }
        plan = DimensionPlan(
            architectures: [architecture], activation: activation, biases: biases,
            trials: try arguments.positive("--trials") ?? (isKinked ? 100 : 1), seed: try arguments.natural("--seed") ?? 0,
            points: try arguments.positive("--points"), patience: try arguments.positive("--patience"),
            primeCount: try arguments.positive("--primes", maximum: 8) ?? (isKinked ? 1 : 2),
            weights: try arguments.choice("--weights") ?? .uniform)
        problems = []
        do throws(DimensionError) {
            for index in plan.architectures.indices { problems.append(try plan.problem(index)) }
        } catch {
            throw .usage("--widths: \(error)")
        }
        json = arguments.has("--json")
        backend = try BackendFlags(arguments)
        // Another backend has no networks of this kind.
        if backend.choice == .auto { backend.choice = .cpu }
    }
}
