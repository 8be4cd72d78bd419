import FullrankModel

extension DryRun {
    /// Several lines, for people.
    var text: String {
        let trialsOfEach = each.least == each.most ? "\(each.least)" : "\(each.least) to \(each.most)"
        var lines = [
            "\(title): \(counted(problems, "problem")), \(counted(cells, "cell")), \(trialsOfEach) \(each.most == 1 ? "trial" : "trials") each"
        ]
        if let shard { lines[0] += ", shard \(shard) of them" }
        let source =
            measured == problems
            ? "trials of these shapes"
            : measured == 0 ? "smaller trials" : "trials of \(measured) of the problems, or smaller ones"
        var trials = "trials: " + Self.range(self.trials) { "\(Int($0))" }
        if let there {
            let total = "\(there.total)\(there.mayGrow ? " or more" : "")"
            trials += " left; \(there.done) of \(total) are in \(output.printable())"
            if isRunning { trials += ", where a process is at work" }
        }
        lines += [
            trials, workLine,
            "time: about " + Self.range(seconds, Self.duration)
                + " on \(backend.name), \(backend.device.printable()); from "
                + "\(source), run now for \(Self.duration(elapsed)); tables and figures come on top",
            "memory: about " + Self.bytes(memory) + " at the peak, from \(memorySource)"
                + (backend.name == "cpu" ? "" : deviceWords),
            "disk: about " + Self.range(bytes, Self.bytes) + " of journal, from the probe's lines"
                + (tableBytes.map { "; trials.csv takes about " + Self.range($0, Self.bytes) } ?? ""),
        ]
        return lines.map { $0 + "\n" }.joined()
    }

    private var workLine: String {
        switch work {
        case .multiplyAdds(_, let formula):
            "work: " + Self.range(workLeft, Self.scientific) + " multiply-adds, from the shapes: " + formula
        case .verdicts(let cells):
            "work: " + Self.range(workLeft) { "\(Int($0))" } + " verdicts, \(cells) of each trial's regions"
        case .combinations(let count):
            "work: " + Self.range(workLeft) { "\(Int($0))" } + " combinations of cells, \(count) in each trial"
        }
    }

    private var memorySource: String {
        switch work {
        case .multiplyAdds: "the probe's"
        case .verdicts, .combinations: "the probe's and the shapes"
        }
    }

    private var deviceWords: String {
        guard let deviceMemory else { return "; the device's own is not counted" }
        return "; of the device's about " + Self.bytes(deviceMemory) + " for each trial under way"
    }

    /// Runs one after the other: the sums, and the most memory.
    static func sums(_ runs: [DryRun]) -> String {
        func sum(_ quantity: (DryRun) -> (least: Double, most: Double)) -> (least: Double, most: Double) {
            let parts = runs.map(quantity)
            return (parts.reduce(0) { $0 + $1.least }, parts.reduce(0) { $0 + $1.most })
        }
        return "all \(runs.count): " + range(sum(\.trials)) { "\(Int($0))" } + " trials, about "
            + range(sum(\.seconds), duration) + ", at most " + bytes(runs.map(\.memory).max() ?? 0)
            + " of memory, about "
            + range(sum(\.bytes), bytes) + " of journals\n"
    }

    var json: JSONText {
        let unit = work.unit
        func amount(_ value: Double) -> JSONText { work.isCounted ? .integer(Int(value)) : .number(value) }
        let table = tableBytes.map {
            [("trials_csv_bytes", JSONText.number($0.least)), ("trials_csv_bytes_most", .number($0.most))]
        }
        let members: [(String, JSONText)] = [
            ("title", .string(title)), ("folder", output.isEmpty ? .null : .string(output)),
            ("backend", .string(backend.name)), ("device", .string(backend.device)),
            ("problems", .integer(left.count)), ("cells", .integer(cells)),
            ("trials_done", .integer(there?.done ?? 0)), ("running", .boolean(isRunning)),
            ("trials_left", .integer(Int(trials.least))), ("trials_left_most", .integer(Int(trials.most))),
            (unit, amount(workLeft.least)), (unit + "_most", amount(workLeft.most)),
            ("seconds", .number(seconds.least)), ("seconds_most", .number(seconds.most)),
            ("memory_bytes", .number(memory)),
            ("device_memory_bytes", deviceMemory.map { .number($0) } ?? .null),
            ("journal_bytes", .number(bytes.least)), ("journal_bytes_most", .number(bytes.most)),
            ("measured_problems", .integer(measured)), ("probe_seconds", .number(elapsed)),
        ]
        return .object(members + (table ?? []))
    }

    /// "3 s", or "3 s to 2 min".
    private static func range(_ value: (least: Double, most: Double), _ words: (Double) -> String) -> String {
        let (least, most) = (words(value.least), words(value.most))
        return least == most ? least : "\(least) to \(most)"
    }

    /// Two digits: "1.4e8", "350".
    private static func scientific(_ value: Double) -> String {
        guard value >= 1000 else { return "\(Int(value.rounded()))" }
        var (mantissa, exponent) = (value, 0)
        while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        return "\(twoDigits(mantissa))e\(exponent)"
    }

    private static func duration(_ seconds: Double) -> String {
        let units: [(String, Double)] = [("days", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        let (name, size) = units.first { seconds >= 2 * $0.1 } ?? ("s", 1)
        return seconds == 0 ? "0 s" : seconds < 0.01 ? "0.01 s" : "\(twoDigits(seconds / size)) \(name)"
    }

    private static func bytes(_ count: Double) -> String {
        if count == 0 { return "0 kB" }
        let units: [(String, Double)] = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
        let (name, size) = units.first { count >= $0.1 } ?? ("kB", 1e3)
        return "\(twoDigits(max(count / size, 0.1))) \(name)"
    }

    /// "0.034", "0.34", "3.4", "34", "340".
    private static func twoDigits(_ value: Double) -> String {
        guard value < 9.95 else { return "\(Int(min(value, 1e15).rounded()))" }
        let places = value >= 0.995 || value == 0 ? 1 : value >= 0.0995 ? 2 : 3
        let scale = [1, 10, 100, 1000][places]
        let scaled = Int((value * Double(scale)).rounded())
        let digits = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: places - digits.count) + digits
    }
}
