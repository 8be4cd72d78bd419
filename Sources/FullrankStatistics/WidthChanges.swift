/// The histograms of h(n) at every listed n, kept as what changes from one n to the next: a trial's h(n) never falls,
/// and rises at few n only, so that its changes are far fewer than its points.
///
/// Memory: where the listed widths are close, two bytes for each n and width up to the largest; otherwise 16 bytes for
/// each change that occurred.
struct WidthChanges: Hashable, Sendable {
    /// Widths 0...largestWidth of every n, n-major; empty if changes are listed.
    private var dense: CellCounters<Int16>
    private var sparse = SparseCounts()
    /// Of a row; 0 if changes are listed.
    private let widths: Int

    /// - Parameter unitCount: number of listed widths.
    init(pointCount: Int, unitCount: Int, largestWidth: Int) {
        // Four counters per cell, or a few kilobytes: a ratio sweep has thousands of problems.
        let isDense = largestWidth < max(4 * unitCount, 4096 / max(pointCount, 1))
        widths = isDense ? largestWidth + 1 : 0
        dense = CellCounters(count: pointCount * widths)
    }

    /// From the n of that index on, `count` more trials (or fewer) have that width.
    mutating func add(_ count: Int, pointIndex: Int, width: Int) {
        if widths > 0 {
            dense.add(count, at: pointIndex * widths + width)
        } else {
            sparse.add(count, key: UInt64(pointIndex) << 32 | UInt64(width))
        }
    }

    /// - Precondition: both are of the same lists.
    mutating func merge(_ other: Self) {
        precondition(other.widths == widths, "changes of the same problem add up")
        if widths > 0 { dense.merge(other.dense) } else { sparse.merge(other.sparse) }
    }

    /// The histogram at each listed n in turn, by index, trials that did not reach full rank left out.
    func forEachHistogram<Failure>(
        pointCount: Int, _ body: (Int, WidthHistogram) throws(Failure) -> Void
    ) throws(Failure) {
        var histogram = WidthHistogram()
        var changes = [WidthHistogram.Entry]()
        var listed = sparse.entries[...]
        for pointIndex in 0..<pointCount {
            changes.removeAll(keepingCapacity: true)
            for width in 0..<widths {
                let count = dense[pointIndex * widths + width]
                if count != 0 { changes.append(.init(width: width, trials: count)) }
            }
            while let entry = listed.first, entry.key >> 32 == UInt64(pointIndex) {
                changes.append(.init(width: Int(entry.key & 0xffff_ffff), trials: entry.count))
                listed.removeFirst()
            }
            histogram.apply(changes)
            try body(pointIndex, histogram)
        }
    }
}

/// Counts by key, of which few are not zero: sorted, with what came last aside until there is enough to sort in.
private struct SparseCounts: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var key: UInt64
        var count: Int
    }

    private var sorted: [Entry] = []
    private var pending: [Entry] = []

    /// Ascending, no zeros.
    var entries: [Entry] { pending.isEmpty ? sorted : Self.sum(sorted, pending.sorted { $0.key < $1.key }) }

    mutating func add(_ count: Int, key: UInt64) {
        pending.append(Entry(key: key, count: count))
        // A quarter of what is there: every entry is moved a few times in all.
        if pending.count >= max(4096, sorted.count / 4) { settle() }
    }

    mutating func merge(_ other: Self) {
        settle()
        sorted = Self.sum(sorted, other.entries)
    }

    private mutating func settle() {
        sorted = entries
        pending.removeAll(keepingCapacity: true)
    }

    /// Both ascending; equal keys may stand together.
    private static func sum(_ left: [Entry], _ right: [Entry]) -> [Entry] {
        var result = [Entry]()
        result.reserveCapacity(left.count + right.count)
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            let isLeft = j == right.count || (i < left.count && left[i].key <= right[j].key)
            let entry = isLeft ? left[i] : right[j]
            if isLeft { i += 1 } else { j += 1 }
            if let last = result.last, last.key == entry.key {
                result[result.count - 1].count += entry.count
            } else {
                if result.last?.count == 0 { result.removeLast() }
                result.append(entry)
            }
        }
        if result.last?.count == 0 { result.removeLast() }
        return result
    }

    static func == (left: Self, right: Self) -> Bool { left.entries == right.entries }
    func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}
