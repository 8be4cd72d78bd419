import Glibc

/// Runs `body(0)`, ..., `body(count - 1)` at the same time, each on a thread of its own, and returns their values in
/// order. For calls that block for long: the concurrency runtime's threads are for work that doesn't.
///
/// Where no thread can be started the calling thread does the work.
package func concurrently<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Value) -> [Value] {
    let tasks = (0..<count).map { index in ThreadTask { body(index) } }
    var threads = [pthread_t]()
    for task in tasks.dropFirst() {
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(task as AnyTask)
        let started = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<AnyTask>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, retained.toOpaque())
        if started == 0 { threads.append(thread) } else { retained.takeRetainedValue().run() }
    }
    tasks.first?.run()
    for thread in threads { pthread_join(thread, nil) }
    return tasks.compactMap(\.value)
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
