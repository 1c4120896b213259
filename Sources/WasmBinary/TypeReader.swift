internal import PrecastWasmModel
internal import PrecastWasmTypes

extension ByteReader {
    /// A value type. WebAssembly core specification, section 5.3.
    mutating func readValueType(_ features: FeatureSet) throws(DecodeError) -> ValueType {
        let start = position
        switch try readByte() {
        case 0x7F: return .i32
        case 0x7E: return .i64
        case 0x7D: return .f32
        case 0x7C: return .f64
        case 0x7B:
            throw .needs(.simd, "malformed value type", at: start, enabled: features)
        case let code:
            return .reference(try referenceType(code: code, at: start, "malformed value type", features))
        }
    }

    /// A reference type, as tables and element segments have it.
    mutating func readReferenceType(_ features: FeatureSet) throws(DecodeError) -> ReferenceType {
        let start = position
        let code = try readByte()
        if code == 0x70 { return .function }
        return try referenceType(code: code, at: start, "malformed reference type", features)
    }

    private func referenceType(
        code: UInt8, at start: Int, _ wording: String, _ features: FeatureSet
    ) throws(DecodeError) -> ReferenceType {
        switch code {
        case 0x70, 0x6F:
            guard features.contains(.referenceTypes) else { throw .needs(.referenceTypes, wording, at: start, enabled: features) }
            return code == 0x70 ? .function : .extern
        case 0x63, 0x64: throw .needs(.functionReferences, wording, at: start, enabled: features)
        case 0x69, 0x74: throw .needs(.exceptions, wording, at: start, enabled: features)
        case 0x6A...0x6E, 0x71...0x73: throw .needs(.gc, wording, at: start, enabled: features)
        default: throw DecodeError("\(wording) 0x\(String(code, radix: 16))", at: start)
        }
    }

    /// The heap type of `ref.null`.
    mutating func readHeapType(_ features: FeatureSet) throws(DecodeError) -> HeapType {
        let start = position
        let code = try readS33()
        switch code {
        case -0x10: return .function
        case -0x11: return .extern
        case 0...: throw .needs(.functionReferences, "malformed heap type", at: start, enabled: features)
        case -0x17, -0x0C: throw .needs(.exceptions, "malformed heap type", at: start, enabled: features)
        case -0x16 ... -0x12, -0x0F ... -0x0D: throw .needs(.gc, "malformed heap type", at: start, enabled: features)
        default: throw DecodeError("malformed heap type \(code)", at: start)
        }
    }

    /// The type of a block: nothing, a value type's code, or a type index.
    mutating func readBlockType(_ features: FeatureSet) throws(DecodeError) -> BlockType {
        let start = position
        let first = try peekByte()
        if first == 0x40 {
            cursor &+= 1
            return .empty
        }
        if first & 0xC0 == 0x40 { return .value(try readValueType(features)) }
        let index = try readS33()
        guard index >= 0, index <= Int64(UInt32.max) else { throw DecodeError("malformed block type", at: start) }
        guard features.contains(.multiValue) else { throw .needs(.multiValue, "malformed block type", at: start, enabled: features) }
        return .function(TypeIndex(rawValue: UInt32(index)))
    }

    mutating func readFunctionType(_ features: FeatureSet, _ limits: ImplementationLimits) throws(DecodeError) -> FunctionType {
        let parameters = try readValueTypes("parameters", maximum: limits.parameters, features)
        let start = position
        let results = try readValueTypes("results", maximum: limits.results, features)
        if results.count > 1 && !features.contains(.multiValue) {
            throw .needs(.multiValue, "invalid result arity", at: start, enabled: features)
        }
        return FunctionType(parameters: parameters, results: results)
    }

    private mutating func readValueTypes(
        _ what: StaticString, maximum: Int, _ features: FeatureSet
    ) throws(DecodeError) -> [ValueType] {
        let count = try readCount(what, maximum: maximum)
        var types: [ValueType] = []
        types.reserveCapacity(count)
        for _ in 0..<count { types.append(try readValueType(features)) }
        return types
    }

    /// What the flags of a memory's or table's limits say.
    private struct LimitsFlags {
        var hasMaximum, isShared, is64, hasPageSize: Bool
    }

    private mutating func readLimitsFlags(_ features: FeatureSet, isMemory: Bool) throws(DecodeError) -> LimitsFlags {
        let start = position
        let flags = try readByte()
        guard flags <= (isMemory ? 0x0F : 0x07), isMemory || flags & 2 == 0 else {
            if flags & 0x80 != 0 { throw DecodeError("malformed limits flags: integer representation too long", at: start) }
            throw DecodeError("malformed limits flags 0x\(String(flags, radix: 16)), integer too large", at: start)
        }
        for (bit, feature) in [(2, .threads), (4, .memory64), (8, .customPageSizes)] as [(UInt8, Feature)] {
            if flags & bit != 0 && !features.contains(feature) {
                throw .needs(feature, "malformed limits flags", at: start, enabled: features)
            }
        }
        return LimitsFlags(hasMaximum: flags & 1 != 0, isShared: flags & 2 != 0, is64: flags & 4 != 0, hasPageSize: flags & 8 != 0)
    }

    /// The bounds are 64 bits wide whatever the address type; validation narrows them, as in WebAssembly 3.0.
    private mutating func readLimits(_ flags: LimitsFlags) throws(DecodeError) -> Limits {
        let minimum = try readU64()
        return Limits(minimum: minimum, maximum: flags.hasMaximum ? try readU64() : nil)
    }

    mutating func readMemoryType(_ features: FeatureSet) throws(DecodeError) -> MemoryType {
        let flags = try readLimitsFlags(features, isMemory: true)
        let limits = try readLimits(flags)
        let start = position
        let pageSizeLog2 = flags.hasPageSize ? try readU32() : 16
        guard pageSizeLog2 < 64 else { throw DecodeError("invalid custom page size", at: start) }
        return MemoryType(limits: limits, is64: flags.is64, isShared: flags.isShared, pageSizeLog2: UInt8(pageSizeLog2))
    }

    mutating func readTableType(_ features: FeatureSet) throws(DecodeError) -> TableType {
        let element = try readReferenceType(features)
        let flags = try readLimitsFlags(features, isMemory: false)
        return TableType(element: element, limits: try readLimits(flags), is64: flags.is64)
    }

    mutating func readGlobalType(_ features: FeatureSet) throws(DecodeError) -> GlobalType {
        let type = try readValueType(features)
        let start = position
        let mutability = try readByte()
        guard mutability <= 1 else { throw DecodeError("malformed mutability 0x\(String(mutability, radix: 16))", at: start) }
        return GlobalType(type, isMutable: mutability == 1)
    }
}
