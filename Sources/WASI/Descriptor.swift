import CWASISupport
import PrecastArtifactFormat

/// What one of the guest's descriptor numbers stands for.
struct Descriptor {
    let file: Int32
    /// Whether the guest opened it. What the host lent is neither closed nor switched to non-blocking.
    let isOwned: Bool
    let type: FileType
    var flags: DescriptorFlags
    var rights: Rights
    /// The rights that descriptors opened through this one can have.
    var inheriting: Rights
    /// Whether it lies in a tree preopened for reading.
    let isReadOnly: Bool
    /// The guest's name for a preopened directory.
    var preopenName: [UInt8]?
    var listing = DirectoryListing()

    /// What the guest opened.
    init(opened file: Int32, _ type: FileType, flags: DescriptorFlags, rights: Rights, inheriting: Rights, isReadOnly: Bool) {
        self.file = file
        self.isOwned = true
        self.type = type
        self.flags = flags
        self.rights = rights.intersection(.all(of: type))
        self.inheriting = type == .directory ? inheriting : []
        self.isReadOnly = isReadOnly
    }

    /// A descriptor of the host's, of any type but a directory; nil where it is not open.
    init?(borrowing file: Int32, without withheld: Rights) {
        var status = precast_wasi_status()
        let present = precast_wasi_get_flags(file)
        guard present >= 0, precast_wasi_get_status(file, nil, &status) == 0 else { return nil }
        self.file = file
        isOwned = false
        type = FileType(code: status.type)
        flags = DescriptorFlags(rawValue: UInt16(truncatingIfNeeded: present))
        rights = type == .directory ? [.fdFilestatGet] : Rights.all(of: type).subtracting(withheld)
        inheriting = []
        isReadOnly = false
    }

    /// A directory of the host's, opened for the guest.
    init(_ preopen: Preopen) throws(WASISetupError) {
        for text in [preopen.host, preopen.guest] where text.contains(0) { throw .containsNUL(String(bytes: text)) }
        do throws(Errno) {
            file = try check(precast_wasi_open_root(preopen.host + [0]))
        } catch {
            throw .preopen(path: String(bytes: preopen.host), reason: error)
        }
        isOwned = true
        type = .directory
        flags = []
        let withheld: Rights = preopen.isReadOnly ? .changing : []
        rights = Rights.directory.subtracting(withheld)
        inheriting = Rights.directory.union(.file).subtracting(withheld)
        isReadOnly = preopen.isReadOnly
        preopenName = preopen.guest
    }

    func close() {
        if isOwned { precast_wasi_close(file) }
    }

    /// Why `wanted` rights are refused: what a guest's program can make the most of.
    func refusal(of wanted: Rights) -> Errno {
        let missing = wanted.subtracting(rights)
        if type == .directory, missing.isDisjoint(with: .directory) { return .badf }
        if type != .directory, missing.isDisjoint(with: .file.union(.socket)) { return .notdir }
        if isReadOnly, missing.isSubset(of: .changing) { return .rofs }
        return .notcapable
    }
}

extension WASIContext {
    /// The open descriptor that the guest calls `number`.
    func descriptor(_ number: UInt32) throws(Errno) -> Descriptor {
        guard number < UInt32(truncatingIfNeeded: descriptors.count), let descriptor = descriptors[Int(number)] else { throw .badf }
        return descriptor
    }

    /// The same, where it has all `rights`.
    func descriptor(_ number: UInt32, _ rights: Rights) throws(Errno) -> Descriptor {
        let found = try descriptor(number)
        guard found.rights.isSuperset(of: rights) else { throw found.refusal(of: rights) }
        return found
    }

    /// Checks that one more descriptor may be open.
    func reserveDescriptor() throws(Errno) {
        guard descriptors.count < Int(limits.descriptors) || descriptors.contains(where: { $0 == nil }) else { throw .mfile }
    }

    /// Puts a descriptor at the lowest free number. - Precondition: ``reserveDescriptor()`` succeeded.
    func insert(_ descriptor: Descriptor) -> UInt32 {
        if let free = descriptors.firstIndex(where: { $0 == nil }) {
            descriptors[free] = descriptor
            return UInt32(free)
        }
        descriptors.append(descriptor)
        return UInt32(descriptors.count - 1)
    }

    func fdClose(_ fd: UInt32) throws(Errno) {
        try descriptor(fd).close()
        descriptors[Int(fd)] = nil
    }

    /// Moves `from` over `to`, which must be open, and is closed.
    func fdRenumber(_ from: UInt32, _ to: UInt32) throws(Errno) {
        let moved = try descriptor(from), replaced = try descriptor(to)
        guard from != to else { return }
        replaced.close()
        descriptors[Int(to)] = moved
        descriptors[Int(from)] = nil
    }

    func fdFdstatGet(_ memory: GuestMemory, _ fd: UInt32, _ result: UInt32) throws(Errno) {
        let found = try descriptor(fd), status = try memory.bytes(result, 24)
        status.set(0, UInt64(found.type.rawValue) | UInt64(found.flags.rawValue) << 16)
        status.set(8, found.rights.rawValue)
        status.set(16, found.inheriting.rawValue)
    }

    func fdFdstatSetFlags(_ fd: UInt32, _ flags: UInt32) throws(Errno) {
        let found = try descriptor(fd, .fdSetFlags)
        guard flags <= UInt32(DescriptorFlags.known.rawValue) else { throw .inval }
        let wanted = DescriptorFlags(rawValue: UInt16(flags))
        guard wanted.symmetricDifference(found.flags).isSubset(of: .changeable) else { throw .notsup }
        if found.isOwned {
            try check(precast_wasi_set_flags(found.file, flags))
        } else if wanted.contains(.append) != found.flags.contains(.append) {
            throw .notsup
        }
        descriptors[Int(fd)]?.flags = wanted
    }

    /// Gives rights up. Gaining any is refused.
    func fdFdstatSetRights(_ fd: UInt32, _ rights: UInt64, _ inheriting: UInt64) throws(Errno) {
        let found = try descriptor(fd), rights = Rights(rawValue: rights), inheriting = Rights(rawValue: inheriting)
        guard found.rights.isSuperset(of: rights), found.inheriting.isSuperset(of: inheriting) else { throw .notcapable }
        descriptors[Int(fd)]?.rights = rights
        descriptors[Int(fd)]?.inheriting = inheriting
    }
}
