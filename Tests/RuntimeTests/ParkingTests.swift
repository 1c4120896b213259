import CLoaderSupport
import Foundation
import Synchronization
import Testing

/// Waiting at an address and waking, without compiled code.
@Suite struct ParkingTests {
    /// Memory that threads wait at, and what they say when they come back.
    private final class Place: @unchecked Sendable {
        let words = UnsafeMutablePointer<UInt64>.allocate(capacity: 1024)
        let results = Mutex<[(waiter: Int, result: UInt32)]>([])
        private let group = DispatchGroup()

        init() { words.initialize(repeating: 0, count: 1024) }
        deinit { words.deallocate() }

        func address(_ word: Int) -> UInt64 { UInt64(UInt(bitPattern: words + word)) }
        /// Starts a thread that waits, and returns when it does.
        func wait(_ waiter: Int, at word: Int, timeout: Int64 = -1) {
            let before = precast_waiters(address(word))
            group.enter()
            Thread { [self] in
                let result = precast_wait(address(word), 8, 0, timeout)
                results.withLock { $0.append((waiter, result)) }
                group.leave()
            }.start()
            while precast_waiters(address(word)) == before { Thread.sleep(forTimeInterval: 0.0005) }
        }
        func join() { group.wait() }
    }

    @Test func wakesInOrderAndCounts() {
        let place = Place()
        for waiter in 0..<5 { place.wait(waiter, at: 3) }
        place.wait(9, at: 4)
        for waiter in 0..<3 {
            #expect(precast_notify(place.address(3), 1) == 1)
            while place.results.withLock({ $0.count }) <= waiter { Thread.sleep(forTimeInterval: 0.0005) }
            #expect(place.results.withLock { $0[waiter].waiter } == waiter)
        }
        #expect(precast_notify(place.address(3), 0) == 0)
        #expect(precast_notify(place.address(3), 100) == 2)
        #expect(precast_notify(place.address(3), 100) == 0)
        #expect(precast_waiters(place.address(4)) == 1)
        #expect(precast_notify(place.address(4), .max) == 1)
        place.join()
        #expect(place.results.withLock { $0.allSatisfy { $0.result == PRECAST_WAIT_WOKEN } })
    }

    @Test func unequalValuesAndTimeOuts() {
        let place = Place()
        place.words[1] = 7
        #expect(precast_wait(place.address(1), 8, 0, -1) == PRECAST_WAIT_UNEQUAL)
        #expect(precast_wait(place.address(1), 4, 7 | 1 << 32, -1) == PRECAST_WAIT_UNEQUAL)
        #expect(precast_wait(place.address(1), 4, 7, 0) == PRECAST_WAIT_TIMED_OUT)
        #expect(precast_wait(place.address(1), 8, 7, 1_000_000) == PRECAST_WAIT_TIMED_OUT)
        #expect(precast_waiters(place.address(1)) == 0)
    }

    /// Waiters whose time runs out leave from any place in the queue; the others stay, in their order.
    @Test func timeOutsLeaveTheQueue() {
        let place = Place()
        for waiter in 0..<9 { place.wait(waiter, at: 5, timeout: waiter % 3 == 1 ? -1 : 1_000_000_000) }
        while precast_waiters(place.address(5)) > 3 { Thread.sleep(forTimeInterval: 0.001) }
        for waiter in [1, 4, 7] {
            #expect(precast_notify(place.address(5), 1) == 1)
            while place.results.withLock({ $0.last?.waiter }) != waiter { Thread.sleep(forTimeInterval: 0.0005) }
        }
        place.wait(20, at: 5)
        #expect(precast_notify(place.address(5), 2) == 1)
        place.join()
        for (waiter, result) in place.results.withLock({ $0 }) {
            #expect(result == (waiter % 3 == 1 || waiter == 20 ? PRECAST_WAIT_WOKEN : PRECAST_WAIT_TIMED_OUT))
        }
    }

    /// As many wake-ups as waits, from several threads, over addresses that share queues: every waiter comes back.
    @Test func manyAddresses() {
        let place = Place()
        for round in 0..<4 {
            for word in 0..<64 { place.wait(round, at: word * 16) }
        }
        let woken = Mutex<UInt32>(0)
        DispatchQueue.concurrentPerform(iterations: 64 * 8) { index in
            let count = precast_notify(place.address(index % 64 * 16), 1)
            woken.withLock { $0 += count }
        }
        place.join()
        #expect(woken.withLock { $0 } == 256)
    }
}
