import FullrankFiles
import FullrankMinima
import FullrankModel
import FullrankProof
import FullrankReport
import FullrankRuns
import FullrankSweep
import FullrankTraining

/// What a reader took and should not have, in words.
struct ReaderFault: Error, CustomStringConvertible {
    let description: String
    init(_ words: String) { description = words }
}

/// Everything that reads what others wrote, given any bytes: it may refuse; it may not trap, hang, or take what it can't
/// give back. CorpusTests runs each on every file of Corpus, Scripts/fuzz on what libFuzzer makes of them.
enum Reader: String, CaseIterable {
    case npy, csv, idx, gzip, journal, plan, certificate, list, json, minimaPlan, minimaJournal, checkpoint,
        safetensors, npz

    /// - Throws: `ReaderFault`: what was taken does not hold together.
    func read(_ bytes: [UInt8]) throws {
        switch self {
        case .npy: try readNPY(bytes)
        case .csv: try readCSV(bytes)
        case .idx: try readIDX(bytes)
        case .gzip: try readGzip(bytes)
        case .journal: try readJournal(bytes)
        case .plan: try readPlan(bytes)
        case .certificate: try readCertificate(bytes)
        case .list: try readList(bytes)
        case .json: try readJSON(bytes)
        case .minimaPlan: try readMinimaPlan(bytes)
        case .minimaJournal: try readMinimaJournal(bytes)
        case .checkpoint: try readCheckpoint(bytes)
        case .safetensors: try readArrays(try? SafetensorsFile.arrays(bytes, path: "x.safetensors"))
        case .npz: try readArrays(try? NPZFile.arrays(bytes, path: "x.npz"))
        }
    }
}

private func require(_ holds: @autoclosure () -> Bool, _ words: String) throws {
    if !holds() { throw ReaderFault(words) }
}

/// What was taken, written out and read again: taken again.
private func again<Value>(_ read: () throws -> Value) throws -> Value {
    do { return try read() } catch { throw ReaderFault("written out, it is refused: \(error)") }
}

/// Accepted arrays hold as many numbers as their shape says.
private func readNPY(_ bytes: [UInt8]) throws {
    if let whole = try? NPYFile(bytes: bytes, path: "x.npy", keepingWholeNumbers: true),
        let numbers = whole.wholeNumbers
    {
        try require(numbers.residues(modulo: 8_388_593).count == whole.values.count, "whole numbers and values differ")
    }
    guard let file = try? NPYFile(bytes: bytes, path: "x.npy") else { return }
    try require(file.values.count == file.shape.reduce(1, *), "shape and values differ")
    try? file.requireFinite()
    try require(file.wholeNumbers == nil, "a number is not the file's")
}

/// Accepted numbers are finite, in rows of one length, and the same when written out.
private func readCSV(_ bytes: [UInt8]) throws {
    guard let file = try? CSVFile(bytes: bytes, path: "x.csv") else { return }
    try require(
        file.rows >= 1 && file.columns >= 1 && file.values.count == file.rows * file.columns, "shape and values differ")
    try require(file.values.allSatisfy(\.isFinite), "a number is not finite")
    var text = ""
    for row in 0..<file.rows {
        text +=
            (0..<file.columns).map { file.values[row * file.columns + $0].description }.joined(separator: ",") + "\n"
    }
    let second = try again { try CSVFile(bytes: Array(text.utf8), path: "x.csv") }
    try require(second.values.map(\.bitPattern) == file.values.map(\.bitPattern), "written out, it differs")
}

private func readIDX(_ bytes: [UInt8]) throws {
    guard let file = try? IDXFile(bytes: bytes, path: "x.idx") else { return }
    try require(file.values.count == file.shape.reduce(1, *), "shape and values differ")
}

/// Accepted arrays hold as many numbers as their shapes say; a network of them has its shape's parameters, all finite.
private func readArrays(_ arrays: [NamedArray]?) throws {
    guard let arrays else { return }
    for array in arrays {
        guard let values = array.values else { continue }
        try require(values.count == array.shape.reduce(1, *), "shape and values differ")
    }
    guard let network = try? NetworkFile.network(of: arrays, path: "x") else { return }
    try require(network.parameters.count == network.shape.parameterCount, "shape and parameters differ")
    try require(network.parameters.allSatisfy(\.isFinite), "a number is not finite")
}

