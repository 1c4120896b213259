import CWASISupport

// Calls on sockets that the host gave (``WASIContext/add(socket:)``, or as a standard stream), and on those accepted from them.

extension WASIContext {
    func sockAccept(_ memory: GuestMemory, _ fd: UInt32, _ flags: UInt32, _ result: UInt32) throws(Errno) {
        let socket = try self.socket(fd, .sockAccept), place = try memory.place(result, for: UInt32.self)
        guard flags & ~UInt32(DescriptorFlags.nonblock.rawValue) == 0 else { throw .inval }
        try reserveDescriptor()
        let file = try check(precast_wasi_accept(socket.file, flags))
        place.store(insert(Descriptor(opened: file, .socketStream, flags: DescriptorFlags(rawValue: UInt16(flags)), rights: socket.rights,
                                      inheriting: [], isReadOnly: false)))
    }

    func sockRecv(_ memory: GuestMemory, _ fd: UInt32, _ iovs: UInt32, _ count: UInt32, _ flags: UInt32, _ result: UInt32, _ outFlags: UInt32) throws(Errno) {
        let socket = try self.socket(fd, .fdRead)
        let place = try memory.place(result, for: UInt32.self), flagsPlace = try memory.place(outFlags, for: UInt16.self)
        guard flags < 4 else { throw .inval }
        try loadVectors(memory, iovs, count)
        try checkReady(socket, PRECAST_WASI_POLL_IN)
        var truncated: UInt32 = 0
        place.store(UInt32(try check(precast_wasi_receive(socket.file, vectors, count, flags, &truncated))))
        flagsPlace.store(UInt16(truncated))
    }

    func sockSend(_ memory: GuestMemory, _ fd: UInt32, _ iovs: UInt32, _ count: UInt32, _ flags: UInt32, _ result: UInt32) throws(Errno) {
        let socket = try self.socket(fd, .fdWrite), place = try memory.place(result, for: UInt32.self)
        guard flags == 0 else { throw .inval }
        try loadVectors(memory, iovs, count)
        try checkReady(socket, PRECAST_WASI_POLL_OUT)
        place.store(UInt32(try check(precast_wasi_send(socket.file, vectors, count))))
    }

    func sockShutdown(_ fd: UInt32, _ directions: UInt32) throws(Errno) {
        try check(precast_wasi_shutdown(try socket(fd, .sockShutdown).file, directions))
    }

    private func socket(_ fd: UInt32, _ rights: Rights) throws(Errno) -> Descriptor {
        guard try descriptor(fd).type.isSocket else { throw .notsock }
        return try descriptor(fd, rights)
    }
}
