public import PrecastWasmModel

/// A bounded cursor over a module's bytes.
///
/// Reads beyond the end throw; the module's bytes live as long as any reader of them. LEB128 integers are read strictly:
/// at most the bytes that the width needs, and the unused bits of the last one must extend the value
/// (WebAssembly core specification, section 5.2.2).
public struct ByteReader: @unchecked Sendable {
    public let bytes: ModuleBytes
    @usableFromInline let base: UnsafeRawPointer
    @usableFromInline var cursor: Int
    /// The byte offset in the module of the next byte.
    @inlinable public var position: Int { cursor }
    /// The offset behind the last byte.
    public let end: Int

    /// A reader of all bytes.
    public init(_ bytes: ModuleBytes) { self.init(bytes, from: 0, to: bytes.count) }

    /// A reader of the bytes of `range`. - Precondition: `range` lies within `bytes`.
    public init(_ bytes: ModuleBytes, _ range: ByteRange) { self.init(bytes, from: Int(range.start), to: Int(range.end)) }

    init(_ bytes: ModuleBytes, from start: Int, to end: Int) {
        precondition(0 <= start && start <= end && end <= bytes.count)
        self.bytes = bytes
        base = bytes.buffer.baseAddress!
        cursor = start
        self.end = end
    }

    @inlinable public var isAtEnd: Bool { cursor == end }
    @inlinable public var remaining: Int { end - position }

    @inline(never)
    static func unexpectedEnd(at offset: Int) -> DecodeError { DecodeError("unexpected end of section or function", at: offset) }

    @inline(__always)
    public mutating func readByte() throws(DecodeError) -> UInt8 {
        guard position < end else { throw Self.unexpectedEnd(at: position) }
        defer { cursor &+= 1 }
        return base.load(fromByteOffset: position, as: UInt8.self)
    }

    /// The next byte, left in place.
    public func peekByte() throws(DecodeError) -> UInt8 {
        guard position < end else { throw Self.unexpectedEnd(at: position) }
        return base.load(fromByteOffset: position, as: UInt8.self)
    }

    /// Skips `count` bytes and returns their range.
    public mutating func readRange(count: Int) throws(DecodeError) -> ByteRange {
        guard count <= remaining else {
            throw DecodeError(
                "length out of bounds: unexpected end of section or function, \(count) bytes expected and \(remaining) left", at: position)
        }
        defer { cursor += count }
        return ByteRange(start: UInt32(position), end: UInt32(position + count))
    }

