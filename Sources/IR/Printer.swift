import PrecastEntities

/// Prints a function in the text form that docs/ir.md defines and ``parseFunction(_:)`` reads back.
///
/// Values and blocks keep their numbers, so that dumps before and after a pass can be compared; aliases are resolved and
/// never printed. Printing what was parsed from printed text gives the same text.
public func print(_ function: borrowing Function) -> String {
    var printer = Printer()
    printer.function(function)
    return printer.text
}

/// The text of one instruction, without indentation and location.
public func print(_ inst: Inst, of function: borrowing Function) -> String {
    var printer = Printer()
    printer.instruction(inst, function)
    return printer.text
}

extension Signature {
    /// `(i64 context, i32) -> i32 precast`
    public var description: String {
        var text = "(" + parameters.map(\.description).joined(separator: ", ") + ")"
        if !results.isEmpty { text += " -> " + results.map(\.description).joined(separator: ", ") }
        return text + " " + convention.name
    }
}

extension ABIParameter {
    public var description: String { purpose == .normal ? type.name : type.name + " " + purpose.name }
}

extension ExceptionHandler.Retention {
    static let named: [(String, ExceptionHandler.Retention)] = [("ref", .kept), ("rethrown", .rethrown)]
    fileprivate var prefix: String { Self.named.first { $0.1 == self }.map { $0.0 + " " } ?? "" }
}

extension ABIParameter.Purpose {
    static let named: [(String, ABIParameter.Purpose)] = [("context", .context), ("caller_context", .callerContext)]
    var name: String { Self.named.first { $0.1 == self }?.0 ?? "normal" }
}

extension Signature.Convention {
    static let named: [(String, Signature.Convention)] = [("precast", .precast), ("system_v", .systemV)]
    public var name: String { Self.named.first { $0.1 == self }?.0 ?? "" }
}

private struct Printer {
    var text = ""

    mutating func function(_ function: borrowing Function) {
        text += "function \(function.number)\(function.signature.description) {\n"
        declarations(function)
        var block = function.layout.firstBlock
        while block.isSome {
            header(block, function)
            var inst = function.layout.first(block)
            while inst.isSome {
                text += "    "
                instruction(inst, function)
                location(inst, function)
                text += "\n"
                inst = function.layout.next(inst)
            }
            block = function.layout.next(block)
        }
        text += "}\n"
    }

    private mutating func declarations(_ function: borrowing Function) {
        for key in function.dfg.signatures.keys {
            text += "    sig\(key.rawValue) = \(function.dfg.signatures[key].description)\n"
        }
        for key in function.dfg.functions.keys {
            let callee = function.dfg.functions[key]
            text += "    fn\(key.rawValue) = function \(callee.number) sig\(callee.signature.rawValue)\n"
        }
        for key in function.dfg.stackSlots.keys {
            let slot = function.dfg.stackSlots[key]
            text += "    ss\(key.rawValue) = stack_slot \(slot.size) align \(slot.alignment)\n"
        }
        for key in function.dfg.vectorConstants.keys {
            let constant = function.dfg.vectorConstants[key]
            text += "    vc\(key.rawValue) = vector \(constant.low) \(constant.high)\n"
        }
    }

    private mutating func header(_ block: Block, _ function: borrowing Function) {
        text += "block\(block.rawValue)"
        let count = function.dfg.parameterCount(block)
        if count > 0 {
            text += "("
            for i in 0..<count {
                let value = function.dfg.parameter(block, i)
                if i > 0 { text += ", " }
                text += "v\(value.rawValue): \(function.dfg.type(value).name)"
            }
            text += ")"
        }
        if function.dfg.blocks[block].isCold { text += " cold" }
        text += ":\n"
    }