/// What is unpacked keeps within its limit, and its lengths and checksums are compared.
private func readGzip(_ bytes: [UInt8]) throws {
    let limit = 1 << 16
    guard let text = try? Gzip.unpack(bytes, limit: limit) else { return }
    try require(text.count <= limit, "more than the limit")
    var cut = bytes
    cut.removeLast()
    try require((try? Gzip.unpack(cut, limit: limit)) == nil, "cut short, it is taken")
}

private let plans: [SweepRecord] = {
    var exact = SweepPlan(inputDimensions: .fixed([1, 2]), points: [3, 8], units: [2, 9])
    exact.trials = 5
    var ratio = SweepPlan(inputDimensions: .proportional([Ratio("0.5")!]), points: [4], units: [3])
    ratio.trials = 7
    var svd = exact
    svd.method = .svd(.float64)
    var deep = exact
    deep.hidden = [HiddenLayers([]), HiddenLayers([3, 2])]
    let run = RunProvenance(fullrank: "1", backend: "cpu", device: "d", library: "l")
    return [exact, ratio, svd, deep].map { SweepRecord(plan: $0, provenance: run) }
}()

/// The first byte says of which plan. Accepted profiles have a pivot a column, and come back from their text.
private func readJournal(_ bytes: [UInt8]) throws {
    guard let first = bytes.first else { return }
    let record = plans[Int(first) % plans.count]
    var decoder = JournalDecoder(record)
    var finished = FinishedTrials(of: record.plan)
    // A copy of its own size, so that a reader that runs past the end is seen by the address sanitizer.
    let lines = Array(bytes.dropFirst())
    try lines.withUnsafeBufferPointer { bytes in
        var start = 0
        while let length = JournalScanner<SweepRecord>.lineLength(bytes, from: start) {
            let line = UnsafeBufferPointer(rebasing: bytes[start..<(start + length)])
            start += length
            _ = try? JournalHeader(format: "fullrank-trials", version: 3).version(of: line)
            decoder.isSealed = true
            _ = try? decoder.trial(line)
            // What a changed byte reaches behind the checksum.
            decoder.isSealed = false
            guard let trial = try? decoder.trial(line) else { continue }
            _ = finished.insert(problem: trial.problem, trial: trial.trial)
            guard case .profile(let profile) = trial.result else { continue }
            let pivots = profile.pivotColumns.filter { $0 >= 0 }
            try require(Set(pivots).count == pivots.count, "two rows have one pivot column")
            var text = [UInt8]()
            ProfileText.append(profile.pivotColumns, to: &text)
            let second = text.withUnsafeBufferPointer {
                try? ProfileText.columns($0, rows: profile.pivotColumns.count, columns: .max >> 4)
            }
            try require(second == profile.pivotColumns, "a profile differs, written out")
        }
    }
}

/// Accepted plans come back from plan.json, and have problems that can be counted.
private func readPlan(_ bytes: [UInt8]) throws {
    guard let record = try? SweepRecord(parsing: bytes, path: "plan.json") else { return }
    let second = try again { try SweepRecord(parsing: record.bytes, path: "plan.json") }
    try require(second == record, "written out, it differs")
    _ = JournalDecoder(record)
}

private func readCertificate(_ bytes: [UInt8]) throws {
    guard let certificate = try? Certificate(parsing: bytes) else { return }
    let second = try again { try Certificate(parsing: certificate.bytes) }
    try require(second == certificate, "written out, it differs")
}

/// Accepted lists ascend within their bounds. Ratios and shards too.
private func readList(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    if let list = try? IntegerList(text, minimum: 1, maximum: 5000, limit: 10000) {
        try require(!list.values.isEmpty && list.values.allSatisfy { (1...5000).contains($0) }, "out of bounds")
        try require(zip(list.values, list.values.dropFirst()).allSatisfy { $0 < $1 }, "not ascending")
        let second = try again { try IntegerList(list.values.map(String.init).joined(separator: ",")) }
        try require(second.values == list.values, "written out, it differs")
    }
    _ = try? IntegerList(text, maximum: .max, limit: 1000)
    if let ratios = try? RatioList(text, limit: 1000) {
        try require(zip(ratios.values, ratios.values.dropFirst()).allSatisfy { $0 < $1 }, "ratios not ascending")
        let second = try again { try RatioList(ratios.values.map(\.description).joined(separator: ",")) }
        try require(second.values == ratios.values, "ratios written out differ")
    }
    if let shard = Shard(text) { try require(Shard(shard.description) == shard, "shard written out differs") }
}

