internal import PrecastWasmModel
internal import PrecastWasmTypes

extension ByteReader {
    /// A value type. WebAssembly core specification, section 5.3.
    mutating func readValueType(_ gate: inout FeatureGate) throws(DecodeError) -> ValueType {
        let start = position
        switch try readByte() {
        case 0x7F: return .i32
        case 0x7E: return .i64
        case 0x7D: return .f32
        case 0x7C: return .f64
        case 0x7B:
            try gate.require(.simd, "malformed value type", at: start)
            return .v128
        case let code:
            return .reference(try readReferenceType(code: code, at: start, "malformed value type", &gate))
        }
    }

    /// A reference type, as tables and element segments have it.
    mutating func readReferenceType(_ gate: inout FeatureGate) throws(DecodeError) -> ReferenceType {
        let start = position
        let code = try readByte()
        if code == 0x70 { return .function }
        return try readReferenceType(code: code, at: start, "malformed reference type", &gate)
    }

    private mutating func readReferenceType(
        code: UInt8, at start: Int, _ wording: String, _ gate: inout FeatureGate
    ) throws(DecodeError) -> ReferenceType {
        switch code {
        case 0x63, 0x64:
            try gate.require(.functionReferences, wording, at: start)
            return ReferenceType(try readHeapType(&gate), isNullable: code == 0x63)
        default:
            return ReferenceType(try Self.abstractHeapType(code: code, at: start, wording, &gate), isNullable: true)
        }
    }

    private static func abstractHeapType(
        code: UInt8, at start: Int, _ wording: String, _ gate: inout FeatureGate
    ) throws(DecodeError) -> HeapType {
        guard let type = HeapType(abstractCode: code) else { throw DecodeError("\(wording) 0x\(String(code, radix: 16))", at: start) }
        switch type {
        case .function, .extern: try gate.require(.referenceTypes, wording, at: start)
        case .exception, .noException: try gate.require(.exceptions, wording, at: start)
        default: try gate.require(.gc, wording, at: start)
        }
        return type
    }

    /// A heap type: a negative code of an abstract one, or a type index. Indices that no module reaches are as good as the largest.
    mutating func readHeapType(_ gate: inout FeatureGate) throws(DecodeError) -> HeapType {
        let start = position
        let code = try readS33()
        if code >= 0 {
            try gate.require(.functionReferences, "malformed heap type", at: start)
            return .concrete(UInt32(min(code, Int64(HeapType.maximumTypeIndex))))
        }
        guard code >= -0x40 else { throw DecodeError("malformed heap type \(code)", at: start) }
        return try Self.abstractHeapType(code: UInt8(truncatingIfNeeded: code) & 0x7F, at: start, "malformed heap type", &gate)
    }

    /// The type of a block: nothing, a value type's code, or a type index.
    mutating func readBlockType(_ gate: inout FeatureGate) throws(DecodeError) -> BlockType {
        let start = position
        let first = try peekByte()
        if first == 0x40 {
            cursor &+= 1
            return .empty
        }
        if first & 0xC0 == 0x40 { return .value(try readValueType(&gate)) }
        let index = try readS33()
        guard index >= 0, index <= Int64(UInt32.max) else { throw DecodeError("malformed block type", at: start) }
        try gate.require(.multiValue, "malformed block type", at: start)
        return .function(TypeIndex(rawValue: UInt32(index)))
    }

    /// The type after its form byte, which stood at `start`.
    mutating func readCompositeType(
        form: UInt8, at start: Int, _ gate: inout FeatureGate, _ limits: ImplementationLimits
    ) throws(DecodeError) -> CompositeType {
        switch form {
        case 0x60: return .function(try readFunctionType(&gate, limits))
        case 0x5F:
            try gate.require(.gc, "malformed type form", at: start)
            let count = try readCount("fields", maximum: limits.fields)
            var fields: [FieldType] = []
            fields.reserveCapacity(count)
            for _ in 0..<count { fields.append(try readFieldType(&gate)) }
            return .structure(StructType(fields: fields))
        case 0x5E:
            try gate.require(.gc, "malformed type form", at: start)
            return .array(ArrayType(element: try readFieldType(&gate)))
        case 0x80...: throw DecodeError("malformed type form: integer representation too long", at: start)
        default: throw DecodeError("malformed type form 0x\(String(form, radix: 16))", at: start)
        }
    }

