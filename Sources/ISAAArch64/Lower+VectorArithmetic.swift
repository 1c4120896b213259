import PrecastIR
import PrecastMachineCode

/// Products and sums of lanes, beyond what one instruction does.
extension Lowering {
    // MARK: Accumulation

    /// A sum or difference that adds to what nobody else wants: a product, or sums of neighbours.
    mutating func lowerAccumulation(_ inst: Inst, _ data: InstructionData) -> Bool {
        guard let row = data.vectorOperation.instruction, row.opcode == .add || row.opcode == .sub else { return false }
        let pairs = [(data.valueB, data.valueA), (data.valueA, data.valueB)]
        for (term, sum) in row.opcode == .add ? pairs : [pairs[0]] {
            guard let part = vectorDefinition(term), let operation = part.vectorOperation.instruction ?? part.vectorOperation.unary,
                let opcode = operation.opcode.accumulating(subtracts: row.opcode == .sub),
                (opcode == .mla || opcode == .mls ? operation.size : operation.size.wider) == row.size
            else { continue }
            let second = part.opcode == .vbinary ? use(part.valueB) : .none
            code.emit(.vector(opcode, operation.size, result(inst), old: use(sum), use(part.valueA), second))
            return true
        }
        return false
    }
    /// A relaxed operator leaves open whether the product is rounded.
    mutating func lowerMultiplyAdd(_ opcode: VectorOpcode, _ size: OperandSize, _ inst: Inst, _ data: InstructionData) {
        code.emit(.vector(opcode, size, result(inst), old: use(data.valueC), use(data.valueA), use(data.valueB)))
    }

    // MARK: Dot products

    /// Sums of neighbouring products.
    mutating func emitDotProduct(_ size: OperandSize, sums: OperandSize, _ data: InstructionData, into dst: Register) {
        let (a, b) = (use(data.valueA), use(data.valueB))
        code.emit(.vector(.addp, sums, dst, vector(.smull, size.lowHalf, a, b), vector(.smull, size, a, b)))
    }
    mutating func lowerDotProductAdd(_ inst: Inst, _ data: InstructionData) {
        let sum = use(data.valueC)
        if uses(.dotprod) {
            return code.emit(.vector(.sdot, .s4, result(inst), old: sum, use(data.valueA), use(data.valueB)))
        }
        let words = vectorTemporary()
        emitDotProduct(.b16, sums: .h8, data, into: words)
        code.emit(.vector(.sadalp, .h8, result(inst), old: sum, words))
    }

    // MARK: Products

    /// Of the four products of halves the upper one is beyond the result.
    mutating func lowerMultiply64(_ inst: Inst, _ data: InstructionData) {
        let (a, b) = (use(data.valueA), use(data.valueB))
        let crossed = vector(.mul, .s4, vector(.rev64, .s4, b), a)
        let upper = vector(.shl, .d2, vector(.uaddlp, .s4, crossed), amount: 32)
        code.emit(.vector(.umlal, .s2, result(inst), old: upper, vector(.xtn, .s2, a), vector(.xtn, .s2, b)))
    }
}

extension VectorOpcode {
    /// The instruction that adds its result to, or subtracts it from the lanes of the destination.
    fileprivate func accumulating(subtracts: Bool) -> VectorOpcode? {
        switch self {
        case .mul: subtracts ? .mls : .mla
        case .smull where !subtracts: .smlal
        case .umull where !subtracts: .umlal
        case .saddlp where !subtracts: .sadalp
        case .uaddlp where !subtracts: .uadalp
        default: nil
        }
    }
}
