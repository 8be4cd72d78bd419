import FullrankBackends
import FullrankKernels
import FullrankModel
import Testing

@Suite struct BackendTableTests {
    /// The words of the `unavailable` error, nil for anything else.
    private func unavailable(_ change: (inout fr_backend) -> Void) -> String? {
        var table = fakeTable()
        change(&table)
        do throws(BackendError) { _ = try BackendTable(&table, from: "fake library") } catch {
            if case .unavailable(let words) = error { return words }
        }
        return nil
    }

    @Test func otherVersionsAreRefused() throws {
        let words = try #require(unavailable { $0.abi_version = UInt32(FR_ABI_VERSION) + 1 })
        #expect(words.contains("fake library") && words.contains("version \(FR_ABI_VERSION + 1)"))
        #expect(words.contains("version \(FR_ABI_VERSION)"))
    }

    @Test func shortTablesAreRefused() throws {
        let size = UInt32(MemoryLayout<fr_backend>.size)
        let words = try #require(unavailable { $0.struct_size = size - 1 })
        #expect(words.contains("\(size - 1) bytes"))
        #expect(unavailable { $0.struct_size = size + 8 } == nil, "a longer table holds more functions at its end")
        #expect(throws: BackendError.self) { try BackendTable(nil, from: "nothing") }
    }

    @Test func allDevicesAreListed() throws {
        var table = fakeTable()
        let devices = try BackendTable(&table, from: "fake").devices()
        #expect(devices.map(\.name) == (0..<20).map { "device \($0)" })
        #expect(devices[0].memory == 1 << 30 && devices[0].freeMemory == nil && devices[0].architecture == nil)
    }

    @Test func noDeviceIsUnavailable() throws {
        var table = fakeTable()
        table.devices = { _, _, count, reason, capacity in
            write("no CUDA-capable device is detected", to: reason, capacity)
            count!.pointee = 0
            return FR_UNAVAILABLE
        }
        let checked = try BackendTable(&table, from: "fake")
        #expect(throws: BackendError.unavailable("fake: no CUDA-capable device is detected")) {
            try CBackend(checked)
        }
    }

    @Test func failedOpeningAndMissingDevices() throws {
        var table = fakeTable()
        let checked = try BackendTable(&table, from: "fake")
        #expect(throws: BackendError.unavailable("fake: driver too old")) {
            try CBackend(checked, options: BackendOptions(device: Int(failingDevice)))
        }
        #expect(throws: BackendError.unavailable("fake: no device 20: there are 20, counted from 0")) {
            try CBackend(checked, options: BackendOptions(device: 20))
        }
        #expect(throws: BackendError.self) { try CBackend(checked, options: BackendOptions(threads: -1)) }
    }

    @Test func emptyEntriesAreUnsupported() throws {
        let backend = try fakeBackend(fr_status(11)) { $0.rank_profiles = nil }
        #expect(throws: BackendError.unsupported("fake: has no rank_profiles")) {
            try backend.rankProfiles(
                of: TrialProblem(seed: 0, points: 1, inputDimension: 2, units: 1), trials: 0..<1, prime: 101)
        }
    }
}
