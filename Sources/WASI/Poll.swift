import CWASISupport

/// A `subscription`, read and judged: what it waits for, and what came of it.
private struct Subscription {
    let userData: UInt64
    let kind: UInt8
    /// Why it cannot be waited for.
    var error = Errno.success
    /// Of a clock, in the monotonic clock's time.
    var deadline: UInt64 = .max
    /// Of a descriptor: its index among the interests.
    var interest = -1
}

private let clockKind: UInt8 = 0, readKind: UInt8 = 1, writeKind: UInt8 = 2
private let subscriptionSize = 48, eventSize = 32

extension WASIContext {
    /// Waits until one of the subscriptions has its event, and reports all that have.
    func pollOneoff(_ memory: GuestMemory, _ input: UInt32, _ output: UInt32, _ count: UInt32, _ result: UInt32) throws(Errno) {
        guard count > 0, count <= limits.subscriptions else { throw .inval }
        let source = try memory.bytes(input, UInt64(count) * UInt64(subscriptionSize))
        let target = try memory.bytes(output, UInt64(count) * UInt64(eventSize))
        let place = try memory.place(result, for: UInt32.self)

        var subscriptions: [Subscription] = [], interests: [precast_wasi_interest] = []
        for index in 0..<Int(count) {
            let bytes = UnsafeMutableRawBufferPointer(rebasing: source[(index * subscriptionSize)..<((index + 1) * subscriptionSize)])
            subscriptions.append(try read(bytes, &interests))
        }
        try wait(subscriptions, &interests)

        let now = try time(of: 1)
        var events = 0
        for subscription in subscriptions where subscription.isReady(now, interests) {
            store(subscription, interests, UnsafeMutableRawBufferPointer(rebasing: target[(events * eventSize)..<((events + 1) * eventSize)]))
            events += 1
        }
        place.store(UInt32(events))
    }

    private func read(_ bytes: UnsafeMutableRawBufferPointer, _ interests: inout [precast_wasi_interest]) throws(Errno) -> Subscription {
        var subscription = Subscription(userData: bytes.get(0), kind: bytes.get(8))
        do throws(Errno) {
            switch subscription.kind {
            case clockKind: subscription.deadline = try deadline(clock: bytes.get(16), timeout: bytes.get(24), flags: bytes.get(40))
            case readKind, writeKind:
                let isRead = subscription.kind == readKind
                let file = try descriptor(bytes.get(16), .pollReadWrite)
                guard file.rights.contains(isRead ? .fdRead : .fdWrite) else { throw .notcapable }
                subscription.interest = interests.count
                interests.append(precast_wasi_interest(file: file.file, wanted: Int16(isRead ? PRECAST_WASI_POLL_IN : PRECAST_WASI_POLL_OUT), found: 0))
            default: break
            }
        } catch {
            subscription.error = error
        }
        guard subscription.kind <= writeKind else { throw .inval }
        return subscription
    }

    /// When a clock's subscription is due, by the monotonic clock.
    private func deadline(clock: UInt32, timeout: UInt64, flags: UInt16) throws(Errno) -> UInt64 {
        guard clock < 2, flags < 2 else { throw clock < 4 && flags < 2 ? .notsup : .inval }
        let now = try time(of: 1)
        var wait = timeout
        if flags == 1 {
            let present = clock == 1 ? now : try time(of: clock)
            wait = timeout > present ? timeout - present : 0
        }
        return wait > .max - now ? .max : now + wait
    }

    /// Waits until something is ready, of which an error is one kind. Signals to the process do not end the wait.
    private func wait(_ subscriptions: [Subscription], _ interests: inout [precast_wasi_interest]) throws(Errno) {
        var first = UInt64.max
        for subscription in subscriptions { first = min(first, subscription.error == .success ? subscription.deadline : 0) }
        while true {
            let now = try time(of: 1)
            let limit = first == .max ? .max : first > now ? first - now : 0
            if try check(precast_wasi_poll(&interests, UInt32(interests.count), limit)) > 0 || limit == 0 { return }
        }
    }

    private func store(_ subscription: Subscription, _ interests: [precast_wasi_interest], _ event: UnsafeMutableRawBufferPointer) {
        var error = subscription.error, available: UInt64 = 0, hangUp: UInt16 = 0
        if subscription.interest >= 0 {
            let interest = interests[subscription.interest], found = Int32(interest.found)
            if found & PRECAST_WASI_POLL_INVALID != 0 { error = .badf }
            if found & PRECAST_WASI_POLL_ERROR != 0, found & PRECAST_WASI_POLL_HANGUP == 0, subscription.kind == readKind { error = .io }
            if found & PRECAST_WASI_POLL_HANGUP != 0 { hangUp = 1 }
            if subscription.kind == readKind { available = precast_wasi_available(interest.file) }
        }
        event.set(0, subscription.userData)
        event.set(8, UInt64(error.rawValue) | UInt64(subscription.kind) << 16)
        event.set(16, available)
        event.set(24, UInt64(hangUp))
    }
}

extension Subscription {
    func isReady(_ now: UInt64, _ interests: [precast_wasi_interest]) -> Bool {
        error != .success || deadline <= now || interest >= 0 && interests[interest].found != 0
    }
}
