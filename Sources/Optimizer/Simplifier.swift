import PrecastEntities
import PrecastIR

/// What an instruction can be replaced by.
enum Simplified {
    /// An existing value.
    case value(Value)
    /// Another operation, computed in place.
    case data(InstructionData)
}

/// The algebraic rules of value numbering. Every rule is exact: it gives the same bits for all operands, and the same traps.
///
/// A rule sees an instruction with resolved operands and may look at the definitions of these. Rules that need more than one
/// instruction put the others before ``position``. Constants stand on the right of commutative operations.
struct Simplifier {
    var table = NumberingTable()
    /// Whether a branch became a jump.
    private(set) var foldedBranch = false
    /// The instruction being simplified.
    var position = Inst.none
    /// Uses of each value when the walk began, saturating at 255.
    private let useCounts: [UInt8]
    /// How many instructions that make each other are being simplified.
    private var nesting = 0
    /// Bound on rewrites of one instruction in place.
    private static let rewriteLimit = 8

    init(_ function: borrowing Function) {
        useCounts = countUses(function)
    }

    /// Rewrites `inst` in place until no rule applies. - Returns: a value that it is equal to, if there is one.
    mutating func simplify(_ inst: Inst, _ function: inout Function) -> Value? {
        for _ in 0..<Self.rewriteLimit {
            canonicalize(inst, &function)
            let data = function.dfg.instructions[inst]
            switch rule(data, &function) {
            case .value(let value): return value
            case .data(let new): function.dfg.rewrite(inst, new)
            case nil: return nil
            }
        }
        return nil
    }

    private mutating func rule(_ data: InstructionData, _ function: inout Function) -> Simplified? {
        switch data.opcode {
        case .iconst, .f32const, .f64const: return nil
        case .iadd, .isub, .imul: return arithmetic(data, &function)
        case .umulhi, .smulhi, .udiv, .sdiv, .urem, .srem: return division(data, &function)
        case .band, .bor, .bxor: return logic(data, &function)
        case .ishl, .ushr, .sshr, .rotl, .rotr: return shift(data, &function)
        case .icmp: return comparison(data, &function)
        case .select, .selectGuard: return choice(data, &function)
        case .clz, .ctz, .popcnt, .sextend8, .sextend16, .uextend, .sextend, .ireduce: return extension_(data, &function)
        case .vconst, .vunary, .vbinary, .vternary: return vector(data, &function)
        default: return float(data, &function)
        }
    }

    /// Puts constants, then younger values, on the right of commutative operations and comparisons.
    private func canonicalize(_ inst: Inst, _ function: inout Function) {
        let data = function.dfg.instructions[inst]
        let commutes = data.opcode == .vbinary ? data.vectorOperation.isCommutative : data.opcode.isCommutative
        guard commutes || data.opcode == .icmp || data.opcode == .fcmp else { return }
        let (left, right) = (isConstant(data.valueA, function), isConstant(data.valueB, function))
        if left == right ? data.a <= data.b : right { return }
        function.dfg.instructions[inst].a = data.b
        function.dfg.instructions[inst].b = data.a
        if data.opcode == .icmp { function.dfg.instructions[inst].flags = UInt16(data.integerCondition.swapped.rawValue) }
        if data.opcode == .fcmp { function.dfg.instructions[inst].flags = UInt16(data.floatCondition.swapped.rawValue) }
    }
    private func isConstant(_ value: Value, _ function: borrowing Function) -> Bool {
        let format = function.dfg.definingData(value).opcode.format
        return format == .immediate || format == .vectorConstant
    }

    // MARK: New instructions

    /// The value of `data`: a known one, or a new instruction before the current one.
    mutating func emit(_ data: InstructionData, _ function: inout Function) -> Value {
        if let known = table.find(data) { return known }
        let inst = function.dfg.makeSingle(data, at: function.dfg.locations[position.index])
        function.layout.insert(inst, before: position)
        let value = function.dfg.result(inst)
        table.insert(data, value)
        return value
    }
    mutating func constant(_ type: Type, _ value: Int64, _ function: inout Function) -> Value {
        emit(.constant(type, value), &function)
    }
    /// ``emit(_:_:)`` after the rules, which have put a commutative operation's constant on the right already.
    mutating func simplified(_ data: InstructionData, _ function: inout Function) -> Value {
        var data = data
        if nesting < 3 {
            nesting += 1
            defer { nesting -= 1 }
            for _ in 0..<Self.rewriteLimit {
                switch rule(data, &function) {
                case .value(let value): return value
                case .data(let new): data = new
                case nil: return emit(data, &function)
                }
            }
        }
        return emit(data, &function)
    }

