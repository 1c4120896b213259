import CWASISupport

// Arguments, environment, and the ways to end.

extension WASIContext {
    func argsSizesGet(_ memory: GuestMemory, _ count: UInt32, _ size: UInt32) throws(Errno) { try storeSizes(arguments, memory, count, size) }
    func argsGet(_ memory: GuestMemory, _ pointers: UInt32, _ text: UInt32) throws(Errno) { try store(arguments, memory, pointers, text) }
    func environSizesGet(_ memory: GuestMemory, _ count: UInt32, _ size: UInt32) throws(Errno) { try storeSizes(environment, memory, count, size) }
    func environGet(_ memory: GuestMemory, _ pointers: UInt32, _ text: UInt32) throws(Errno) { try store(environment, memory, pointers, text) }

    private func storeSizes(_ strings: [[UInt8]], _ memory: GuestMemory, _ count: UInt32, _ size: UInt32) throws(Errno) {
        let countPlace = try memory.place(count, for: UInt32.self), sizePlace = try memory.place(size, for: UInt32.self)
        guard let total = UInt32(exactly: strings.reduce(0) { $0 + $1.count + 1 }) else { throw .toobig }
        countPlace.store(UInt32(truncatingIfNeeded: strings.count))
        sizePlace.store(total)
    }

    /// Stores each string with a NUL after it from `text` on, and their addresses from `pointers` on.
    private func store(_ strings: [[UInt8]], _ memory: GuestMemory, _ pointers: UInt32, _ text: UInt32) throws(Errno) {
        let table = try memory.bytes(pointers, UInt64(strings.count) * 4)
        var address = text
        for (index, string) in strings.enumerated() {
            let target = try memory.bytes(address, UInt64(string.count) + 1)
            table.set(index * 4, address)
            target.copyBytes(from: string)
            target[string.count] = 0
            address &+= UInt32(truncatingIfNeeded: string.count + 1) // in range: `target` was
        }
    }

    /// What raising a signal ends the guest with, or nil where its default is to be ignored.
    ///
    /// The process goes on in any case. The code is a shell's for a program that died of the signal.
    func procRaise(_ signal: UInt32) throws(Errno) -> Int32? {
        switch signal {
        case 0, 16, 17, 22, 27: return nil // none; chld, cont, urg, winch
        case 18...21: throw .notsup // stop, tstp, ttin, ttou
        case 1...15: return 128 + Int32(signal)
        case 23...30: return 129 + Int32(signal) // Linux has one more before them
        default: throw .inval
        }
    }

    func schedYield() { precast_wasi_yield() }
}
