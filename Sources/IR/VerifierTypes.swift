import PrecastEntities

/// The type rules: what each opcode wants of its operands and of its own type.
extension Verifier {
    func types(_ function: borrowing Function) throws(VerifierError) {
        let data = function.dfg.instructions[inst]
        try results(data, function)
        switch data.opcode.format {
        case .call, .callIndirect: try call(data, function)
        case .tryCall, .tryCallIndirect:
            try call(data, function)
            try blockCalls(function)
        case .return: try expectList(data.list, function.signature.results.map(\.type), "result", function)
        case .jump, .branch, .branchTable:
            if data.opcode != .jump { try expect(data.valueA, .i32, function) }
            try blockCalls(function)
        case .conditionalTrap:
            try expect(data.valueA, among: [.i32, .i64], function)
            try trapCode(data.trapCode, function)
        case .trap: try trapCode(data.trapCode, function)
        case .load, .store: try memory(data, function)
        case .atomicLoad, .atomicStore, .atomicUpdate, .atomicCompareExchange: try atomic(data, function)
        case .immediate: try constant(data, function)
        case .compareInteger:
            try condition(data.flags, IntegerCondition.allCases.count, function)
            try expect(data.valueA, among: [.i32, .i64, .reference], function)
            try expect(data.valueB, function.dfg.type(data.valueA), function)
        case .compareFloat:
            try condition(data.flags, FloatCondition.allCases.count, function)
            try expect(data.valueA, among: [.f32, .f64], function)
            try expect(data.valueB, function.dfg.type(data.valueA), function)
        case .stackAddress, .functionAddress, .dataAddress: try own(data, [.i64], function)
        case .nullary: if data.opcode == .framePointer { try own(data, [.i64], function) }
        case .ternary:
            try expect(data.valueA, .i32, function)
            try expect(data.valueB, data.type, function)
            try expect(data.valueC, data.type, function)
        case .vectorConstant:
            try own(data, [.v128], function)
            _ = try vectorConstant(data.a, function)
        case .vectorUnary, .vectorBinary, .vectorTernary: try vector(data, function)
        case .unary: try unary(data, function)
        case .binary:
            try own(data, data.opcode.isFloatArithmetic ? [.f32, .f64] : [.i32, .i64], function)
            try expect(data.valueA, data.type, function)
            try expect(data.valueB, data.type, function)
        }
    }

    private func results(_ data: InstructionData, _ function: borrowing Function) throws(VerifierError) {
        if data.opcode == .call || data.opcode == .callIndirect || data.opcode.isTryCall { return }
        let none = data.opcode.isTerminator || data.opcode.isStore || data.opcode.format == .conditionalTrap
            || data.opcode == .nop || data.opcode == .fence || data.opcode == .atomicStore
        let wanted = none ? 0 : 1
        let count = function.dfg.resultCount(inst)
        if count != wanted { throw error(printing: "\(data.opcode.name) has \(wanted) results, found \(count)", function) }
        if count == 1 && function.dfg.type(function.dfg.result(inst)) != data.type {
            throw error(printing: "the result is \(function.dfg.type(function.dfg.result(inst)).name), the instruction \(data.type.name)", function)
        }
    }

