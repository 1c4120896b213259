#if arch(x86_64)
import Glibc

/// The registers and the stack of a thread at a fault.
struct FaultSnapshot {
    let pc: UInt64
    /// By DWARF number.
    let registers: [UInt64]
    let vectors: [(low: UInt64, high: UInt64)]
    private let stackStart: UInt64
    private let stack: [UInt8]

    /// The 8 bytes of the stack at an address.
    func word(_ address: UInt64) -> UInt64? {
        let offset = address &- stackStart
        guard offset < UInt64(stack.count), UInt64(stack.count) - offset >= 8 else { return nil }
        return stack.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: Int(offset), as: UInt64.self) }
    }

    /// The last fault since ``forget()``, if there was one.
    static func last() -> FaultSnapshot? {
        if area.load(as: UInt64.self) == 0 { return nil }
        return FaultSnapshot()
    }
    /// What the caller calls may fault: the stack from there on will be kept, the faults of other threads will not.
    @inline(never) static func forget() {
        area.storeBytes(of: UInt64(pthread_self()), toByteOffset: Layout.thread, as: UInt64.self)
        area.storeBytes(of: 0, as: UInt64.self)
        var here: UInt64 = 0
        withUnsafePointer(to: &here) { area.storeBytes(of: UInt64(UInt(bitPattern: $0)), toByteOffset: Layout.stackEnd, as: UInt64.self) }
    }

    /// Watches faults from now on, of one thread at a time: the handlers that are there are called afterwards.
    static func watch() {
        if isWatching { return }
        isWatching = true
        for signal in [SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP] {
            var action = sigaction()
            sigaction(signal, nil, &action)
            if action.sa_flags & SA_SIGINFO == 0 { continue }
            previous[Int(signal)] = action
            action.__sigaction_handler.sa_sigaction = noteFault
            sigaction(signal, &action, nil)
        }
    }

    private init() {
        let registers = Self.numbers.map { area.load(fromByteOffset: Layout.registers + $0 * 8, as: UInt64.self) }
        self.registers = registers
        pc = area.load(fromByteOffset: Layout.registers + 16 * 8, as: UInt64.self)
        vectors = (0..<16).map {
            (area.load(fromByteOffset: Layout.vectors + $0 * 16, as: UInt64.self), area.load(fromByteOffset: Layout.vectors + $0 * 16 + 8, as: UInt64.self))
        }
        stackStart = area.load(fromByteOffset: Layout.stackStart, as: UInt64.self)
        stack = Array(UnsafeRawBufferPointer(start: area + Layout.stack, count: Int(area.load(fromByteOffset: Layout.stackBytes, as: UInt64.self))))
    }
    /// Of the machine context's registers, in the order of DWARF's.
    private static let numbers = [13, 12, 14, 11, 9, 8, 10, 15, 0, 1, 2, 3, 4, 5, 6, 7]

    /// What the handler leaves: whether there is something, registers of the machine context, vectors, stack.
    enum Layout {
        static let stackStart = 8, stackBytes = 16, stackEnd = 24, thread = 32
        static let registers = 64, vectors = 256, stack = 1024
        static let mostStack: UInt64 = 256 << 10
    }
}

nonisolated(unsafe) private let area = {
    let area = UnsafeMutableRawPointer.allocate(byteCount: FaultSnapshot.Layout.stack + Int(FaultSnapshot.Layout.mostStack), alignment: 16)
    area.initializeMemory(as: UInt8.self, repeating: 0, count: FaultSnapshot.Layout.stack)
    return area
}()
nonisolated(unsafe) private let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

nonisolated(unsafe) private var isWatching = false

private func noteFault(_ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?) {
    if area.load(fromByteOffset: FaultSnapshot.Layout.thread, as: UInt64.self) == UInt64(pthread_self()), let machine = context?.assumingMemoryBound(to: ucontext_t.self) {
        typealias Layout = FaultSnapshot.Layout
        withUnsafeBytes(of: &machine.pointee.uc_mcontext.gregs) { (area + Layout.registers).copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: 17 * 8) }
        // The vector registers of an fxsave area.
        if let state = machine.pointee.uc_mcontext.fpregs { (area + Layout.vectors).copyMemory(from: UnsafeRawPointer(state) + 160, byteCount: 256) }
        let start = area.load(fromByteOffset: Layout.registers + 15 * 8, as: UInt64.self), end = area.load(fromByteOffset: Layout.stackEnd, as: UInt64.self)
        let bytes = start < end ? min(end - start, Layout.mostStack) : 0
        if let stack = UnsafeRawPointer(bitPattern: UInt(start)) { (area + Layout.stack).copyMemory(from: stack, byteCount: Int(bytes)) }
        area.storeBytes(of: start, toByteOffset: Layout.stackStart, as: UInt64.self)
        area.storeBytes(of: bytes, toByteOffset: Layout.stackBytes, as: UInt64.self)
        area.storeBytes(of: 1, as: UInt64.self)
    }
    previous[Int(signal)].__sigaction_handler.sa_sigaction?(signal, info, context)
}
#endif
