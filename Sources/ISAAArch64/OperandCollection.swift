public import PrecastMachineCode
import PrecastRegisterAllocation

extension Opcode {
    /// dst is src3, changed in place: allocation ties them.
    var changesDestination: Bool {
        switch self {
        case .bfm, .movk, .ld1, .cas, .vector: true
        default: false
        }
    }
    /// Whether the operation sets or destroys the flags.
    var writesFlags: Bool {
        switch self {
        case .adds, .subs, .ands, .bics, .adcs, .sbcs, .ccmp, .ccmn, .fcmp, .call, .callIndirect: true
        default: false
        }
    }
    var isCall: Bool { self == .call || self == .callIndirect }
}

extension MachineInstruction: AllocatableInstruction {
    public var isMove: Bool {
        guard dst.isVirtual else { return false }
        return switch opcode {
        // Of 32 bits it zero-extends, so it is no copy.
        case .orr: size == .x && src1 == .zr && mode == .register && src2.isVirtual
        case .fmov: src1.isVirtual
        case .vector: vectorOpcode == .orr && src1 == src2 && src1.isVirtual
        default: false
        }
    }
    public var isRematerializable: Bool {
        switch opcode {
        case .loadImmediate, .loadFloat, .frameAddress, .symbolAddress: true
        case .ldr: hasMemory && memoryKind == .constant
        case .vector: vectorOpcode == .movi
        default: false
        }
    }
    public func clobbers(_ infos: [CallInfo]) -> UInt8 {
        opcode.isCall ? infos[callInfo].clobbers : opcode == .landingPad ? ClobberSet.everything : 0
    }
    public var unwindingCall: Int? { opcode.isCall ? callInfo : nil }
    public mutating func collectOperands(_ collector: inout OperandCollector) { visitOperands(&collector) }
    @inline(__always) public mutating func assignOperands(_ assigner: inout OperandAssigner) { visitOperands(&assigner) }

    @inline(__always)
    mutating func visitOperands<V: OperandVisitor>(_ v: inout V) {
        switch opcode {
        case .call, .tailCall, .callIndirect, .tailCallIndirect:
            v.call(callInfo, uses: true)
            v.use(&src1, .register)
            v.call(callInfo, uses: false)
        case .arguments, .landingPad: v.call(callInfo, uses: false)
        case .functionReturn: v.call(callInfo, uses: true)
        case .updateLoop, .compareExchangeLoop:
            // The result is written before the last of the others is read.
            v.lateUse(&src1)
            v.lateUse(&src2)
            v.lateUse(&base)
            v.def(&dst, .register)
        case .vector where vectorOpcode == .tbl2:
            v.use(&src1, .fixed(.v(29)))
            v.use(&src3, .fixed(.v(30)))
            v.use(&src2, .register)
            v.def(&dst, .register)
        default:
            if isMove {
                if opcode == .orr { v.use(&src2, .any) } else { v.use(&src1, .any) }
                return v.def(&dst, .any)
            }
            // First, so that a tied result knows its number.
            v.use(&src3, .register)
            v.use(&src1, .register)
            v.use(&src2, .register)
            if hasMemory, memoryKind == .registers {
                v.use(&base, .register)
                v.use(&index, .register)
            }
            v.def(&dst, opcode.changesDestination && src3.isSome ? .tied(0) : .register)
            v.def(&dst2, .register)
        }
    }
}
