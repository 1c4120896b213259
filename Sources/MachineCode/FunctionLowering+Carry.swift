public import PrecastEntities
public import PrecastIR

/// `less < limit`, unsigned, or not so: what a sum or difference of several words passes on.
@frozen public struct Borrow: Sendable {
    public let comparison: Inst
    public let less: Value
    public let limit: Value
    public let isInverted: Bool
    @inlinable init(_ comparison: Inst, less: Value, limit: Value, isInverted: Bool) {
        self.comparison = comparison
        self.less = less
        self.limit = limit
        self.isInverted = isInverted
    }
}

/// Carries from the lower word of a sum or difference, found where the source compares for them.
extension FunctionLowering {
    /// The comparison `inst` of this block as a carry.
    @inlinable public func borrow(_ inst: Inst) -> Borrow? {
        let data = dfg.instructions[inst]
        guard data.opcode == .icmp, layout.block(of: inst) == layout.block(of: current), dfg.type(data.valueA) != .reference else { return nil }
        switch data.integerCondition {
        case .unsignedLess: return Borrow(inst, less: data.valueA, limit: data.valueB, isInverted: false)
        case .unsignedGreater: return Borrow(inst, less: data.valueB, limit: data.valueA, isInverted: false)
        case .unsignedGreaterOrEqual: return Borrow(inst, less: data.valueA, limit: data.valueB, isInverted: true)
        case .unsignedLessOrEqual: return Borrow(inst, less: data.valueB, limit: data.valueA, isInverted: true)
        default: return nil
        }
    }

    /// The addition or subtraction whose carry the borrow is, if it may be computed here instead of where it stands.
    @inlinable public func lowerWord(_ borrow: Borrow) -> Inst? {
        let (less, limit) = (dfg.resolve(borrow.less), dfg.resolve(borrow.limit))
        var inst = layout.previous(current), steps = 0
        while inst.isSome, steps < 12 {
            let data = dfg.instructions[inst]
            let isSum = data.opcode == .iadd && dfg.result(inst) == less && (dfg.resolve(data.valueA) == limit || dfg.resolve(data.valueB) == limit)
            let isDifference = data.opcode == .isub && dfg.resolve(data.valueA) == less && dfg.resolve(data.valueB) == limit
            if isSum || isDifference { return swallowed.contains(inst) || isUsedBefore(inst, except: borrow.comparison) ? nil : inst }
            inst = layout.previous(inst)
            steps += 1
        }
        return nil
    }
    /// Whether something between `inst` and the current instruction reads its result.
    @inlinable func isUsedBefore(_ inst: Inst, except comparison: Inst) -> Bool {
        let value = dfg.result(inst)
        var next = layout.next(inst), isUsed = false
        while next.isSome, next != current {
            if next != comparison { dfg.forEachOperand(next) { if $0 == value { isUsed = true } } }
            next = layout.next(next)
        }
        return isUsed
    }
}
