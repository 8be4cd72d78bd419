import FullrankFiles
import FullrankPlatform
import FullrankSweep
import FullrankTestSupport
import Testing

/// `fullrank backends`, and the backend that a command then uses.
@Suite struct BackendsTests {
    private let folder = TemporaryFolder()

    private func list() throws -> [JSONValue] {
        let result = BuiltCommand.succeed("backends --json")
        #expect(result.messages == "" && result.output.last == "\n")
        let answer = try JSONValue(parsing: Array(result.output.utf8))
        guard case .array(let list) = answer else { return [answer] }
        return list
    }

    @Test func jsonNamesEveryBackend() throws {
        let list = try list()
        #expect(list.map { $0["name"] } == [.string("cpu"), .string("cuda")])
        for backend in list {
            guard case .object(let members) = backend else { return #expect(Bool(false), "\(backend.text)") }
            #expect(members.map(\.name) == ["name", "available", "reason", "library", "path", "devices", "notes"])
            guard case .array(let devices) = backend["devices"] else { return #expect(Bool(false), "\(backend.text)") }
            #expect(backend["available"] == .bool(!devices.isEmpty))
            for device in devices {
                guard case .object(let members) = device else { return #expect(Bool(false), "\(device.text)") }
                #expect(members.map(\.name) == ["name", "memory", "free_memory", "compute_units", "architecture"])
            }
        }
        #expect(list[0]["available"] == .bool(true) && list[0]["path"] == .null)
    }

    @Test func textSaysTheSame() throws {
        let text = BuiltCommand.succeed("backends").output
        for backend in try list() {
            guard case .string(let name) = backend["name"], case .string(let reason) = backend["reason"] else {
                return #expect(Bool(false), "\(backend.text)")
            }
            let there = backend["available"] == .bool(true)
            #expect(("\n" + text).contains("\n\(name): \(there ? "" : "not available: ")\(reason)\n"), "\(text)")
            if case .string(let library) = backend["library"], there {
                #expect(text.contains("\n  libraries: \(library)\n"))
            }
            #expect(!there || text.contains("\n  device 0: "))
        }
    }

    /// `auto` says which backend it took and why; `cuda` takes no other, and fails in the loader's own words.
    @Test func choicesAreToldAndKept() throws {
        let cuda = try list()[1]
        guard case .string(let reason) = cuda["reason"] else { return #expect(Bool(false), "\(cuda.text)") }
        let matrix = folder.file("one.npy", NPYBuilder.file(descriptor: "|u1", shape: "(1, 1)", data: [1]))
        let auto = BuiltCommand.succeed("rank", [matrix])
        #expect(auto.output == "1\n")
        guard cuda["available"] == .bool(false) else {
            return #expect(auto.messages.hasPrefix("fullrank: backend cuda: "))
        }
        // Where there is a device, that it can't be used is worth a word.
        let hasDevice = access("/dev/nvidiactl", F_OK) == 0 || access("/dev/dxg", F_OK) == 0
        #expect(auto.messages.hasPrefix("fullrank: backend cpu: ") == hasDevice)
        #expect(auto.messages.hasSuffix(" (CUDA can't be used, see 'fullrank backends')\n") == hasDevice)
        BuiltCommand.expectFailure(["rank", matrix, "--backend", "cuda"], "rank: \(reason)", code: 69)
        BuiltCommand.expectFailure(
            "sweep --d0 1 --n 2 --d1 2 --backend cuda --output".split(separator: " ").map(String.init)
                + [folder.path + "/new"], "sweep: \(reason)", code: 69)
        #expect(!folder.holds("new"))
    }
}
