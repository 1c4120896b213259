internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

// The type section: recursion groups of subtypes of composite types. WebAssembly core specification, sections 5.3.10 to 5.3.12.
extension ModuleDecoder {
    mutating func readTypes(_ reader: inout ByteReader) throws(DecodeError) {
        let count = try reader.readCount("types", maximum: limits.types)
        module.types.reserveCapacity(count)
        module.subtyping.reserveCapacity(count)
        module.recursionGroups.reserveCapacity(count)
        for _ in 0..<count { try readRecursionGroup(&reader) }
    }

    private mutating func readRecursionGroup(_ reader: inout ByteReader) throws(DecodeError) {
        let start = reader.position
        let first = module.types.count
        var members = 1
        if try reader.peekByte() == 0x4E {
            try gate.require(.gc, "malformed type form", at: start)
            _ = try reader.readByte()
            members = try reader.readCount("types", maximum: limits.types)
        }
        if first + members > limits.types {
            throw .limit("too many types", found: UInt64(first + members), maximum: limits.types, at: start)
        }
        for _ in 0..<members { try readSubtype(&reader) }
        module.recursionGroups.append(first..<module.types.count)
    }

    private mutating func readSubtype(_ reader: inout ByteReader) throws(DecodeError) {
        var start = reader.position
        var form = try reader.readByte()
        var subtyping = Subtyping(offset: UInt32(start))
        if form == 0x50 || form == 0x4F {
            try gate.require(.gc, "malformed type form", at: start)
            subtyping.isFinal = form == 0x4F
            let count = try reader.readCount("supertypes", maximum: .max)
            if count > 1 { throw .limit("too many supertypes", found: UInt64(count), maximum: 1, at: start) }
            if count == 1 { subtyping.supertype = TypeIndex(rawValue: try readTypeIndex(&reader)) }
            start = reader.position
            form = try reader.readByte()
        }
        module.types.append(try reader.readCompositeType(form: form, at: start, &gate, limits))
        module.subtyping.append(subtyping)
    }

    /// An index that differs from ``TypeIndex/none``: the largest one of all is as unknown as the next.
    private func readTypeIndex(_ reader: inout ByteReader) throws(DecodeError) -> UInt32 { min(try reader.readU32(), .max - 1) }
}
