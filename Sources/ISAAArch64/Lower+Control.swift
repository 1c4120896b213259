import PrecastIR
import PrecastMachineCode

/// What entries, terminators and calls take of AArch64's own.
extension Lowering {
    mutating func emitLoad(_ type: Type, _ dst: Register, _ m: MemoryOperand) { code.emit(.load(size(type), dst, m)) }
    mutating func emitStore(_ type: Type, _ m: MemoryOperand, _ value: Value) {
        code.emit(.store(size(type), m, type.isInteger ? useOrZero(value) : use(value)))
    }

    mutating func lowerBranch(_ condition: Value, then: BlockNumber, else other: BlockNumber) {
        code.emit(.branch(emitTest(condition), then: then, else: other))
    }

    mutating func emitClamp(_ clamped: Register, _ index: Register, bound: Register, last: Int) {
        code.emit(.loadImmediate(.w, bound, Int64(last)))
        code.emit(.cmp(.w, index, .register(bound)))
        code.emit(.select(.csel, .lo, .w, clamped, index, bound))
    }

    mutating func emitIndirectCall(_ target: Value, callInfo: UInt32) {
        let register = use(target)
        code.emit(.callIndirect(register, callInfo: callInfo))
    }
}
