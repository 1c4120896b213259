import CWASISupport

// Calls on names. Each resolves its paths to entries first (PathResolution.swift), then makes one system call on them.

extension WASIContext {
    func pathOpen(_ memory: GuestMemory, _ fd: UInt32, _ lookup: UInt32, _ pathAddress: UInt32, _ pathCount: UInt32, _ openFlags: UInt32,
                  _ rights: UInt64, _ inheriting: UInt64, _ flags: UInt32, _ result: UInt32) throws(Errno) {
        guard lookup < 2, openFlags <= UInt32(OpenFlags.known.rawValue), flags <= UInt32(DescriptorFlags.known.rawValue) else { throw .inval }
        let how = OpenFlags(rawValue: UInt16(openFlags))
        var needed: Rights = .pathOpen
        if how.contains(.create) { needed.insert(.pathCreateFile) }
        if how.contains(.truncate) { needed.insert(.pathSetSize) }
        guard !how.isSuperset(of: [.create, .directory]) else { throw .inval }
        let base = try descriptor(fd, needed), path = try self.path(memory, pathAddress, pathCount)
        let place = try memory.place(result, for: UInt32.self)
        try reserveDescriptor()

        let entry = try entry(base, path, lookup & 1 == 1 && !how.contains(.exclusive) ? .followed : .looked)
        let opened = try open(entry, base, how, wanted: Rights(rawValue: rights), DescriptorFlags(rawValue: UInt16(flags)))
        let descriptor = Descriptor(opened: opened.file, opened.type, flags: DescriptorFlags(rawValue: UInt16(flags)),
                                    rights: base.inheriting.intersection(Rights(rawValue: rights)),
                                    inheriting: base.inheriting.intersection(Rights(rawValue: inheriting)), isReadOnly: base.isReadOnly)
        place.store(insert(descriptor))
    }

    /// Opens an entry whose type has been looked at, and looks again at what came.
    ///
    /// Libraries ask for every right that might be used, so what the directory cannot give is dropped; but reading and writing are
    /// what a program opens for, and their lack is said here.
    private func open(_ entry: borrowing Entry, _ base: Descriptor, _ how: OpenFlags, wanted: Rights,
                      _ flags: DescriptorFlags) throws(Errno) -> (file: Int32, type: FileType) {
        if entry.type == .symbolicLink, !how.contains(.exclusive) { throw .loop }
        if entry.type == nil, entry.wantsDirectory { throw how.contains(.create) ? .isdir : .noent }
        if let type = entry.type, !type.isOrdinary, type != .symbolicLink { try checkSpecial(type, how) }
        let isDirectory = entry.type == .directory
        if isDirectory, wanted.contains(.fdWrite) || how.contains(.create) { throw how.contains(.exclusive) ? .exist : .isdir }
        let transfers: Rights = isDirectory ? [] : [.fdRead, .fdWrite]
        guard wanted.intersection(transfers).isSubset(of: base.inheriting) else {
            throw base.isReadOnly && wanted.contains(.fdWrite) ? .rofs : .notcapable
        }
        // C libraries leave out what a tree does not hand on. Of what they ask for to write, this right alone is left in a read-only tree.
        if base.isReadOnly, !isDirectory, wanted.contains(.fdDatasync) { throw .rofs }

        let granted = wanted.intersection(base.inheriting)
        let reads = !granted.isDisjoint(with: [.fdRead, .fdReaddir]), writes = !isDirectory && !granted.isDisjoint(with: [.fdWrite, .fdAllocate, .fdSetSize])
        let access = (writes ? PRECAST_WASI_WRITE : 0) | (reads || !writes ? PRECAST_WASI_READ : 0)
        let file = try check(precast_wasi_open(entry.directory, entry.name, access, UInt32(how.rawValue), UInt32(flags.rawValue)))
        do throws(Errno) {
            var status = precast_wasi_status()
            try check(precast_wasi_get_status(file, nil, &status))
            let type = FileType(code: status.type)
            if !type.isOrdinary {
                try checkSpecial(type, how)
                try check(precast_wasi_set_flags(file, UInt32(flags.rawValue)))
            }
            return (file, type)
        } catch {
            precast_wasi_close(file)
            throw error
        }
    }

    /// Devices, FIFOs and sockets in the file system.
    private func checkSpecial(_ type: FileType, _ how: OpenFlags) throws(Errno) {
        if how.contains(.directory) { throw .notdir }
        guard allowsSpecialFiles else { throw .notcapable }
    }

    func pathCreateDirectory(_ memory: GuestMemory, _ fd: UInt32, _ path: UInt32, _ count: UInt32) throws(Errno) {
        let base = try descriptor(fd, .pathCreateDirectory)
        let entry = try entry(base, try self.path(memory, path, count), .named)
        try check(precast_wasi_make_directory(entry.directory, entry.name))
    }

