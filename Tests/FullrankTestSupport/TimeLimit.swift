/// A time that a test allows: so many times longer as FULLRANK_TEST_SLOWDOWN says, where Scripts/sanitize instruments
/// what is tested.
public func allowed(_ time: Duration) -> Duration {
    time * (environmentVariable("FULLRANK_TEST_SLOWDOWN").flatMap(Double.init) ?? 1)
}
