import PrecastEntities
import PrecastIR
import PrecastIRTestSupport
import Testing

@Suite struct VerifierTests {
    /// Bodies of a function (i64 context, i32) -> i32 with what is wrong with them.
    @Test(arguments: [
        ("block0(v0: i64, v1: i32):\n    v2 = iadd.i32 v1, v1", "does not end in a terminator"),
        ("block0(v0: i64, v1: i32):\n    return v1\n    return v1", "is not last in its block"),
        ("block0(v0: i64):\n    return v0", "the signature's are (i64, i32)"),
        ("block0(v0: i64, v1: i32):\n    jump block0(v0, v1)", "the entry block has a predecessor"),
        ("block0(v0: i64, v1: i32):\n    return v0", "v0 must be i32, is i64"),
        ("block0(v0: i64, v1: i32):\n    return", "1 results expected, 0 found"),
        ("block0(v0: i64, v1: i32):\n    v2 = iadd.i64 v1, v0\n    return v1", "v1 must be i64, is i32"),
        ("block0(v0: i64, v1: i32):\n    v2 = iadd.f32 v1, v1\n    return v1", "iadd is of type i32 or i64, not f32"),
        ("block0(v0: i64, v1: i32):\n    v2 = fadd.i32 v1, v1\n    return v1", "fadd is of type f32 or f64"),
        ("block0(v0: i64, v1: i32):\n    v2 = icmp.eq v0, v1\n    return v2", "v1 must be i64"),
        ("block0(v0: i64, v1: i32):\n    v2 = select.i32 v0, v1, v1\n    return v2", "v0 must be i32"),
        ("block0(v0: i64, v1: i32):\n    v2 = uextend.i32 v1\n    return v2", "uextend is of type i64"),
        ("block0(v0: i64, v1: i32):\n    v2 = bitcast.f32 v0\n    return v1", "v0 must be i32"),
        ("block0(v0: i64, v1: i32):\n    v2 = load.i32 v1\n    return v2", "v1 must be i64"),
        ("block0(v0: i64, v1: i32):\n    v2 = uload32.i32 v0\n    return v2", "uload32 is of type i64"),
        ("block0(v0: i64, v1: i32):\n    store.i64 v1, v0\n    return v1", "v1 must be i64"),
        ("block0(v0: i64, v1: i32):\n    store.i32 v1, v0 readonly\n    return v1", "never changes"),
        ("block0(v0: i64, v1: i32):\n    v2 = atomic_load.i32 64 v0\n    return v2", "8 bytes do not fit i32"),
        ("block0(v0: i64, v1: i32):\n    v2 = atomic_load.i32 32 v1\n    return v2", "v1 must be i64"),
        ("block0(v0: i64, v1: i32):\n    atomic_store.i64 8 v1, v0\n    return v1", "v1 must be i64"),
        ("block0(v0: i64, v1: i32):\n    v2 = atomic_update.f32 add 32 v1, v0\n    return v1", "atomic_update is of type i32 or i64, not f32"),
        ("block0(v0: i64, v1: i32):\n    v2 = atomic_compare_exchange.i32 8 v1, v0, v0\n    return v2", "v0 must be i32"),
        ("block0(v0: i64, v1: i32):\n    br_if v0, block1, block1\nblock1:\n    return v1", "v0 must be i32"),
        ("block0(v0: i64, v1: i32):\n    jump block1\nblock1(v2: i32):\n    return v2", "block1 has 1 parameters, 0 arguments"),
        ("block0(v0: i64, v1: i32):\n    jump block1(v0)\nblock1(v2: i32):\n    return v2", "v0 must be i32"),
        ("block0(v0: i64, v1: i32):\n    v3 = iadd.i32 v2, v1\n    v2 = iadd.i32 v1, v1\n    return v3", "v2 is not defined on every way here"),
        ("block0(v0: i64, v1: i32):\n    br_if v1, block1, block2\nblock1:\n    v2 = iadd.i32 v1, v1\n    jump block2\nblock2:\n    return v2", "v2 is not defined on every way here"),
        ("block0(v0: i64, v1: i32):\n    br_if v1, block1(v1), block2\nblock1(v2: i32):\n    return v2\nblock2:\n    return v2", "v2 is not defined on every way here"),
        ("block0(v0: i64, v1: i32):\n    trapz v1, 0\n    return v1", "trap code 0"),
        ("block0(v0: i64, v1: i32):\n    trap 64", "trap code 64"),
        ("block0(v0: i64, v1: i32):\n    v2 = call fn0(v0)\n    return v2", "2 arguments expected, 1 found"),
        ("block0(v0: i64, v1: i32):\n    v2 = call fn0(v1, v0)\n    return v2", "v1 must be i64"),
        ("block0(v0: i64, v1: i32):\n    v2 = call_indirect sig0, v1(v0, v1)\n    return v2", "v1 must be i64"),
        ("block0(v0: i64, v1: i32):\n    return_call fn1()", "the callee returns (), this function (i32)"),
        ("block0(v0: i64, v1: i32):\n    v2, v3 = try_call fn0(v0, v1), block1, [all block2(v3)]\nblock1:\n    return v2\nblock2(v4: i64):\n    return v2", "v2 is not defined on every way here"),
        ("block0(v0: i64, v1: i32):\n    v2, v3 = try_call fn0(v0, v1), block1, [all block2(v3)]\nblock1:\n    v5 = ireduce.i32 v3\n    return v5\nblock2(v4: i64):\n    return v1", "v3 is not defined on every way here"),
        ("block0(v0: i64, v1: i32):\n    v2, v3 = try_call fn0(v3, v1), block1, [all block2(v3)]\nblock1:\n    return v2\nblock2(v4: i64):\n    return v1", "v3 is not defined on every way here"),
        ("block0(v0: i64, v1: i32):\n    v2, v3 = try_call fn0(v0, v1), block1, [all block1]\nblock1:\n    return v1", "has other predecessors or parameters"),
        ("block0(v0: i64, v1: i32):\n    v2, v3 = try_call fn0(v0, v1), block1(v1), [all block2(v3)]\nblock1(v5: i32):\n    return v2\nblock2(v4: i64):\n    return v1", "has other predecessors or parameters"),
        ("block0(v0: i64, v1: i32):\n    v2, v3 = try_call fn0(v0, v1), block1, [tag 3 block2(v1)]\nblock1:\n    return v2\nblock2(v4: i64):\n    return v1", "v1 must be i64"),
        ("block0(v0: i64, v1: i32):\n    v2, v3 = try_call_indirect sig0, v1(v0, v1), block1, [all block2]\nblock1:\n    return v2\nblock2:\n    return v1", "v1 must be i64"),
        ("block0(v0: i64, v1: i32):\n    v2 = stack_addr.i64 ss0+17\n    return v1", "offset 17 is outside ss0"),
    ]) func violationsAreFound(_ body: String, _ message: String) throws {
        let function = try parseFunction("""
            function 0(i64 context, i32) -> i32 precast {
                sig0 = (i64 context, i32) -> i32 precast
                sig1 = () precast
                fn0 = function 1 sig0
                fn1 = function 2 sig1
                ss0 = stack_slot 16 align 8
            \(body)
            }
            """)
        do throws(VerifierError) {
            try verify(function)
            Issue.record("no error: \(message)")
        } catch {
            #expect(error.description.contains(message), "\(error)")
        }
    }

