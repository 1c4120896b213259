import PrecastEntities
import PrecastISAX86_64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

#if arch(x86_64)
/// Functions that are allocated, emitted and run.
@Suite struct ExecutionTests {
    @Test func leafWithoutFrame() {
        var f = TestFunction(blocks: 1)
        let (a, b, sum) = (f.integer(), f.integer(), f.integer())
        f.arguments([(a, .rsi), (b, .rdx)])
        f.emit(0, .alu(.add, .q, sum, a, .register(b)))
        f.ret(0, [(sum, .rax)])
        let function = f.compile()
        #expect(function.isFrameless)
        #expect(function.frameSize == 0)
        #expect(function.unwind.isEmpty)
        #expect(Executable([function]).call(0, 0, 40, 2) == 42)
    }

    /// sum of 1 … n, with a loop and parameters.
    private func sumFunction() -> TestFunction {
        var f = TestFunction(blocks: 3)
        let (n, zero, i, sum, i2, sum2) = (f.integer(), f.integer(), f.integer(), f.integer(), f.integer(), f.integer())
        f.arguments([(n, .rsi)])
        f.emit(0, .loadImmediate(.q, zero, 0))
        f.jump(0, to: 1, [n, zero])
        f.blocks[1].parameters = [i, sum]
        f.blocks[1].loopDepth = 1
        f.emit(1, .alu(.add, .q, sum2, sum, .register(i)))
        f.emit(1, .alu(.sub, .q, i2, i, .immediate(1)))
        // The edge back is critical and split: block 2 is the exit, the back edge has a block of its own.
        f.blocks.append(TestFunction.Block())
        f.branch(.ne, 1, then: 3, else: 2)
        f.blocks[3].loopDepth = 1
        f.jump(3, to: 1, [i2, sum2])
        f.ret(2, [(sum2, .rax)])
        return f
    }

    @Test(arguments: TestFunction.algorithms)
    func loop(_ algorithm: AllocationAlgorithm) {
        let function = sumFunction().compile(algorithm)
        #expect(Executable([function]).call(0, 0, 1000) == 500_500)
        // The loop is kept within a line.
        #expect(function.alignment == 64)
    }

    @Test func jumpTable() {
        var f = TestFunction(blocks: 5)
        let (n, address) = (f.integer(), f.integer())
        f.arguments([(n, .rsi)])
        let table = f.table([3, 1, 4, 2, 1])
        f.emit(0, .jumpTableAddress(address, index: n, table: table))
        f.emit(0, .branchTable(address, table: table))
        f.blocks[0].successors = [1, 2, 3, 4]
        for b in 1...4 {
            let r = f.integer()
            f.emit(b, .loadImmediate(.l, r, Int64(b * 11)))
            f.ret(b, [(r, .rax)])
        }
        let code = Executable([f.compile()])
        #expect((0..<5).map { code.call(0, 0, $0) } == [33, 11, 44, 22, 11])
    }

