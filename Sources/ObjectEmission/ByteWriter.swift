import PrecastArtifactFormat

extension [UInt8] {
    mutating func append16(_ value: UInt16) { appendLittleEndian(value) }
    mutating func append32(_ value: UInt32) { appendLittleEndian(value) }
    mutating func append64(_ value: UInt64) { appendLittleEndian(value) }

    mutating func appendLittleEndian<T: FixedWidthInteger>(_ value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    mutating func appendULEB128(_ value: UInt64) {
        var rest = value
        repeat {
            let byte = UInt8(truncatingIfNeeded: rest & 0x7f)
            rest >>= 7
            append(rest == 0 ? byte : byte | 0x80)
        } while rest != 0
    }

    mutating func appendSLEB128(_ value: Int64) {
        var rest = value
        while true {
            let byte = UInt8(truncatingIfNeeded: rest & 0x7f)
            rest >>= 7
            let isLast = (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0)
            append(isLast ? byte : byte | 0x80)
            if isLast { return }
        }
    }

    mutating func pad(to alignment: Int, with fill: UInt8 = 0) {
        let rest = count % alignment
        if rest != 0 { append(contentsOf: repeatElement(fill, count: alignment - rest)) }
    }

    /// - Precondition: the field is inside.
    mutating func patch32(at offset: Int, _ value: UInt32) {
        precondition(offset >= 0 && offset + 4 <= count)
        withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self) }
    }

    /// The bytes of `records`, one after the other.
    init<Record: ArtifactRecord>(records: [Record]) {
        self.init(unsafeUninitializedCapacity: records.count * Record.size) { buffer, count in
            buffer.initialize(repeating: 0)
            if let base = UnsafeMutableRawBufferPointer(buffer).baseAddress {
                for (i, record) in records.enumerated() { record.store(RecordBuffer(base + i * Record.size)) }
            }
            count = buffer.count
        }
    }
}

/// The name pool: each distinct run of bytes once, in order of first use.
struct NamePool {
    private(set) var bytes: [UInt8] = []
    private var references: [[UInt8]: NameReference] = [:]

    mutating func add(_ name: [UInt8]?) throws(EmissionError) -> NameReference {
        guard let name else { return .none }
        if let known = references[name] { return known }
        guard bytes.count + name.count < Int(UInt32.max) else {
            throw .tooLarge(what: "the name pool", byteCount: UInt64(bytes.count + name.count), limit: UInt64(UInt32.max))
        }
        let reference = NameReference(offset: UInt32(bytes.count), length: UInt32(name.count))
        bytes += name
        references[name] = reference
        return reference
    }
}
