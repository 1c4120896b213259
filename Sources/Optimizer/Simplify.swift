/// Algebraic rules: what an instruction can be replaced by, given its operands.
///
/// Input: an instruction whose operands are resolved and already in their simplest form. Output: a ``Rewrite``.
/// A rule looks at most a few definitions deep, makes at most a few new instructions, in front of the one it rewrites, and never changes
/// another instruction. The rules stand in the files Simplify*.swift, by kind of operation.
import PrecastEntities
import PrecastIR

/// What becomes of an instruction.
enum Rewrite {
    case keep
    /// It computes what this value is.
    case value(Value)
    /// It is better written so.
    case instruction(InstructionData)
    /// It has no effect.
    case remove
}

/// Applies the rules. Holds what is known at one point of a walk over the dominator tree.
struct Simplifier {
    /// Instructions and facts that hold here.
    var table = NumberingTable()
    private var inst = Inst.none
    private var location = SourceLocation.none
    private var depth = 0

    /// Says which instruction is being rewritten: new ones are put before it.
    @inline(__always) mutating func begin(_ inst: Inst, _ function: borrowing Function) {
        self.inst = inst
        location = function.dfg.locations[inst.index]
    }

    /// The simplest form of an instruction.
    mutating func simplified(_ data: InstructionData, _ function: inout Function) -> Rewrite {
        var data = data
        var changed = false
        // Every rule makes its instruction simpler, so the limit is never met; it is there because a cycle of rules would be easy to add.
        for _ in 0..<16 {
            switch simplify(data, &function) {
            case .keep: return changed ? .instruction(data) : .keep
            case .instruction(let new):
                data = new
                changed = true
            case let end: return end
            }
        }
        return .instruction(data)
    }

    /// One step.
    private mutating func simplify(_ data: InstructionData, _ f: inout Function) -> Rewrite {
        switch data.opcode {
        case .iadd: add(data, &f)
        case .isub: subtract(data, &f)
        case .imul: multiply(data, &f)
        case .umulhi, .smulhi: multiplyHigh(data, &f)
        case .udiv, .urem: divideUnsigned(data, &f)
        case .sdiv, .srem: divideSigned(data, &f)
        case .band: and(data, &f)
        case .bor: or(data, &f)
        case .bxor: xor(data, &f)
        case .ishl: shiftLeft(data, &f)
        case .ushr: shiftRightUnsigned(data, &f)
        case .sshr: shiftRightSigned(data, &f)
        case .rotl, .rotr: rotate(data, &f)
        case .clz, .ctz, .popcnt: foldUnary(data, f)
        case .sextend8, .sextend16: extendLow(data, &f)
        case .icmp: compare(data, &f)
        case .uextend: extendUnsigned(data, &f)
        case .sextend: extendSigned(data, &f)
        case .ireduce: reduce(data, &f)
        case .select: select(data, &f)
        case .selectGuard: selectGuard(data, f)
        case .fadd, .fsub, .fmul, .fdiv, .fmin, .fmax, .fcopysign, .fcmp: floatBinary(data, &f)
        case .fabs, .fneg, .fsqrt, .fceil, .ffloor, .ftrunc, .fnearest, .fpromote, .fdemote: floatUnary(data, &f)
        case .bitcast: bitcast(data, f)
        case .fcvtToSigned, .fcvtToUnsigned, .fcvtToSignedSaturating, .fcvtToUnsignedSaturating: foldToInteger(data, f)
        case .fcvtFromSigned, .fcvtFromUnsigned: fromInteger(data, f)
        case .load, .uload8, .sload8, .uload16, .sload16, .uload32, .sload32: load(data, f)
        case .store, .store8, .store16, .store32: store(data, f)
        case .branch: branch(data, &f)
        case .trapIfZero, .trapIfNonzero: conditionalTrap(data, f)
        default: .keep
        }
    }

    // MARK: Making instructions

    /// The value of an instruction, which is simplified and made only if it is not known already.
    mutating func make(_ data: InstructionData, _ function: inout Function) -> Value {
        var data = data
        if depth < 4 {
            depth += 1
            defer { depth -= 1 }
            switch simplified(data, &function) {
            case .value(let value): return value
            case .instruction(let new): data = new
            case .keep, .remove: break
            }
        }
        if let known = table.find(data) { return known }
        let new = function.dfg.makeSingle(data, at: location)
        function.layout.insert(new, before: inst)
        table.insert(data, function.dfg.result(new))
        return function.dfg.result(new)
    }
    mutating func constant(_ type: Type, _ value: Int64, _ function: inout Function) -> Value { make(.constant(type, value), &function) }
    mutating func binary(_ opcode: Opcode, _ type: Type, _ a: Value, _ b: Value, _ f: inout Function) -> Value {
        make(.binary(opcode, type, a, b), &f)
    }
    mutating func binary(_ opcode: Opcode, _ type: Type, _ a: Value, _ b: Int64, _ f: inout Function) -> Value {
        let right = constant(type, b, &f)
        return make(.binary(opcode, type, a, right), &f)
    }
    mutating func unary(_ opcode: Opcode, _ type: Type, _ a: Value, _ f: inout Function) -> Value { make(.unary(opcode, type, a), &f) }

    // MARK: Answers

    /// `a op b` with a constant on the right.
    mutating func with(_ opcode: Opcode, _ type: Type, _ a: Value, _ b: Int64, _ f: inout Function) -> Rewrite {
        .instruction(.binary(opcode, type, a, constant(type, b, &f)))
    }
    func number(_ type: Type, _ value: Int64) -> Rewrite { .instruction(.constant(type, value)) }

    /// A commutative operation in its canonical order: the constant right, otherwise the older operand left.
    func ordered(_ data: InstructionData, _ f: borrowing Function) -> Rewrite {
        data.a <= data.b || f.dfg.constant(data.valueB) != nil ? .keep : .instruction(.binary(data.opcode, data.type, data.valueB, data.valueA))
    }
    /// Puts the constant of a commutative operation right; nil if it stands there, or if there is none.
    func constantRight(_ data: InstructionData, _ f: borrowing Function) -> Rewrite? {
        if f.dfg.constant(data.valueA) == nil || f.dfg.constant(data.valueB) != nil { return nil }
        return .instruction(.binary(data.opcode, data.type, data.valueB, data.valueA))
    }
}

/// All ones in the width of an integer type.
func typeMask(_ type: Type) -> UInt64 { type == .i32 ? 0xffff_ffff : .max }
