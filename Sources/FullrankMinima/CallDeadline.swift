import Synchronization

/// Calls a function once a time has passed, unless it is lifted before.
final class CallDeadline: Sendable {
    private let passed = Atomic<Bool>(false)
    private let lifted = Atomic<Bool>(false)

    init(_ seconds: Double, _ act: @escaping @Sendable () -> Void) {
        Task.detached { [self] in
            // A cancel that falls before a call has begun is lost: again until the deadline is lifted.
            try? await Task.sleep(for: .seconds(seconds))
            while !lifted.load(ordering: .sequentiallyConsistent) {
                passed.store(true, ordering: .sequentiallyConsistent)
                act()
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    var hasPassed: Bool { passed.load(ordering: .sequentiallyConsistent) }

    func lift() { lifted.store(true, ordering: .sequentiallyConsistent) }
}
