import PrecastIR
import PrecastMachineCode

/// Lanes: splats, extraction, replacement, shuffles.
extension Lowering {
    // MARK: Splats

    mutating func lowerSplat(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        switch data.vectorOperation {
        case .i8x16Splat:
            if uses(.avx2) { return code.emit(.packedUnary(.pbroadcastb, dst, splatSource(data.valueA, .uload8), avx: true)) }
            packed(.pshufb, scalarVector(.l, data.valueA), zeroVector(), into: dst)
        case .i16x8Splat:
            if uses(.avx2) { return code.emit(.packedUnary(.pbroadcastw, dst, splatSource(data.valueA, .uload16), avx: true)) }
            let low = vectorTemporary()
            code.emit(.shuffle(.pshuflw, low, .register(scalarVector(.l, data.valueA)), control: 0, avx: avx))
            code.emit(.shuffle(.pshufd, dst, .register(low), control: 0, avx: avx))
        case .i32x4Splat:
            if uses(.avx2) { return code.emit(.packedUnary(.pbroadcastd, dst, splatSource(data.valueA, .load), avx: true)) }
            code.emit(.shuffle(.pshufd, dst, .register(scalarVector(.l, data.valueA)), control: 0, avx: avx))
        case .i64x2Splat:
            if let load = foldableLoad(data.valueA) { return code.emit(.packedUnary(.movddup, dst, .memory(swallow(load)), avx: avx)) }
            code.emit(.shuffle(.pshufd, dst, .register(scalarVector(.q, data.valueA)), control: 0x44, avx: avx))
        case .f32x4Splat:
            if uses(.avx2) { return code.emit(.packedUnary(.broadcastss, dst, floatSource(data.valueA), avx: true)) }
            code.emit(.shuffle(.pshufd, dst, .register(floatVector(data.valueA)), control: 0, avx: avx))
        default: code.emit(.packedUnary(.movddup, dst, floatSource(data.valueA), avx: avx))
        }
    }
    /// What a broadcast reads: a folded load of the lane's width, or a vector with the scalar in lane 0.
    private mutating func splatSource(_ value: Value, _ load: PrecastIR.Opcode) -> RegisterOrMemory {
        if let inst = foldableLoad(value, load) { return .memory(swallow(inst)) }
        return .register(scalarVector(.l, value))
    }
    private mutating func scalarVector(_ size: OperandSize, _ value: Value) -> Register {
        let r = vectorTemporary()
        code.emit(.moveToFloat(size, r, .register(size == .l ? useLow(value) : use(value)), avx: avx))
        return r
    }
    /// A float scalar as lane 0 of a vector; the other lanes are anything.
    private mutating func floatVector(_ value: Value) -> Register {
        let r = vectorTemporary()
        code.emit(.retypeFloat(r, use(value)))
        return r
    }

    // MARK: Single lanes

    mutating func lowerExtractLane(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        let x = use(data.valueA)
        let lane = UInt8(truncatingIfNeeded: data.b)
        switch data.vectorOperation {
        case .i8x16ExtractLaneU: code.emit(.extract(.b, dst, x, lane: lane, avx: avx))
        case .i16x8ExtractLaneU: code.emit(.extract(.w, dst, x, lane: lane, avx: avx))
        case .i8x16ExtractLaneS: emitExtractSigned(.b, dst, x, lane)
        case .i16x8ExtractLaneS: emitExtractSigned(.w, dst, x, lane)
        default:
            let size: OperandSize = data.vectorOperation == .i32x4ExtractLane ? .l : .q
            if lane == 0 { return code.emit(.moveFromFloat(size, dst, x, avx: avx)) }
            code.emit(.extract(size, dst, x, lane: lane, avx: avx))
        }
    }
    private mutating func emitExtractSigned(_ size: OperandSize, _ dst: Register, _ x: Register, _ lane: UInt8) {
        let unsigned = temporary()
        code.emit(.extract(size, unsigned, x, lane: lane, avx: avx))
        code.emit(.movsx(from: size, to: .l, dst, .register(unsigned)))
    }
    mutating func lowerExtractFloatLane(_ inst: Inst, _ data: InstructionData) {
        var x = use(data.valueA)
        if data.b != 0 {
            x = lanes(x, data.vectorOperation == .f32x4ExtractLane ? UInt8(truncatingIfNeeded: data.b) : 0xee)
        }
        code.emit(.retypeFloat(result(inst), x))
    }

