public import PrecastWasmModel

extension GuestSections {
    /// The sections of an ELF64 file for a little-endian machine: an artifact with debug information, or a debug file. Addresses in them are the file's.
    /// Nil where the section headers cannot be read. Linear in the number of sections.
    public init?(elf bytes: ModuleBytes) {
        guard let found = elfSections(bytes.buffer) else { return nil }
        self.init(owner: bytes) { found[$0] ?? UnsafeRawBufferPointer(start: nil, count: 0) }
    }
}

/// The sections of an ELF64 file for a little-endian machine, by name. Nil where the section headers cannot be read.
func elfSections(_ file: UnsafeRawBufferPointer) -> [String: UnsafeRawBufferPointer]? {
    func number<T: FixedWidthInteger>(_ offset: UInt64, _ type: T.Type) -> T? {
        guard offset <= UInt64(file.count), UInt64(file.count) - offset >= UInt64(MemoryLayout<T>.size) else { return nil }
        return T(littleEndian: file.loadUnaligned(fromByteOffset: Int(offset), as: T.self))
    }
    func range(_ offset: UInt64, _ size: UInt64) -> UnsafeRawBufferPointer? {
        guard offset <= UInt64(file.count), size <= UInt64(file.count) - offset else { return nil }
        return UnsafeRawBufferPointer(rebasing: file[Int(offset)..<Int(offset + size)])
    }
    guard file.count >= 64, file.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), let headers = number(40, UInt64.self), headers < UInt64(file.count),
        let count = number(60, UInt16.self), let namesIndex = number(62, UInt16.self), namesIndex < count
    else { return nil }
    func header(_ index: UInt16) -> (name: UInt32, type: UInt32, bytes: UnsafeRawBufferPointer)? {
        let at = headers + UInt64(index) * 64
        guard let name = number(at, UInt32.self), let type = number(at + 4, UInt32.self), let offset = number(at + 24, UInt64.self),
            let size = number(at + 32, UInt64.self)
        else { return nil }
        let isEmpty = type == 8 // no bits
        return range(isEmpty ? 0 : offset, isEmpty ? 0 : size).map { (name, type, $0) }
    }
    guard let names = header(namesIndex)?.bytes else { return nil }
    var found: [String: UnsafeRawBufferPointer] = [:]
    for index in 0..<count {
        guard let section = header(index), Int(section.name) < names.count else { return nil }
        found[String(decoding: names[Int(section.name)...].prefix { $0 != 0 }, as: UTF8.self)] = section.bytes
    }
    return found
}

/// The GNU build id in an ELF file's notes, in hexadecimal.
public func elfBuildID(_ file: UnsafeRawBufferPointer) -> String? {
    // Owner size 4, descriptor size 20, type 3, "GNU": in a section of 36 bytes aligned to 4.
    let head: [UInt8] = [4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 0x47, 0x4e, 0x55, 0]
    let limit = min(file.count, 1 << 16)
    for at in stride(from: 0, to: max(limit - 36, 0), by: 4) where file[at..<at + 16].elementsEqual(head) {
        return file[at + 16..<at + 36].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    return nil
}
