import Dispatch
import Synchronization

/// Runs independent pieces of work on a fixed number of threads.
///
/// Pieces are taken in the given order by whoever is free; results go to places of their own, so that neither the number
/// of threads nor their timing shows in what is computed.
struct ParallelExecutor: Sendable {
    let threadCount: Int

    /// Calls `worker` once on each thread with a function that hands out the next index below `count`, or nil at the end.
    func run(count: Int, chunk: Int = 1, _ worker: @Sendable (_ next: () -> Range<Int>?) -> Void) {
        let position = Atomic<Int>(0)
        let take: () -> Range<Int>? = {
            let start = position.wrappingAdd(chunk, ordering: .relaxed).oldValue
            return start < count ? start..<min(start + chunk, count) : nil
        }
        if threadCount == 1 || count <= chunk { return worker(take) }
        withoutActuallyEscaping(take) { take in
            let shared = UncheckedSendable(take)
            DispatchQueue.concurrentPerform(iterations: threadCount) { _ in worker(shared.value) }
        }
    }

    private struct UncheckedSendable<Value>: @unchecked Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }
}

/// An array whose elements different threads write, each its own.
struct ResultSlots<Element>: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Element?>
    let count: Int
    init(count: Int) {
        base = .allocate(capacity: count)
        base.initialize(repeating: nil, count: count)
        self.count = count
    }
    /// - Precondition: no other thread uses element `index` at the same time.
    subscript(index: Int) -> Element? {
        get {
            precondition(index >= 0 && index < count)
            return base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count)
            base[index] = newValue
        }
    }
    /// Takes out all elements and frees the memory.
    func take() -> [Element?] {
        let result = Array(UnsafeBufferPointer(start: base, count: count))
        base.deinitialize(count: count)
        base.deallocate()
        return result
    }
}
