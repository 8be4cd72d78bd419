import FullrankKernels
import FullrankModel

/// Sizes of result buffers, checked before they are asked for: a failed array allocation would end the process.
package enum BufferSize {
    /// The product of the factors, if that many items of `stride` bytes fit the memory that is left.
    static func count(_ factors: [Int], stride: Int, of what: String) throws(BackendError) -> Int {
        var count = 1
        for factor in factors {
            guard factor >= 0 else { throw .invalidArgument("\(what): \(factor) is negative") }
            let (product, overflow) = count.multipliedReportingOverflow(by: factor)
            guard !overflow else { throw .outOfMemory("\(what): more numbers than 2^63") }
            count = product
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: stride)
        guard !overflow, AvailableMemory.holds(Double(bytes)) else {
            let needed = Double(count) * Double(stride)
            throw .outOfMemory("\(what): \(count) numbers take \(AvailableMemory.shortage(needed))")
        }
        return count
    }

    /// Bytes that one trial's elimination takes on the CPU, as the kernels reckon them.
    ///
    /// - Parameter columnsOnly: of its column profile alone.
    package static func rankBytes(points: Int, columnsPerUnit: Int, columnsOnly: Bool) -> Double {
        Double(fr_cpu_rank_memory(Int64(points), Int64(columnsPerUnit), columnsOnly ? 1 : 0))
    }

    /// Bytes that one trial by order takes.
    package static func orderBytes(points: Int) -> Double { Double(fr_cpu_order_memory(Int64(points))) }

    /// That one trial by order fits.
    static func requireOrder(points: Int) throws(BackendError) {
        let needed = orderBytes(points: points)
        guard AvailableMemory.holds(needed) else {
            throw .outOfMemory("the order of \(points) points takes \(AvailableMemory.shortage(needed))")
        }
    }

    /// Checks that the elimination of one trial fits. This is called before memory for the results of a call is
    /// allocated, which takes long if there are many.
    static func requireElimination(points: Int, columnsPerUnit: Int, columnsOnly: Bool = false) throws(BackendError) {
        let needed = rankBytes(points: points, columnsPerUnit: columnsPerUnit, columnsOnly: columnsOnly)
        guard AvailableMemory.holds(needed) else {
            throw .outOfMemory("the elimination of \(points) rows takes \(AvailableMemory.shortage(needed))")
        }
    }
}