    mutating func lowerReplaceLane(_ inst: Inst, _ data: InstructionData) {
        let (size, load): (OperandSize, PrecastIR.Opcode) = switch data.vectorOperation {
        case .i8x16ReplaceLane: (.b, .uload8)
        case .i16x8ReplaceLane: (.w, .uload16)
        case .i32x4ReplaceLane: (.l, .load)
        default: (.q, .load)
        }
        let source: RegisterOrMemory = if let inst = foldableLoad(data.valueB, load) {
            .memory(swallow(inst))
        } else {
            .register(size == .q ? use(data.valueB) : useLow(data.valueB))
        }
        code.emit(.insert(size, result(inst), use(data.valueA), source, lane: UInt8(truncatingIfNeeded: data.c), avx: avx))
    }
    mutating func lowerReplaceFloatLane(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        let x = use(data.valueA)
        if data.vectorOperation == .f32x4ReplaceLane {
            let source: RegisterOrMemory = if let load = foldableLoad(data.valueB) { .memory(swallow(load)) } else { .register(use(data.valueB)) }
            return code.emit(.insertFloat(dst, x, source, lane: UInt8(truncatingIfNeeded: data.c), avx: avx))
        }
        if let load = foldableLoad(data.valueB) { return code.emit(.loadHalf(data.c == 0 ? .low : .high, dst, x, swallow(load), avx: avx)) }
        let scalar = use(data.valueB)
        code.emit(data.c == 0 ? .mergeLow(.double, dst, x, scalar, avx: avx) : .moveLowToHigh(dst, x, scalar, avx: avx))
    }

    /// A store of nothing but a lane, from the vector. The lowest of 32 or 64 bits is a scalar as it is.
    mutating func lowerLaneStore(_ inst: Inst, _ data: InstructionData, _ width: OperandSize) -> Bool {
        guard let lane = definition(data.valueA, .vunary), !hasOwnRegister(data.valueA), let extract = dfg.definition(data.valueA),
            analysis.useCount(dfg.result(extract)) == 1
        else { return false }
        let size: OperandSize
        switch lane.vectorOperation {
        case .i8x16ExtractLaneS, .i8x16ExtractLaneU: size = .b
        case .i16x8ExtractLaneS, .i16x8ExtractLaneU: size = .w
        case .i32x4ExtractLane, .f32x4ExtractLane: size = .l
        case .i64x2ExtractLane, .f64x2ExtractLane: size = .q
        default: return false
        }
        guard size == width else { return false }
        let x = use(lane.valueA)
        let m = address(inst)
        if size.bytes >= 4 && lane.b == 0 {
            code.emit(.storeFloat(size == .l ? .single : .double, m, x, avx: avx))
        } else if size == .q {
            code.emit(.storeHalf(.high, m, x, avx: avx))
        } else {
            code.emit(.storeLane(size, m, x, lane: UInt8(truncatingIfNeeded: lane.b), avx: avx))
        }
        return true
    }

    // MARK: Shuffles

    /// Indices of 16 and more become ones with the top bit set, which the instruction takes as zero.
    mutating func lowerSwizzle(_ inst: Inst, _ data: InstructionData) {
        if let constant = vectorConstant(data.valueB) {
            let indices = ShuffleLanes(constant).bytes.map { $0 < 16 ? $0 : 0x80 }
            return packed(.pshufb, use(data.valueA), .memory(pool(ShuffleLanes(indices).constant)), into: result(inst))
        }
        let indices = packed(.paddusb, use(data.valueB), poolLanes(.b, 0x70))
        packed(.pshufb, use(data.valueA), indices, into: result(inst))
    }

    mutating func lowerShuffle(_ inst: Inst, _ data: InstructionData) {
        let dst = result(inst)
        var shuffle = ShuffleLanes(dfg.vectorConstants[VectorConstant(rawValue: data.c)])
        let (first, second) = (data.valueA, data.valueB)
        if dfg.resolve(first) == dfg.resolve(second) { shuffle = shuffle.ofOne }
        if shuffle.bytes.allSatisfy({ $0 < 16 }) { return emitShuffle(dst, use(first), shuffle) }
        if shuffle.bytes.allSatisfy({ $0 >= 16 }) { return emitShuffle(dst, use(second), shuffle.ofOne) }
        if isZeroVector(second) { return emitBytes(dst, use(first), shuffle.bytes.map { $0 < 16 ? $0 : 0x80 }) }
        if isZeroVector(first) { return emitBytes(dst, use(second), shuffle.bytes.map { $0 < 16 ? 0x80 : $0 - 16 }) }
        let (a, b) = (use(first), use(second))
        if emitMix(dst, a, b, shuffle) || emitMix(dst, b, a, shuffle.exchanged) { return }
        if uses(.avx512vbmi) && uses(.avx512vl) {
            let indices = vectorTemporary()
            code.emit(.loadVector(indices, pool(shuffle.constant), avx: true))
            return code.emit(.permuteBytes(dst, indices: indices, low: a, high: .register(b)))
        }
        let (fromFirst, fromSecond) = (vectorTemporary(), vectorTemporary())
        emitBytes(fromFirst, a, shuffle.bytes.map { $0 < 16 ? $0 : 0x80 })
        emitBytes(fromSecond, b, shuffle.bytes.map { $0 < 16 ? 0x80 : $0 - 16 })
        packed(.por, fromFirst, fromSecond, into: dst)
    }
    private mutating func emitBytes(_ dst: Register, _ x: Register, _ indices: [UInt8]) {
        packed(.pshufb, x, .memory(pool(ShuffleLanes(indices).constant)), into: dst)
    }