    private func base() throws -> Function {
        try parseFunction("""
            function 0(i64 context, i32) -> i32 precast {
                sig0 = (i64 context, i32) -> i32 precast
                fn0 = function 1 sig0
            block0(v0: i64, v1: i32):
                v2 = iadd.i32 v1, v1
                v3 = call fn0(v0, v2)
                br_if v3, block1(v3), block2
            block1(v4: i32):
                return v4
            block2:
                v5 = call fn0(v0, v1)
                return v5
            }
            """)
    }
    private func expect(_ message: String, _ damage: (inout Function) -> Void) throws {
        var function = try base()
        try verify(function)
        damage(&function)
        do throws(VerifierError) {
            try verify(function)
            Issue.record("no error: \(message)")
        } catch {
            #expect(error.description.contains(message), "\(error)")
        }
    }

    /// Damage that text cannot express.
    @Test func brokenHandlesAreFound() throws {
        let first = Inst(index: 0), call = Inst(index: 1), branch = Inst(index: 2)
        try expect("there is no v99") { $0.dfg.instructions[first].a = 99 }
        try expect("there is no fn9") { $0.dfg.instructions[call].a = 9 }
        try expect("there is no block call 77") { $0.dfg.instructions[branch].b = 77 }
        try expect("has two owners") { $0.dfg.instructions[branch].c = $0.dfg.instructions[branch].b }
        try expect("two owners") { $0.dfg.instructions[Inst(index: 4)].b = $0.dfg.instructions[call].b }
        try expect("is not in the layout") { $0.layout.remove(Block(index: 1)) }
        try expect("v2 is not defined") { $0.layout.remove(first) }
        try expect("has no block") { function in
            for block in [0, 1, 2] { function.layout.remove(Block(index: block)) }
        }
        try expect("there is no source location 5") { $0.dfg.locations[0] = SourceLocation(index: 5) }
        try expect("condition 12 does not exist") { $0.dfg.rewrite(first, InstructionData(.icmp, .i32, flags: 12, a: 1, b: 1)) }
        try expect("iadd has 1 results, found 0") { $0.dfg.dropResults(first) }
        try expect("sign-extended") { $0.dfg.rewrite(first, InstructionData(.iconst, .i32, a: .max)) }
        try expect("v4 is not defined on every way here") { $0.dfg.removeParameter(Block(index: 1), 0); $0.dfg.blockCalls[BlockCall(index: 0)].arguments = EntityList() }
    }

    @Test func aliasesAreFollowed() throws {
        var function = try base()
        function.dfg.replace(Value(index: 2), with: Value(index: 1))
        try verify(function)
        function.layout.remove(Inst(index: 0))
        try verify(function)
        #expect(print(function).contains("call fn0(v0, v1)"))
    }
}
