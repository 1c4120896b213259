/// The operations of the IR, a row each in the properties below. docs/ir.md describes them.
@frozen public enum Opcode: UInt8, Sendable, CaseIterable {
    case nop
    // Constants
    case iconst, f32const, f64const
    // Integer arithmetic
    case iadd, isub, imul, umulhi, smulhi
    case udiv, sdiv, urem, srem
    case band, bor, bxor, ishl, ushr, sshr, rotl, rotr
    case clz, ctz, popcnt
    case sextend8, sextend16
    case icmp
    // Width changes
    case uextend, sextend, ireduce
    // Choice
    case select, selectGuard
    // Float arithmetic
    case fadd, fsub, fmul, fdiv, fmin, fmax, fcopysign
    case fabs, fneg, fsqrt, fceil, ffloor, ftrunc, fnearest
    case fcmp
    // Conversions
    case fpromote, fdemote, bitcast
    case fcvtToSigned, fcvtToUnsigned, fcvtToSignedSaturating, fcvtToUnsignedSaturating
    case fcvtFromSigned, fcvtFromUnsigned
    // Vectors: what they compute is a `VectorOperation` in the flags
    case vconst, vunary, vbinary, vternary
    // Memory
    case load, uload8, sload8, uload16, sload16, uload32, sload32
    case store, store8, store16, store32
    // Memory that other threads see in one order
    case atomicLoad, atomicStore, atomicUpdate, atomicCompareExchange, fence
    // Addresses
    case stackAddress, functionAddress, dataAddress, framePointer
    // Calls
    case call, callIndirect
    // Traps that are not terminators
    case trapIfZero, trapIfNonzero
    // Terminators
    case jump, branch, branchTable, `return`, returnCall, returnCallIndirect, trap
    case tryCall, tryCallIndirect

    /// How an instruction's three words are read.
    @frozen public enum Format: UInt8, Sendable {
        /// No operand.
        case nullary
        /// 64-bit constant: `a` low word, `b` high word.
        case immediate
        /// Values `a`; `a b`; `a b c`.
        case unary, binary, ternary
        /// Values `a b`, condition in `flags`.
        case compareInteger, compareFloat
        /// 128-bit constant number `a` of the function.
        case vectorConstant
        /// Value `a`, lane number `b`; `VectorOperation` in `flags`.
        case vectorUnary
        /// Values `a b`; lane number, or number of the shuffle's lane constant, `c`; `VectorOperation` in `flags`.
        case vectorBinary
        /// Values `a b c`; `VectorOperation` in `flags`.
        case vectorTernary
        /// Address `a`, signed byte offset `b`, `MemoryFlags` in `flags`.
        case load
        /// Value `a`, address `b`, signed byte offset `c`, `MemoryFlags` in `flags`.
        case store
        /// Address `a`; `MemoryFlags` with a size in `flags`, as in the three formats below.
        case atomicLoad
        /// Value `a`, address `b`.
        case atomicStore
        /// Value `a`, address `b`, `AtomicOperation` in `c`.
        case atomicUpdate
        /// Expected value `a`, replacement `b`, address `c`.
        case atomicCompareExchange
        /// Slot `a`, byte offset `b`.
        case stackAddress
        /// Function `a`.
        case functionAddress
        /// Byte `a` of the module's read-only data.
        case dataAddress
        /// Function `a`, argument list `b`.
        case call
        /// Signature `a`, callee's address `b`, argument list `c`.
        case callIndirect
        /// Function `a`, argument list `b`, exception table `c`.
        case tryCall
        /// Exception table `a`, which has the signature, callee's address `b`, argument list `c`.
        case tryCallIndirect
        /// Value `a`, trap code in `flags`.
        case conditionalTrap
        /// Block call `a`.
        case jump
        /// Condition value `a`, block calls `b` (nonzero) and `c` (zero).
        case branch
        /// Index value `a`, jump table `b`.
        case branchTable
        /// Value list `a`.
        case `return`
        /// Trap code in `flags`.
        case trap
    }

