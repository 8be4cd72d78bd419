/// Processors of this machine.
package enum Processors {
    /// How many this process may use, at least 1.
    package static var available: Int {
        let devices = try? BackendTable.cpu().devices()
        return max(1, devices?.first?.computeUnits ?? 1)
    }
}
