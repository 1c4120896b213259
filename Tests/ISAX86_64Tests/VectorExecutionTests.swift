import PrecastISAX86_64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

#if arch(x86_64)
/// Vector instructions over more values than registers: sources in registers and in spill slots, ties, and the mask in xmm0.
@Suite struct VectorExecutionTests {
    typealias Bytes = SIMD16<UInt8>

    /// An instruction sequence that computes a vector from two, and what it should give.
    struct Step {
        var name: String
        var emit: (inout TestFunction, _ dst: Register, _ a: Register, _ b: Register) -> Void
        var expected: (Bytes, Bytes) -> Bytes
    }

    @Test(arguments: TestFunction.algorithms, [false, true])
    func steps(_ algorithm: AllocationAlgorithm, avx: Bool) {
        let native = CPUFeatures.native
        if !native.contains(.sse41) || avx && !native.contains(.avx2) { return }
        var steps = Self.integerSteps(avx) + Self.laneSteps(avx) + Self.floatSteps(avx)
        if avx && native.contains(.fma) { steps += Self.fusedSteps }
        if avx && native.isSuperset(of: [.avx512vl, .avx512vbmi]) {
            steps.append(
                Step(
                    name: "vpermi2b", emit: { f, d, a, b in f.emit(0, .permuteBytes(d, indices: a, low: a, high: .register(b))) },
                    expected: { a, b in Self.lanes { (a[$0] & 16 == 0 ? a : b)[Int(a[$0] & 15)] } }))
        }
        if avx && native.isSuperset(of: [.avx512vl, .avx512dq]) { steps += Self.evexSteps }
        var random = SeededGenerator(seed: 7)
        let inputs = (0..<steps.count).map { _ in Bytes((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }) }
        let function = function(steps, avx: avx).compile(algorithm) { $0.usesAVX = avx }
        #expect(function.frameSize >= 16 * (steps.count - 15))
        let code = Executable([function])
        // Unaligned on purpose: loads and stores of vectors take any address.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: steps.count * 48 + 16, alignment: 16)
        defer { memory.deallocate() }
        let (from, to) = (memory + 1, memory + 1 + steps.count * 16)
        for (k, input) in inputs.enumerated() { (from + 16 * k).storeBytes(of: input, as: Bytes.self) }
        _ = code.call(0, 0, Int(bitPattern: from), Int(bitPattern: to))
        for (k, step) in steps.enumerated() {
            let (a, b) = (inputs[k], inputs[partner(k, steps.count)])
            let result = (to + 16 * k).loadUnaligned(as: Bytes.self)
            #expect(result == step.expected(a, b), "\(step.name) of \(a), \(b)")
            #expect((to + 16 * (steps.count + k)).loadUnaligned(as: Bytes.self) == a, "input \(k) is intact")
        }
    }
    /// A scalar's slot is too short for an instruction that reads 16 bytes.
    @Test func scalarsAreNotReadAsVectorsFromMemory() {
        for size in [8, 16] as [UInt8] {
            var f = TestFunction(blocks: 1)
            let (source, result) = (f.register(.float, size), f.vector())
            f.arguments([(source, .xmm(0))])
            f.emit(0, .packed(.pxor, result, source, .register(source), avx: true))
            f.ret(0, [(result, .xmm(0))])
            let problem = X86_64.makeProblem(f.finish())
            #expect(problem.operands[2].constraint == (size == 16 ? .any : .register))
        }
    }

    private func partner(_ k: Int, _ count: Int) -> Int { (k + 9) % count }

    /// Loads all inputs from [rsi], stores each step's result at [rdx], then all inputs again.
    private func function(_ steps: [Step], avx: Bool) -> TestFunction {
        var f = TestFunction(blocks: 1)
        let (from, to) = (f.integer(), f.integer())
        f.arguments([(from, .rsi), (to, .rdx)])
        let inputs = steps.map { _ in f.vector() }
        for (k, v) in inputs.enumerated() { f.emit(0, .loadVector(v, .base(from, Int32(16 * k)), avx: avx)) }
        for (k, step) in steps.enumerated() {
            let result = f.vector()
            step.emit(&f, result, inputs[k], inputs[partner(k, steps.count)])
            f.emit(0, .storeVector(.base(to, Int32(16 * k)), result, avx: avx))
        }
        for (k, v) in inputs.enumerated() { f.emit(0, .storeVector(.base(to, Int32(16 * (steps.count + k))), v, avx: avx)) }
        f.ret(0, [(to, .rax)])
        return f
    }

    // MARK: References

    private static func words(_ v: Bytes) -> SIMD8<Int16> { unsafeBitCast(v, to: SIMD8<Int16>.self) }
    private static func ints(_ v: Bytes) -> SIMD4<Int32> { unsafeBitCast(v, to: SIMD4<Int32>.self) }
    private static func longs(_ v: Bytes) -> SIMD2<Int64> { unsafeBitCast(v, to: SIMD2<Int64>.self) }
    private static func floats(_ v: Bytes) -> SIMD4<Float> { unsafeBitCast(v, to: SIMD4<Float>.self) }
    private static func bytes<V: SIMD>(_ v: V) -> Bytes { unsafeBitCast(v, to: Bytes.self) }
    private static func lanes(_ f: (Int) -> UInt8) -> Bytes { Bytes((0..<16).map(f)) }
    private static func masks<Lane>(_ m: SIMDMask<Lane>) -> Bytes { unsafeBitCast(m, to: Bytes.self) }
    /// A vector with one 32-bit value, zero above.
    private static func low(_ value: UInt32) -> Bytes { bytes(SIMD4<UInt32>(value, 0, 0, 0)) }

