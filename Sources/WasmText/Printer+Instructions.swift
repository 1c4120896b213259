import PrecastEntities
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTypes

/// The labels around an instruction, innermost last.
struct LabelStack {
    private var names: [[UInt8]?] = []
    /// By name, the positions of the labels that have it, innermost last.
    private var positions: [[UInt8]: [Int]] = [:]

    var count: Int { names.count }

    mutating func push(_ name: [UInt8]?) {
        if let name { positions[name, default: []].append(names.count) }
        names.append(name)
    }

    /// Does nothing when no label is open, as in modules that are not valid.
    mutating func pop() {
        if let last = names.popLast(), let name = last { _ = positions[name]?.popLast() }
    }

    /// The name of the label at a relative depth, unless it has none or an inner one hides it.
    func name(depth: UInt32) -> [UInt8]? {
        let position = names.count - 1 - Int(depth)
        guard position >= 0, let name = names[position], positions[name]?.last == position else { return nil }
        return name
    }
}

/// What printing an instruction needs to know about the body around it.
struct BodyContext {
    var labels = LabelStack()
    var localNames: [UInt32: PrintedName] = [:]
    /// The name of the block that the instruction begins.
    var blockName: [UInt8]?
    var targets: [UInt32] = []
    var clauses: [CatchClause] = []
    var selectTypes: [ValueType] = []
}

extension Printer {
    /// An operator and its immediates, without parentheses.
    mutating func writeInstruction(_ instruction: Operator, _ context: BodyContext) throws(PrintError) {
        out.write(instruction.opcode.mnemonic)
        switch instruction.opcode.immediates {
        case .none, .zeroByte: break
        case .blockType, .tryTable:
            if let name = context.blockName {
                out.bytes.append(0x20)
                out.writeIdentifier(name)
            }
            writeBlockType(instruction.blockType)
            if instruction.opcode == .tryTable { try writeClauses(instruction, context) }
        case .label: writeLabel(instruction.index, context)
        case .labelTable:
            guard context.targets.count == Int(instruction.count) else { throw unprintable(instruction) }
            for target in context.targets { writeLabel(target, context) }
            writeLabel(instruction.index, context)
        case .function: writeIndex(.function, instruction.index)
        case .local: writeLocal(instruction.index, context)
        case .global: writeIndex(.global, instruction.index)
        case .table: writeIndex(.table, instruction.index)
        case .memory: if instruction.index != 0 { writeIndex(.memory, instruction.index) }
        case .data: writeIndex(.data, instruction.index)
        case .element: writeIndex(.element, instruction.index)
        case .type: writeIndex(.type, instruction.index)
        case .tag: writeIndex(.tag, instruction.index)
        case .valueTypes:
            let types = instruction.count == 1 ? [instruction.valueType] : context.selectTypes
            guard types.count == Int(instruction.count) else { throw unprintable(instruction) }
            out.write(" (result")
            for type in types { writeType(type) }
            out.write(")")
        case .heapType: writeHeapType(instruction.heapType)
        case .castType: writeType(instruction.castTarget)
        case .i32: out.write(" \(instruction.i32)")
        case .i64: out.write(" \(instruction.i64)")
        case .f32:
            out.bytes.append(0x20)
            out.writeFloat(UInt64(instruction.f32Bits), .f32)
        case .f64:
            out.bytes.append(0x20)
            out.writeFloat(instruction.f64Bits, .f64)
        case .v128:
            out.write(" i32x4")
            for word in [instruction.v128.low, instruction.v128.high] {
                out.write(" 0x" + String(word & 0xFFFF_FFFF, radix: 16) + " 0x" + String(word >> 32, radix: 16))
            }
        case .shuffle: for position in 0..<16 { out.write(" \(instruction.shuffleLane(position))") }
        case .lane: out.write(" \(instruction.lane)")
        case .memoryArgument: writeMemoryArgument(instruction)
        case .memoryArgumentAndLane:
            writeMemoryArgument(instruction)
            out.write(" \(instruction.lane)")
        default: writePair(instruction, context)
        }
    }

    private func unprintable(_ instruction: Operator) -> PrintError {
        .unprintable("the text format cannot say what this \(instruction.opcode.mnemonic) says", offset: Int(instruction.offset))
    }

    private mutating func writePair(_ instruction: Operator, _ context: BodyContext) {
        let (first, second) = (instruction.index, instruction.secondIndex)
        switch instruction.opcode.immediates {
        case .typeAndTable:
            if second != 0 { writeIndex(.table, second) }
            writeTypeUse(TypeIndex(rawValue: first))
        case .typeAndField:
            writeIndex(.type, first)
            out.write(" \(second)")
        case .typeAndCount:
            writeIndex(.type, first)
            out.write(" \(second)")
        case .typeAndData:
            writeIndex(.type, first)
            writeIndex(.data, second)
        case .typeAndElement:
            writeIndex(.type, first)
            writeIndex(.element, second)
        case .typeAndType:
            writeIndex(.type, first)
            writeIndex(.type, second)
        case .dataAndMemory:
            if second != 0 { writeIndex(.memory, second) }
            writeIndex(.data, first)
        case .elementAndTable:
            if second != 0 { writeIndex(.table, second) }
            writeIndex(.element, first)
        case .memoryAndMemory: writeBoth(.memory, first, second)
        case .tableAndTable: writeBoth(.table, first, second)
        case .castBranch:
            writeLabel(first, context)
            writeType(instruction.branchCastSource)
            writeType(instruction.branchCastTarget)
        default: preconditionFailure("no pair of indices")
        }
    }

    private mutating func writeBoth(_ space: IndexSpace, _ first: UInt32, _ second: UInt32) {
        if first == 0, second == 0 { return }
        writeIndex(space, first)
        writeIndex(space, second)
    }

    private mutating func writeLabel(_ depth: UInt32, _ context: BodyContext) {
        out.bytes.append(0x20)
        if let name = context.labels.name(depth: depth) { out.writeIdentifier(name) } else { out.write(depth) }
    }

    private mutating func writeLocal(_ index: UInt32, _ context: BodyContext) {
        out.bytes.append(0x20)
        if let identifier = context.localNames[index]?.identifier { out.writeIdentifier(identifier) } else { out.write(index) }
    }

    private mutating func writeBlockType(_ type: BlockType) {
        switch type.kind {
        case .empty: break
        case .value(let result): writeTypes("result", [result])
        case .function(let index):
            writeTypeUse(index)
            if let type = module.functionType(index) { writeSignature(type) }
        }
    }

    private mutating func writeClauses(_ instruction: Operator, _ context: BodyContext) throws(PrintError) {
        guard context.clauses.count == Int(instruction.count) else { throw unprintable(instruction) }
        for clause in context.clauses {
            let hasTag = clause.kind == .tag || clause.kind == .tagReference
            let word =
                switch clause.kind {
                case .tag: "catch"
                case .tagReference: "catch_ref"
                case .all: "catch_all"
                case .allReference: "catch_all_ref"
                }
            out.write(" (\(word)")
            if hasTag { writeIndex(.tag, clause.tag.rawValue) }
            writeLabel(clause.label, context)
            out.write(")")
        }
    }

    private mutating func writeMemoryArgument(_ instruction: Operator) {
        if instruction.index != 0 { writeIndex(.memory, instruction.index) }
        if instruction.memoryOffset != 0 { out.write(" offset=\(instruction.memoryOffset)") }
        if instruction.alignment != instruction.opcode.naturalAlignment { out.write(" align=\(UInt64(1) << UInt64(instruction.alignment))") }
    }
}