    // MARK: What is known of values

    /// Whether rewriting the only use of `value` leaves it without any. Values that rules made count as used once.
    func isUsedOnce(_ value: Value) -> Bool { value.index >= useCounts.count || useCounts[value.index] <= 1 }

    /// The bits of an integer that may be nonzero, looking at most a few definitions deep.
    func possibleBits(_ value: Value, _ function: borrowing Function, depth: Int = 3) -> UInt64 {
        let all: UInt64 = function.dfg.type(value) == .i32 ? 0xffff_ffff : .max
        let data = function.dfg.definingData(value)
        if data.opcode == .iconst { return UInt64(bitPattern: data.immediate) & all }
        if depth == 0 { return all }
        switch data.opcode {
        case .icmp, .fcmp: return 1
        case .uload8: return 0xff
        case .uload16: return 0xffff
        case .uload32: return 0xffff_ffff
        case .clz, .ctz, .popcnt: return 0x7f
        case .uextend: return possibleBits(data.valueA, function, depth: depth - 1)
        case .ireduce: return possibleBits(data.valueA, function, depth: depth - 1) & all
        case .band: return possibleBits(data.valueA, function, depth: depth - 1) & possibleBits(data.valueB, function, depth: depth - 1)
        case .bor, .bxor: return possibleBits(data.valueA, function, depth: depth - 1) | possibleBits(data.valueB, function, depth: depth - 1)
        case .select: return possibleBits(data.valueB, function, depth: depth - 1) | possibleBits(data.valueC, function, depth: depth - 1)
        case .iadd:
            // A carry makes the longer one a bit longer.
            let bits = upTo(possibleBits(data.valueA, function, depth: depth - 1) | possibleBits(data.valueB, function, depth: depth - 1))
            return (bits << 1 | bits & 1) & all
        case .imul:
            let (a, b) = (possibleBits(data.valueA, function, depth: depth - 1), possibleBits(data.valueB, function, depth: depth - 1))
            let length = 128 - a.leadingZeroBitCount - b.leadingZeroBitCount
            return length >= 64 ? all : (1 << UInt64(length) - 1) & all
        case .udiv: return upTo(possibleBits(data.valueA, function, depth: depth - 1))
        case .urem:
            let divisor = possibleBits(data.valueB, function, depth: depth - 1)
            return upTo(min(divisor, possibleBits(data.valueA, function, depth: depth - 1)))
        case .ushr, .ishl:
            guard let amount = function.dfg.constant(data.valueB) else {
                return data.opcode == .ushr ? upTo(possibleBits(data.valueA, function, depth: depth - 1)) : all
            }
            let bits = possibleBits(data.valueA, function, depth: depth - 1)
            let count = UInt64(amount) & UInt64(data.type.bitCount - 1)
            return (data.opcode == .ushr ? bits >> count : bits << count) & all
        default: return all
        }
    }
    /// All bits up to the highest one.
    private func upTo(_ bits: UInt64) -> UInt64 { bits == 0 ? 0 : .max >> UInt64(bits.leadingZeroBitCount) }
    func isNonNegative(_ value: Value, _ type: Type, _ function: borrowing Function) -> Bool {
        possibleBits(value, function) >> UInt64(type.bitCount - 1) == 0
    }
    func isBoolean(_ value: Value, _ function: borrowing Function) -> Bool { possibleBits(value, function) <= 1 }

    // MARK: Conditions

    private static func fact(_ value: Value) -> InstructionData { InstructionData(.nop, a: value.rawValue) }