    private static func packed(_ op: PackedOperation, avx: Bool, _ expected: @escaping (Bytes, Bytes) -> Bytes) -> Step {
        Step(name: "\(op)", emit: { f, d, a, b in f.emit(0, .packed(op, d, a, .register(b), avx: avx)) }, expected: expected)
    }

    private static func integerSteps(_ avx: Bool) -> [Step] {
        [
            packed(.paddb, avx: avx) { $0 &+ $1 },
            packed(.psubw, avx: avx) { bytes(words($0) &- words($1)) },
            packed(.pmulld, avx: avx) { bytes(ints($0) &* ints($1)) },
            packed(.pandn, avx: avx) { ~$0 & $1 },
            packed(.pcmpgtd, avx: avx) { masks(ints($0) .> ints($1)) },
            packed(.pshufb, avx: avx) { a, b in lanes { b[$0] >= 128 ? 0 : a[Int(b[$0] & 15)] } },
            packed(.punpckhbw, avx: avx) { a, b in lanes { $0 & 1 == 0 ? a[8 + $0 / 2] : b[8 + $0 / 2] } },
            packed(.packsswb, avx: avx) { a, b in lanes { UInt8(bitPattern: Int8(clamping: words($0 < 8 ? a : b)[$0 & 7])) } },
            Step(name: "psrad", emit: { f, d, a, _ in f.emit(0, .packedShift(.psrad, d, a, .immediate(7), avx: avx)) }, expected: { a, _ in bytes(ints(a) &>> 7) }),
            Step(
                name: "psllq by register",
                emit: { f, d, a, _ in
                    let (n, count) = (f.integer(), f.float())
                    f.emit(0, .loadImmediate(.l, n, 9))
                    f.emit(0, .moveToFloat(.l, count, .register(n), avx: avx))
                    f.emit(0, .packedShift(.psllq, d, a, .register(count), avx: avx))
                }, expected: { a, _ in bytes(longs(a) &<< 9) }),
            Step(name: "pslldq", emit: { f, d, a, _ in f.emit(0, .shiftBytesLeft(d, a, 3, avx: avx)) }, expected: { a, _ in lanes { $0 < 3 ? 0 : a[$0 - 3] } }),
            Step(
                name: "palignr", emit: { f, d, a, b in f.emit(0, .shuffle(.palignr, d, a, .register(b), control: 5, avx: avx)) },
                expected: { a, b in lanes { $0 + 5 < 16 ? b[$0 + 5] : a[$0 - 11] } }),
            Step(
                name: "pshufd", emit: { f, d, _, b in f.emit(0, .shuffle(.pshufd, d, .register(b), control: 0x1b, avx: avx)) },
                expected: { _, b in lanes { b[12 - $0 / 4 * 4 + $0 % 4] } }),
            Step(
                name: "pblendvb", emit: { f, d, a, b in f.emit(0, .blend(.pblendvb, d, a, .register(b), mask: b, avx: avx)) },
                expected: { a, b in lanes { b[$0] >= 128 ? b[$0] : a[$0] } }),
            Step(
                name: "blendvps", emit: { f, d, a, b in f.emit(0, .blend(.blendvps, d, a, .register(b), mask: a, avx: avx)) },
                expected: { a, b in lanes { a[$0 | 3] >= 128 ? b[$0] : a[$0] } }),
            Step(name: "pmovsxwd", emit: { f, d, _, b in f.emit(0, .packedUnary(.pmovsxwd, d, .register(b), avx: avx)) }) { _, b in
                bytes(SIMD4<Int32>((0..<4).map { Int32(words(b)[$0]) }))
            },
            Step(
                name: "ones",
                emit: { f, d, a, _ in
                    let ones = f.vector()
                    f.emit(0, .onesFloat(ones, avx: avx))
                    f.emit(0, .packed(.pxor, d, ones, .register(a), avx: avx))
                }, expected: { a, _ in ~a }),
        ]
    }

