import CWASISupport

/// Where the reading of a directory stands: records from the kernel that the guest has not been given yet.
struct DirectoryListing {
    fileprivate var records: [UInt8] = []
    /// Offset in `records` of the next one.
    fileprivate var next = 0
    /// The guest's name for that place: the kernel's offset of the next record.
    fileprivate var cookie: UInt64 = 0
}

/// A `struct linux_dirent64`: where its fields lie.
private enum Record {
    static let inode = 0, offset = 8, size = 16, type = 18, name = 19
}

extension WASIContext {
    func fdPrestatGet(_ memory: GuestMemory, _ fd: UInt32, _ result: UInt32) throws(Errno) {
        guard let name = try descriptor(fd).preopenName else { throw .badf }
        let target = try memory.bytes(result, 8)
        target.set(0, UInt32(0)) // a directory
        target.set(4, UInt32(truncatingIfNeeded: name.count))
    }

    func fdPrestatDirName(_ memory: GuestMemory, _ fd: UInt32, _ address: UInt32, _ count: UInt32) throws(Errno) {
        guard let name = try descriptor(fd).preopenName else { throw .badf }
        guard name.count <= Int(count) else { throw .nametoolong }
        try memory.bytes(address, UInt64(name.count)).copyBytes(from: name)
    }

    /// Fills the guest's buffer with entries from `cookie` on. A full buffer says that there are more: its last entry may be cut.
    func fdReaddir(_ memory: GuestMemory, _ fd: UInt32, _ address: UInt32, _ count: UInt32, _ cookie: UInt64, _ result: UInt32) throws(Errno) {
        let directory = try descriptor(fd, .fdReaddir)
        let target = try memory.bytes(address, UInt64(count)), place = try memory.place(result, for: UInt32.self)
        var listing = directory.listing
        descriptors[Int(fd)]?.listing = DirectoryListing() // this one is ours alone, and changes in place
        if cookie == 0 || cookie != listing.cookie {
            guard let offset = Int64(exactly: cookie) else { throw .inval }
            try check(precast_wasi_seek(directory.file, offset, 0))
            listing = DirectoryListing()
            listing.cookie = cookie
        }
        var used = 0
        while used < target.count, try fill(&listing, from: directory.file) {
            used += storeEntry(&listing, of: directory.file, UnsafeMutableRawBufferPointer(rebasing: target[used...]))
        }
        descriptors[Int(fd)]?.listing = listing
        place.store(UInt32(used))
    }

    /// Makes sure there is a next record. False at the directory's end.
    private func fill(_ listing: inout DirectoryListing, from file: Int32) throws(Errno) -> Bool {
        guard listing.next >= listing.records.count else { return true }
        var records = [UInt8](repeating: 0, count: 8192)
        let count = Int(try check(precast_wasi_list(file, &records, UInt64(records.count))))
        records.removeLast(records.count - count)
        listing.records = records
        listing.next = 0
        return count > 0
    }

    /// Stores as much of the next record as fits. Only a whole one is done with. Returns the bytes stored.
    private func storeEntry(_ listing: inout DirectoryListing, of file: Int32, _ target: UnsafeMutableRawBufferPointer) -> Int {
        let (size, cookie, inode) = listing.records.withUnsafeBytes { all in
            (Int(all.loadUnaligned(fromByteOffset: listing.next + Record.size, as: UInt16.self)),
             all.loadUnaligned(fromByteOffset: listing.next + Record.offset, as: UInt64.self),
             all.loadUnaligned(fromByteOffset: listing.next + Record.inode, as: UInt64.self))
        }
        let name = listing.records[(listing.next + Record.name)..<(listing.next + size)].prefix { $0 != 0 }
        var header: (UInt64, UInt64, UInt64) = (cookie, inode, UInt64(name.count))
        header.2 |= UInt64(type(listing.records[listing.next + Record.type], file, name).rawValue) << 32
        let stored = withUnsafeBytes(of: &header) { bytes in
            let headerCount = min(24, target.count)
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<headerCount]))
            let nameCount = min(name.count, target.count - headerCount)
            UnsafeMutableRawBufferPointer(rebasing: target[headerCount...]).copyBytes(from: name.prefix(nameCount))
            return headerCount + nameCount
        }
        if stored == 24 + name.count {
            listing.next += size
            listing.cookie = cookie
        }
        return stored
    }

    /// The kernel's type of a record, or the file's own where the file system leaves it out.
    private func type(_ code: UInt8, _ directory: Int32, _ name: ArraySlice<UInt8>) -> FileType {
        switch code {
        case 2: return .characterDevice
        case 4: return .directory
        case 6: return .blockDevice
        case 8: return .regularFile
        case 10: return .symbolicLink
        case 12: return .socketStream
        case 0:
            var status = precast_wasi_status()
            guard precast_wasi_get_status(directory, [UInt8](name) + [0], &status) == 0 else { return .unknown }
            return FileType(code: status.type)
        default: return .unknown
        }
    }
}
