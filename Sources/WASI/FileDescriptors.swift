import CWASISupport

// Calls on open files: transfers, position, size, times.

extension WASIContext {
    /// Reads a guest's vector array once, checks every buffer, and keeps them for the transfer.
    func loadVectors(_ memory: GuestMemory, _ address: UInt32, _ count: UInt32) throws(Errno) {
        guard count <= min(limits.vectors, 1024) else { throw .inval }
        let table = try memory.bytes(address, UInt64(count) * 8)
        vectors.removeAll(keepingCapacity: true)
        for index in 0..<Int(count) {
            let buffer = try memory.bytes(table.get(index * 8), UInt64(table.get(index * 8 + 4, as: UInt32.self)))
            vectors.append(precast_wasi_vector(start: buffer.baseAddress, count: UInt64(buffer.count)))
        }
    }

    /// A lent descriptor does not itself get non-blocking, which would show to whoever shares it: ask first instead.
    func checkReady(_ descriptor: Descriptor, _ wanted: Int32) throws(Errno) {
        guard !descriptor.isOwned, descriptor.flags.contains(.nonblock), descriptor.type != .regularFile else { return }
        var interest = precast_wasi_interest(file: descriptor.file, wanted: Int16(wanted), found: 0)
        guard try check(precast_wasi_poll(&interest, 1, 0)) > 0 else { throw .again }
    }

    func fdRead(_ memory: GuestMemory, _ fd: UInt32, _ iovs: UInt32, _ count: UInt32, _ result: UInt32) throws(Errno) {
        let file = try descriptor(fd, .fdRead), place = try memory.place(result, for: UInt32.self)
        try loadVectors(memory, iovs, count)
        try checkReady(file, PRECAST_WASI_POLL_IN)
        place.store(UInt32(try check(precast_wasi_read(file.file, vectors, count, Int64(PRECAST_WASI_HERE)))))
    }

    func fdPread(_ memory: GuestMemory, _ fd: UInt32, _ iovs: UInt32, _ count: UInt32, _ offset: UInt64, _ result: UInt32) throws(Errno) {
        let file = try descriptor(fd, [.fdRead, .fdSeek]), place = try memory.place(result, for: UInt32.self)
        guard let offset = Int64(exactly: offset) else { throw .inval }
        try loadVectors(memory, iovs, count)
        place.store(UInt32(try check(precast_wasi_read(file.file, vectors, count, offset))))
    }

    func fdWrite(_ memory: GuestMemory, _ fd: UInt32, _ iovs: UInt32, _ count: UInt32, _ result: UInt32) throws(Errno) {
        let file = try descriptor(fd, .fdWrite), place = try memory.place(result, for: UInt32.self)
        try loadVectors(memory, iovs, count)
        try checkReady(file, PRECAST_WASI_POLL_OUT)
        let maySignal: UInt32 = file.type == .unknown || file.type.isSocket ? 1 : 0
        place.store(UInt32(try check(precast_wasi_write(file.file, vectors, count, Int64(PRECAST_WASI_HERE), maySignal))))
    }

    func fdPwrite(_ memory: GuestMemory, _ fd: UInt32, _ iovs: UInt32, _ count: UInt32, _ offset: UInt64, _ result: UInt32) throws(Errno) {
        let file = try descriptor(fd, [.fdWrite, .fdSeek]), place = try memory.place(result, for: UInt32.self)
        guard let offset = Int64(exactly: offset) else { throw .inval }
        try loadVectors(memory, iovs, count)
        place.store(UInt32(try check(precast_wasi_write(file.file, vectors, count, offset, 0))))
    }

    func fdSeek(_ memory: GuestMemory, _ fd: UInt32, _ offset: UInt64, _ whence: UInt32, _ result: UInt32) throws(Errno) {
        let current: UInt32 = 1
        let wanted: Rights = offset == 0 && whence == current ? .fdTell : .fdSeek
        let file = try seekable(fd, wanted), place = try memory.place(result, for: UInt64.self)
        place.store(UInt64(try check(precast_wasi_seek(file.file, Int64(bitPattern: offset), whence))))
    }

    func fdTell(_ memory: GuestMemory, _ fd: UInt32, _ result: UInt32) throws(Errno) {
        try fdSeek(memory, fd, 0, 1, result)
    }

    /// Terminals, pipes and sockets have no position, whatever their rights.
    private func seekable(_ fd: UInt32, _ rights: Rights) throws(Errno) -> Descriptor {
        switch try descriptor(fd).type {
        case .unknown, .characterDevice, .socketStream, .socketDatagram: throw .spipe
        default: try descriptor(fd, rights)
        }
    }

    func fdAdvise(_ fd: UInt32, _ offset: UInt64, _ length: UInt64, _ advice: UInt32) throws(Errno) {
        try check(precast_wasi_advise(try seekable(fd, .fdAdvise).file, offset, length, advice))
    }

    func fdAllocate(_ fd: UInt32, _ offset: UInt64, _ length: UInt64) throws(Errno) {
        try check(precast_wasi_allocate(try descriptor(fd, .fdAllocate).file, offset, length))
    }

    func fdDatasync(_ fd: UInt32) throws(Errno) {
        try check(precast_wasi_sync(try descriptor(fd, .fdDatasync).file, 1))
    }

    func fdSync(_ fd: UInt32) throws(Errno) {
        try check(precast_wasi_sync(try descriptor(fd, .fdSync).file, 0))
    }

    func fdFilestatGet(_ memory: GuestMemory, _ fd: UInt32, _ result: UInt32) throws(Errno) {
        let file = try descriptor(fd, .fdFilestatGet), target = try memory.bytes(result, 64)
        var status = precast_wasi_status()
        try check(precast_wasi_get_status(file.file, nil, &status))
        target.storeBytes(of: status, as: precast_wasi_status.self)
    }

    func fdFilestatSetSize(_ fd: UInt32, _ size: UInt64) throws(Errno) {
        try check(precast_wasi_set_size(try descriptor(fd, .fdSetSize).file, size))
    }

    func fdFilestatSetTimes(_ fd: UInt32, _ accessed: UInt64, _ modified: UInt64, _ flags: UInt32) throws(Errno) {
        let file = try descriptor(fd, .fdSetTimes)
        try checkTimeFlags(flags)
        try check(precast_wasi_set_times(file.file, nil, accessed, modified, flags))
    }

    /// `fstflags`: a time, or now, or neither; not both.
    func checkTimeFlags(_ flags: UInt32) throws(Errno) {
        guard flags < 16, flags & 3 != 3, flags & 12 != 12 else { throw .inval }
    }
}
