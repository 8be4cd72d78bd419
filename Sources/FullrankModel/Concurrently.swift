import FullrankPlatform

/// Runs `body(0)`, ..., `body(count - 1)` at the same time, each on a thread of its own, and returns their values in
/// order. For calls that block for long: the concurrency runtime's threads are for work that doesn't.
///
/// If no thread can be started, the calling thread does the work.
package func concurrently<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Value) -> [Value] {
    let tasks = (0..<count).map { index in ThreadTask { body(index) } }
    let threads = tasks.dropFirst().compactMap { $0.start() }
    tasks.first?.run()
    for thread in threads { thread.join() }
    return tasks.compactMap(\.value)
}

/// Runs `body` on a thread of its own while `meanwhile` runs on the calling one, and returns when both are done.
///
/// If no thread can be started, `body` runs first, then `meanwhile`.
package func overlapping<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () -> Value, _ meanwhile: () throws(Failure) -> Void
) throws(Failure) -> Value {
    let task = ThreadTask(body)
    let thread = task.start()
    let failure: Failure?
    do throws(Failure) {
        try meanwhile()
        failure = nil
    } catch {
        failure = error
    }
    thread?.join()
    if let failure { throw failure }
    return task.value!
}

/// Written by its own thread, read after that thread was joined.
private final class ThreadTask<Value: Sendable>: @unchecked Sendable {
    private let body: @Sendable () -> Value
    private(set) var value: Value?

    init(_ body: @escaping @Sendable () -> Value) { self.body = body }

    func run() { value = body() }

    /// The thread that runs it; nil if none could be started, and the calling thread ran it.
    func start() -> SystemThread? {
        let thread = SystemThread { self.run() }
        if thread == nil { run() }
        return thread
    }
}
