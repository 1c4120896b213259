import PrecastIR
import PrecastMachineCode

/// Lanes: splats, extraction, replacement, shuffles.
extension Lowering {
    // MARK: Single lanes

    mutating func lowerSplat(_ opcode: VectorOpcode, _ size: OperandSize, _ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        if let load = laneLoad(data.valueA, size) {
            let m = swallow(load)
            if m.isPlain { return code.emit(.loadReplicated(size, dst, m)) }
            return code.emit(.vector(.dup, size, dst, loadScalar(size, m)))
        }
        if let (x, lane) = extractedLane(data.valueA, size) { return code.emit(.vector(.dup, size, dst, x, amount: lane)) }
        code.emit(.vector(opcode, size, dst, scalar(data.valueA)))
    }
    mutating func lowerExtraction(_ opcode: VectorOpcode, _ size: OperandSize, _ inst: Inst, _ data: InstructionData) {
        code.emit(.vector(opcode, size, result(inst), use(data.valueA), amount: UInt8(truncatingIfNeeded: data.b)))
    }
    mutating func lowerReplacement(_ opcode: VectorOpcode, _ size: OperandSize, _ inst: Inst, _ data: InstructionData) {
        let dst = result(inst), old = use(data.valueA), lane = UInt8(truncatingIfNeeded: data.c)
        if let load = laneLoad(data.valueB, size) {
            let m = swallow(load)
            if m.isPlain { return code.emit(.loadLane(size, dst, old: old, lane, m)) }
            return code.emit(.insertLane(size, dst, old: old, lane, from: loadScalar(size, m), 0))
        }
        if let (x, from) = extractedLane(data.valueB, size) { return code.emit(.insertLane(size, dst, old: old, lane, from: x, from)) }
        code.emit(.vector(opcode, size, dst, old: old, scalar(data.valueB), amount: lane))
    }
    /// The low lane of a vector of zeros.
    mutating func lowerScalar(_ size: OperandSize, _ inst: Inst, _ data: InstructionData) {
        if let load = foldableLoad(data.valueA) { return code.emit(.load(size, result(inst), swallow(load))) }
        code.emit(.moveToFloat(size, result(inst), scalar(data.valueA)))
    }

    private mutating func scalar(_ value: Value) -> Register { dfg.type(value) == .i32 ? useLow(value) : use(value) }
    private mutating func loadScalar(_ size: OperandSize, _ m: MemoryOperand) -> Register {
        let r = vectorTemporary()
        code.emit(.load(size.lane, r, m))
        return r
    }
    /// The load of a lane and no more that defines `value`, if the current instruction may contain it.
    private func laneLoad(_ value: Value, _ size: OperandSize) -> Inst? {
        switch size {
        case .b16: foldableLoad(value, .uload8)
        case .h8: foldableLoad(value, .uload16)
        default: foldableLoad(value)
        }
    }
    /// The vector and the lane that `value` is read from.
    private mutating func extractedLane(_ value: Value, _ size: OperandSize) -> (Register, UInt8)? {
        guard let data = definition(value, .vunary), let lane = data.vectorOperation.extraction, lane.size == size, !hasOwnRegister(value) else { return nil }
        return (use(data.valueA), UInt8(truncatingIfNeeded: data.b))
    }

    /// A store of nothing but a lane, from the vector.
    mutating func lowerLaneStore(_ inst: Inst, _ data: InstructionData) -> Bool {
        guard let lane = vectorDefinition(data.valueA), let size = lane.vectorOperation.extraction?.size, size.lane.bytes == data.accessSize else { return false }
        let x = use(lane.valueA), number = UInt8(truncatingIfNeeded: lane.b)
        let m = address(inst)
        if number == 0 {
            code.emit(.store(size.lane, m, x))
        } else if m.isPlain {
            code.emit(.storeLane(size, m, x, number))
        } else {
            code.emit(.store(size.lane, m, vector(.dupScalar, size, x, amount: number)))
        }
        return true
    }

    // MARK: Shuffles