    func pathRemoveDirectory(_ memory: GuestMemory, _ fd: UInt32, _ path: UInt32, _ count: UInt32) throws(Errno) {
        let base = try descriptor(fd, .pathRemoveDirectory)
        let entry = try entry(base, try self.path(memory, path, count), .named)
        try check(precast_wasi_remove(entry.directory, entry.name, 1))
    }

    func pathUnlinkFile(_ memory: GuestMemory, _ fd: UInt32, _ path: UInt32, _ count: UInt32) throws(Errno) {
        let base = try descriptor(fd, .pathUnlinkFile)
        let entry = try entry(base, try self.path(memory, path, count), .named)
        try check(precast_wasi_remove(entry.directory, entry.name, 0))
    }

    func pathFilestatGet(_ memory: GuestMemory, _ fd: UInt32, _ lookup: UInt32, _ path: UInt32, _ count: UInt32, _ result: UInt32) throws(Errno) {
        let base = try descriptor(fd, .pathFilestatGet), target = try memory.bytes(result, 64)
        let entry = try entry(base, try self.path(memory, path, count), try last(lookup))
        guard let status = entry.status else { throw .noent }
        target.storeBytes(of: status, as: precast_wasi_status.self)
    }

    func pathFilestatSetTimes(_ memory: GuestMemory, _ fd: UInt32, _ lookup: UInt32, _ path: UInt32, _ count: UInt32,
                              _ accessed: UInt64, _ modified: UInt64, _ flags: UInt32) throws(Errno) {
        let base = try descriptor(fd, .pathSetTimes)
        try checkTimeFlags(flags)
        let entry = try entry(base, try self.path(memory, path, count), try last(lookup))
        try check(precast_wasi_set_times(entry.directory, entry.name, accessed, modified, flags))
    }

    func pathLink(_ memory: GuestMemory, _ oldFD: UInt32, _ lookup: UInt32, _ oldPath: UInt32, _ oldCount: UInt32,
                  _ newFD: UInt32, _ newPath: UInt32, _ newCount: UInt32) throws(Errno) {
        let oldBase = try descriptor(oldFD, .pathLinkSource), newBase = try descriptor(newFD, .pathLinkTarget)
        let old = try entry(oldBase, try path(memory, oldPath, oldCount), try last(lookup))
        let new = try entry(newBase, try path(memory, newPath, newCount), .named)
        guard !new.wantsDirectory else { throw new.type == nil ? .noent : .exist }
        try check(precast_wasi_link(old.directory, old.name, new.directory, new.name))
    }

    func pathRename(_ memory: GuestMemory, _ oldFD: UInt32, _ oldPath: UInt32, _ oldCount: UInt32,
                    _ newFD: UInt32, _ newPath: UInt32, _ newCount: UInt32) throws(Errno) {
        let oldBase = try descriptor(oldFD, .pathRenameSource), newBase = try descriptor(newFD, .pathRenameTarget)
        let old = try entry(oldBase, try path(memory, oldPath, oldCount), .named)
        let new = try entry(newBase, try path(memory, newPath, newCount), .named)
        if new.wantsDirectory {
            var status = precast_wasi_status()
            try check(precast_wasi_get_status(old.directory, old.name, &status))
            guard FileType(code: status.type) == .directory else { throw .notdir }
        }
        try check(precast_wasi_rename(old.directory, old.name, new.directory, new.name))
    }

    /// Makes a link whose target is relative. It may lead out: no guest can follow it there.
    func pathSymlink(_ memory: GuestMemory, _ target: UInt32, _ targetCount: UInt32, _ fd: UInt32, _ path: UInt32, _ count: UInt32) throws(Errno) {
        let base = try descriptor(fd, .pathSymlink), target = try self.path(memory, target, targetCount)
        let entry = try entry(base, try self.path(memory, path, count), .named)
        guard !entry.wantsDirectory else { throw entry.type == nil ? .noent : .exist }
        try check(precast_wasi_make_symbolic_link(target + [0], entry.directory, entry.name))
    }

    func pathReadlink(_ memory: GuestMemory, _ fd: UInt32, _ path: UInt32, _ count: UInt32, _ buffer: UInt32, _ bufferCount: UInt32,
                      _ result: UInt32) throws(Errno) {
        let base = try descriptor(fd, .pathReadlink), target = try memory.bytes(buffer, UInt64(bufferCount))
        let place = try memory.place(result, for: UInt32.self)
        let entry = try entry(base, try self.path(memory, path, count), .looked)
        guard let start = target.baseAddress?.assumingMemoryBound(to: UInt8.self), target.count > 0 else {
            guard entry.type == .symbolicLink else { throw entry.type == nil ? .noent : .inval }
            return place.store(0)
        }
        place.store(UInt32(try check(precast_wasi_read_link(entry.directory, entry.name, start, UInt64(target.count)))))
    }

    private func last(_ lookup: UInt32) throws(Errno) -> LastComponent {
        guard lookup < 2 else { throw .inval }
        return lookup == 1 ? .followed : .looked
    }
}
