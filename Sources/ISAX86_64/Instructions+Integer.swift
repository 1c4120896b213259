public import PrecastMachineCode

/// Factories of integer instructions. `dst` is defined; all other registers are used. Where the machine overwrites its first source, allocation ties them.
extension MachineInstruction {
    @inlinable static func make(_ opcode: Opcode, _ size: OperandSize, dst: Register = .none, src1: Register = .none, _ source: Source) -> Self {
        var i = Self(opcode, size)
        i.dst = dst
        i.src1 = src1
        i.set(source)
        return i
    }

    // MARK: Arithmetic

    /// dst = src1 op source. Writes flags; `adc` and `sbb` read the carry of the instruction before.
    public static func alu(_ op: ALUOperation, _ size: OperandSize, _ dst: Register, _ src1: Register, _ source: Source) -> Self {
        make(.row(.add, op.rawValue), size, dst: dst, src1: src1, source)
    }
    /// [m] = [m] op source.
    public static func aluMemory(_ op: ALUOperation, _ size: OperandSize, _ m: MemoryOperand, _ source: RegisterOrImmediate, lock: Bool = false) -> Self {
        var i = memoryForm(.row(.addMemory, op.rawValue), size, m, source)
        if lock { i.flags.insert(.lock) }
        return i
    }
    public static func cmp(_ size: OperandSize, _ a: Register, _ b: Source) -> Self { make(.cmp, size, src1: a, b) }
    public static func cmpMemory(_ size: OperandSize, _ a: MemoryOperand, _ b: RegisterOrImmediate) -> Self { memoryForm(.cmpMemory, size, a, b) }
    public static func test(_ size: OperandSize, _ a: Register, _ b: Source) -> Self { make(.test, size, src1: a, b) }
    public static func testMemory(_ size: OperandSize, _ a: MemoryOperand, _ b: RegisterOrImmediate) -> Self { memoryForm(.testMemory, size, a, b) }

    /// `mode` is memory; `src1` is the register, or none and `immediate` holds.
    static func memoryForm(_ opcode: Opcode, _ size: OperandSize, _ m: MemoryOperand, _ source: RegisterOrImmediate) -> Self {
        var i = Self(opcode, size)
        i.mode = .memory
        i.memory = m
        switch source {
        case .register(let r): i.src1 = r
        case .immediate(let value): i.immediate = Int64(value)
        }
        return i
    }