    private func unary(_ data: InstructionData, _ function: borrowing Function) throws(VerifierError) {
        switch data.opcode {
        case .uextend, .sextend:
            try own(data, [.i64], function)
            try expect(data.valueA, .i32, function)
        case .ireduce:
            try own(data, [.i32], function)
            try expect(data.valueA, .i64, function)
        case .fpromote:
            try own(data, [.f64], function)
            try expect(data.valueA, .f32, function)
        case .fdemote:
            try own(data, [.f32], function)
            try expect(data.valueA, .f64, function)
        case .bitcast:
            switch data.type {
            case .i32: try expect(data.valueA, .f32, function)
            case .f32: try expect(data.valueA, .i32, function)
            case .i64: try expect(data.valueA, among: [.f64, .reference], function)
            case .f64, .reference: try expect(data.valueA, .i64, function)
            default: try own(data, [.i32, .i64, .f32, .f64, .reference], function)
            }
        case .fcvtToSigned, .fcvtToUnsigned, .fcvtToSignedSaturating, .fcvtToUnsignedSaturating:
            try own(data, [.i32, .i64], function)
            try expect(data.valueA, among: [.f32, .f64], function)
        case .fcvtFromSigned, .fcvtFromUnsigned:
            try own(data, [.f32, .f64], function)
            try expect(data.valueA, among: [.i32, .i64], function)
        default:
            try own(data, data.opcode.isFloatArithmetic ? [.f32, .f64] : [.i32, .i64], function)
            try expect(data.valueA, data.type, function)
        }
    }

    private func vector(_ data: InstructionData, _ function: borrowing Function) throws(VerifierError) {
        guard let operation = VectorOperation(rawValue: data.flags) else { throw error("vector operation \(data.flags) does not exist") }
        let (opcode, operands, result) = operation.signature
        if opcode != data.opcode { throw error(printing: "\(operation.name) belongs to \(opcode.name)", function) }
        try own(data, [result], function)
        for (value, type) in zip([data.valueA, data.valueB, data.valueC], operands) { try expect(value, type, function) }
        let word = data.opcode == .vunary ? data.b : data.c
        switch operation.immediate {
        case .none: if data.opcode != .vternary && word != 0 { throw error(printing: "\(operation.name) has no lane number", function) }
        case .lane(let count): if word >= count { throw error(printing: "lane \(word) of \(count)", function) }
        case .shuffle:
            let lanes = try vectorConstant(word, function)
            // Every byte is below 32: the three bits above are clear.
            if (lanes.low | lanes.high) & 0xe0e0_e0e0_e0e0_e0e0 != 0 { throw error(printing: "lane numbers of a shuffle are below 32", function) }
        }
    }
    private func vectorConstant(_ number: UInt32, _ function: borrowing Function) throws(VerifierError) -> VectorConstantData {
        guard function.dfg.vectorConstants.contains(VectorConstant(rawValue: number)) else { throw error("there is no vc\(number)") }
        return function.dfg.vectorConstants[VectorConstant(rawValue: number)]
    }

    private func memory(_ data: InstructionData, _ function: borrowing Function) throws(VerifierError) {
        switch data.opcode {
        case .uload32, .sload32, .store32: try own(data, [.i64], function)
        case .load, .store: if data.type == .none { throw error(printing: "no type", function) }
        default: try own(data, [.i32, .i64], function)
        }
        try expect(data.address, .i64, function)
        if data.opcode.isStore {
            try expect(data.valueA, data.type, function)
            if data.memoryFlags.isReadOnly { throw error(printing: "a store to what never changes", function) }
        }
    }

    private func atomic(_ data: InstructionData, _ function: borrowing Function) throws(VerifierError) {
        try own(data, [.i32, .i64], function)
        try expect(data.address, .i64, function)
        if data.opcode != .atomicLoad { try expect(data.valueA, data.type, function) }
        if data.opcode == .atomicCompareExchange { try expect(data.valueB, data.type, function) }
        if data.opcode == .atomicUpdate, data.c >= AtomicOperation.allCases.count { throw error("atomic operation \(data.c) does not exist") }
        if data.accessSize > data.type.byteCount { throw error(printing: "\(data.accessSize) bytes do not fit \(data.type.name)", function) }
    }

    private func constant(_ data: InstructionData, _ function: borrowing Function) throws(VerifierError) {
        switch data.opcode {
        case .f32const:
            try own(data, [.f32], function)
            if data.b != 0 { throw error(printing: "an f32 has 32 bits", function) }
        case .f64const: try own(data, [.f64], function)
        default:
            try own(data, [.i32, .i64, .reference], function)
            if data.type == .i32 && data.immediate != Int64(Int32(truncatingIfNeeded: data.immediate)) {
                throw error(printing: "an i32 constant is kept sign-extended", function)
            }
        }
    }

