/// Settings that compiled code depends on and a host must be able to provide.
@frozen public struct Tunables: Hashable, Sendable, BitwiseCopyable {
    /// Bytes of address space that code counts on from a 32-bit memory's base, not counting the guard after. 0: none, every access is checked.
    public var memoryReservation: UInt64 = 4 << 30
    public var guardBefore: UInt64 = 32 << 20
    /// Accesses whose constant offset is less than this need no check of it.
    public var guardAfter: UInt64 = 32 << 20
    /// Bytes that a movable memory reserves beyond its size.
    public var growthRoom: UInt64 = 2 << 30
    public var flags: Flags = [.signalTraps, .maskMemory, .maskTables]
    /// Pages of the host that the code is right for, in bytes. (The file's alignment limits them too: ``Stamp/pageSizeLog2``.)
    public var minimumPageSize: UInt32 = 4096
    public var maximumPageSize: UInt32 = 65536
    /// Bytes that the loader keeps below the stack limit.
    public var stackReserve: UInt32 = 32 << 10
    /// Frames of leaves up to this size are not checked against the stack limit.
    public var uncheckedFrame: UInt32 = 1 << 10
    @inlinable public init() {}

    @frozen public struct Flags: OptionSet, Hashable, Sendable, BitwiseCopyable {
        public var rawValue: UInt64
        @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
        /// Traps come as signals of faulting instructions; without, code checks explicitly and calls `raise`.
        @inlinable public static var signalTraps: Flags { Flags(rawValue: 1) }
        /// Bounds of memories (tables) are masked against speculation. Informs only.
        @inlinable public static var maskMemory: Flags { Flags(rawValue: 2) }
        @inlinable public static var maskTables: Flags { Flags(rawValue: 4) }
        /// Leaves keep frame pointers too. Informs only.
        @inlinable public static var allFramePointers: Flags { Flags(rawValue: 8) }
        /// Reserved.
        @inlinable public static var fuel: Flags { Flags(rawValue: 16) }
        @inlinable public static var epochs: Flags { Flags(rawValue: 32) }
        /// Memories may move when they grow.
        @inlinable public static var movableMemories: Flags { Flags(rawValue: 64) }
        /// A NaN that float arithmetic makes is the positive canonical one. Informs only.
        @inlinable public static var canonicalNaNs: Flags { Flags(rawValue: 128) }
        /// Relaxed vector operators give the results of the specification's deterministic profile. Informs only.
        @inlinable public static var deterministicRelaxedSIMD: Flags { Flags(rawValue: 256) }
        /// AArch64: code has a landing pad wherever an indirect branch may lead; the loader has the processor check it where that can.
        @inlinable public static var branchTargets: Flags { Flags(rawValue: 512) }
        /// AArch64: functions with a frame sign their return address. Informs unwinders.
        @inlinable public static var signedReturnAddresses: Flags { Flags(rawValue: 1024) }
        /// AArch64: a store that traps has written nothing. Informs only.
        @inlinable public static var wholeStores: Flags { Flags(rawValue: 2048) }
        /// What this version's loader can provide.
        @inlinable public static var known: Flags {
            [
                .signalTraps, .maskMemory, .maskTables, .allFramePointers, .movableMemories, .canonicalNaNs, .deterministicRelaxedSIMD, .branchTargets,
                .signedReturnAddresses, .wholeStores,
            ]
        }
    }
}

/// 32 bytes: a SHA-256 digest, a key id.
@frozen public struct Bytes32: Hashable, Sendable, BitwiseCopyable {
    /// Words of the bytes in order, each little-endian.
    public var words: SIMD4<UInt64>
    @inlinable public init(words: SIMD4<UInt64>) { self.words = words }
    @inlinable public init() { words = SIMD4() }
    @inlinable public var isZero: Bool { words == SIMD4() }
    @inlinable public init(_ r: RecordBytes) { words = SIMD4(r.u64(0), r.u64(8), r.u64(16), r.u64(24)) }
    @inlinable public func store(_ b: RecordBuffer) {
        for i in 0..<4 { b.put(i * 8, words[i]) }
    }
    /// Byte `index` of the 32.
    @inlinable public subscript(index: Int) -> UInt8 { UInt8(truncatingIfNeeded: words[index >> 3] >> (UInt64(index & 7) * 8)) }

    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        hexadecimal(bytes: 32)
    }

    /// The first `count` bytes in lower-case hexadecimal.
    func hexadecimal(bytes count: Int) -> String {
        var text: [UInt8] = []
        for place in 0..<(2 * count) {
            let digit = place & 1 == 0 ? self[place / 2] >> 4 : self[place / 2] & 15
            text.append(digit < 10 ? 48 + digit : 87 + digit)
        }
        return String(bytes: text)
    }

    /// Reads 64 hexadecimal digits of either case.
    public init?(hex: String) {
        var words = SIMD4<UInt64>()
        var count = 0
        for unit in hex.bytes {
            let digit: UInt8
            switch unit {
            case 48...57: digit = unit - 48
            case 65...70: digit = unit - 55
            case 97...102: digit = unit - 87
            default: return nil
            }
            guard count < 64 else { return nil }
            let byte = count / 2
            words[byte >> 3] |= UInt64(digit) << (UInt64(byte & 7) * 8 + (count & 1 == 0 ? 4 : 0))
            count += 1
        }
        guard count == 64 else { return nil }
        self.words = words
    }
}

