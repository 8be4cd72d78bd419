import Glibc

/// A folder of its own for a test, gone with the value.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/fullrank-test-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template)!)
    }

    deinit { _ = Glibc.system("rm -rf \(path)") }

    func file(_ name: String, _ bytes: [UInt8]) -> String {
        let file = path + "/" + name
        let stream = fopen(file, "w")!
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
        return file
    }

    func file(_ name: String, _ text: String) -> String { file(name, Array(text.utf8)) }

    func text(_ name: String) -> String {
        guard let stream = fopen(path + "/" + name, "r") else { return "" }
        defer { fclose(stream) }
        var bytes = [UInt8]()
        while case let byte = fgetc(stream), byte >= 0 { bytes.append(UInt8(byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func holds(_ name: String) -> Bool { access(path + "/" + name, F_OK) == 0 }
}
