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

    func bytes(_ name: String) -> [UInt8] {
        guard let stream = fopen(path + "/" + name, "r") else { return [] }
        defer { fclose(stream) }
        var bytes = [UInt8]()
        while case let byte = fgetc(stream), byte >= 0 { bytes.append(UInt8(byte)) }
        return bytes
    }

    /// Runs a Python program in the folder; whether it succeeded.
    func python(_ program: String) -> Bool {
        let script = file("program.py", Array(program.utf8))
        return Glibc.system("cd \(path) && python3 \(script)") == 0
    }
}

/// Python with NumPy, which some tests compare with.
let numpyIsHere = Glibc.system("python3 -c 'import numpy' >/dev/null 2>&1") == 0
