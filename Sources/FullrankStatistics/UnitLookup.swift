/// Finds the smallest listed d1 at or above a width. This is done for every pivot of every trial, so a table first
/// narrows the list; if the list is a range, nothing is left to search.
struct UnitLookup: Hashable, Sendable {
    private let units: [Int]
    /// Widths w with the same w >> shift share an entry: the index of the smallest listed d1 at or above the first.
    private let starts: [Int32]
    private let shift: Int

    /// - Precondition: `units` ascend.
    init(_ units: [Int]) {
        self.units = units
        let largest = units.last ?? 0
        var shift = 0
        while largest >> shift >= max(2 * units.count, 64) { shift += 1 }
        var starts = [Int32]()
        var index = 0
        for bucket in 0...(largest >> shift + 1) {
            while index < units.count, units[index] < bucket << shift { index += 1 }
            starts.append(Int32(index))
        }
        self.starts = starts
        self.shift = shift
    }

    /// nil past the largest. `width` is not negative.
    func index(atLeast width: Int) -> Int? {
        let bucket = width >> shift
        guard bucket < starts.count - 1 else { return nil }
        var low = Int(starts[bucket])
        // The result is at most the one at or above the next bucket's start.
        var high = Int(starts[bucket + 1])
        while low < high {
            let middle = (low + high) / 2
            if units[middle] < width { low = middle + 1 } else { high = middle }
        }
        return low < units.count ? low : nil
    }
}
