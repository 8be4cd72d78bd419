// What Scripts/fuzz runs: one reader, given any bytes. A reader may refuse; it may not trap, hang, or take what it can't
// give back. FUZZ_TARGET names the reader.
import Glibc

@testable import FullrankModel
@testable import FullrankProof
@testable import FullrankSweep

private func require(_ holds: @autoclosure () -> Bool, _ words: String) {
    if !holds() { fatalError(words) }
}

/// Accepted arrays hold as many numbers as their shape says, and come back from the writer.
private func npy(_ bytes: [UInt8]) {
    guard let file = try? NPYFile(bytes: bytes, path: "x.npy") else { return }
    require(file.values.count == file.shape.reduce(1, *), "shape and values differ")
    try? file.requireFinite()
}

/// Accepted numbers are finite, in rows of one length, and the same when written out.
private func csv(_ bytes: [UInt8]) {
    guard let file = try? CSVFile(bytes: bytes, path: "x.csv") else { return }
    require(file.rows >= 1 && file.columns >= 1 && file.values.count == file.rows * file.columns, "shape and values differ")
    require(file.values.allSatisfy(\.isFinite), "a number is not finite")
    var text = ""
    for row in 0..<file.rows {
        text += (0..<file.columns).map { file.values[row * file.columns + $0].description }.joined(separator: ",") + "\n"
    }
    guard let again = try? CSVFile(bytes: Array(text.utf8), path: "x.csv") else { fatalError("written out, it is refused") }
    require(again.values.map(\.bitPattern) == file.values.map(\.bitPattern), "written out, it differs")
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
    let run = SweepProvenance(fullrank: "1", backend: "cpu", device: "d", library: "l")
    return [exact, ratio, svd, deep].map { SweepRecord(plan: $0, provenance: run) }
}()

/// The first byte says of which plan. Accepted profiles come back from their text.
private func journal(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let record = plans[Int(first) % plans.count]
    var decoder = JournalDecoder(record)
    var finished = FinishedTrials(of: record.plan)
    // A copy of its own size, so that a reader that runs past the end is seen by the address sanitizer.
    Array(bytes.dropFirst()).withUnsafeBufferPointer { bytes in
        var start = 0
        while let length = JournalReader.lineLength(bytes, from: start) {
            let line = UnsafeBufferPointer(rebasing: bytes[start..<(start + length)])
            start += length
            _ = try? JournalDecoder.otherVersion(line)
            guard let trial = try? decoder.trial(line) else { continue }
            _ = finished.insert(problem: trial.problem, trial: trial.trial)
            guard case .profile(let profile) = trial.result else { continue }
            var text = [UInt8]()
            ProfileText.append(profile.pivotColumns, to: &text)
            let again = text.withUnsafeBufferPointer {
                try? ProfileText.columns($0, rows: profile.pivotColumns.count, columns: .max >> 4)
            }
            require(again == profile.pivotColumns, "a profile differs, written out")
        }
    }
}

/// Accepted plans come back from plan.json, and have problems that can be counted.
private func plan(_ bytes: [UInt8]) {
    guard let record = try? SweepRecord(parsing: bytes, path: "plan.json") else { return }
    guard let again = try? SweepRecord(parsing: record.bytes, path: "plan.json") else {
        fatalError("written out, it is refused")
    }
    require(again == record, "written out, it differs")
    _ = JournalDecoder(record)
}

private func certificate(_ bytes: [UInt8]) {
    guard let certificate = try? Certificate(parsing: bytes) else { return }
    guard let again = try? Certificate(parsing: certificate.bytes) else { fatalError("written out, it is refused") }
    require(again == certificate, "written out, it differs")
}

/// Accepted lists ascend within their bounds. Ratios and shards too.
private func list(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let list = try? IntegerList(text, minimum: 1, maximum: 5000, limit: 10000) {
        require(!list.values.isEmpty && list.values.allSatisfy { (1...5000).contains($0) }, "out of bounds")
        require(zip(list.values, list.values.dropFirst()).allSatisfy { $0 < $1 }, "not ascending")
        let again = try? IntegerList(list.values.map(String.init).joined(separator: ","))
        require(again?.values == list.values, "written out, it differs")
    }
    _ = try? IntegerList(text, maximum: .max, limit: 1000)
    if let ratios = try? RatioList(text, limit: 1000) {
        require(zip(ratios.values, ratios.values.dropFirst()).allSatisfy { $0 < $1 }, "ratios not ascending")
        let again = try? RatioList(ratios.values.map(\.description).joined(separator: ","))
        require(again?.values == ratios.values, "ratios written out differ")
    }
    if let shard = Shard(text) { require(Shard(shard.description) == shard, "shard written out differs") }
}

private let target: @Sendable ([UInt8]) -> Void = {
    switch getenv("FUZZ_TARGET").map({ String(cString: $0) }) {
    case "npy": npy
    case "csv": csv
    case "journal": journal
    case "plan": plan
    case "certificate": certificate
    case "list": list
    default: fatalError("FUZZ_TARGET: npy, csv, journal, plan, certificate or list")
    }
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
