import FullrankModel
import FullrankNumbers
import Synchronization

extension PointArrangement {
    /// The patterns of all regions by number, ⌈n/64⌉ words each; on as many threads as asked for, which change neither
    /// the answer nor the error.
    ///
    /// - Throws: `dependent` if the points are not in general position, which is found out in any case; `tooMany`
    ///   where there are more than `limit` regions.
    public func regions(limit: Int, threads: Int) throws(ArrangementError) -> [UInt64] {
        guard let count = regionCount.int, count <= limit else { throw .tooMany }
        let shares = count < 4096 ? 1 : threads
        let failed = LowestShare()
        let parts = concurrently(shares) { share -> Result<[UInt64], ArrangementError> in
            var finder = RegionFinder(self)
            var words = [UInt64]()
            if dimension == 0 {
                words = Array(repeating: 0, count: ActivationPattern.wordsPerUnit(points: points))
                return .success(words)
            }
            let range = count / 2 * share / shares..<count / 2 * (share + 1) / shares
            words.reserveCapacity(2 * range.count * ActivationPattern.wordsPerUnit(points: points))
            do throws(ArrangementError) {
                for index in range {
                    try finder.appendPair(BigInteger(UInt64(index)), to: &words)
                    // The error of the lowest number counts, so no share stops for a later one's.
                    if failed.share.load(ordering: .relaxed) < share { return .success([]) }
                }
            } catch {
                failed.share.min(share, ordering: .relaxed)
                return .failure(error)
            }
            return .success(words)
        }
        for case .failure(let error) in parts { throw error }
        var words = [UInt64]()
        for part in parts { try words += part.get() }
        return words
    }

    /// Tests every r vectors for independence.
    ///
    /// - Returns: false if there are more than `limit` such sets, and nothing was looked at.
    /// - Throws: `dependent`, naming points.
    public func isInGeneralPosition(limit: Int, threads: Int) throws(ArrangementError) -> Bool {
        guard hyperplanes > dimension else { return true }
        // A set of r − 1 among all but the last, with each other vector.
        var sets = BigInteger(1)
        for size in 0..<dimension - 1 {
            sets *= UInt64(hyperplanes - 1 - size)
            sets.divide(by: UInt64(size + 1))
        }
        guard let count = sets.int, count <= limit else { return false }
        let shares = count < 4096 ? 1 : threads
        let found = concurrently(shares) { share -> ArrangementError? in
            var finder = RegionFinder(self)
            do throws(ArrangementError) {
                for index in count * share / shares..<count * (share + 1) / shares {
                    try finder.find(BigInteger(UInt64(2 * index)))
                }
            } catch {
                return error
            }
            return nil
        }
        if let error = found.compactMap({ $0 }).first { throw error }
        return true
    }

    /// The lowest share that met a dependency.
    private final class LowestShare: Sendable {
        let share = Atomic<Int>(.max)
    }
}
