import PrecastEntities
import PrecastISAX86_64
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

#if arch(x86_64)
/// Calls, stack arguments that the callee pops, tail calls of every shape, the stack check.
@Suite struct CallTests {
    /// `function(n, stack arguments…)` combines its arguments with distinct weights: result = Σ argument × (position + 1).
    private func weighted(stackArguments: Int) -> TestFunction {
        var f = TestFunction(blocks: 1)
        f.incomingBytes = (stackArguments * 8 + 15) & ~15
        let first = f.integer()
        f.arguments([(first, .rsi)])
        var sum = first
        for i in 0..<stackArguments {
            let (loaded, scaled, next) = (f.integer(), f.integer(), f.integer())
            f.emit(0, .load(.q, loaded, .incomingArgument(Int32(i * 8))))
            f.emit(0, .imul3(.q, scaled, .register(loaded), Int32(i + 2)))
            f.emit(0, .alu(.add, .q, next, sum, .register(scaled)))
            sum = next
        }
        f.ret(0, [(sum, .rax)])
        return f
    }
    private func expected(_ first: Int, _ stack: [Int]) -> Int {
        stack.enumerated().reduce(first) { $0 + $1.element * ($1.offset + 2) }
    }

    @Test(arguments: TestFunction.algorithms, [0, 1, 2, 3, 8])
    func callsWithStackArguments(_ algorithm: AllocationAlgorithm, _ count: Int) {
        // Two calls in a row, with a value live across both.
        var f = TestFunction(blocks: 1)
        let bytes = (count * 8 + 15) & ~15
        let n = f.integer()
        f.arguments([(n, .rsi)])
        var results: [Register] = []
        for c in 0..<2 {
            for i in 0..<count {
                let v = f.integer()
                f.emit(0, .lea(.q, v, .base(n, Int32(100 * c + i))))
                f.emit(0, .store(.q, .outgoingArgument(Int32(i * 8)), v))
            }
            let r = f.integer()
            let info = f.call(uses: [CallOperand(n, .rsi)], defs: [CallOperand(r, .rax)], clobbers: ClobberSet.call, stack: bytes, pops: bytes)
            f.emit(0, .call(function: 1, callInfo: info))
            results.append(r)
        }
        let (sum, total) = (f.integer(), f.integer())
        f.emit(0, .alu(.add, .q, sum, results[0], .register(results[1])))
        f.emit(0, .alu(.add, .q, total, sum, .register(n)))
        f.ret(0, [(total, .rax)])
        let caller = f.compile(algorithm)
        #expect(!caller.isFrameless)
        let code = Executable([caller, weighted(stackArguments: count).compile(algorithm)])
        let calls = [0, 1].map { c in expected(7, (0..<count).map { 7 + 100 * c + $0 }) }
        #expect(code.call(0, 0, 7) == calls[0] + calls[1] + 7)
    }

    /// fib(n) = n < 2 ? n : fib(n − 1) + fib(n − 2)
    private var fibonacci: TestFunction {
        var f = TestFunction(blocks: 3)
        let (context, n) = (f.integer(), f.integer())
        f.arguments([(context, .rdi), (n, .rsi)])
        f.emit(0, .cmp(.q, n, .immediate(2)))
        f.branch(.l, 0, then: 1, else: 2)
        f.ret(1, [(n, .rax)])
        let (less, more) = (f.integer(), f.integer())
        f.emit(2, .lea(.q, less, .base(n, -1)))
        let (first, second, sum) = (f.integer(), f.integer(), f.integer())
        let one = f.call(uses: [CallOperand(context, .rdi), CallOperand(less, .rsi)], defs: [CallOperand(first, .rax)], clobbers: ClobberSet.call)
        f.emit(2, .call(function: 0, callInfo: one))
        f.emit(2, .lea(.q, more, .base(n, -2)))
        let two = f.call(uses: [CallOperand(context, .rdi), CallOperand(more, .rsi)], defs: [CallOperand(second, .rax)], clobbers: ClobberSet.call)
        f.emit(2, .call(function: 0, callInfo: two))
        f.emit(2, .alu(.add, .q, sum, first, .register(second)))
        f.ret(2, [(sum, .rax)])
        return f
    }

