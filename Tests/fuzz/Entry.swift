// Where libFuzzer comes in (Scripts/fuzz): FUZZ_TARGET names the reader of Tests/FullrankReaderTests/Readers.swift.
import FullrankPlatform

private let reader: Reader = {
    guard let name = getenv("FUZZ_TARGET").map({ String(cString: $0) }), let reader = Reader(rawValue: name) else {
        fatalError("FUZZ_TARGET: one of \(Reader.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return reader
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do { try reader.read(Array(UnsafeBufferPointer(start: data, count: count))) } catch { fatalError("\(error)") }
    return 0
}
