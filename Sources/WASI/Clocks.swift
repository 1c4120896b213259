import CWASISupport

// Clocks: 0 real time since 1970, 1 monotonic, 2 and 3 processor time of the process and of the thread. All in nanoseconds.

extension WASIContext {
    func clockResGet(_ memory: GuestMemory, _ clock: UInt32, _ result: UInt32) throws(Errno) {
        let place = try memory.place(result, for: UInt64.self)
        var resolution: UInt64 = 0
        try check(precast_wasi_clock_resolution(clock, &resolution))
        place.store(resolution)
    }

    /// The precision asked for is a hint that costs more than it saves.
    func clockTimeGet(_ memory: GuestMemory, _ clock: UInt32, _ result: UInt32) throws(Errno) {
        let place = try memory.place(result, for: UInt64.self)
        place.store(try time(of: clock))
    }

    func time(of clock: UInt32) throws(Errno) -> UInt64 {
        var time: UInt64 = 0
        try check(precast_wasi_clock_time(clock, &time))
        return time
    }
}