    mutating func lowerShuffle(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst), (first, second) = (data.valueA, data.valueB)
        let shuffle = ShuffleLanes(dfg.vectorConstants[VectorConstant(rawValue: data.c)])
        if dfg.resolve(first) == dfg.resolve(second) || shuffle.bytes.allSatisfy({ $0 < 16 }) { return emitShuffle(dst, use(first), shuffle.ofOne) }
        if shuffle.bytes.allSatisfy({ $0 >= 16 }) { return emitShuffle(dst, use(second), shuffle.ofOne) }
        let (a, b) = (use(first), use(second))
        if emitMix(dst, a, b, shuffle) || emitMix(dst, b, a, shuffle.exchanged) { return }
        // Numbers past the last byte give zero.
        if isZeroVector(second) { return emitTable(dst, a, shuffle) }
        if isZeroVector(first) { return emitTable(dst, b, shuffle.exchanged) }
        code.emit(.lookUp(dst, low: a, high: b, loadConstant(shuffle.constant)))
    }
    private mutating func emitTable(_ dst: Register, _ x: Register, _ shuffle: ShuffleLanes) {
        code.emit(.vector(.tbl, .b16, dst, x, loadConstant(shuffle.constant)))
    }

    /// A shuffle of one vector.
    private mutating func emitShuffle(_ dst: Register, _ x: Register, _ shuffle: ShuffleLanes) {
        if shuffle.keeps(0..<16) { return code.emit(.moveFloat(.q, dst, x)) }
        if let (size, lane) = shuffle.replicated { return code.emit(.vector(.dup, size, dst, x, amount: lane)) }
        if let (opcode, size) = shuffle.reversal { return code.emit(.vector(opcode, size, dst, x)) }
        if let (opcode, size) = shuffle.permutation(isOfOne: true) { return code.emit(.vector(opcode, size, dst, x, x)) }
        if let first = shuffle.rotation(modulo: 16) { return code.emit(.vector(.ext, .b16, dst, x, x, amount: first)) }
        if let (size, lane, from) = shuffle.insertion { return code.emit(.insertLane(size, dst, old: x, lane, from: x, from)) }
        emitTable(dst, x, shuffle)
    }
    /// A shuffle of two vectors as one instruction, if there is one with the operands in this order.
    private mutating func emitMix(_ dst: Register, _ a: Register, _ b: Register, _ shuffle: ShuffleLanes) -> Bool {
        if let (opcode, size) = shuffle.permutation(isOfOne: false) {
            code.emit(.vector(opcode, size, dst, a, b))
        } else if let first = shuffle.rotation(modulo: 32), first < 16 {
            code.emit(.vector(.ext, .b16, dst, a, b, amount: first))
        } else if let (size, lane, from) = shuffle.insertion {
            code.emit(.insertLane(size, dst, old: a, lane, from: b, from))
        } else {
            return false
        }
        return true
    }
}

extension MemoryOperand {
    /// Nothing but a register, which is all that instructions on lanes take.
    fileprivate var isPlain: Bool { kind == .registers && index.isNone && displacement == 0 }
}

/// Shuffles that are one instruction.
extension ShuffleLanes {
    private static let sizes: [(bytes: Int, size: OperandSize)] = [(8, .d2), (4, .s4), (2, .h8), (1, .b16)]

    /// `dup`: one lane everywhere.
    fileprivate var replicated: (size: OperandSize, lane: UInt8)? {
        for (bytes, size) in Self.sizes {
            if let lanes = wholeLanes(bytes), lanes.allSatisfy({ $0 == lanes[0] }) { return (size, lanes[0]) }
        }
        return nil
    }
    /// `rev…`: lanes in reverse within wider ones.
    fileprivate var reversal: (opcode: VectorOpcode, size: OperandSize)? {
        for (bytes, size) in Self.sizes.dropFirst() {
            guard let lanes = wholeLanes(bytes) else { continue }
            for (opcode, width) in [(VectorOpcode.rev64, 8), (.rev32, 4), (.rev16, 2)] where width > bytes {
                if lanes.enumerated().allSatisfy({ Int($1) == $0 ^ (width / bytes - 1) }) { return (opcode, size) }
            }
        }
        return nil
    }
    /// `zip…`, `uzp…`, `trn…`: `isOfOne` if both operands are the same.
    fileprivate func permutation(isOfOne: Bool) -> (opcode: VectorOpcode, size: OperandSize)? {
        for (bytes, size) in Self.sizes {
            guard let lanes = wholeLanes(bytes) else { continue }
            let count = lanes.count, mask = isOfOne ? count - 1 : 2 * count - 1
            let permutations: [(VectorOpcode, (Int) -> Int)] = [
                (.zip1, { $0 / 2 + $0 % 2 * count }), (.zip2, { ($0 + count) / 2 + $0 % 2 * count }),
                (.uzp1, { 2 * $0 }), (.uzp2, { 2 * $0 + 1 }),
                (.trn1, { $0 & ~1 + $0 % 2 * count }), (.trn2, { $0 | 1 + $0 % 2 * count }),
            ]
            for (opcode, lane) in permutations where lanes.enumerated().allSatisfy({ Int($1) == lane($0) & mask }) { return (opcode, size) }
        }
        return nil
    }
    /// `ins`: the first operand, but for one lane of the second, or of the first if that is all there is.
    fileprivate var insertion: (size: OperandSize, lane: UInt8, from: UInt8)? {
        for (bytes, size) in Self.sizes {
            guard let lanes = wholeLanes(bytes) else { continue }
            let moved = lanes.indices.filter { Int(lanes[$0]) != $0 }
            if moved.count == 1 { return (size, UInt8(moved[0]), lanes[moved[0]] & UInt8(lanes.count - 1)) }
        }
        return nil
    }
}
