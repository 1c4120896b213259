import Dispatch
import Glibc
import Synchronization

/// Runs independent pieces of work on a fixed number of threads.
///
/// Pieces are taken in the given order by whoever is free; results go to places of their own, so that neither the number
/// of threads nor their timing shows in what is computed. Where the system refuses threads (limits on processes or memory) there are fewer:
/// libdispatch would wait for it to change its mind. The threads end with the executor.
final class ParallelExecutor: Sendable {
    private let helpers: Helpers
    private let threads: [pthread_t]

    /// - Parameter threadCount: threads at work, the caller's own among them.
    init(threadCount: Int) {
        helpers = Helpers()
        var threads: [pthread_t] = []
        while threads.count + 1 < threadCount {
            guard let thread = helpers.start() else { break }
            threads.append(thread)
        }
        self.threads = threads
    }
    deinit {
        helpers.setWork(nil)
        for _ in threads { helpers.beginning.signal() }
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Calls `worker` once on each thread with a function that hands out the next indices below `count`, or nil at the end.
    ///
    /// Not to be called by several threads at once.
    func run(count: Int, chunk: Int = 1, _ worker: @escaping @Sendable (_ next: () -> Range<Int>?) -> Void) {
        let taken = Counter()
        @Sendable func take() -> Range<Int>? {
            let start = taken.add(chunk) - chunk
            return start < count ? start..<min(start + chunk, count) : nil
        }
        if threads.isEmpty || count <= chunk { return worker(take) }
        helpers.setWork { worker(take) }
        for _ in threads { helpers.beginning.signal() }
        worker(take)
        for _ in threads { helpers.end.wait() }
    }

    /// Calls `body` with every number below `count`.
    func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        run(count: count, chunk: 8) { next in
            while let range = next() { for number in range { body(number) } }
        }
    }

    /// What the threads besides the caller's share. A thread that is done early may do the part of one that has not begun: it finds nothing left.
    private final class Helpers: Sendable {
        let beginning = DispatchSemaphore(value: 0)
        let end = DispatchSemaphore(value: 0)
        private let work = Mutex<(@Sendable () -> Void)?>(nil)

        func setWork(_ new: (@Sendable () -> Void)?) { work.withLock { $0 = new } }

        func start() -> pthread_t? {
            var thread = pthread_t()
            let context = Unmanaged.passRetained(self)
            let status = pthread_create(&thread, nil, { context in
                guard let context else { return nil }
                Unmanaged<Helpers>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            }, context.toOpaque())
            if status == 0 { return thread }
            context.release()
            return nil
        }

        private func serve() {
            while true {
                beginning.wait()
                guard let work = work.withLock({ $0 }) else { return }
                work()
                end.signal()
            }
        }
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