    private mutating func location(_ inst: Inst, _ function: borrowing Function) {
        var location = inst.index < function.dfg.locations.count ? function.dfg.locations[inst.index] : .none
        var separator = "  @"
        while location.isSome && function.sourceLocations.contains(location) {
            let data = function.sourceLocations[location]
            text += separator + (data.isMoved ? "~" : "") + String(data.offset, radix: 16)
            if data.inlinedAt.isSome || separator != "  @" || data.function != function.number { text += ":\(data.function)" }
            separator = "<"
            location = data.inlinedAt
        }
    }

    mutating func instruction(_ inst: Inst, _ function: borrowing Function) {
        let count = function.dfg.resultCount(inst)
        for i in 0..<count {
            text += i == 0 ? "" : ", "
            text += "v\(function.dfg.result(inst, i).rawValue)"
        }
        if count > 0 { text += " = " }
        let data = function.dfg.instructions[inst]
        text += data.opcode.name
        suffix(data)
        operands(data, function)
    }

    private mutating func suffix(_ data: InstructionData) {
        switch data.opcode.format {
        case .compareInteger: text += "." + data.integerCondition.name
        case .compareFloat: text += "." + data.floatCondition.name
        case .call, .callIndirect, .conditionalTrap, .jump, .branch, .branchTable, .return, .trap, .tryCall, .tryCallIndirect: break
        case .vectorUnary, .vectorBinary, .vectorTernary: text += "." + data.vectorOperation.name
        case .nullary where data.opcode != .framePointer: break
        case .immediate where data.opcode != .iconst: break
        default: text += "." + data.type.name
        }
    }

    private mutating func operands(_ data: InstructionData, _ function: borrowing Function) {
        switch data.opcode.format {
        case .nullary: break
        case .immediate: text += " " + immediate(data)
        case .vectorConstant: text += " vc\(data.a)"
        case .unary: text += " \(value(data.valueA, function))"
        case .vectorUnary:
            text += " \(value(data.valueA, function))"
            vectorImmediate(data, data.b)
        case .vectorBinary:
            text += " \(value(data.valueA, function)), \(value(data.valueB, function))"
            vectorImmediate(data, data.c)
        case .binary, .compareInteger, .compareFloat:
            text += " \(value(data.valueA, function)), \(value(data.valueB, function))"
        case .ternary, .vectorTernary:
            text += " \(value(data.valueA, function)), \(value(data.valueB, function)), \(value(data.valueC, function))"
        case .load:
            text += " \(value(data.valueA, function))"
            memory(data)
        case .store:
            text += " \(value(data.valueA, function)), \(value(data.valueB, function))"
            memory(data)
        case .atomicLoad:
            text += " \(data.accessSize * 8) \(value(data.valueA, function))"
            access(data.memoryFlags)
        case .atomicStore:
            text += " \(data.accessSize * 8) \(value(data.valueA, function)), \(value(data.valueB, function))"
            access(data.memoryFlags)
        case .atomicUpdate:
            text += " \(data.atomicOperation.name) \(data.accessSize * 8) \(value(data.valueA, function)), \(value(data.valueB, function))"
            access(data.memoryFlags)
        case .atomicCompareExchange:
            text += " \(data.accessSize * 8) \(value(data.valueA, function)), \(value(data.valueB, function)), \(value(data.valueC, function))"
            access(data.memoryFlags)
        case .stackAddress:
            text += " ss\(data.a)"
            if data.b != 0 { text += "+\(data.b)" }
        case .functionAddress: text += " fn\(data.a)"
        case .dataAddress: text += " \(data.a)"
        case .call:
            text += " fn\(data.a)"
            arguments(data.list, function)
        case .callIndirect:
            text += " sig\(data.a), \(value(data.valueB, function))"
            arguments(data.list, function)
        case .tryCall:
            text += " fn\(data.a)"
            arguments(data.list, function)
            exceptionTable(function.dfg.exceptionTables[data.exceptionTable], function)
        case .tryCallIndirect:
            text += " sig\(function.dfg.exceptionTables[data.exceptionTable].signature.rawValue), \(value(data.valueB, function))"
            arguments(data.list, function)
            exceptionTable(function.dfg.exceptionTables[data.exceptionTable], function)
        case .conditionalTrap: text += " \(value(data.valueA, function)), \(data.trapCode)"
        case .jump:
            text += " "
            blockCall(BlockCall(rawValue: data.a), function)
        case .branch:
            text += " \(value(data.valueA, function)), "
            blockCall(BlockCall(rawValue: data.b), function)
            text += ", "
            blockCall(BlockCall(rawValue: data.c), function)
        case .branchTable:
            text += " \(value(data.valueA, function)), "
            for (i, call) in function.dfg.jumpTables[JumpTable(rawValue: data.b)].enumerated() {
                text += i == 0 ? "" : i == 1 ? ", [" : ", "
                blockCall(call, function)
            }
            text += function.dfg.jumpTables[JumpTable(rawValue: data.b)].count > 1 ? "]" : ", []"
        case .return:
            let count = function.dfg.lists.count(data.list)
            for i in 0..<count { text += (i == 0 ? " " : ", ") + value(function.dfg.lists.get(data.list, i), function) }
        case .trap: text += " \(data.trapCode)"
        }
    }

