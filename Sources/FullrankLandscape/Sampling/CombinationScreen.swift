import FullrankKernels
import FullrankModel
import FullrankNumbers

// The batched part: what floating point with bounds proves of many combinations at a time (Kernels/cpu/landscape).
extension CombinationBatch {
    /// A draw is open if the kernel proved nothing of it.
    func screened(_ draws: Range<Int>) throws(LandscapeError) -> [CombinationVerdict] {
        let columns = points.points[0].count
        guard count <= Int(FR_COMBINATION_MOST_POINTS), columns <= Int(FR_COMBINATION_MOST_COLUMNS), points.span else {
            return draws.map { _ in CombinationVerdict() }
        }
        let width = pattern.wordsPerUnit, mask: UInt64 = count == 64 ? .max : 1 << UInt64(count) - 1
        // One word for each unit: patterns of more points than 64 are cut.
        let cut =
            width == 1
            ? []
            : draws.flatMap { draw in
                (0..<units).map { pattern.words[(draw * stride + $0) * width] & mask }
            }
        let narrow = try narrowCells(draws, columns: columns, mask: mask)
        let listed = narrow.keys.sorted(), numbers = listed.flatMap { narrow[$0] ?? [] }
        var verdicts = [UInt8](repeating: 0, count: draws.count)
        var low = [Double](repeating: 0, count: draws.count)
        let flat = points.points.flatMap { $0 }
        let status = flat.withUnsafeBufferPointer { x in
            labels.withUnsafeBufferPointer { labels in
                listed.withUnsafeBufferPointer { listed in
                    numbers.withUnsafeBufferPointer { numbers in
                        var data = fr_combination_data()
                        (data.points, data.columns) = (Int64(count), Int64(columns))
                        (data.x, data.labels) = (x.baseAddress, labels.baseAddress)
                        data.narrow_count = Int64(listed.count)
                        (data.narrow_patterns, data.narrow) = (listed.baseAddress, numbers.baseAddress)
                        func decide(_ words: UnsafePointer<UInt64>?, _ stride: Int, _ signs: [Double]?) -> Int32 {
                            guard let signs else {
                                return fr_combinations(
                                    &data, Int64(draws.count), Int64(units), Int64(stride), words, nil, &verdicts, &low)
                            }
                            return fr_combinations(
                                &data, Int64(draws.count), Int64(units), Int64(stride), words, signs, &verdicts, &low)
                        }
                        if width > 1 { return cut.withUnsafeBufferPointer { decide($0.baseAddress, units, signs) } }
                        return pattern.words.withUnsafeBufferPointer {
                            decide($0.baseAddress.map { $0 + draws.lowerBound * stride }, stride, signs)
                        }
                    }
                }
            }
        }
        guard status == 0 else { throw .outOfMemory }
        return zip(verdicts, low).map { bits, low in
            func verdict(_ shift: UInt8) -> Verdict { Verdict(rawValue: bits >> shift & 3) ?? .undecided }
            return CombinationVerdict(minimum: verdict(0), unique: verdict(2), fullRank: verdict(4), low: low)
        }
    }

    /// Cells of the draws that are active on one or two points, fewer than D, with the numbers the kernel takes.
    private func narrowCells(
        _ draws: Range<Int>, columns: Int, mask: UInt64
    ) throws(LandscapeError) -> [UInt64: [Double]] {
        var found = [UInt64: [Double]]()
        let width = pattern.wordsPerUnit
        for draw in draws {
            for unit in 0..<units {
                let word = pattern.words[(draw * stride + unit) * width] & mask
                let active = word.nonzeroBitCount
                guard active > 0, active < min(columns, 3), found[word] == nil else { continue }
                found[word] = try points.narrow(word) ?? []
            }
        }
        return found.filter { !$0.value.isEmpty }
    }
}

extension SampledPoints {
    /// As `fr_combination_data` wants it; nil if the active points are dependent or the pattern has no cell.
    fileprivate func narrow(_ word: UInt64) throws(LandscapeError) -> [Double]? {
        let active = points.indices.filter { word >> UInt64($0) & 1 == 1 }
        let exact = active.map { points[$0].map { Fraction(exactly: $0) } }, columns = points[0].count
        guard ExactEchelon(exact, columns: columns).rank == active.count else { return nil }
        // What is orthogonal to the points: the identity less what each adds to those before it.
        var projector = (0..<columns).map { row in (0..<columns).map { $0 == row ? Fraction.one : .zero } }
        var basis = OrthogonalBasis(labels: exact[0])
        for point in exact { basis.add(point) }
        for vector in basis.vectors {
            let square = dot(vector, vector)
            for p in 0..<columns {
                for q in 0..<columns { projector[p][q] -= vector[p] * vector[q] / square }
            }
        }
        var rows = [exact[0], exact[0]]
        if active.count == 2 {
            guard let (least, most) = try extremes(word, active) else { return nil }
            rows = [
                (0..<columns).map { least.0 * exact[1][$0] - least.1 * exact[0][$0] },
                (0..<columns).map { most.1 * exact[0][$0] - most.0 * exact[1][$0] },
            ]
        }
        let triangle = (0..<columns).flatMap { p in (0...p).map { projector[p][$0].double } }
        return triangle
            + rows.flatMap { row in
                // A power of two rounds nothing.
                let size = row.reduce(0) { $0 + abs($1.double) }
                let scale = Double(sign: .plus, exponent: -size.exponent - 1, significand: 1)
                return row.map { $0.double * scale }
            }
    }

    /// Outputs of the cell at its two points: those of least and of largest ratio of the second to the first.
    private func extremes(
        _ word: UInt64, _ active: [Int]
    ) throws(LandscapeError) -> (least: (Fraction, Fraction), most: (Fraction, Fraction))? {
        let arrangement = try arrangement()
        let pattern = points.indices.map { word >> UInt64($0) & 1 == 1 }
        let outputs = arrangement.rays(of: pattern).map { arrangement.exactOutputs[$0] }
            .map { ($0[active[0]], $0[active[1]]) }.filter { !$0.isZero || !$1.isZero }
        func cross(_ a: (Fraction, Fraction), _ b: (Fraction, Fraction)) -> Int { (a.0 * b.1 - a.1 * b.0).signum }
        guard var least = outputs.first else { return nil }
        var most = least
        for output in outputs {
            if cross(output, least) > 0 { least = output }
            if cross(most, output) > 0 { most = output }
        }
        return cross(least, most) > 0 ? (least, most) : nil
    }
}
