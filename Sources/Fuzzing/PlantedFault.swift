public import PrecastCompiler
import PrecastIR
import PrecastRegisterAllocation
public import PrecastWasmTypes

/// A miscompilation made on purpose, to prove that fuzzing finds its like. It spoils what one stage hands to the next, through the compiler's hooks: no stage
/// carries code for it.
public enum PlantedFault: String, CaseIterable, Sendable {
    /// `a - b` becomes `b - a`.
    case swappedSubtraction = "swapped-subtraction"
    /// An i32 becomes an i64 by zeros.
    case droppedSignExtension = "dropped-sign-extension"
    /// `a < b` that decides a branch becomes `a <= b`: as if the negation of `>=` were wrong.
    case wrongInversion = "wrong-inversion"
    /// Shifts of an i32 take six bits of the amount.
    case missingShiftMask = "missing-shift-mask"
    /// A load after a store has what a load before it had.
    case staleLoad = "stale-load"
    /// A load moves above the store before it.
    case hoistedLoad = "hoisted-load"
    /// The lane beside the one named.
    case wrongLane = "wrong-lane"
    /// A float is reloaded from the slot beside its own.
    case wrongSpillSlot = "wrong-spill-slot"
    /// The check of an index lets one more pass.
    case boundsOffByOne = "bounds-off-by-one"
    /// A callee-saved register is written and not saved.
    case droppedCalleeSaved = "dropped-callee-saved"

    /// The features without which it spoils nothing.
    public var requirements: FeatureSet { self == .wrongLane ? FeatureSet(.simd) : FeatureSet() }

    /// Makes the compiler do so from now on.
    public func plant(in compiler: inout Compiler) {
        switch self {
        case .wrongSpillSlot: compiler.hooks.allocated = { _, solution in useWrongSlots(&solution) }
        case .droppedCalleeSaved: compiler.hooks.allocated = { signature, solution in
                // What the host calls keeps to its convention.
                if signature.convention != .systemV { dropCalleeSaved(&solution) }
            }
        default: compiler.hooks.optimized = { function in self.spoil(&function) }
        }
    }

    private func spoil(_ function: inout Function) {
        // Trampolines stay as they are: a fault there is seen by any call.
        if function.signature.convention == .systemV { return }
        for block in Array(function.layout.blocks) {
            for inst in Array(function.layout.instructions(block)) { spoil(&function, inst, block) }
        }
    }

    private func spoil(_ function: inout Function, _ inst: Inst, _ block: Block) {
        var data = function.dfg.instructions[inst]
        switch (self, data.opcode) {
        case (.swappedSubtraction, .isub):
            swap(&data.a, &data.b)
            function.dfg.rewrite(inst, data)
        case (.droppedSignExtension, .sextend):
            data.opcode = .uextend
            function.dfg.rewrite(inst, data)
        case (.wrongInversion, .branch): widenCondition(&function, data.valueA) { $0 == .signedLess ? .signedLessOrEqual : nil }
        case (.missingShiftMask, .ishl), (.missingShiftMask, .ushr): if data.type == .i32 { shiftWide(&function, inst) }
        case (.staleLoad, _): if data.opcode.isLoad, let earlier = earlierLoad(function, inst) { useValue(&function, of: earlier, for: inst) }
        case (.hoistedLoad, _): if data.opcode.isLoad, let store = storeBefore(function, inst) { function.layout.remove(inst); function.layout.insert(inst, before: store) }
        case (.wrongLane, .vunary), (.wrongLane, .vbinary): nameOtherLane(&function, inst)
        case (.boundsOffByOne, .trapIfNonzero): widenCondition(&function, data.valueA) { $0 == .unsignedGreaterOrEqual ? .unsignedGreater : nil }
        case (.boundsOffByOne, .trapIfZero): widenCondition(&function, data.valueA) { $0 == .unsignedLess ? .unsignedLessOrEqual : nil }
        default: break
        }
    }
}

private func widenCondition(_ function: inout Function, _ condition: Value, _ change: (IntegerCondition) -> IntegerCondition?) {
    let value = function.dfg.resolve(condition)
    guard let inst = function.dfg.definition(value) else { return }
    var data = function.dfg.instructions[inst]
    guard data.opcode.format == .compareInteger, let other = change(data.integerCondition) else { return }
    data.flags = UInt16(other.rawValue)
    function.dfg.rewrite(inst, data)
}

private func shiftWide(_ function: inout Function, _ inst: Inst) {
    let data = function.dfg.instructions[inst], location = function.dfg.locations[inst.index]
    func insert(_ data: InstructionData, _ function: inout Function) -> UInt32 {
        let new = function.dfg.makeSingle(data, at: location)
        function.layout.insert(new, before: inst)
        return function.dfg.result(new).rawValue
    }
    let value = insert(InstructionData(.uextend, .i64, a: data.a), &function), amount = insert(InstructionData(.uextend, .i64, a: data.b), &function)
    let wide = insert(InstructionData(data.opcode, .i64, a: value, b: amount), &function)
    function.dfg.rewrite(inst, InstructionData(.ireduce, .i32, a: wide))
}

/// A load of the same place and type earlier in the block, with a store between.
private func earlierLoad(_ function: borrowing Function, _ load: Inst) -> Inst? {
    let data = function.dfg.instructions[load]
    var inst = function.layout.previous(load), sawStore = false
    while inst.isSome {
        let other = function.dfg.instructions[inst]
        if other.opcode.isStore { sawStore = true }
        if other.opcode == data.opcode, other.type == data.type, other.offset == data.offset,
            function.dfg.resolve(other.address) == function.dfg.resolve(data.address) {
            return sawStore ? inst : nil
        }
        inst = function.layout.previous(inst)
    }
    return nil
}
private func useValue(_ function: inout Function, of earlier: Inst, for load: Inst) {
    function.layout.remove(load)
    let value = function.dfg.result(earlier)
    function.dfg.replace(function.dfg.result(load), with: value)
}

/// The store before a load, with nothing between that the load's address comes from or that must stay before it.
private func storeBefore(_ function: borrowing Function, _ load: Inst) -> Inst? {
    let address = function.dfg.resolve(function.dfg.instructions[load].address)
    var inst = function.layout.previous(load)
    while inst.isSome {
        let data = function.dfg.instructions[inst]
        if data.opcode.isStore { return inst }
        if data.hasEffect || function.dfg.results(inst).contains(address) { return nil }
        inst = function.layout.previous(inst)
    }
    return nil
}

private func nameOtherLane(_ function: inout Function, _ inst: Inst) {
    var data = function.dfg.instructions[inst]
    guard case .lane(let count) = data.vectorOperation.immediate else { return }
    if data.opcode == .vunary { data.b = (data.b + 1) % count } else { data.c = (data.c + 1) % count }
    function.dfg.rewrite(inst, data)
}

private func useWrongSlots(_ solution: inout Solution) {
    for i in solution.edits.indices {
        guard let slot = solution.edits[i].source.asSlot, solution.edits[i].destination.asRegister?.registerClass == .float, solution.spillAreaSize >= 16 else { continue }
        solution.edits[i].source = .slot(slot >= 8 ? slot - 8 : slot + 8)
    }
}

private func dropCalleeSaved(_ solution: inout Solution) {
    guard let register = solution.usedCalleeSaved.members.last else { return }
    solution.usedCalleeSaved.remove(register)
}