    private func value(_ value: Value, _ function: borrowing Function) -> String {
        function.dfg.values.contains(value) ? "v\(function.dfg.resolve(value).rawValue)" : "v?"
    }

    private mutating func arguments(_ list: EntityList<Value>, _ function: borrowing Function) {
        text += "("
        for i in 0..<function.dfg.lists.count(list) {
            if i > 0 { text += ", " }
            text += value(function.dfg.lists.get(list, i), function)
        }
        text += ")"
    }

    private mutating func exceptionTable(_ table: ExceptionTableData, _ function: borrowing Function) {
        text += ", "
        blockCall(table.normal, function)
        for (i, handler) in table.handlers.enumerated() {
            text += i == 0 ? ", [" : ", "
            text += handler.tag.map { "tag \($0)" } ?? "all"
            text += " " + handler.retention.prefix
            blockCall(handler.call, function)
        }
        text += "]"
    }

    private mutating func blockCall(_ call: BlockCall, _ function: borrowing Function) {
        let data = function.dfg.blockCalls[call]
        text += "block\(data.block.rawValue)"
        if !data.arguments.isEmpty { arguments(data.arguments, function) }
    }

    private mutating func memory(_ data: InstructionData) {
        if data.offset != 0 { text += data.offset > 0 ? "+\(data.offset)" : "\(data.offset)" }
        access(data.memoryFlags)
        if data.memoryFlags.isReadOnly { text += " readonly" }
        if data.memoryFlags.isShared { text += " shared" }
    }
    private mutating func access(_ flags: MemoryFlags) {
        if flags.region != .any { text += " region \(flags.region.rawValue)" }
        if flags.trap != 0 { text += " trap \(flags.trap)" }
    }

    private mutating func vectorImmediate(_ data: InstructionData, _ word: UInt32) {
        switch data.vectorOperation.immediate {
        case .none: break
        case .lane: text += ", \(word)"
        case .shuffle: text += ", vc\(word)"
        }
    }

    private func immediate(_ data: InstructionData) -> String {
        switch data.opcode {
        case .f32const:
            let number = Float(bitPattern: data.a)
            return number.isNaN ? nan(negative: number.sign == .minus, UInt64(data.a & 0x7f_ffff)) : "\(number)"
        case .f64const:
            let bits = UInt64(bitPattern: data.immediate)
            let number = Double(bitPattern: bits)
            return number.isNaN ? nan(negative: number.sign == .minus, bits & 0xf_ffff_ffff_ffff) : "\(number)"
        default: return "\(data.immediate)"
        }
    }
    private func nan(negative: Bool, _ payload: UInt64) -> String {
        (negative ? "-nan:0x" : "nan:0x") + String(payload, radix: 16)
    }
}
