import CWASISupport

extension WASIContext {
    /// Fills a buffer from the kernel's generator.
    func randomGet(_ memory: GuestMemory, _ address: UInt32, _ count: UInt32) throws(Errno) {
        guard count <= limits.randomBytes else { throw .inval }
        let target = try memory.bytes(address, UInt64(count))
        guard let start = target.baseAddress, count > 0 else { return }
        try check(precast_wasi_random(start, UInt64(count)))
    }
}
