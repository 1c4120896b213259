internal import PrecastEntities
internal import PrecastWasmModel
internal import PrecastWasmTypes

// Element and data segments, and the constant expressions in them.
extension ModuleDecoder {
    /// Reads operators up to the `end` that matches none, and keeps all others. Which operators are constant is for validation to say.
    mutating func readConstantExpression(_ reader: inout ByteReader) throws(DecodeError) -> ConstantExpression {
        let offset = UInt32(reader.position)
        let start = UInt32(module.constantOperators.count)
        var operators = OperatorReader(reader, gate, limits)
        var depth = 0
        while true {
            let next = try operators.readOperator()
            switch next.opcode {
            case .block, .loop, .if, .tryTable: depth += 1
            case .end where depth == 0:
                reader = operators.reader
                gate.note(operators.usedFeatures)
                return ConstantExpression(start: start, end: UInt32(module.constantOperators.count), offset: offset)
            case .end: depth -= 1
            default: break
            }
            module.constantOperators.append(next)
        }
    }

    mutating func readElements(_ reader: inout ByteReader) throws(DecodeError) {
        let count = try reader.readCount("element segments", maximum: limits.elementSegments)
        module.elements.reserveCapacity(count)
        for _ in 0..<count { module.elements.append(try readElement(&reader)) }
    }

    /// Bit 0 of the flags: passive or declarative; bit 1: declarative, or a table index follows; bit 2: expressions, not functions.
    private mutating func readElement(_ reader: inout ByteReader) throws(DecodeError) -> ElementSegment {
        let start = reader.position
        let flags = try reader.readU32()
        guard flags <= 7 else { throw DecodeError("malformed elements segment kind \(flags)", at: start) }
        if flags != 0 { try gate.require(.bulkMemory, "malformed elements segment kind", at: start) }
        let mode: ElementSegment.Mode
        if flags & 1 != 0 {
            mode = flags & 2 != 0 ? .declarative : .passive
        } else {
            let table = TableIndex(rawValue: flags & 2 != 0 ? try reader.readU32() : 0)
            mode = .active(table, offset: try readConstantExpression(&reader))
        }
        let hasType = flags & 3 != 0
        if flags & 4 == 0 {
            if hasType { try readElementKind(&reader) }
            return ElementSegment(
                type: ReferenceType(.function, isNullable: !gate.allows(.functionReferences)), mode: mode, items: .functions(try readFunctionIndices(&reader)), offset: UInt32(start))
        }
        let type = hasType ? try reader.readReferenceType(&gate) : .function
        return ElementSegment(type: type, mode: mode, items: .expressions(try readExpressions(&reader)), offset: UInt32(start))
    }

    private func readElementKind(_ reader: inout ByteReader) throws(DecodeError) {
        let start = reader.position
        let kind = try reader.readByte()
        guard kind == 0 else { throw DecodeError("malformed element kind \(kind)", at: start) }
    }

    private func readFunctionIndices(_ reader: inout ByteReader) throws(DecodeError) -> [FunctionIndex] {
        let count = try reader.readCount("elements", maximum: limits.segmentElements)
        var functions: [FunctionIndex] = []
        functions.reserveCapacity(count)
        for _ in 0..<count { functions.append(FunctionIndex(rawValue: try reader.readU32())) }
        return functions
    }

    private mutating func readExpressions(_ reader: inout ByteReader) throws(DecodeError) -> [ConstantExpression] {
        let count = try reader.readCount("elements", maximum: limits.segmentElements)
        var expressions: [ConstantExpression] = []
        expressions.reserveCapacity(count)
        for _ in 0..<count { expressions.append(try readConstantExpression(&reader)) }
        return expressions
    }

    mutating func readData(_ reader: inout ByteReader) throws(DecodeError) {
        let count = try reader.readCount("data segments", maximum: limits.dataSegments)
        module.data.reserveCapacity(count)
        for _ in 0..<count {
            let start = reader.position
            let flags = try reader.readU32()
            guard flags <= 2 else { throw DecodeError("malformed data segment kind \(flags)", at: start) }
            if flags != 0 { try gate.require(.bulkMemory, "malformed data segment kind", at: start) }
            var mode = DataSegment.Mode.passive
            if flags != 1 {
                let memory = MemoryIndex(rawValue: flags == 2 ? try reader.readU32() : 0)
                mode = .active(memory, offset: try readConstantExpression(&reader))
            }
            let size = Int(try reader.readU32())
            module.data.append(DataSegment(mode: mode, contents: try reader.readRange(count: size), offset: UInt32(start)))
        }
    }
}