    @inline(__always)
    public mutating func readU32() throws(DecodeError) -> UInt32 {
        if position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < 0x80 {
                cursor &+= 1
                return UInt32(byte)
            }
        }
        return UInt32(truncatingIfNeeded: try readUnsigned(width: 32))
    }

    @inline(__always)
    public mutating func readU64() throws(DecodeError) -> UInt64 {
        if position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < 0x80 {
                cursor &+= 1
                return UInt64(byte)
            }
        }
        return try readUnsigned(width: 64)
    }

    @inline(__always)
    public mutating func readS32() throws(DecodeError) -> Int32 {
        if position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < 0x80 {
                cursor &+= 1
                return Int32(truncatingIfNeeded: Int8(bitPattern: byte << 1) >> 1)
            }
        }
        return Int32(truncatingIfNeeded: try readSigned(width: 32))
    }

    /// The 33-bit integer that holds either a type index or a negative type code.
    public mutating func readS33() throws(DecodeError) -> Int64 { try readSigned(width: 33) }

    public mutating func readS64() throws(DecodeError) -> Int64 { try readSigned(width: 64) }

    /// A byte of the integer that began at `start`. One that runs over the end is judged by the bytes that follow in the module, since its
    /// being too long is the likelier mistake.
    private mutating func readIntegerByte(_ start: Int, _ width: Int) throws(DecodeError) -> UInt8 {
        guard position == end, position > start, end < bytes.count else { return try readByte() }
        var beyond = ByteReader(bytes, from: start, to: min(bytes.count, start + 10))
        _ = try beyond.readUnsigned(width: width)
        throw Self.unexpectedEnd(at: position)
    }

    @inline(never)
    mutating func readUnsigned(width: Int) throws(DecodeError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift = 0
        while true {
            let byte = try readIntegerByte(start, width)
            value |= UInt64(byte & 0x7F) &<< UInt64(shift)
            if shift + 7 >= width {
                if byte & 0x80 != 0 { throw DecodeError("integer representation too long", at: start) }
                if byte >> (width - shift) != 0 { throw DecodeError("integer too large", at: start) }
                return value
            }
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    @inline(never)
    mutating func readSigned(width: Int) throws(DecodeError) -> Int64 {
        let start = position
        var value: Int64 = 0
        var shift = 0
        while true {
            let byte = try readIntegerByte(start, width)
            value |= Int64(byte & 0x7F) &<< Int64(shift)
            if shift + 7 >= width {
                if byte & 0x80 != 0 { throw DecodeError("integer representation too long", at: start) }
                let extended = Int8(bitPattern: byte << 1) >> 1
                let excess = extended >> (width - shift - 1)
                if excess != 0 && excess != -1 { throw DecodeError("integer too large", at: start) }
                return (value &<< Int64(64 - width)) >> Int64(64 - width)
            }
            shift += 7
            if byte & 0x80 == 0 { return (value &<< Int64(64 - shift)) >> Int64(64 - shift) }
        }
    }

    public mutating func readFixed32() throws(DecodeError) -> UInt32 {
        guard remaining >= 4 else { throw Self.unexpectedEnd(at: position) }
        defer { cursor &+= 4 }
        return UInt32(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    }

    public mutating func readFixed64() throws(DecodeError) -> UInt64 {
        guard remaining >= 8 else { throw Self.unexpectedEnd(at: position) }
        defer { cursor &+= 8 }
        return UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// The range of a name, which is checked to be well-formed UTF-8 of at most `maximum` bytes.
    public mutating func readNameRange(maximum: Int) throws(DecodeError) -> ByteRange {
        let start = position
        if isAtEnd { _ = try readRange(count: 1) }
        let count = Int(try readU32())
        let range = try readRange(count: count)
        if count > maximum { throw .limit("name too long", found: UInt64(count), maximum: maximum, at: start) }
        guard isWellFormedUTF8(UnsafeRawBufferPointer(start: base + Int(range.start), count: count)) else {
            throw DecodeError("malformed UTF-8 encoding", at: Int(range.start))
        }
        return range
    }

    public mutating func readName(maximum: Int) throws(DecodeError) -> String { bytes.text(try readNameRange(maximum: maximum)) }

    /// The number of entries of a vector. An entry takes a byte at least, so a huge number is refused before anything is reserved for it.
    public mutating func readCount(_ what: StaticString, maximum: Int) throws(DecodeError) -> Int {
        let start = position
        let count = Int(try readU32())
        if count > maximum { throw .limit("too many \(what)", found: UInt64(count), maximum: maximum, at: start) }
        if count > remaining {
            throw DecodeError(
                "length out of bounds: unexpected end of section or function, \(count) \(what) in \(remaining) bytes", at: start)
        }
        return count
    }
}

/// Whether `bytes` are UTF-8 without overlong forms, surrogates or values above U+10FFFF (the Unicode Standard, table 3-7).
func isWellFormedUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    while position < bytes.count {
        let lead = bytes[position]
        position += 1
        if lead < 0x80 { continue }
        let continuations: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: continuations = 1
        case 0xE0: (continuations, second) = (2, 0xA0...0xBF)
        case 0xED: (continuations, second) = (2, 0x80...0x9F)
        case 0xE1...0xEF: continuations = 2
        case 0xF0: (continuations, second) = (3, 0x90...0xBF)
        case 0xF1...0xF3: continuations = 3
        case 0xF4: (continuations, second) = (3, 0x80...0x8F)
        default: return false
        }
        guard bytes.count - position >= continuations, second.contains(bytes[position]) else { return false }
        for next in position + 1..<position + continuations where bytes[next] & 0xC0 != 0x80 { return false }
        position += continuations
    }
    return true
}