    /// Notes for the current scope whether `condition` is zero.
    mutating func learn(_ condition: Value, isNonzero: Bool, _ function: borrowing Function) {
        let value = Value(rawValue: isNonzero ? 1 : 0)
        table.insert(Self.fact(representative(condition, function)), value)
        let data = function.dfg.definingData(condition)
        let parts = isNonzero ? data.opcode == .band && isBoolean(data.valueA, function) && isBoolean(data.valueB, function) : data.opcode == .bor
        guard parts else { return }
        table.insert(Self.fact(representative(data.valueA, function)), value)
        table.insert(Self.fact(representative(data.valueB, function)), value)
    }
    /// Whether a value is known to be nonzero (or zero) here.
    func isNonzero(_ value: Value, _ function: borrowing Function) -> Bool? {
        let data = function.dfg.definingData(value)
        if data.opcode == .iconst { return data.immediate != 0 }
        if let known = table.find(Self.fact(representative(value, function))) { return known.rawValue != 0 }
        guard data.opcode == .icmp else { return nil }
        let opposite = InstructionData.compare(data.integerCondition.inverted, data.valueA, data.valueB)
        guard let other = table.find(opposite), let known = table.find(Self.fact(other)) else { return nil }
        return known.rawValue == 0
    }
    /// The first of several equal comparisons, of which each block has its own.
    func representative(_ condition: Value, _ function: borrowing Function) -> Value {
        let data = function.dfg.definingData(condition)
        return data.opcode == .icmp || data.opcode == .fcmp ? table.find(data) ?? condition : condition
    }

    /// Takes comparisons with zero out of the condition in word `a`. - Returns: whether the condition's sense is now inverted.
    private func strip(_ inst: Inst, _ function: inout Function) -> Bool {
        var inverted = false
        for _ in 0..<Self.rewriteLimit {
            let condition = function.dfg.instructions[inst].valueA
            let data = function.dfg.definingData(condition)
            guard data.opcode == .icmp, function.dfg.constant(data.valueB) == 0, function.dfg.type(data.valueA) == .i32 else { break }
            if data.integerCondition == .equal { inverted.toggle() } else if data.integerCondition != .notEqual { break }
            function.dfg.instructions[inst].a = data.a
        }
        return inverted
    }
    mutating func simplifyBranch(_ inst: Inst, _ function: inout Function) {
        let inverted = strip(inst, &function)
        let data = function.dfg.instructions[inst]
        if inverted {
            function.dfg.instructions[inst].b = data.c
            function.dfg.instructions[inst].c = data.b
        }
        if let known = isNonzero(data.valueA, function) {
            function.dfg.rewrite(inst, InstructionData(.jump, a: known != inverted ? data.b : data.c))
            foldedBranch = true
        }
    }
    mutating func simplifyCondition(_ inst: Inst, _ function: inout Function) {
        let inverted = strip(inst, &function)
        if inverted {
            let opcode = function.dfg.instructions[inst].opcode
            function.dfg.instructions[inst].opcode = opcode == .trapIfZero ? .trapIfNonzero : .trapIfZero
        }
    }

    // MARK: Memory operands

    /// Adds constants in the address to the offset: 64-bit sums wrap the same way in either place.
    mutating func foldAddress(_ inst: Inst, _ function: inout Function) {
        for _ in 0..<Self.rewriteLimit {
            let data = function.dfg.instructions[inst]
            let address = function.dfg.definingData(data.address)
            guard address.opcode == .iadd, let constant = function.dfg.constant(address.valueB) else { return }
            let (sum, overflow) = constant.addingReportingOverflow(Int64(data.offset))
            guard !overflow, let offset = Int32(exactly: sum) else { return }
            if data.opcode.isStore {
                function.dfg.instructions[inst].b = address.a
                function.dfg.instructions[inst].c = UInt32(bitPattern: offset)
            } else {
                function.dfg.instructions[inst].a = address.a
                function.dfg.instructions[inst].b = UInt32(bitPattern: offset)
            }
        }
    }
    /// Drops masks and extensions that only change bits which a narrow store does not write.
    mutating func narrowStoredValue(_ inst: Inst, _ function: inout Function) {
        let data = function.dfg.instructions[inst]
        if data.opcode == .store { return }
        let storedBits: UInt64 = data.opcode == .store8 ? 0xff : data.opcode == .store16 ? 0xffff : 0xffff_ffff
        for _ in 0..<Self.rewriteLimit {
            let stored = function.dfg.instructions[inst].valueA
            let value = function.dfg.definingData(stored)
            switch value.opcode {
            case .uextend, .sextend:
                function.dfg.instructions[inst].type = .i32
                if data.opcode == .store32 { function.dfg.instructions[inst].opcode = .store }
            case .band:
                guard let mask = function.dfg.constant(value.valueB), UInt64(bitPattern: mask) & storedBits == storedBits else { return }
            case .sextend16 where data.opcode != .store32, .sextend8 where data.opcode == .store8: break
            default: return
            }
            function.dfg.instructions[inst].a = value.a
            if function.dfg.instructions[inst].opcode == .store { return }
        }
    }
}
