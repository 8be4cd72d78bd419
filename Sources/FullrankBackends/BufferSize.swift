import Glibc

/// Sizes of result buffers, checked before they are asked for: a failed array allocation would end the process.
enum BufferSize {
    /// The product of the factors, if that many items of `stride` bytes fit this machine.
    static func count(_ factors: [Int], stride: Int, of what: String) throws(BackendError) -> Int {
        var count = 1
        for factor in factors {
            guard factor >= 0 else { throw .invalidArgument("\(what): \(factor) is negative") }
            let (product, overflow) = count.multipliedReportingOverflow(by: factor)
            guard !overflow else { throw .outOfMemory("\(what): more numbers than 2^63") }
            count = product
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: stride)
        guard !overflow, bytes <= physicalMemory else {
            throw .outOfMemory("\(what): \(count) numbers of \(stride) bytes do not fit this machine's memory")
        }
        return count
    }

    static let physicalMemory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
}
