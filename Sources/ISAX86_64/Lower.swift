/// Lowering: IR to x86-64 instructions over virtual registers. The walk over blocks and instructions, calls and edges are ``FunctionLowering``'s;
/// here is what x86-64 has of its own: the patterns, and where their operands may be.
import PrecastEntities
import PrecastIR
import PrecastMachineCode
import PrecastRegisterAllocation

typealias Lowering = FunctionLowering<X86_64>

/// What lowering to x86-64 keeps from instruction to instruction.
public struct LoweringState {
    let avx: Bool
    /// Products that compute an upper half along with their own result, and the instruction whose result that is.
    var wideProducts: [Inst: Inst] = [:]
}

extension Lowering {
    var avx: Bool { state.avx }

    /// Vector operations may become instructions up to SSE4.1, also where they are part of a branch or a store and not lowered themselves.
    mutating func noteVectorFeatures() {
        let vectorFeatures: CPUFeatures = [.sse3, .ssse3, .sse41]
        usedFeatures = usedFeatures.union(CPUFeatures(bits: options.features.bits & vectorFeatures.bits))
    }

    // MARK: Registers of values

    /// The register to read a constant from. Constants are made anew at each use.
    mutating func useConstant(_ value: Value, _ data: InstructionData) -> Register {
        switch data.opcode {
        case .iconst:
            let r = temporary()
            code.emit(.loadImmediate(data.type == .i32 ? .l : .q, r, data.immediate))
            return r
        case .vconst: return useVectorConstant(value, dfg.vectorConstants[VectorConstant(rawValue: data.a)])
        default: return data.immediate == 0 ? zero() : register(defining: value)
        }
    }
    private mutating func zero() -> Register {
        let r = floatTemporary()
        code.emit(.zeroFloat(r, avx: avx))
        return r
    }
    /// Whether `value` is still wanted behind the current instruction, so that overwriting its register would cost a copy: a later
    /// instruction (in emission order) asked for it, or it comes from outside the loop and the next round reads it again.
    func isLiveAfter(_ value: Value) -> Bool {
        let root = free(value)
        if registers[root.index].isSome { return true }
        let loop = loops.loop(of: layout.block(of: current))
        if loop.isNone { return false }
        let data = dfg.values[root]
        let home = data.kind == .parameter ? Block(rawValue: data.owner) : layout.block(of: Inst(rawValue: data.owner))
        return !loops.contains(loop, home)
    }

    // MARK: Operands

    func size(_ type: Type) -> OperandSize { type == .i32 || type == .f32 ? .l : .q }
    func floatSize(_ type: Type) -> FloatSize { type == .f32 ? .single : .double }

    /// A constant that fits a sign-extended 32-bit immediate.
    func immediate(_ value: Value) -> Int32? {
        guard let constant = dfg.integerConstant(value) else { return nil }
        return Int32(exactly: constant)
    }
    /// The load that defines `value`, if the current instruction may contain it. `uses`: how often it reads the value.
    func foldableLoad(_ value: Value, _ opcode: PrecastIR.Opcode = .load, uses: Int = 1) -> Inst? {
        guard options.optimizations.contains(.loadFolding), let inst = dfg.definition(value), dfg.instructions[inst].opcode == opcode, !swallowed.contains(inst),
            layout.block(of: inst) == layout.block(of: current), analysis.colours[inst.index] == analysis.colours[current.index],
            analysis.useCount(dfg.result(inst)) == uses, registers[dfg.result(inst).index].isNone
        else { return nil }
        return inst
    }
    mutating func swallow(_ load: Inst) -> MemoryOperand {
        swallowed.insert(load)
        // A fault is the load's.
        code.location = dfg.locations[load.index].rawValue
        return address(load)
    }
    /// `value` of the full width as a register, immediate or folded load.
    mutating func source(_ value: Value) -> Source {
        if let i = immediate(value) { return .immediate(i) }
        return Source(registerOrMemory(value))
    }
    mutating func registerOrMemory(_ value: Value) -> RegisterOrMemory {
        if let load = foldableLoad(value) { return .memory(swallow(load)) }
        if let bits = wideConstant(value) { return .memory(pool(.double, bits)) }
        return .register(dfg.type(value) == .i32 ? useLow(value) : use(value))
    }
    /// An integer constant that no immediate holds, besides that of a move of ten bytes: in the literal pool an instruction reads it as it is.
    func wideConstant(_ value: Value) -> UInt64? {
        guard dfg.type(value) == .i64, let constant = dfg.integerConstant(value), Int32(exactly: constant) == nil, UInt32(exactly: constant) == nil else { return nil }
        return UInt64(bitPattern: constant)
    }
    /// Whether an instruction reads `value` from memory.
    func isInMemory(_ value: Value) -> Bool { foldableLoad(value) != nil || wideConstant(value) != nil }
    /// A float operand: register, folded load, or constant in the pool.
    mutating func floatSource(_ value: Value) -> RegisterOrMemory {
        if let load = foldableLoad(value) { return .memory(swallow(load)) }
        if let inst = dfg.definition(value) {
            let data = dfg.instructions[inst]
            if data.immediate != 0, data.opcode == .f64const || data.opcode == .f32const {
                return .memory(pool(data.opcode == .f64const ? .double : .single, UInt64(bitPattern: data.immediate)))
            }
        }
        return .register(use(value))
    }
    /// A scalar constant of the literal pool.
    mutating func pool(_ size: FloatSize, _ bits: UInt64) -> MemoryOperand {
        .constant(code.constant(PoolConstant(low: size == .single ? bits & 0xffff_ffff : bits, size: size == .single ? 4 : 8)))
    }
    /// A 16-byte constant with `bits` in every lane.
    mutating func poolLanes(_ size: FloatSize, _ bits: UInt64) -> MemoryOperand {
        let lane = size == .single ? bits | bits << 32 : bits
        return .constant(code.constant(PoolConstant(low: lane, high: lane, size: 16)))
    }
}
