import PrecastIR
import PrecastMachineCode

/// What entries, terminators and calls take of x86-64's own.
extension Lowering {
    mutating func emitLoad(_ type: Type, _ dst: Register, _ m: MemoryOperand) {
        switch type {
        case .f32, .f64: code.emit(.loadFloat(floatSize(type), dst, m, avx: avx))
        case .v128: code.emit(.loadVector(dst, m, avx: avx))
        default: code.emit(.load(size(type), dst, m))
        }
    }
    mutating func emitStore(_ type: Type, _ m: MemoryOperand, _ value: Value) {
        switch type {
        case .f32, .f64: code.emit(.storeFloat(floatSize(type), m, use(value), avx: avx))
        case .v128: code.emit(.storeVector(m, use(value), avx: avx))
        default:
            if let i = immediate(value) { return code.emit(.store(size(type), m, immediate: i)) }
            code.emit(.store(size(type), m, use(value)))
        }
    }

    mutating func lowerBranch(_ condition: Value, then: BlockNumber, else other: BlockNumber) {
        switch emitTest(condition) {
        case .one(let c): code.emit(.jcc(c, then: then, else: other))
        case .both(let a, let b): code.emit(.jccAnd(a, b, then: then, else: other))
        case .either(let a, let b): code.emit(.jccOr(a, b, then: then, else: other))
        }
    }

    mutating func emitClamp(_ clamped: Register, _ index: Register, bound: Register, last: Int) {
        code.emit(.loadImmediate(.l, bound, Int64(last)))
        code.emit(.cmp(.l, index, .register(bound)))
        code.emit(.cmov(.b, .l, clamped, otherwise: bound, .register(index)))
    }

    /// The address is loaded by the call itself where nothing lies between.
    mutating func emitIndirectCall(_ target: Value, callInfo: UInt32) {
        let place = registerOrMemory(target)
        code.emit(.callIndirect(place, callInfo: callInfo))
    }
}
