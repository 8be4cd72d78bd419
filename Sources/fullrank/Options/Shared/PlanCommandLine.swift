import FullrankModel

extension SweepPlan {
    /// The command that computes this plan, for a POSIX shell.
    var commandLine: String {
        let published = PublishedFigure.allCases.first {
            var same = $0.plan(trials: trials, seed: seed, method: method)
            same.target = target
            return same == self
        }
        return commandLine(published)
    }

    /// The same as one of `sweep`, also of a published grid.
    var sweepCommandLine: String { commandLine(nil) }

    private func commandLine(_ published: PublishedFigure?) -> String {
        var words = ["fullrank"]
        if let published {
            words += ["reproduce", published.rawValue]
        } else {
            words.append("sweep")
            switch inputDimensions {
            case .fixed(let dimensions): words += ["--d0", IntegerList.text(dimensions)]
            case .proportional(let ratios): words += ["--ratio", ratios.map { "\($0)" }.joined(separator: ",")]
            }
            words += ["--n", IntegerList.text(points), "--d1", IntegerList.text(units)]
        }
        words += ["--trials", "\(trials)", "--seed", "\(seed)"]
        if let target { words += ["--half-width", "\(target.halfWidth)", "--max-trials", "\(target.maxTrials)"] }
        switch inputs {
        case .drawn(.normal): break
        case .drawn(let distribution): words += ["--inputs", distribution.rawValue]
        case .file(let path, _): words += ["--inputs", path.shellQuoted]
        }
        if let hidden, let first = hidden.first {
            words +=
                hidden.count == 1
                ? ["--hidden", first.widths.map { "\($0)" }.joined(separator: ",")]
                : ["--depth", hidden.map { "\($0.depth)" }.joined(separator: ",")]
                    + ["--hidden", "\(hidden.flatMap(\.widths).first ?? 1)"]
        }
        if preparation?.isStandardised == true { words.append("--standardise") }
        if let count = preparation?.subsample { words += ["--subsample", "\(count)"] }
        if patterns != .initialization { words += ["--patterns", patterns.rawValue] }
        if patterns == .initialization, initialization != .uniform { words += ["--init", initialization.rawValue] }
        if !bias { words.append("--no-bias") }
        if primeCount > 1 { words += ["--primes", "\(primeCount)"] }
        if case .svd(let precision) = method {
            words += ["--method", "svd"] + (precision == .float64 ? [] : ["--precision", precision.rawValue])
        }
        return (words + ["--output", "again"]).joined(separator: " ")
    }
}

extension String {
    /// One word of a POSIX shell, whatever stands in it: what can't be seen in octal.
    var shellQuoted: String {
        if unicodeScalars.contains(where: { $0.isHidden || $0.rawByte != nil }) {
            let parts = unicodeScalars.map { scalar in
                if scalar == "'" || scalar == "\\" { return "\\\(scalar)" }
                // Bytes that are no UTF-8 too: as bash, zsh and ksh read them.
                guard scalar.isHidden || scalar.rawByte != nil else { return String(scalar) }
                let bytes = scalar.rawByte.map { [$0] } ?? Array(String(scalar).utf8)
                return bytes.map { byte in
                    let digits = String(byte, radix: 8)
                    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
                }.joined()
            }
            return "$'" + parts.joined() + "'"
        }
        let parts = unicodeScalars.split(separator: "'", omittingEmptySubsequences: false).map { String($0) }
        return "'" + parts.joined(separator: "'\\''") + "'"
    }
}
