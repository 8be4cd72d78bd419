import FullrankModel

extension OptionSpec {
    static let hidden = OptionSpec(
        "--hidden", "LIST",
        "deep networks: widths of the hidden layers before the last, starting at the\n"
            + "inputs: 64,64. Without --d1 the last is d1. With --depth one width",
        default: "none")
    static let depth = OptionSpec(
        "--depth", "LIST",
        "deep networks by their layers of weights, including the output's: depth L has\n"
            + "L - 2 hidden layers of --hidden units before the last; depth 2 has one hidden layer")
}

extension ParsedArguments {
    /// `--hidden`, `--depth` and `--d1`: the lists of layers before the last, nil if none is deep, and the last's
    /// widths.
    func hiddenLayers() throws(CommandFailure) -> (hidden: [HiddenLayers]?, units: [Int]) {
        let units = try integers("--d1")
        let widths = try hiddenWidths()
        guard let depths = try integers("--depth", minimum: 2) else {
            let (earlier, last) = try lastLayer(widths, given: units)
            return (earlier.isEmpty ? nil : [HiddenLayers(earlier)], last)
        }
        guard let units else { throw .missing("--d1", self) }
        guard let deepest = depths.last, deepest <= Self.mostLayers else {
            throw .usage("--depth: \(depths.last ?? 0) is too large; at most \(Self.mostLayers) is taken")
        }
        if deepest == 2, widths.count < 2 { return (nil, units) }
        guard widths.count == 1 else {
            throw .usage("--depth needs --hidden W, one width for the hidden layers before the last")
        }
        return (depths.map { HiddenLayers(Array(repeating: widths[0], count: $0 - 2)) }, units)
    }

    /// `--hidden` and `--d1` of one network.
    func hiddenLayers(units: Int?) throws(CommandFailure) -> (hidden: [Int], units: Int) {
        let (earlier, last) = try lastLayer(try hiddenWidths(), given: units.map { [$0] })
        return (earlier, last[0])
    }

    /// `--hidden`, `--depth` and `--d1` of one network, where the command has `--depth`.
    func hiddenLayersOrDepth(units: Int?) throws(CommandFailure) -> (hidden: [Int], units: Int) {
        guard has("--depth") else { return try hiddenLayers(units: units) }
        guard let units else { throw .missing("--d1", self) }
        guard let layers = try hiddenLayers().hidden else { return ([], units) }
        guard layers.count == 1 else { throw .usage("--depth: one depth is taken, for one network") }
        return (layers[0].widths, units)
    }

    private func lastLayer(_ widths: [Int], given: [Int]?) throws(CommandFailure) -> (earlier: [Int], last: [Int]) {
        if let given { return (widths, given) }
        guard let last = widths.last else { throw .missing("--d1", self) }
        return (widths.dropLast(), [last])
    }

    /// In their order; empty if none is given.
    private func hiddenWidths() throws(CommandFailure) -> [Int] {
        guard let text = values["--hidden"], !text.isEmpty else { return [] }
        var widths = [Int]()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isNumber =
                !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isNumber, let width = Int(part), (1...IntegerList.largestValue).contains(width) else {
                throw .usage(
                    "--hidden: \(String(part).quoted) is not a width from 1 to \(IntegerList.largestValue); write widths such as 64,64"
                )
            }
            widths.append(width)
        }
        guard widths.count < Self.mostLayers else {
            throw .usage("--hidden: \(widths.count) layers are too many; at most \(Self.mostLayers - 1) are taken")
        }
        return widths
    }

    /// Streams of random numbers are numbered below 256 (docs/sampling.md).
    private static var mostLayers: Int { 100 }

    /// What has no meaning for deep networks, or is not there for them.
    func checkDeep(_ patterns: PatternEnsemble) throws(CommandFailure) {
        if has("--ratio") { throw .usage("--ratio does not go with --hidden; give --d0") }
        if patterns != .initialization {
            throw .usage("--patterns \(patterns.rawValue) does not go with --hidden: deep networks' weights are drawn")
        }
        if has("--census") {
            throw .usage("--census does not go with --hidden: its obstructions are those of one hidden layer")
        }
    }
}

extension HiddenLayers {
    /// Refuses a network that cannot fit this machine's memory, before anything is made.
    ///
    /// - Parameter jacobians: how often its n × P Jacobian is held whole.
    func checkMemory(
        points: Int, inputDimension: Int, units: Int, bias: Bool, jacobians: Int
    ) throws(CommandFailure) {
        let columns = columns(inputDimension: inputDimension, units: units, bias: bias)
        // Weights are numbered below 2^31.
        guard columns <= Int32.max else {
            throw .usage(
                "--hidden: a network of layers \(self), \(units) has more than 2^31 parameters: lower its widths")
        }
        let bytes =
            trialBytes(points: points, inputDimension: inputDimension, units: units)
            + 8 * Double(jacobians) * Double(points) * Double(columns)
        guard AvailableMemory.holds(bytes) else {
            throw .memory(
                "--hidden: a trial of layers \(self), \(units) on \(points) points takes "
                    + "\(AvailableMemory.shortage(bytes)): lower --hidden, --d1 or --n")
        }
    }
}

extension SweepPlan {
    /// In a deep sweep this checks the largest trials.
    func checkDeepMemory() throws(CommandFailure) {
        guard case .fixed(let dimensions) = inputDimensions else { return }
        for layers in hidden ?? [] where layers.isDeep {
            try layers.checkMemory(
                points: points.last ?? 0, inputDimension: dimensions.last ?? 0, units: units.last ?? 0, bias: bias,
                // Of svd: all rows, a cell's, and what LAPACK overwrites.
                jacobians: method == .exact ? 0 : 3)
        }
    }
}

extension CommandSpec {
    /// Why the command has no deep networks: in place of a suggestion for a mistyped option.
    var refusalOfDeep: String {
        switch name {
        case "threshold":
            "a trial of a deep network gives the rank of its own width only; sweep --hidden takes a list of widths"
        default: "deep networks are for sweep, export and explain"
        }
    }
}