    @Test(arguments: TestFunction.algorithms)
    func divisionAndWideMultiplication(_ algorithm: AllocationAlgorithm) {
        var f = TestFunction(blocks: 1)
        let (a, b) = (f.integer(), f.integer())
        let (sign, q, r, high, low, mixed, mixed2, mixed3) = (f.integer(), f.integer(), f.integer(), f.integer(), f.integer(), f.integer(), f.integer(), f.integer())
        f.arguments([(a, .rsi), (b, .rdx)])
        f.emit(0, .cqo(.q, sign, a))
        f.emit(0, .idiv(.q, quotient: q, remainder: r, low: a, high: sign, .register(b), trap: 7))
        f.emit(0, .mulWide(signed: true, .q, low: low, high: high, a, .register(b)))
        f.emit(0, .alu(.xor, .q, mixed, q, .register(r)))
        f.emit(0, .alu(.xor, .q, mixed2, mixed, .register(low)))
        f.emit(0, .alu(.xor, .q, mixed3, mixed2, .register(high)))
        f.ret(0, [(mixed3, .rax)])
        let function = f.compile(algorithm)
        #expect(function.traps.count == 1)
        #expect(function.traps.first?.code == 7)
        // The site is the idiv itself: REX.W F7 /7.
        if let site = function.traps.first { #expect(Array(function.code[Int(site.offset)...].prefix(2)).last == 0xf7) }
        let code = Executable([function])
        for (x, y) in [(1_000_003, -17), (-5, 3), (Int.max, 12345), (Int.min, 3)] {
            let product = x.multipliedFullWidth(by: y)
            #expect(code.call(0, 0, x, y) == (x / y) ^ (x % y) ^ Int(bitPattern: product.low) ^ product.high)
        }
    }

    @Test func shiftCountsAndHighHalfOnly() {
        var f = TestFunction(blocks: 1)
        let (a, n, high, shifted, result) = (f.integer(), f.integer(), f.integer(), f.integer(), f.integer())
        f.arguments([(a, .rsi), (n, .rdx)])
        f.emit(0, .mulHigh(signed: false, .q, high, a, .register(n)))
        f.emit(0, .shift(.shl, .q, shifted, a, .register(n)))
        f.emit(0, .alu(.add, .q, result, shifted, .register(high)))
        f.ret(0, [(result, .rax)])
        let code = Executable([f.compile()])
        for (x, y) in [(3, 5), (-1, 63), (Int.max, 7)] {
            let high = UInt(bitPattern: x).multipliedFullWidth(by: UInt(bitPattern: y)).high
            #expect(code.call(0, 0, x, y) == (x << (y & 63)) &+ Int(bitPattern: high))
        }
    }

    @Test(arguments: [false, true])
    func floatConstantsAndBranches(avx: Bool) {
        // a < b (ordered) ? sqrt(a * a + 16) : unordered or equal → -1 via two-condition branches.
        if avx && !CPUFeatures.native.contains(.avx) { return }
        var f = TestFunction(blocks: 3)
        let (a, b, square, sum, root, minus) = (f.float(), f.float(), f.float(), f.float(), f.float(), f.float())
        let sixteen = f.constant(PoolConstant(low: (16.0).bitPattern, size: 8))
        let one = f.constant(PoolConstant(low: (-1.0).bitPattern, size: 8))
        f.arguments([(a, .xmm(0)), (b, .xmm(1))])
        f.emit(0, .ucomis(.double, a, .register(b), avx: avx))
        f.emit(0, .jccOr(.ne, .p, then: BlockNumber(index: 1), else: BlockNumber(index: 2)))
        f.blocks[0].successors = [1, 2]
        f.emit(1, .float(.mul, .double, square, a, .register(a), avx: avx))
        f.emit(1, .float(.add, .double, sum, square, .memory(.constant(sixteen)), avx: avx))
        f.emit(1, .sqrt(.double, root, .register(sum), avx: avx))
        f.ret(1, [(root, .xmm(0))])
        f.emit(2, .loadFloat(.double, minus, .constant(one), avx: avx))
        f.ret(2, [(minus, .xmm(0))])
        let code = Executable([f.compile { $0.usesAVX = avx }])
        #expect(code.callFloat(0, 3, 4) == 5)
        #expect(code.callFloat(0, 3, 3) == -1)
        #expect(code.callFloat(0, 3, .nan) == 5)
    }

    @Test func bothConditions() {
        var f = TestFunction(blocks: 3)
        let (a, b, yes, no) = (f.float(), f.float(), f.integer(), f.integer())
        f.arguments([(a, .xmm(0)), (b, .xmm(1))])
        f.emit(0, .ucomis(.double, a, .register(b), avx: false))
        f.emit(0, .jccAnd(.e, .np, then: BlockNumber(index: 2), else: BlockNumber(index: 1)))
        f.blocks[0].successors = [2, 1]
        f.emit(1, .loadImmediate(.l, no, 0))
        let zero = f.float()
        f.emit(1, .fromInteger(.l, to: .double, zero, .register(no), avx: false))
        f.ret(1, [(zero, .xmm(0))])
        f.emit(2, .loadImmediate(.l, yes, 1))
        let one = f.float()
        f.emit(2, .fromInteger(.l, to: .double, one, .register(yes), avx: false))
        f.ret(2, [(one, .xmm(0))])
        let code = Executable([f.compile()])
        #expect(code.callFloat(0, 2, 2) == 1)
        #expect(code.callFloat(0, 2, 3) == 0)
        #expect(code.callFloat(0, .nan, .nan) == 0)
    }

    /// A constant 0 between a comparison and its use must not touch the flags.
    @Test func zeroKeepsLiveFlags() {
        var f = TestFunction(blocks: 1)
        let (a, b, zero, picked) = (f.integer(), f.integer(), f.integer(), f.integer())
        f.arguments([(a, .rsi), (b, .rdx)])
        f.emit(0, .cmp(.q, a, .register(b)))
        f.emit(0, .loadImmediate(.q, zero, 0))
        f.emit(0, .cmov(.l, .q, picked, otherwise: zero, .register(b)))
        f.ret(0, [(picked, .rax)])
        let code = Executable([f.compile()])
        #expect(code.call(0, 0, 1, 9) == 9)
        #expect(code.call(0, 0, 9, 1) == 0)
    }

    /// Instructions with a shorter equivalent get it, and flags stay the same.
    @Test func shorterForms() {
        let forms: [(MachineInstruction, [UInt8])] = [
            (.cmp(.q, .rsi, .immediate(0)), [0x48, 0x85, 0xf6]),
            (.cmp(.l, .rdx, .immediate(0)), [0x85, 0xd2]),
            (.test(.q, .rdx, .immediate(1)), [0xf6, 0xc2, 0x01]),
            (.test(.q, .rdx, .immediate(200)), [0xf7, 0xc2, 200, 0, 0, 0]),
            (.test(.w, .rdx, .immediate(1)), [0x66, 0xf7, 0xc2, 0x01, 0x00]),
            (.test(.q, .rdx, .immediate(-1)), [0x48, 0xf7, 0xc2, 0xff, 0xff, 0xff, 0xff]),
            (.alu(.and, .q, .rdx, .rdx, .immediate(15)), [0x83, 0xe2, 0x0f]),
            (.alu(.and, .q, .rdx, .rdx, .immediate(-16)), [0x48, 0x83, 0xe2, 0xf0]),
            (.lea(.q, .rax, MemoryOperand(base: .none, index: .rcx, scale: 1)), [0x48, 0x8d, 0x04, 0x09]),
            (.lea(.q, .rax, .indexed(.rbp, .rcx)), [0x48, 0x8d, 0x04, 0x29]),
        ]
        for (i, bytes) in forms {
            var f = TestFunction(blocks: 1)
            f.emit(0, i)
            f.ret(0, [])
            let code = f.compile().code
            #expect(code.firstRange(of: bytes) != nil, "\(InstructionPrinter().text(i)): \(hex(code))")
        }
    }

    @Test func stackSlotsAndNarrowAccess() {
        var f = TestFunction(blocks: 1)
        let (a, wide, narrow, sum) = (f.integer(), f.integer(), f.integer(), f.integer())
        let slot = f.slot(24, 16)
        f.arguments([(a, .rsi)])
        f.emit(0, .store(.q, .stackSlot(slot, 8), a))
        f.emit(0, .store(.b, .stackSlot(slot, 8), immediate: -2))
        f.emit(0, .load(.q, wide, .stackSlot(slot, 8)))
        f.emit(0, .movsx(from: .b, to: .q, narrow, .memory(.stackSlot(slot, 8))))
        f.emit(0, .alu(.add, .q, sum, wide, .register(narrow)))
        f.ret(0, [(sum, .rax)])
        let function = f.compile()
        #expect(!function.isFrameless)
        #expect(function.frameSize == 32)
        #expect(Executable([function]).call(0, 0, 0x1234) == 0x12fe - 2)
    }

    @Test func trapsAreSharedAndOutOfLine() {
        var f = TestFunction(blocks: 1)
        let (a, m) = (f.integer(), f.integer())
        f.arguments([(a, .rsi)])
        f.emit(0, .test(.q, a, .register(a)))
        f.emit(0, .trapIf(.e, trap: 3))
        f.emit(0, .load(.q, m, .base(a, 0, trap: 2)))
        f.ret(0, [(m, .rax)])
        let function = f.compile()
        #expect(function.traps.map(\.code) == [2, 3])
        if let last = function.traps.last { #expect(Array(function.code[Int(last.offset)...].prefix(2)) == [0x0f, 0x0b]) }
        // The stub has the location of the instruction that traps: number 2 of block 0.
        #expect(function.sourceRanges.last?.location == 2)
        #expect(zip(function.sourceRanges, function.sourceRanges.dropFirst()).allSatisfy { $0.offset < $1.offset })
        var value = 77
        #expect(withUnsafeMutablePointer(to: &value) { Executable([function]).call(0, 0, Int(bitPattern: $0)) } == 77)
    }

    @Test func branchesThatAreTooFarBecomeLong() {
        // A diamond with arms of very different size.
        for length in [1, 20, 40, 200] {
            var f = TestFunction(blocks: 4)
            let (a, result) = (f.integer(), f.integer())
            f.arguments([(a, .rsi)])
            f.emit(0, .cmp(.q, a, .immediate(10)))
            f.branch(.l, 0, then: 1, else: 2)
            var left = a
            for _ in 0..<length {
                let next = f.integer()
                f.emit(1, .alu(.add, .q, next, left, .immediate(3)))
                left = next
            }
            f.jump(1, to: 3, [left])
            let right = f.integer()
            f.emit(2, .alu(.sub, .q, right, a, .immediate(1)))
            f.jump(2, to: 3, [right])
            f.blocks[3].parameters = [result]
            f.ret(3, [(result, .rax)])
            let code = Executable([f.compile()])
            #expect(code.call(0, 0, 5) == 5 + 3 * length)
            #expect(code.call(0, 0, 50) == 49)
        }
    }

    /// Random straight-line code against the same operations in Swift, with more live values than registers.
    @Test(arguments: TestFunction.algorithms)
    func randomArithmetic(_ algorithm: AllocationAlgorithm) {
        var random = SeededGenerator(seed: 2026)
        for round in 0..<150 {
            var f = TestFunction(blocks: 1)
            let inputs: [PhysicalRegister] = [.rsi, .rdx, .rcx, .r8, .r9]
            var values: [(Register, UInt64)] = inputs.map { _ in (f.integer(), random.next()) }
            f.arguments(Array(zip(values.map(\.0), inputs)))
            for _ in 0..<Int.random(in: 5...120, using: &random) {
                let a = values.randomElement(using: &random).unsafelyUnwrapped
                let b = values.randomElement(using: &random).unsafelyUnwrapped
                values.append(emitRandom(&f, a, b, &random))
            }
            var sum = (f.integer(), 0 as UInt64)
            f.emit(0, .loadImmediate(.q, sum.0, 0))
            for v in values {
                let next = f.integer()
                f.emit(0, .alu(.add, .q, next, sum.0, .register(v.0)))
                sum = (next, sum.1 &+ v.1)
            }
            f.ret(0, [(sum.0, .rax)])
            let code = Executable([f.compile(algorithm)])
            let given = values.prefix(5).map { Int(bitPattern: UInt($0.1)) }
            let answer = code.call(0, 0, given[0], given[1], given[2], given[3], given[4])
            #expect(UInt64(bitPattern: Int64(answer)) == sum.1, "round \(round)")
        }
    }

    private func emitRandom(_ f: inout TestFunction, _ a: (Register, UInt64), _ b: (Register, UInt64), _ random: inout SeededGenerator) -> (Register, UInt64) {
        let r = f.integer()
        let (x, y) = (a.1, b.1)
        let n = UInt8.random(in: 0..<64, using: &random)
        let i = Int32.random(in: .min ... .max, using: &random)
        let wide = UInt64(bitPattern: Int64(i))
        switch Int.random(in: 0..<16, using: &random) {
        case 0:
            f.emit(0, .alu(.sub, .q, r, a.0, .register(b.0)))
            return (r, x &- y)
        case 1:
            f.emit(0, .alu(.xor, .q, r, a.0, .immediate(i)))
            return (r, x ^ wide)
        case 2:
            f.emit(0, .alu(.and, .l, r, a.0, .register(b.0)))
            return (r, (x & y) & 0xffff_ffff)
        case 3:
            f.emit(0, .shift(.shl, .q, r, a.0, .register(b.0)))
            return (r, x << (y & 63))
        case 4:
            f.emit(0, .shift(.sar, .q, r, a.0, .immediate(n)))
            return (r, UInt64(bitPattern: Int64(bitPattern: x) >> Int64(n)))
        case 5:
            f.emit(0, .imul(.q, r, a.0, .register(b.0)))
            return (r, x &* y)
        case 6:
            f.emit(0, .mulHigh(signed: false, .q, r, a.0, .register(b.0)))
            return (r, x.multipliedFullWidth(by: y).high)
        case 7:
            f.emit(0, .lea(.q, r, .indexed(a.0, b.0, scale: 2, 100)))
            return (r, x &+ y &* 4 &+ 100)
        case 8:
            f.emit(0, .cmp(.q, a.0, .register(b.0)))
            f.emit(0, .setcc(.b, r))
            return (r, x < y ? 1 : 0)
        case 9:
            f.emit(0, .cmp(.q, a.0, .immediate(i)))
            f.emit(0, .cmov(.g, .q, r, otherwise: b.0, .register(a.0)))
            return (r, Int64(bitPattern: x) > Int64(i) ? x : y)
        case 10:
            f.emit(0, .movsx(from: .b, to: .q, r, .register(a.0)))
            return (r, UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: x))))
        case 11:
            f.emit(0, .loadImmediate(.q, r, Int64(bitPattern: y ^ wide)))
            return (r, y ^ wide)
        case 12:
            // Unsigned division by a value that is not zero.
            let (odd, zero) = (f.integer(), f.integer())
            f.emit(0, .alu(.or, .q, odd, b.0, .immediate(1)))
            f.emit(0, .loadImmediate(.l, zero, 0))
            f.emit(0, .div(.q, quotient: .none, remainder: r, low: a.0, high: zero, .register(odd)))
            return (r, x % (y | 1))
        case 13:
            f.emit(0, .bswap(.q, r, a.0))
            return (r, x.byteSwapped)
        case 14:
            f.emit(0, .shld(.q, r, a.0, b.0, .immediate(n == 0 ? 1 : n)))
            let k = UInt64(n == 0 ? 1 : n)
            return (r, x << k | y >> (64 - k))
        default:
            // Carry from one addition into the next.
            let (low, high) = (f.integer(), f.integer())
            f.emit(0, .alu(.add, .q, low, a.0, .register(b.0)))
            f.emit(0, .alu(.adc, .q, high, b.0, .register(a.0)))
            f.emit(0, .alu(.xor, .q, r, low, .register(high)))
            let (sum, carry) = x.addingReportingOverflow(y)
            return (r, sum ^ (y &+ x &+ (carry ? 1 : 0)))
        }
    }
}
#endif
