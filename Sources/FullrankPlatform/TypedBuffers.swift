/// An array's memory for a closure that throws errors of one type. Swift's own `withUnsafeBufferPointer` lets them
/// through typed from 6.1 on; before, every error leaves it as `any Error`.
extension Array {
    @inlinable @inline(__always)
    public func withBuffer<Value, Failure: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        #if compiler(>=6.1)
            return try withUnsafeBufferPointer(body)
        #else
            return try withUnsafeBufferPointer { buffer in Result { () throws(Failure) in try body(buffer) } }.get()
        #endif
    }

    @inlinable @inline(__always)
    public mutating func withMutableBuffer<Value, Failure: Error>(
        _ body: (inout UnsafeMutableBufferPointer<Element>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        #if compiler(>=6.1)
            return try withUnsafeMutableBufferPointer(body)
        #else
            return try withUnsafeMutableBufferPointer { buffer in
                Result { () throws(Failure) in try body(&buffer) }
            }.get()
        #endif
    }
}