    @inlinable public var format: Format {
        switch self {
        case .nop, .fence, .framePointer: .nullary
        case .iconst, .f32const, .f64const: .immediate
        case .iadd, .isub, .imul, .umulhi, .smulhi, .udiv, .sdiv, .urem, .srem: .binary
        case .band, .bor, .bxor, .ishl, .ushr, .sshr, .rotl, .rotr: .binary
        case .clz, .ctz, .popcnt, .sextend8, .sextend16, .uextend, .sextend, .ireduce: .unary
        case .icmp: .compareInteger
        case .select, .selectGuard: .ternary
        case .fadd, .fsub, .fmul, .fdiv, .fmin, .fmax, .fcopysign: .binary
        case .fabs, .fneg, .fsqrt, .fceil, .ffloor, .ftrunc, .fnearest: .unary
        case .fcmp: .compareFloat
        case .fpromote, .fdemote, .bitcast: .unary
        case .fcvtToSigned, .fcvtToUnsigned, .fcvtToSignedSaturating, .fcvtToUnsignedSaturating: .unary
        case .fcvtFromSigned, .fcvtFromUnsigned: .unary
        case .vconst: .vectorConstant
        case .vunary: .vectorUnary
        case .vbinary: .vectorBinary
        case .vternary: .vectorTernary
        case .load, .uload8, .sload8, .uload16, .sload16, .uload32, .sload32: .load
        case .store, .store8, .store16, .store32: .store
        case .atomicLoad: .atomicLoad
        case .atomicStore: .atomicStore
        case .atomicUpdate: .atomicUpdate
        case .atomicCompareExchange: .atomicCompareExchange
        case .stackAddress: .stackAddress
        case .functionAddress: .functionAddress
        case .dataAddress: .dataAddress
        case .call, .returnCall: .call
        case .callIndirect, .returnCallIndirect: .callIndirect
        case .tryCall: .tryCall
        case .tryCallIndirect: .tryCallIndirect
        case .trapIfZero, .trapIfNonzero: .conditionalTrap
        case .jump: .jump
        case .branch: .branch
        case .branchTable: .branchTable
        case .return: .return
        case .trap: .trap
        }
    }

    @inlinable public var isTerminator: Bool { rawValue >= Opcode.jump.rawValue }
    @inlinable public var isCall: Bool {
        switch self {
        case .call, .callIndirect, .returnCall, .returnCallIndirect, .tryCall, .tryCallIndirect: true
        default: false
        }
    }
    /// A call whose exceptions handlers of this function may catch.
    @inlinable public var isTryCall: Bool { self == .tryCall || self == .tryCallIndirect }
    @inlinable public var isLoad: Bool { rawValue >= Opcode.load.rawValue && rawValue <= Opcode.sload32.rawValue }
    @inlinable public var isStore: Bool { rawValue >= Opcode.store.rawValue && rawValue <= Opcode.store32.rawValue }
    /// Ordered with the atomic operations of all threads: never moved, merged or removed, and nothing known of memory survives it.
    @inlinable public var isAtomic: Bool { rawValue >= Opcode.atomicLoad.rawValue && rawValue <= Opcode.fence.rawValue }
    /// May trap whatever its memory flags say (a load, store or atomic operation traps by its flags).
    @inlinable public var canTrap: Bool {
        switch self {
        case .udiv, .sdiv, .urem, .srem, .fcvtToSigned, .fcvtToUnsigned, .trapIfZero, .trapIfNonzero, .trap: true
        default: isCall
        }
    }
    /// A function of its operands alone, without effect or trap: may be computed anywhere, any number of times.
    @inlinable public var isPure: Bool {
        !(isTerminator || isCall || isLoad || isStore || isAtomic || canTrap) && self != .nop
    }
    @inlinable public var isCommutative: Bool {
        switch self {
        case .iadd, .imul, .umulhi, .smulhi, .band, .bor, .bxor, .fadd, .fmul, .fmin, .fmax: true
        default: false
        }
    }
    /// Bytes that a load or store touches, where that is not the size of the instruction's type.
    @inlinable public var narrowAccess: Int? {
        switch self {
        case .uload8, .sload8, .store8: 1
        case .uload16, .sload16, .store16: 2
        case .uload32, .sload32, .store32: 4
        default: nil
        }
    }
    public var name: String {
        switch self {
        case .f32const: "f32const"
        case .f64const: "f64const"
        case .selectGuard: "select_guard"
        case .fcvtToSigned: "fcvt_to_s"
        case .fcvtToUnsigned: "fcvt_to_u"
        case .fcvtToSignedSaturating: "fcvt_to_s_sat"
        case .fcvtToUnsignedSaturating: "fcvt_to_u_sat"
        case .fcvtFromSigned: "fcvt_from_s"
        case .fcvtFromUnsigned: "fcvt_from_u"
        case .atomicLoad: "atomic_load"
        case .atomicStore: "atomic_store"
        case .atomicUpdate: "atomic_update"
        case .atomicCompareExchange: "atomic_compare_exchange"
        case .stackAddress: "stack_addr"
        case .functionAddress: "func_addr"
        case .dataAddress: "data_addr"
        case .framePointer: "frame_pointer"
        case .callIndirect: "call_indirect"
        case .trapIfZero: "trapz"
        case .trapIfNonzero: "trapnz"
        case .branch: "br_if"
        case .branchTable: "br_table"
        case .returnCall: "return_call"
        case .returnCallIndirect: "return_call_indirect"
        case .tryCall: "try_call"
        case .tryCallIndirect: "try_call_indirect"
        default: "\(self)"
        }
    }
}
