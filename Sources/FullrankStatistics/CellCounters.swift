/// A row of counters of few bytes each, none of which ever overflows: the excess over a counter's word is carried in a
/// separate table. A count is the word plus its carry times 2^width.
///
/// Carrying takes 2^(width - 1) counts at least, so adding up to N in all leaves at most N / 2^(width - 1) carries:
/// 10⁵ trials of 1000 pivots in 16-bit words make at most 3052 of them, however few cells they fall into.
struct CellCounters<Word: FixedWidthInteger & Sendable>: Hashable, Sendable {
    private var words: [Word]
    /// No zero entries: equal counts are equal values.
    private var carries: [Int: Int] = [:]

    /// All zero.
    init(count: Int) { words = Array(repeating: 0, count: count) }

    var count: Int { words.count }

    subscript(index: Int) -> Int {
        let word = Int(words[index])
        return carries.isEmpty ? word : word + (carries[index] ?? 0) << Word.bitWidth
    }

    mutating func add(_ change: Int, at index: Int) {
        if let small = Word(exactly: change) {
            let (sum, overflow) = words[index].addingReportingOverflow(small)
            if !overflow {
                words[index] = sum
                return
            }
        }
        let total = self[index] + change
        let word = Word(truncatingIfNeeded: total)
        words[index] = word
        let carry = (total - Int(word)) >> Word.bitWidth
        carries[index] = carry == 0 ? nil : carry
    }

    /// Adds one at each of the indices, the work of every pivot of every trial.
    mutating func increment(at indices: UnsafeBufferPointer<Int>) {
        words.withUnsafeMutableBufferPointer { words in
            for index in indices {
                precondition(index >= 0 && index < words.count, "a counter there is")
                if words[index] == Word.max {
                    carries[index, default: 0] += 1
                    words[index] = Word.min
                    if carries[index] == 0 { carries[index] = nil }
                } else {
                    words[index] &+= 1
                }
            }
        }
    }

    /// Adds other counters to these, one to one.
    mutating func merge(_ other: Self) {
        precondition(other.count == count, "counters of the same cells add up")
        for index in words.indices {
            let change = other[index]
            if change != 0 { add(change, at: index) }
        }
    }
}
