import FullrankModel
import FullrankNumbers

/// Draws regions of an arrangement, each with the same probability, exactly.
///
/// A region's number is drawn: the first b bits of ⌈b/128⌉ Philox calls (docs/sampling.md, stream 7), b being the bits
/// of N − 1, again until the number is below N, the number of regions.
public struct RegionSampler: Sendable {
    public static let stream: UInt8 = 7

    public let arrangement: PointArrangement
    private let bits: Int

    public init(_ arrangement: PointArrangement) {
        self.arrangement = arrangement
        var largest = arrangement.regionCount
        largest -= 1
        bits = largest.bitWidth
    }

    /// The number of a unit's region.
    public func index(seed: UInt64, trial: UInt64, unit: Int) -> BigInteger {
        let calls = (bits + 127) / 128
        let stream = SampleStream(seed: seed, trial: trial, number: Self.stream)
        var attempt = 0
        while true {
            var limbs = [UInt64]()
            for call in 0..<calls {
                let (low, high) = stream.bits(row: unit, column: attempt * calls + call)
                limbs += [low, high]
            }
            for place in limbs.indices {
                let kept = min(max(bits - 64 * place, 0), 64)
                limbs[place] &= kept == 64 ? .max : (1 << UInt64(kept)) - 1
            }
            let index = BigInteger(magnitude: limbs)
            if index < arrangement.regionCount { return index }
            attempt += 1
        }
    }

    /// The activation pattern of units drawn independently, the same for any number of threads.
    ///
    /// - Throws: `dependent` if points are met that are not in general position.
    public func pattern(
        seed: UInt64, trial: UInt64, units: Int, threads: Int = 1
    ) throws(ArrangementError) -> ActivationPattern {
        let shares = max(1, min(threads, units / 64))
        let parts = concurrently(shares) { share -> Result<[UInt64], ArrangementError> in
            let range = units * share / shares..<units * (share + 1) / shares
            var finder = RegionFinder(arrangement)
            var words = [UInt64]()
            words.reserveCapacity(range.count * ActivationPattern.wordsPerUnit(points: arrangement.points))
            do throws(ArrangementError) {
                for unit in range { try finder.append(index(seed: seed, trial: trial, unit: unit), to: &words) }
            } catch {
                return .failure(error)
            }
            return .success(words)
        }
        var words = [UInt64]()
        for part in parts { try words += part.get() }
        return ActivationPattern(units: units, points: arrangement.points, words: words)
    }
}