/// What an artifact says about itself: the payload of the ELF note of type ``SectionNames/stampNoteType`` by ``SectionNames/noteOwner``.
///
/// A fixed ``size`` bytes, little-endian; docs/artifact-format.md has the table of offsets. Decoding takes any field values:
/// whether they suit a host is ``mismatches(of:on:)``'s question, whether they fit the file ``ArtifactHeader``'s.
public struct Stamp: Hashable, Sendable {
    /// Bytes of the payload.
    @inlinable public static var size: Int { 384 }
    /// "PRECAST\0", little-endian.
    @inlinable public static var magic: UInt64 { 0x0054_5341_4345_5250 }
    /// Bytes of a CPU name, padded with zeros.
    @inlinable public static var cpuNameSize: Int { 32 }

    public enum Kind: UInt8, Sendable { case module = 1, component = 2 }

    public var formatVersion = FormatVersion.current
    public var abiVersion = ABIVersion.current
    public var compilerVersion = CompilerVersion.current
    public var machine = Machine.x86_64
    public var operatingSystem = OperatingSystem.linux
    public var isLittleEndian = true
    /// A ``Kind``; component is reserved.
    public var kindNumber = Kind.module.rawValue
    /// Logarithm of the alignment of the file's segments: the largest host page they can be mapped with.
    public var pageSizeLog2: UInt8 = 12
    public var pointerSize: UInt8 = 8
    /// Features that emitted code can execute.
    public var requiredFeatures = CPUFeatures()
    /// Features of the CPU that was asked for.
    public var requestedFeatures = CPUFeatures()
    /// The CPU that was asked for, as named; at most 32 bytes of UTF-8.
    public var cpuName = ""
    /// The WebAssembly features that the modules use: bits by `Feature` of PrecastWasmTypes.
    public var wasmFeatures: UInt64 = 0
    public var tunables = Tunables()
    /// Where the ``DirectoryRecord``s are, from the image's start.
    public var directoryAddress: UInt64 = 0
    public var directoryCount: UInt32 = 0
    /// Bytes from the ELF header to the end of the last loaded segment.
    public var imageSize: UInt64 = 0
    /// SHA-256 of the image, and of the whole file, with the fields from ``digestsOffset`` to ``digestsEnd`` and the build id zero.
    public var imageDigest = Bytes32()
    public var fileDigest = Bytes32()
    /// Reserved: who signed, and the Ed25519 signature over the image digest. Zero without.
    public var keyID = Bytes32()
    public var signature: (Bytes32, Bytes32) = (Bytes32(), Bytes32())

    /// Digests, key id and signature lie in this range of the payload, which counts as zero in both digests.
    @inlinable public static var digestsOffset: Int { 192 }
    @inlinable public static var imageDigestOffset: Int { 192 }
    @inlinable public static var fileDigestOffset: Int { 224 }
    @inlinable public static var digestsEnd: Int { 352 }

    public init() {}
    public var kind: Kind? { Kind(rawValue: kindNumber) }
    /// "x86_64-unknown-linux-gnu"
    public var target: String { "\(machine.name)-unknown-\(operatingSystem.name)-gnu" }
    public var pageSize: UInt64 { pageSizeLog2 < 32 ? 1 << UInt64(pageSizeLog2) : 0 }