    private mutating func readFieldType(_ gate: inout FeatureGate) throws(DecodeError) -> FieldType {
        let storage: StorageType
        switch try peekByte() {
        case 0x78: storage = .i8
        case 0x77: storage = .i16
        default: storage = StorageType(try readValueType(&gate))
        }
        if storage.isPacked { cursor &+= 1 }
        return FieldType(storage, isMutable: try readMutability())
    }

    private mutating func readMutability() throws(DecodeError) -> Bool {
        let start = position
        let mutability = try readByte()
        guard mutability <= 1 else { throw DecodeError("malformed mutability 0x\(String(mutability, radix: 16))", at: start) }
        return mutability == 1
    }

    mutating func readFunctionType(_ gate: inout FeatureGate, _ limits: ImplementationLimits) throws(DecodeError) -> FunctionType {
        let parameters = try readValueTypes("parameters", maximum: limits.parameters, &gate)
        let start = position
        let results = try readValueTypes("results", maximum: limits.results, &gate)
        if results.count > 1 { try gate.require(.multiValue, "invalid result arity", at: start) }
        return FunctionType(parameters: parameters, results: results)
    }

    private mutating func readValueTypes(
        _ what: StaticString, maximum: Int, _ gate: inout FeatureGate
    ) throws(DecodeError) -> [ValueType] {
        let count = try readCount(what, maximum: maximum)
        var types: [ValueType] = []
        types.reserveCapacity(count)
        for _ in 0..<count { types.append(try readValueType(&gate)) }
        return types
    }

    /// What the flags of a memory's or table's limits say.
    private struct LimitsFlags {
        var hasMaximum, isShared, is64, hasPageSize: Bool
    }

    private mutating func readLimitsFlags(_ gate: inout FeatureGate, isMemory: Bool) throws(DecodeError) -> LimitsFlags {
        let start = position
        let flags = try readByte()
        guard flags <= (isMemory ? 0x0F : 0x07), isMemory || flags & 2 == 0 else {
            if flags & 0x80 != 0 { throw DecodeError("malformed limits flags: integer representation too long", at: start) }
            throw DecodeError("malformed limits flags 0x\(String(flags, radix: 16)), integer too large", at: start)
        }
        for (bit, feature) in [(2, .threads), (4, .memory64), (8, .customPageSizes)] as [(UInt8, Feature)] {
            if flags & bit != 0 { try gate.require(feature, "malformed limits flags", at: start) }
        }
        return LimitsFlags(hasMaximum: flags & 1 != 0, isShared: flags & 2 != 0, is64: flags & 4 != 0, hasPageSize: flags & 8 != 0)
    }

    /// The bounds are 64 bits wide whatever the address type; validation narrows them, as in WebAssembly 3.0.
    private mutating func readLimits(_ flags: LimitsFlags) throws(DecodeError) -> Limits {
        let minimum = try readU64()
        return Limits(minimum: minimum, maximum: flags.hasMaximum ? try readU64() : nil)
    }

    mutating func readMemoryType(_ gate: inout FeatureGate) throws(DecodeError) -> MemoryType {
        let flags = try readLimitsFlags(&gate, isMemory: true)
        let limits = try readLimits(flags)
        let start = position
        let pageSizeLog2 = flags.hasPageSize ? try readU32() : 16
        guard pageSizeLog2 < 64 else { throw DecodeError("invalid custom page size", at: start) }
        return MemoryType(limits: limits, is64: flags.is64, isShared: flags.isShared, pageSizeLog2: UInt8(pageSizeLog2))
    }

    mutating func readTableType(_ gate: inout FeatureGate) throws(DecodeError) -> TableType {
        let element = try readReferenceType(&gate)
        let flags = try readLimitsFlags(&gate, isMemory: false)
        return TableType(element: element, limits: try readLimits(flags), is64: flags.is64)
    }

    mutating func readGlobalType(_ gate: inout FeatureGate) throws(DecodeError) -> GlobalType {
        let type = try readValueType(&gate)
        return GlobalType(type, isMutable: try readMutability())
    }
}