/// Accepted texts come back from both forms in which they are written.
private func readJSON(_ bytes: [UInt8]) throws {
    guard let value = try? JSONValue(parsing: bytes) else { return }
    for text in [value.text, value.document] {
        let second = try again { try JSONValue(parsing: Array(text.utf8)) }
        try require(second == value, "written out, it differs")
    }
}

/// Accepted plans come back from plan.json.
private func readMinimaPlan(_ bytes: [UInt8]) throws {
    guard let record = try? MinimaRecord(parsing: bytes, path: "plan.json") else { return }
    let second = try again { try MinimaRecord(parsing: record.bytes, path: "plan.json") }
    try require(second == record, "written out, it differs")
    try require(record.plan.problem(inputDimension: 1, data: nil).points == record.plan.points.last, "n differs")
}

private let minimaPlans: [MinimaPlan] = LabelSource.allCases.map {
    MinimaPlan(inputDimensions: [1, 3], points: [2, 7], units: [1, 4, 9], trials: 4, labels: $0)
}

/// The first byte says of which plan. Accepted trials come back from their lines, count once, and can be tabled.
private func readMinimaJournal(_ bytes: [UInt8]) throws {
    guard let first = bytes.first else { return }
    let plan = minimaPlans[Int(first) % minimaPlans.count]
    let lines = Array(bytes.dropFirst())
    var trials = [MinimaTrial]()
    let record = MinimaRecord(
        plan: plan, provenance: RunProvenance(fullrank: "1", backend: "cpu", device: "d", library: "l"))
    let end = (try? JournalScanner.read(lines, path: "trials.jsonl", record) { trials.append($0) }) ?? 0
    try require(trials.count <= plan.trials * plan.inputDimensions.count, "a trial counts twice")
    try require(end == 0 || lines[end - 1] == UInt8(ascii: "\n"), "a torn line counts")
    var tallies = plan.inputDimensions.indices.map { MinimaTally(plan: plan, problem: $0) }
    for trial in trials {
        let line = MinimaLine.text(trial, plan: plan)
        try require(MinimaLine.trial(Array(line.utf8.dropLast()), plan: plan) == trial, "a trial differs, written out")
        tallies[trial.problem].add(trial)
    }
    for tally in tallies {
        for cell in tally.cells {
            try require(cell.feasible + cell.undecided <= cell.trials, "a cell counts more than its trials")
        }
        _ = WidthTable.csv(tally.widths)
    }
}

private let trainingPlans: [TrainingPlan] = {
    let small = TrainingPlan(points: 3, inputDimension: 1, units: 2, steps: 5, every: 2)
    var descent = small
    (descent.optimizer, descent.bias, descent.steps) = (.gradientDescent(rate: 0.1), false, 4)
    return [small, descent]
}()

/// The first byte says of which plan; behind it the numbers of checkpoint.npy, little-endian. What is accepted is all
/// of the state, and can be written as table and figure.
private func readCheckpoint(_ bytes: [UInt8]) throws {
    guard let first = bytes.first else { return }
    let plan = trainingPlans[Int(first) % trainingPlans.count]
    let numbers = stride(from: 1, to: bytes.count - 7, by: 8).map { start in
        Double(bitPattern: bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
    guard let state = TrainingState(plan, checkpoint: numbers) else { return }
    // Without format and checksum, which are of the newest format.
    let second = state.checkpoint.dropFirst().dropLast()
    let given = numbers[0] == 1 ? numbers.dropFirst() : numbers.dropFirst().dropLast()
    try require(second.count == given.count, "written out, it has another length")
    // Any NaN is an empty field.
    try require(
        zip(second, given).allSatisfy { $0.isNaN ? $1.isNaN : $0 == $1 }, "written out, it differs")
    try require(state.rows.allSatisfy { (0...plan.points).contains($0.rank) }, "a rank is none")
    _ = TrainingTable.csv(state.rows)
    _ = TrainingFigure.svg(state.rows, points: plan.points, title: "", caption: "")
}