    /// Reads the payload. - Throws: when it is not one, or cut short. The format version is decoded whatever it is; when it is
    /// not ``FormatVersion/current`` the other fields mean nothing.
    public init(_ bytes: UnsafeRawBufferPointer) throws(ArtifactError) {
        guard let base = bytes.baseAddress, bytes.count >= 16 else {
            throw .truncated(part: "stamp", needed: UInt64(Self.size), found: UInt64(bytes.count))
        }
        let r = RecordBytes(base)
        guard r.u64(0) == Self.magic else { throw .notAnArtifact }
        formatVersion = FormatVersion(number: r.u32(8))
        guard formatVersion == .current else { return }
        guard bytes.count >= Self.size else {
            throw .truncated(part: "stamp", needed: UInt64(Self.size), found: UInt64(bytes.count))
        }
        guard r.u32(12) == UInt32(Self.size) else { throw .invalid(field: "stamp size", found: UInt64(r.u32(12))) }
        abiVersion = ABIVersion(number: r.u32(16))
        compilerVersion = CompilerVersion(major: r.u16(20), minor: r.u16(22), patch: r.u16(24))
        machine = Machine(elfMachine: r.u16(28))
        operatingSystem = OperatingSystem(number: r.u8(30))
        isLittleEndian = r.u8(31) == 1
        kindNumber = r.u8(32)
        pageSizeLog2 = r.u8(33)
        pointerSize = r.u8(34)
        requiredFeatures = CPUFeatures(bits: r.u64(40))
        requestedFeatures = CPUFeatures(bits: r.u64(48))
        cpuName = Self.text(base + 56, Self.cpuNameSize)
        wasmFeatures = r.u64(88)
        tunables.memoryReservation = r.u64(96)
        tunables.guardBefore = r.u64(104)
        tunables.guardAfter = r.u64(112)
        tunables.growthRoom = r.u64(120)
        tunables.flags = Tunables.Flags(rawValue: r.u64(128))
        tunables.minimumPageSize = r.u32(136)
        tunables.maximumPageSize = r.u32(140)
        tunables.stackReserve = r.u32(144)
        tunables.uncheckedFrame = r.u32(148)
        directoryAddress = r.u64(152)
        directoryCount = r.u32(160)
        imageSize = r.u64(168)
        imageDigest = Bytes32(RecordBytes(base + 192))
        fileDigest = Bytes32(RecordBytes(base + 224))
        keyID = Bytes32(RecordBytes(base + 256))
        signature = (Bytes32(RecordBytes(base + 288)), Bytes32(RecordBytes(base + 320)))
    }

    /// Writes the payload to `buffer`, which holds ``size`` zero bytes.
    public func store(_ b: RecordBuffer) {
        b.put(0, Self.magic)
        b.put(8, formatVersion.number)
        b.put(12, UInt32(Self.size))
        b.put(16, abiVersion.number)
        b.put(20, compilerVersion.major)
        b.put(22, compilerVersion.minor)
        b.put(24, compilerVersion.patch)
        b.put(28, machine.elfMachine)
        b.put(30, operatingSystem.number)
        b.put(31, UInt8(isLittleEndian ? 1 : 2))
        b.put(32, kindNumber)
        b.put(33, pageSizeLog2)
        b.put(34, pointerSize)
        b.put(40, requiredFeatures.bits)
        b.put(48, requestedFeatures.bits)
        var at = 56
        for unit in cpuName.bytes where at < 56 + Self.cpuNameSize {
            b.put(at, unit)
            at += 1
        }
        b.put(88, wasmFeatures)
        b.put(96, tunables.memoryReservation)
        b.put(104, tunables.guardBefore)
        b.put(112, tunables.guardAfter)
        b.put(120, tunables.growthRoom)
        b.put(128, tunables.flags.rawValue)
        b.put(136, tunables.minimumPageSize)
        b.put(140, tunables.maximumPageSize)
        b.put(144, tunables.stackReserve)
        b.put(148, tunables.uncheckedFrame)
        b.put(152, directoryAddress)
        b.put(160, directoryCount)
        b.put(168, imageSize)
        imageDigest.store(RecordBuffer(b.base + 192))
        fileDigest.store(RecordBuffer(b.base + 224))
        keyID.store(RecordBuffer(b.base + 256))
        signature.0.store(RecordBuffer(b.base + 288))
        signature.1.store(RecordBuffer(b.base + 320))
    }

    static func text(_ base: UnsafeRawPointer, _ limit: Int) -> String {
        var count = 0
        while count < limit, base.load(fromByteOffset: count, as: UInt8.self) != 0 { count += 1 }
        return String(bytes: UnsafeRawBufferPointer(start: base, count: count))
    }

    public static func == (a: Stamp, b: Stamp) -> Bool { a.encoded == b.encoded }
    public func hash(into hasher: inout Hasher) { hasher.combine(imageDigest) }

    /// The payload's bytes.
    public var encoded: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.size) { buffer, count in
            buffer.initialize(repeating: 0)
            if let base = UnsafeMutableRawBufferPointer(buffer).baseAddress { store(RecordBuffer(base)) }
            count = Self.size
        }
    }
}

extension Stamp {
    /// What linkers and debuggers know the artifact by: the first 20 bytes of the image digest, in hexadecimal.
    public var buildID: String { imageDigest.hexadecimal(bytes: 20) }
}