    private static func laneSteps(_ avx: Bool) -> [Step] {
        [
            Step(
                name: "pinsrw, pextrd",
                emit: { f, d, a, b in
                    let r = f.integer()
                    f.emit(0, .extract(.l, r, b, lane: 2, avx: avx))
                    f.emit(0, .insert(.w, d, a, .register(r), lane: 3, avx: avx))
                }, expected: { a, b in lanes { $0 / 2 == 3 ? b[8 + $0 % 2] : a[$0] } }),
            Step(
                name: "insertps", emit: { f, d, a, b in f.emit(0, .insertFloat(d, a, .register(b), lane: 1, from: 2, zero: 8, avx: avx)) },
                expected: { a, b in lanes { $0 >= 12 ? 0 : $0 / 4 == 1 ? b[4 + $0] : a[$0] } }),
            Step(name: "movsd", emit: { f, d, a, b in f.emit(0, .mergeLow(.double, d, a, b, avx: avx)) }, expected: { a, b in lanes { $0 < 8 ? b[$0] : a[$0] } }),
            Step(name: "movhlps", emit: { f, d, a, b in f.emit(0, .moveHighToLow(d, a, b, avx: avx)) }, expected: { a, b in lanes { $0 < 8 ? b[$0 + 8] : a[$0] } }),
            Step(name: "movlhps", emit: { f, d, a, b in f.emit(0, .moveLowToHigh(d, a, b, avx: avx)) }, expected: { a, b in lanes { $0 < 8 ? a[$0] : b[$0 - 8] } }),
            Step(
                name: "pmovmskb",
                emit: { f, d, a, _ in
                    let r = f.integer()
                    f.emit(0, .byteMask(r, a, avx: avx))
                    f.emit(0, .moveToFloat(.l, d, .register(r), avx: avx))
                }, expected: { a, _ in low((0..<16).reduce(0) { $0 | UInt32(a[$1] >> 7) << UInt32($1) }) }),
            Step(
                name: "ptest",
                emit: { f, d, a, b in
                    let r = f.integer()
                    f.emit(0, .ptest(a, .register(b), avx: avx))
                    f.emit(0, .setcc(.ne, r))
                    f.emit(0, .moveToFloat(.l, d, .register(r), avx: avx))
                }, expected: { a, b in low(a & b == Bytes() ? 0 : 1) }),
            Step(
                name: "splat of a scalar",
                emit: { f, d, a, _ in
                    let s = f.float()
                    f.emit(0, .retypeFloat(s, a))
                    f.emit(0, .shuffle(.shufps, d, s, .register(s), control: 0, avx: avx))
                }, expected: { a, _ in lanes { a[$0 & 3] } }),
            Step(
                name: "retype",
                emit: { f, d, a, b in
                    let (s, v) = (f.float(), f.vector())
                    f.emit(0, .retypeFloat(s, a))
                    f.emit(0, .retypeFloat(v, s))
                    f.emit(0, .mergeLow(.single, d, b, v, avx: avx))
                }, expected: { a, b in lanes { $0 < 4 ? a[$0] : b[$0] } }),
        ]
    }

    private static func floatSteps(_ avx: Bool) -> [Step] {
        [
            Step(
                name: "divps",
                emit: { f, d, a, b in
                    let (x, y) = (f.vector(), f.vector())
                    f.emit(0, .packedUnary(.cvtdq2ps, x, .register(a), avx: avx))
                    f.emit(0, .packedUnary(.cvtdq2ps, y, .register(b), avx: avx))
                    f.emit(0, .packed(.divps, d, x, .register(y), avx: avx))
                }, expected: { a, b in bytes(SIMD4<Float>(ints(a)) / SIMD4<Float>(ints(b))) }),
            Step(
                name: "cmpps", emit: { f, d, a, b in f.emit(0, .packedCompare(.lt, .single, d, a, .register(b), avx: avx)) },
                expected: { a, b in masks(floats(a) .< floats(b)) }),
        ]
    }

    private static func fused(_ name: String, _ emit: @escaping (inout TestFunction, Register, Register, Register) -> Void, _ expected: @escaping (Float, Float) -> Float) -> Step {
        Step(
            name: name,
            emit: { f, d, a, b in
                let (x, y) = (f.vector(), f.vector())
                f.emit(0, .packedUnary(.cvtdq2ps, x, .register(a), avx: true))
                f.emit(0, .packedUnary(.cvtdq2ps, y, .register(b), avx: true))
                emit(&f, d, x, y)
            }, expected: { a, b in bytes(SIMD4<Float>((0..<4).map { expected(Float(ints(a)[$0]), Float(ints(b)[$0])) })) })
    }
    private static var fusedSteps: [Step] {
        [
            fused("fmadd213ps", { f, d, x, y in f.emit(0, .fusedMultiplyAdd(.ps, d, x, multiplier: x, addend: .register(y))) }, { $1.addingProduct($0, $0) }),
            fused("fnmadd231ps", { f, d, x, y in f.emit(0, .fusedAccumulate(.ps, d, accumulator: x, y, .register(x), negated: true)) }, { $0.addingProduct(-$1, $0) }),
        ]
    }

    private static var evexSteps: [Step] {
        [
            packed(.pmullq, avx: true) { bytes(longs($0) &* longs($1)) },
            Step(name: "psraq", emit: { f, d, a, _ in f.emit(0, .packedShift(.psraq, d, a, .immediate(40), avx: true)) }, expected: { a, _ in bytes(longs(a) &>> 40) }),
            Step(
                name: "pternlogd",
                emit: { f, d, a, b in
                    let ones = f.vector()
                    f.emit(0, .onesFloat(ones, avx: true))
                    f.emit(0, .ternaryLogic(d, a, ones, .register(b), table: 0xca))
                }, expected: { a, b in a | b }),
        ]
    }
}
#endif