    private func call(_ data: InstructionData, _ function: borrowing Function) throws(VerifierError) {
        let signature = function.dfg.signatures[function.dfg.callSignature(inst)]
        if data.opcode.format == .callIndirect || data.opcode == .tryCallIndirect { try expect(data.valueB, .i64, function) }
        try expectList(data.list, signature.parameters.map(\.type), "argument", function)
        var wanted = signature.results.map(\.type)
        if data.opcode.isTryCall {
            wanted.append(.i64)
        } else if data.opcode.isTerminator {
            if wanted != function.signature.results.map(\.type) {
                throw error(printing: "the callee returns (\(names(wanted))), this function (\(names(function.signature.results.map(\.type))))", function)
            }
            if signature.convention != function.signature.convention { throw error(printing: "a tail call to another convention", function) }
            return
        }
        let found = function.dfg.results(inst).map { function.dfg.type($0) }
        if found != wanted { throw error(printing: "results are (\(names(found))), the signature's (\(names(wanted)))", function) }
    }

    private func blockCalls(_ function: borrowing Function) throws(VerifierError) {
        var calls: [BlockCall] = []
        function.dfg.forEachBlockCall(inst) { calls.append($0) }
        for call in calls {
            let target = function.dfg.blockCalls[call]
            let count = function.dfg.lists.count(target.arguments)
            let wanted = function.dfg.parameterCount(target.block)
            if count != wanted {
                throw error(printing: "block\(target.block.rawValue) has \(wanted) parameters, \(count) arguments are given", function)
            }
            for i in 0..<count {
                let type = function.dfg.type(function.dfg.parameter(target.block, i))
                try expect(function.dfg.lists.get(target.arguments, i), type, function)
            }
        }
    }

    private func expectList(_ list: EntityList<Value>, _ types: [Type], _ what: String, _ function: borrowing Function) throws(VerifierError) {
        let count = function.dfg.lists.count(list)
        if count != types.count { throw error(printing: "\(types.count) \(what)s expected, \(count) found", function) }
        for (i, type) in types.enumerated() { try expect(function.dfg.lists.get(list, i), type, function) }
    }
    private func expect(_ value: Value, _ type: Type, _ function: borrowing Function) throws(VerifierError) {
        let found = function.dfg.type(value)
        if found != type { throw error(printing: "v\(function.dfg.resolve(value).rawValue) must be \(type.name), is \(found.name)", function) }
    }
    private func expect(_ value: Value, among types: [Type], _ function: borrowing Function) throws(VerifierError) {
        let found = function.dfg.type(value)
        if !types.contains(found) {
            throw error(printing: "v\(function.dfg.resolve(value).rawValue) must be \(types.map(\.name).joined(separator: " or ")), is \(found.name)", function)
        }
    }
    private func own(_ data: InstructionData, _ types: [Type], _ function: borrowing Function) throws(VerifierError) {
        if !types.contains(data.type) {
            throw error(printing: "\(data.opcode.name) is of type \(types.map(\.name).joined(separator: " or ")), not \(data.type.name)", function)
        }
    }
    private func condition(_ flags: UInt16, _ count: Int, _ function: borrowing Function) throws(VerifierError) {
        if flags >= count { throw error("condition \(flags) does not exist") }
    }
    private func trapCode(_ code: UInt8, _ function: borrowing Function) throws(VerifierError) {
        if code == 0 || code > 63 { throw error(printing: "trap code \(code) is not in 1...63", function) }
    }
}

extension Opcode {
    /// Operands and result are floats of the instruction's type.
    var isFloatArithmetic: Bool { rawValue >= Opcode.fadd.rawValue && rawValue <= Opcode.fnearest.rawValue }
}
