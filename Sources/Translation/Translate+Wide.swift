import PrecastIR
import PrecastWasmModel

/// Operators on 128-bit numbers, each two i64: the low half below the high one.
///
/// A carry is the comparison that any program would compute it with. Instruction selection sees it (`Lower+Carry.swift`), wherever it comes from.
extension FunctionTranslator {
    mutating func translateWide(_ op: Operator) {
        switch op.opcode {
        case .i64Add128: addWide()
        case .i64Sub128: subtractWide()
        case .i64MulWideS: multiplyWide(.smulhi)
        case .i64MulWideU: multiplyWide(.umulhi)
        default: break
        }
    }

    private mutating func addWide() {
        let (a, b) = popWidePair()
        let low = builder.binary(.iadd, .i64, a.low, b.low)
        let carry = builder.unary(.uextend, .i64, builder.compare(.unsignedLess, low, b.low))
        let high = builder.binary(.iadd, .i64, a.high, b.high)
        push(low)
        push(builder.binary(.iadd, .i64, high, carry))
    }
    private mutating func subtractWide() {
        let (a, b) = popWidePair()
        let low = builder.binary(.isub, .i64, a.low, b.low)
        let borrow = builder.unary(.uextend, .i64, builder.compare(.unsignedLess, a.low, b.low))
        let high = builder.binary(.isub, .i64, a.high, b.high)
        push(low)
        push(builder.binary(.isub, .i64, high, borrow))
    }
    private mutating func multiplyWide(_ upperHalf: IROpcode) {
        let b = pop(), a = pop()
        push(builder.binary(.imul, .i64, a, b))
        push(builder.binary(upperHalf, .i64, a, b))
    }

    private struct Wide {
        var low: Value
        var high: Value
    }
    private mutating func popWidePair() -> (Wide, Wide) {
        let b = popWide(), a = popWide()
        return (a, b)
    }
    private mutating func popWide() -> Wide {
        let high = pop(), low = pop()
        return Wide(low: low, high: high)
    }
}