    public static func unary(_ op: UnaryOperation, _ size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        var i = Self(.row(.neg, op.rawValue), size)
        i.dst = dst
        i.src1 = src
        return i
    }
    public static func neg(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self { unary(.neg, size, dst, src) }
    public static func not(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self { unary(.not, size, dst, src) }
    /// 32 or 64 bits.
    public static func bswap(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self { unary(.bswap, size, dst, src) }

    public static func shift(_ op: ShiftOperation, _ size: OperandSize, _ dst: Register, _ src: Register, _ count: ShiftCount) -> Self {
        var i = Self(.row(.rol, op.rawValue), size)
        i.dst = dst
        i.src1 = src
        i.set(count)
        return i
    }
    public static func shld(_ size: OperandSize, _ dst: Register, _ src: Register, _ fill: Register, _ count: ShiftCount) -> Self {
        var i = make(.shld, size, dst: dst, src1: src, .register(fill))
        i.set(count)
        return i
    }
    public static func shrd(_ size: OperandSize, _ dst: Register, _ src: Register, _ fill: Register, _ count: ShiftCount) -> Self {
        var i = make(.shrd, size, dst: dst, src1: src, .register(fill))
        i.set(count)
        return i
    }
    mutating func set(_ count: ShiftCount) {
        switch count {
        case .immediate(let n): immediate = Int64(n)
        case .register(let r):
            src3 = r
            flags.insert(.countInCL)
        }
    }

    public static func imul(_ size: OperandSize, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory) -> Self {
        make(.imul, size, dst: dst, src1: src1, Source(source))
    }
    /// dst = source * value.
    public static func imul3(_ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory, _ value: Int32) -> Self {
        var i = make(.imulImmediate, size, dst: dst, Source(source))
        i.immediate = Int64(value)
        return i
    }
    /// high:low = a * b, in rdx:rax. `low` or `high` may be none.
    public static func mulWide(signed: Bool, _ size: OperandSize, low: Register, high: Register, _ a: Register, _ b: RegisterOrMemory) -> Self {
        var i = make(signed ? .imulWide : .mulWide, size, dst: low, src1: a, Source(b))
        i.dst2 = high
        return i
    }
    /// dst = upper half of a * b.
    public static func mulHigh(signed: Bool, _ size: OperandSize, _ dst: Register, _ a: Register, _ b: RegisterOrMemory) -> Self {
        mulWide(signed: signed, size, low: .none, high: dst, a, b)
    }
    /// high:low = a (in rdx) * b, unsigned, flags untouched. BMI2. Both results are needed.
    public static func mulx(_ size: OperandSize, low: Register, high: Register, _ a: Register, _ b: RegisterOrMemory) -> Self {
        var i = make(.mulx, size, dst: high, src1: a, Source(b))
        i.dst2 = low
        return i
    }
    /// Unsigned high:low / divisor in rax, rdx. One result may be none. Faults when the divisor is 0 or the quotient does not fit.
    public static func div(_ size: OperandSize, quotient: Register, remainder: Register, low: Register, high: Register, _ divisor: RegisterOrMemory, trap: UInt8 = 0) -> Self {
        division(.div, size, quotient, remainder, low, high, divisor, trap)
    }
    /// Signed ``div(_:quotient:remainder:low:high:_:trap:)``; `high` is what ``cqo(_:_:_:)`` made.
    public static func idiv(_ size: OperandSize, quotient: Register, remainder: Register, low: Register, high: Register, _ divisor: RegisterOrMemory, trap: UInt8 = 0) -> Self {
        division(.idiv, size, quotient, remainder, low, high, divisor, trap)
    }
    private static func division(_ op: Opcode, _ size: OperandSize, _ q: Register, _ r: Register, _ low: Register, _ high: Register, _ divisor: RegisterOrMemory, _ trap: UInt8) -> Self {
        var i = make(op, size, dst: q, src1: low, Source(divisor))
        i.dst2 = r
        i.src3 = high
        i.trap = trap
        return i
    }
    /// dst (rdx) = all sign bits of src (rax): `cdq` for 32 bits, `cqo` for 64.
    public static func cqo(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self {
        var i = Self(.cqo, size)
        i.dst = dst
        i.src1 = src
        return i
    }

    // MARK: Moves

    /// dst = src: a copy the allocator tries to make disappear.
    public static func move(_ size: OperandSize, _ dst: Register, _ src: Register) -> Self { make(.mov, size, dst: dst, .register(src)) }
    /// 32 or 64 bits.
    public static func load(_ size: OperandSize, _ dst: Register, _ m: MemoryOperand) -> Self { make(.mov, size, dst: dst, .memory(m)) }
    /// dst of `size` (32 or 64 bits) = extended source. `.sign32` needs size 64; zero-extension from 32 bits is a 32-bit ``load(_:_:_:)`` or ``move(_:_:_:)``.
    public static func extend(_ e: Extension, _ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory) -> Self {
        make(.row(.movzx8, e.rawValue), size, dst: dst, Source(source))
    }
    /// Zero-extends 8 or 16 bits into the whole register.
    public static func movzx(from: OperandSize, _ dst: Register, _ source: RegisterOrMemory) -> Self {
        extend(from == .b ? .zero8 : .zero16, .l, dst, source)
    }
    /// Sign-extends 8, 16 or 32 bits to `size`.
    public static func movsx(from: OperandSize, to size: OperandSize, _ dst: Register, _ source: RegisterOrMemory) -> Self {
        extend(from == .b ? .sign8 : from == .w ? .sign16 : .sign32, size, dst, source)
    }
    public static func store(_ size: OperandSize, _ m: MemoryOperand, _ src: Register) -> Self { memoryForm(.movStore, size, m, .register(src)) }
    public static func store(_ size: OperandSize, _ m: MemoryOperand, immediate: Int32) -> Self { memoryForm(.movStoreImmediate, size, m, .immediate(immediate)) }
    /// dst = value (all 64 bits; 32-bit size: upper half zero). Made anew instead of spilled.
    public static func loadImmediate(_ size: OperandSize, _ dst: Register, _ value: Int64) -> Self {
        var i = Self(.loadImmediate, size)
        i.dst = dst
        i.immediate = size == .q ? value : Int64(UInt32(truncatingIfNeeded: value))
        return i
    }
    public static func lea(_ size: OperandSize, _ dst: Register, _ m: MemoryOperand) -> Self { make(.lea, size, dst: dst, .memory(m)) }

    // MARK: Conditions

    /// dst = 0 or 1 in 32 bits.
    public static func setcc(_ cc: Condition, _ dst: Register) -> Self {
        var i = Self(.setccWide, .l)
        i.dst = dst
        i.condition = cc
        return i
    }
    /// The low byte only; the other bits of dst are undefined.
    public static func setccByte(_ cc: Condition, _ dst: Register) -> Self {
        var i = Self(.setcc, .b)
        i.dst = dst
        i.condition = cc
        return i
    }
    /// dst = cc ? source : otherwise.
    public static func cmov(_ cc: Condition, _ size: OperandSize, _ dst: Register, otherwise: Register, _ source: RegisterOrMemory) -> Self {
        var i = make(.cmov, size, dst: dst, src1: otherwise, Source(source))
        i.condition = cc
        return i
    }

    // MARK: Bits

    public static func bitCount(_ op: BitCount, _ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory) -> Self {
        make(.row(.bsf, op.rawValue), size, dst: dst, Source(source))
    }
    /// Carry = bit `n` of a (modulo the width). `n` a register or an 8-bit immediate.
    public static func bt(_ size: OperandSize, _ a: Register, _ n: RegisterOrImmediate) -> Self {
        switch n {
        case .register(let r): make(.bt, size, src1: a, .register(r))
        case .immediate(let value): make(.bt, size, src1: a, .immediate(value))
        }
    }
    public static func bitTest(_ op: BitTest, _ size: OperandSize, _ dst: Register, _ a: Register, _ n: RegisterOrImmediate) -> Self {
        let opcode = Opcode.row(.bts, op.rawValue)
        return switch n {
        case .register(let r): make(opcode, size, dst: dst, src1: a, .register(r))
        case .immediate(let value): make(opcode, size, dst: dst, src1: a, .immediate(value))
        }
    }
    /// `andn` (dst = ~src1 & source), `pdep`, `pext` (of src1 by mask source).
    public static func mask(_ op: MaskOperation, _ size: OperandSize, _ dst: Register, _ src1: Register, _ source: RegisterOrMemory) -> Self {
        make(.row(.andn, op.rawValue), size, dst: dst, src1: src1, Source(source))
    }
    public static func andn(_ size: OperandSize, _ dst: Register, _ inverted: Register, _ source: RegisterOrMemory) -> Self { mask(.andn, size, dst, inverted, source) }
    public static func lowestBit(_ op: LowestBit, _ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory) -> Self {
        make(.row(.blsr, op.rawValue), size, dst: dst, Source(source))
    }
    /// dst = source op control: `bzhi`, `bextr`, and the shifts that leave flags alone.
    public static func controlled(_ op: ControlledOperation, _ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory, _ control: Register) -> Self {
        make(.row(.bzhi, op.rawValue), size, dst: dst, src1: control, Source(source))
    }
    public static func bzhi(_ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory, _ count: Register) -> Self { controlled(.bzhi, size, dst, source, count) }
    public static func shlx(_ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory, _ count: Register) -> Self { controlled(.shlx, size, dst, source, count) }
    public static func shrx(_ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory, _ count: Register) -> Self { controlled(.shrx, size, dst, source, count) }
    public static func sarx(_ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory, _ count: Register) -> Self { controlled(.sarx, size, dst, source, count) }
    public static func rorx(_ size: OperandSize, _ dst: Register, _ source: RegisterOrMemory, _ count: UInt8) -> Self {
        var i = make(.rorx, size, dst: dst, Source(source))
        i.immediate = Int64(count)
        return i
    }

    // MARK: Atomic

    /// dst = old [m]; [m] = src. Always locked.
    public static func xchg(_ size: OperandSize, _ dst: Register, _ src: Register, _ m: MemoryOperand) -> Self {
        make(.xchgMemory, size, dst: dst, src1: src, .memory(m))
    }
    /// dst = old [m]; [m] += src.
    public static func xadd(_ size: OperandSize, _ dst: Register, _ src: Register, _ m: MemoryOperand) -> Self {
        var i = make(.xaddMemory, size, dst: dst, src1: src, .memory(m))
        i.flags.insert(.lock)
        return i
    }
    /// dst (rax) = old [m]; if it equals expected (rax), [m] = replacement.
    public static func cmpxchg(_ size: OperandSize, _ dst: Register, expected: Register, replacement: Register, _ m: MemoryOperand) -> Self {
        var i = make(.cmpxchgMemory, size, dst: dst, src1: expected, .memory(m))
        i.src3 = replacement
        i.flags.insert(.lock)
        return i
    }
    /// dst (rax) = old [m]; [m] = old op operand. Starts from `seen` (rax), what a load found there. `op` keeps no carry: `and`, `or`, `xor`.
    public static func update(_ op: ALUOperation, _ size: OperandSize, _ dst: Register, seen: Register, operand: Register, _ m: MemoryOperand) -> Self {
        var i = make(.updateMemory, size, dst: dst, src1: seen, .memory(m))
        i.src3 = operand
        i.immediate = Int64(op.rawValue)
        return i
    }
    public static var mfence: Self { Self(.mfence, .l) }
    public static var pause: Self { Self(.pause, .l) }
    public static var nop: Self { Self(.nop, .l) }
}