    /// A shuffle of one vector.
    private mutating func emitShuffle(_ dst: Register, _ x: Register, _ shuffle: ShuffleLanes) {
        if shuffle.bytes == Array(0..<16) { return code.emit(.moveFloat(dst, x, avx: avx)) }
        if let control = shuffle.doublewords { return code.emit(.shuffle(.pshufd, dst, .register(x), control: control, avx: avx)) }
        if let control = shuffle.words(ofHalf: 0), shuffle.keeps(8..<16) {
            return code.emit(.shuffle(.pshuflw, dst, .register(x), control: control, avx: avx))
        }
        if let control = shuffle.words(ofHalf: 1), shuffle.keeps(0..<8) {
            return code.emit(.shuffle(.pshufhw, dst, .register(x), control: control, avx: avx))
        }
        if shuffle.bytes == Array(repeating: 0, count: 16), uses(.avx2) {
            return code.emit(.packedUnary(.pbroadcastb, dst, .register(x), avx: true))
        }
        if let op = shuffle.interleaving(second: 0) {
            packed(op, x, x, into: dst)
            return
        }
        if let count = shuffle.rotation(modulo: 16) { return code.emit(.shuffle(.palignr, dst, x, .register(x), control: count, avx: avx)) }
        emitBytes(dst, x, shuffle.bytes)
    }
    /// A shuffle of two vectors as one instruction, if there is one with the operands in this order.
    private mutating func emitMix(_ dst: Register, _ a: Register, _ b: Register, _ shuffle: ShuffleLanes) -> Bool {
        if let op = shuffle.interleaving(second: 16) {
            packed(op, a, b, into: dst)
        } else if let control = shuffle.blend {
            code.emit(.shuffle(.pblendw, dst, a, .register(b), control: control, avx: avx))
        } else if let control = shuffle.halves {
            code.emit(.shuffle(.shufps, dst, a, .register(b), control: control, avx: avx))
        } else if let count = shuffle.rotation(modulo: 32), count < 16 {
            code.emit(.shuffle(.palignr, dst, b, .register(a), control: count, avx: avx))
        } else {
            return false
        }
        return true
    }
}

/// The controls of shuffles that are one instruction.
extension ShuffleLanes {
    private func control(_ lanes: some Sequence<UInt8>) -> UInt8 { lanes.reversed().reduce(0) { $0 << 2 | $1 & 3 } }

    /// `pshufd` of one vector.
    var doublewords: UInt8? { wholeLanes(4).map { control($0) } }
    /// `pshuflw`, `pshufhw`: words of one half, from that half.
    func words(ofHalf half: Int) -> UInt8? {
        guard let lanes = wholeLanes(2) else { return nil }
        let words = lanes[half * 4..<half * 4 + 4]
        return words.allSatisfy { Int($0) / 4 == half } ? control(words) : nil
    }
    /// `punpck…` with the second operand's bytes counted from `second`.
    func interleaving(second: UInt8) -> PackedOperation? {
        for (size, low, high) in [(1, PackedOperation.punpcklbw, PackedOperation.punpckhbw), (2, .punpcklwd, .punpckhwd), (4, .punpckldq, .punpckhdq),
            (8, .punpcklqdq, .punpckhqdq)] {
            for (start, op) in [(0, low), (8, high)] where (0..<16).allSatisfy({ i in
                let byte = start + i / (2 * size) * size + i % size
                return Int(bytes[i]) == byte + (i / size % 2 == 0 ? 0 : Int(second))
            }) { return op }
        }
        return nil
    }
    /// `pblendw`: words that stay where they are.
    var blend: UInt8? {
        guard let lanes = wholeLanes(2), lanes.enumerated().allSatisfy({ Int($1) % 8 == $0 }) else { return nil }
        return lanes.reversed().reduce(0) { $0 << 1 | $1 / 8 }
    }
    /// `shufps`: the lower half from the first vector, the upper from the second.
    var halves: UInt8? {
        guard let lanes = wholeLanes(4), lanes[0] < 4, lanes[1] < 4, lanes[2] >= 4, lanes[3] >= 4 else { return nil }
        return control(lanes)
    }
}