    @Test func framesComeBehindEarlyReturns() throws {
        let function = fibonacci.compile { $0.marksInstructions = true }
        #expect(Executable([function]).call(0, 0, 20) == 6765)
        let texts = function.marks.map(\.text)
        let (push, ret) = (try #require(texts.firstIndex(of: "push rbp")), try #require(texts.firstIndex(of: "ret")))
        #expect(ret < push)
        #expect(!texts[..<push].contains { $0.contains("rbx") || $0.contains("r14") || $0.contains("rbp") })
        #expect(texts.count { $0 == "push rbp" } == 1)
        #expect(function.unwind.first { if case .defineCFA(_, 16) = $0.rule { true } else { false } }?.offset == function.marks[push + 1].offset)

        let plain = fibonacci.compile { $0.optimizations.remove(.delayedFrames); $0.marksInstructions = true }
        #expect(plain.marks.first?.text == "push rbp")
        #expect(fibonacci.compile { $0.keepsFramePointers = true; $0.marksInstructions = true }.marks.first?.text == "push rbp")
        for algorithm in TestFunction.algorithms {
            for delays in [false, true] {
                #expect(Executable([fibonacci.compile(algorithm) { if !delays { $0.optimizations.remove(.delayedFrames) } }]).call(0, 0, 15) == 610)
            }
        }
    }

    /// A caller with no stack arguments calls a middle function with `own`, which tail-calls one with `next`.
    @Test(arguments: [0, 1, 2, 3, 4, 7, 12], [0, 1, 2, 3, 4, 7, 12])
    func tailCalls(own: Int, next: Int) {
        for indirect in [false, true] {
            for algorithm in TestFunction.algorithms {
                let code = Executable([
                    outer(stackArguments: own).compile(algorithm), middle(own: own, next: next, indirect: indirect).compile(algorithm),
                    weighted(stackArguments: next).compile(algorithm),
                ])
                let mine = (0..<own).map { 1000 + $0 }
                let theirs = (0..<next).map { 5 * ($0 + 1) + (own > 0 ? mine[$0 % own] : 0) }
                // The outer function adds what it kept across the call.
                #expect(code.call(0, 0, 3) == expected(3, theirs) + 3 + 1003, "own \(own) next \(next) indirect \(indirect)")
            }
        }
    }

    private func outer(stackArguments: Int) -> TestFunction {
        var f = TestFunction(blocks: 1)
        let bytes = (stackArguments * 8 + 15) & ~15
        let (n, kept) = (f.integer(), f.integer())
        f.arguments([(n, .rsi)])
        f.emit(0, .lea(.q, kept, .base(n, 1000)))
        for i in 0..<stackArguments {
            let v = f.integer()
            f.emit(0, .loadImmediate(.q, v, Int64(1000 + i)))
            f.emit(0, .store(.q, .outgoingArgument(Int32(i * 8)), v))
        }
        let (r, sum, total) = (f.integer(), f.integer(), f.integer())
        let info = f.call(uses: [CallOperand(n, .rsi)], defs: [CallOperand(r, .rax)], clobbers: ClobberSet.call, stack: bytes, pops: bytes)
        f.emit(0, .call(function: 1, callInfo: info))
        f.emit(0, .alu(.add, .q, sum, r, .register(n)))
        f.emit(0, .alu(.add, .q, total, sum, .register(kept)))
        f.ret(0, [(total, .rax)])
        return f
    }

    private func middle(own: Int, next: Int, indirect: Bool) -> TestFunction {
        var f = TestFunction(blocks: 1)
        f.incomingBytes = (own * 8 + 15) & ~15
        let bytes = (next * 8 + 15) & ~15
        let n = f.integer()
        f.arguments([(n, .rsi)])
        var target = Register.none
        if indirect {
            target = f.integer()
            f.emit(0, .lea(.q, target, .function(2)))
        }
        var outgoing: [Register] = []
        for i in 0..<next {
            let v = f.integer()
            f.emit(0, .loadImmediate(.q, v, Int64(5 * (i + 1))))
            if own == 0 {
                outgoing.append(v)
                continue
            }
            let (loaded, sum) = (f.integer(), f.integer())
            f.emit(0, .load(.q, loaded, .incomingArgument(Int32(i % own * 8))))
            f.emit(0, .alu(.add, .q, sum, v, .register(loaded)))
            outgoing.append(sum)
        }
        // All values live at once, so that callee-saved registers are in use when the frame goes.
        for (i, v) in outgoing.enumerated() { f.emit(0, .store(.q, .outgoingArgument(Int32(i * 8)), v)) }
        let info = f.call(uses: [CallOperand(n, .rsi)], stack: bytes, pops: bytes)
        f.emit(0, indirect ? .tailCallIndirect(target, callInfo: info) : .tailCall(function: 2, callInfo: info))
        return f
    }

    /// An indirect tail call whose argument registers are all taken: the target has only a callee-saved register or a slot.
    @Test(arguments: TestFunction.algorithms)
    func tailCallWithAllArgumentRegisters(_ algorithm: AllocationAlgorithm) {
        let registers: [PhysicalRegister] = [.rdi, .rsi, .rdx, .rcx, .r8, .r9, .rax, .r10]
        var f = TestFunction(blocks: 1)
        var given: [Register] = []
        for _ in 0..<6 { given.append(f.integer()) }
        f.arguments(Array(zip(given, registers)))
        let (seventh, eighth, target) = (f.integer(), f.integer(), f.integer())
        f.emit(0, .lea(.q, seventh, .base(given[1], 70)))
        f.emit(0, .lea(.q, eighth, .base(given[1], 80)))
        f.emit(0, .lea(.q, target, .function(1)))
        let moved = f.integer()
        f.emit(0, .alu(.add, .q, moved, target, .immediate(0)))
        let all = given + [seventh, eighth]
        f.emit(0, .tailCallIndirect(moved, callInfo: f.call(uses: zip(all, registers).map { CallOperand($0, $1) })))
        var g = TestFunction(blocks: 1)
        let inputs = registers.map { _ in g.integer() }
        g.arguments(Array(zip(inputs, registers)))
        var sum = inputs[0]
        for (i, r) in inputs.enumerated().dropFirst() {
            let (scaled, next) = (g.integer(), g.integer())
            g.emit(0, .imul3(.q, scaled, .register(r), Int32(i + 1)))
            g.emit(0, .alu(.add, .q, next, sum, .register(scaled)))
            sum = next
        }
        g.ret(0, [(sum, .rax)])
        let code = Executable([f.compile(algorithm), g.compile(algorithm)])
        let values = [1, 2, 3, 4, 5, 6, 72, 82]
        #expect(code.call(0, 1, 2, 3, 4, 5, 6) == values.enumerated().reduce(0) { $0 + $1.element * ($1.offset + 1) })
    }

    @Test func valuesSurviveCallsInCalleeSavedRegisters() {
        // Twelve values across a call that destroys every caller-saved register.
        var f = TestFunction(blocks: 1)
        let n = f.integer()
        f.arguments([(n, .rsi)])
        let kept = (0..<12).map { i in
            let r = f.integer()
            f.emit(0, .lea(.q, r, .indexed(n, n, scale: UInt8(i % 4), Int32(i))))
            return r
        }
        let r = f.integer()
        f.emit(0, .call(function: 1, callInfo: f.call(uses: [CallOperand(n, .rsi)], defs: [CallOperand(r, .rax)], clobbers: ClobberSet.call)))
        var sum = r
        for k in kept {
            let next = f.integer()
            f.emit(0, .alu(.add, .q, next, sum, .register(k)))
            sum = next
        }
        f.ret(0, [(sum, .rax)])
        // A callee that writes every register it may.
        var g = TestFunction(blocks: 1)
        let a = g.integer()
        g.arguments([(a, .rsi)])
        var last = a
        let many = (0..<14).map { i in
            let r = g.integer()
            g.emit(0, .lea(.q, r, .base(a, Int32(i * 3))))
            return r
        }
        for m in many {
            let next = g.integer()
            g.emit(0, .alu(.xor, .q, next, last, .register(m)))
            last = next
        }
        g.ret(0, [(last, .rax)])
        let function = f.compile()
        #expect(function.unwind.contains { if case .saved(register: 3, offset: -24) = $0.rule { true } else { false } })
        let code = Executable([function, g.compile()])
        let result = (0..<14).reduce(9) { $0 ^ (9 + $1 * 3) }
        #expect(code.call(0, 0, 9) == (0..<12).reduce(result) { $0 + 9 + 9 << ($1 % 4) + $1 })
    }

    /// The builtin `raise` of this test returns the code from the function whose prologue called it.
    @Test(arguments: [64, 4096])
    func stackCheckRaises(frameBytes: Int) {
        var f = TestFunction(blocks: 1)
        let (n, r) = (f.integer(), f.integer())
        _ = f.slot(frameBytes, 16)
        f.arguments([(n, .rsi)])
        f.emit(0, .call(function: 1, callInfo: f.call(uses: [CallOperand(n, .rsi)], defs: [CallOperand(r, .rax)], clobbers: ClobberSet.call)))
        f.ret(0, [(r, .rax)])
        var identity = TestFunction(blocks: 1)
        let a = identity.integer()
        identity.arguments([(a, .rsi)])
        identity.ret(0, [(a, .rax)])
        var raise = CompiledFunction()
        // mov eax, esi; mov rsp, rbp; pop rbp; ret
        raise.code = [0x89, 0xf0, 0x48, 0x89, 0xec, 0x5d, 0xc3]
        let checked = f.compile {
            $0.checksStack = true
            $0.raise = (tableOffset: 16, entryOffset: 8)
        }
        let code = Executable([checked, identity.compile(), raise])
        var store: [Int] = [0]
        var builtins: [Int] = [0, Int(bitPattern: code.entries[2])]
        store.withUnsafeMutableBufferPointer { store in
            builtins.withUnsafeMutableBufferPointer { builtins in
                var context = [0, Int(bitPattern: store.baseAddress), Int(bitPattern: builtins.baseAddress)]
                context.withUnsafeMutableBufferPointer { context in
                    let vmctx = Int(bitPattern: context.baseAddress)
                    #expect(code.call(0, vmctx, 55) == 55)
                    store[0] = Int.max >> 16
                    #expect(code.call(0, vmctx, 55) == 10)
                    // A limit just below the stack pointer: a large frame does not fit, a small one does.
                    var here = 0
                    store[0] = withUnsafePointer(to: &here) { Int(bitPattern: $0) } - 2048
                    #expect(code.call(0, vmctx, 55) == (frameBytes > 2048 ? 10 : 55))
                }
            }
        }
    }

    @Test func smallLeavesAreNotChecked() {
        var f = TestFunction(blocks: 1)
        let (n, r) = (f.integer(), f.integer())
        let slot = f.slot(64)
        f.arguments([(n, .rsi)])
        f.emit(0, .store(.q, .stackSlot(slot), n))
        f.emit(0, .load(.q, r, .stackSlot(slot)))
        f.ret(0, [(r, .rax)])
        let function = f.compile { $0.checksStack = true }
        #expect(function.traps.isEmpty)
        let kept = f.compile { $0.keepsFramePointers = true }
        #expect(!kept.isFrameless)
        #expect(Executable([function]).call(0, 0, 5) == 5)
    }

    @Test func unwindingRulesOfAFrame() {
        var f = TestFunction(blocks: 1)
        let (n, r) = (f.integer(), f.integer())
        let slot = f.slot(64)
        f.arguments([(n, .rsi)])
        f.emit(0, .store(.q, .stackSlot(slot), n))
        f.emit(0, .load(.q, r, .stackSlot(slot)))
        f.ret(0, [(r, .rax)])
        let function = f.compile()
        #expect(function.unwind.prefix(3) == [
            UnwindStep(offset: 1, rule: .defineCFA(register: 7, offset: 16)),
            UnwindStep(offset: 1, rule: .saved(register: 6, offset: -16)),
            UnwindStep(offset: 4, rule: .defineCFA(register: 6, offset: 16)),
        ])
        let end = UInt32(function.code.count)
        // The epilogue's rules; nothing is restored after the last instruction.
        #expect(Array(function.unwind.suffix(1)) == [UnwindStep(offset: end - 1, rule: .defineCFA(register: 7, offset: 8))])
    }
}
#endif
