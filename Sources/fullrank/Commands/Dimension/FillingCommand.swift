import FullrankBackends
import FullrankDimension
import FullrankModel

/// Prints all minimal filling architectures, one on each line, and how many there are.
func findMinimalFilling(
    _ search: FillingSearchOptions, _ options: DimensionOptions, _ context: CommandContext
) throws(CommandFailure) {
    guard case .power(let exponent) = search.activation else { return }
    var filling: MinimalFilling
    do throws(MinimalFilling.Refusal) {
        filling = try MinimalFilling(
            inputs: search.inputs, outputs: search.outputs, layers: search.depth, exponent: exponent)
    } catch {
        throw .usage("--find: \(error)")
    }
    let backend = try options.backend.openDimension()
    var queries = FillingQueries(
        activation: search.activation, seed: search.seed, primeCount: search.primes, backend: backend)
    let start = ContinuousClock.now
    let result: Result<Void, DimensionSearchError> = context.follow(diagram: nil, cancel: { backend.cancel() }) {
        display in
        Result { () throws(DimensionSearchError) in
            try filling.run(&queries) { found, maximal in
                var progress = RunProgress(
                    done: found, total: found, seconds: (ContinuousClock.now - start) / .seconds(1), workShare: 0,
                    mayGrow: true)
                progress.noun = "found"
                display.update(progress)
            }
        }
    }
    switch result {
    case .success: break
    case .failure(.backend(let error)): throw CommandFailure(error, signal: context.interruption.signal)
    case .failure(.problem(let error)): throw .usage("--find: \(error)")
    case .failure(.architecture(let error)): throw .usage("--find: \(error)")
    }
    try writeOutput(options.json ? filling.json(queries, search).text + "\n" : filling.lines)
    writeMessage(filling.closingWords(queries, search, seconds: (ContinuousClock.now - start) / .seconds(1)))
}

extension MinimalFilling {
    fileprivate var lines: String {
        found.map { "\($0)\($0.isUnimodal ? "" : "  not unimodal")\n" }.joined()
    }

    fileprivate func closingWords(_ queries: FillingQueries, _ search: FillingSearchOptions, seconds: Double) -> String
    {
        let odd = found.count { !$0.isUnimodal }
        let chance =
            queries.errorBound > 0
            ? "; they are filling: proved; that no other is: but for a chance of about 1 in \(DimensionSummary.odds(queries.errorBound)) "
                + "for each of the \(maximal.count) maximal architectures that are not filling"
            : ""
        return
            "dimension: \(found.count) minimal filling \(found.count == 1 ? "architecture" : "architectures") of depth \(layers) from \(inputs) to \(outputs) with "
            + "\(search.activation), \(odd) not unimodal; \(queries.count) ranks in \(Double(Int(seconds * 1000)) / 1000) s\(chance)"
    }

    fileprivate func json(_ queries: FillingQueries, _ search: FillingSearchOptions) -> JSONText {
        func list(_ widths: [[Int]]) -> JSONText { .array(widths.map { .array($0.map { .integer($0) }) }) }
        return .object([
            ("inputs", .integer(inputs)), ("outputs", .integer(outputs)), ("depth", .integer(layers)),
            ("activation", .string(search.activation.description)), ("minimal_filling", list(found.map(\.widths))),
            ("not_unimodal", list(found.filter { !$0.isUnimodal }.map(\.widths))),
            ("maximal_not_filling", list(maximal.map { [inputs] + $0 + [outputs] })),
            ("ranks", .integer(queries.count)), ("error_bound", .number(queries.errorBound)),
        ])
    }
}
