import Glibc

/// Runs `body(0)`, ..., `body(count - 1)` at the same time, each on a thread of its own, and returns their values in
/// order. For calls that block for long: the concurrency runtime's threads are for work that doesn't.
///
/// Where no thread can be started the calling thread does the work.
package func concurrently<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Value) -> [Value] {
    let tasks = (0..<count).map { index in ThreadTask { body(index) } }
    let threads = tasks.dropFirst().compactMap(start)
    tasks.first?.run()
    for thread in threads { pthread_join(thread, nil) }
    return tasks.compactMap(\.value)
}

/// Runs `body` on a thread of its own while `meanwhile` runs on the calling one, and returns when both are done.
///
/// If no thread can be started, `body` runs first, then `meanwhile`.
package func overlapping<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () -> Value, _ meanwhile: () throws(Failure) -> Void
) throws(Failure) -> Value {
    let task = ThreadTask(body)
    let thread = start(task)
    let failure: Failure?
    do throws(Failure) {
        try meanwhile()
        failure = nil
    } catch {
        failure = error
    }
    if let thread { pthread_join(thread, nil) }
    if let failure { throw failure }
    return task.value!
}

/// The thread that runs it; nil if none could be started, and it was run here.
private func start(_ task: AnyTask) -> pthread_t? {
    var thread = pthread_t()
    let retained = Unmanaged.passRetained(task)
    let started = pthread_create(
        &thread, nil,
        { argument in
            Unmanaged<AnyTask>.fromOpaque(argument!).takeRetainedValue().run()
            return nil
        }, retained.toOpaque())
    if started == 0 { return thread }
    retained.takeRetainedValue().run()
    return nil
}

private class AnyTask {
    func run() {}
}

/// Written by its own thread, read after that thread was joined.
private final class ThreadTask<Value: Sendable>: AnyTask, @unchecked Sendable {
    private let body: @Sendable () -> Value
    private(set) var value: Value?

    init(_ body: @escaping @Sendable () -> Value) { self.body = body }

    override func run() { value = body() }
}
