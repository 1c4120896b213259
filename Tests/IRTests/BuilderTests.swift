import PrecastEntities
import PrecastIR
import Testing

@Suite struct BuilderTests {
    private let signature = Signature(parameters: [ABIParameter(.i32), ABIParameter(.i32)], results: [ABIParameter(.i32)])

    private func start(_ builder: inout FunctionBuilder) -> (Value, Value) {
        let entry = builder.makeBlock()
        let a = builder.function.dfg.appendParameter(entry, .i32), b = builder.function.dfg.appendParameter(entry, .i32)
        builder.startBlock(entry)
        builder.seal(entry)
        return (a, b)
    }
    private func check(_ builder: consuming FunctionBuilder, _ text: String) throws {
        let function = builder.finish()
        try verify(function)
        #expect(print(function) == text)
    }

    @Test func diamond() throws {
        var builder = FunctionBuilder(number: 0, signature: signature)
        let (a, b) = start(&builder)
        let x = builder.declareVariable(.i32), same = builder.declareVariable(.i32)
        let (then, other, join) = (builder.makeBlock(), builder.makeBlock(), builder.makeBlock())
        builder.write(same, b)
        builder.branch(a, then, else: other)
        builder.seal(then)
        builder.seal(other)
        builder.startBlock(then)
        builder.write(x, a)
        builder.jump(join)
        builder.startBlock(other)
        builder.write(x, b)
        builder.jump(join)
        builder.seal(join)
        builder.startBlock(join)
        let sum = builder.binary(.iadd, .i32, builder.read(x), builder.read(same))
        builder.return([sum])
        try check(builder, """
            function 0(i32, i32) -> i32 precast {
            block0(v0: i32, v1: i32):
                br_if v0, block1, block2
            block1:
                jump block3(v0)
            block2:
                jump block3(v1)
            block3(v2: i32):
                v4 = iadd.i32 v2, v1
                return v4
            }

            """)
    }

    /// A loop whose header is sealed last: only the variable that changes becomes a parameter.
    @Test func loop() throws {
        var builder = FunctionBuilder(number: 0, signature: signature)
        let (a, b) = start(&builder)
        let i = builder.declareVariable(.i32), fixed = builder.declareVariable(.i32)
        builder.write(i, a)
        builder.write(fixed, b)
        let (header, exit) = (builder.makeBlock(), builder.makeBlock())
        builder.jump(header)
        builder.startBlock(header)
        let next = builder.binary(.isub, .i32, builder.read(i), builder.read(fixed))
        builder.write(i, next)
        builder.branch(next, header, else: exit)
        builder.seal(header)
        builder.seal(exit)
        builder.startBlock(exit)
        builder.return([builder.binary(.iadd, .i32, builder.read(i), builder.read(fixed))])
        try check(builder, """
            function 0(i32, i32) -> i32 precast {
            block0(v0: i32, v1: i32):
                jump block1(v0)
            block1(v2: i32):
                v4 = isub.i32 v2, v1
                br_if v4, block1(v4), block2
            block2:
                v5 = iadd.i32 v4, v1
                return v5
            }

            """)
    }

    /// A variable that passes through two nested loops unchanged needs no parameter in either.
    @Test func nestedLoopsWithoutChange() throws {
        var builder = FunctionBuilder(number: 0, signature: signature)
        let (a, b) = start(&builder)
        let x = builder.declareVariable(.i32)
        builder.write(x, b)
        let (outer, inner, exit) = (builder.makeBlock(), builder.makeBlock(), builder.makeBlock())
        builder.jump(outer)
        builder.startBlock(outer)
        builder.jump(inner)
        builder.startBlock(inner)
        let known = builder.read(x)
        builder.branchTable(a, [builder.makeCall(exit), builder.makeCall(inner), builder.makeCall(outer), builder.makeCall(outer)])
        builder.seal(inner)
        builder.seal(outer)
        builder.seal(exit)
        builder.startBlock(exit)
        builder.return([builder.binary(.iadd, .i32, known, builder.read(x))])
        try check(builder, """
            function 0(i32, i32) -> i32 precast {
            block0(v0: i32, v1: i32):
                jump block1
            block1:
                jump block2
            block2:
                br_table v0, block3, [block2, block1, block1]
            block3:
                v4 = iadd.i32 v1, v1
                return v4
            }

            """)
    }

    /// One target reached over several edges of one table gets its argument on each.
    @Test func tableWithOneTargetTwice() throws {
        var builder = FunctionBuilder(number: 0, signature: signature)
        let (a, b) = start(&builder)
        let x = builder.declareVariable(.i32)
        builder.write(x, a)
        let (middle, join) = (builder.makeBlock(), builder.makeBlock())
        builder.branchTable(a, [builder.makeCall(join), builder.makeCall(join), builder.makeCall(middle)])
        builder.seal(middle)
        builder.startBlock(middle)
        builder.write(x, b)
        builder.jump(join)
        builder.seal(join)
        builder.startBlock(join)
        builder.return([builder.read(x)])
        try check(builder, """
            function 0(i32, i32) -> i32 precast {
            block0(v0: i32, v1: i32):
                br_table v0, block2(v0), [block2(v0), block1]
            block1:
                jump block2(v1)
            block2(v2: i32):
                return v2
            }

            """)
    }

    /// A read in a block that nothing leads to is zero.
    @Test func unreachableCodeReadsZero() throws {
        var builder = FunctionBuilder(number: 0, signature: signature)
        let (a, _) = start(&builder)
        let x = builder.declareVariable(.i32)
        builder.return([a])
        let dead = builder.makeBlock()
        builder.seal(dead)
        builder.startBlock(dead)
        builder.return([builder.read(x)])
        try verify(builder.finish())
    }

    /// Two blocks that only lead to each other end the search for a definition.
    @Test func unreachableCycleReadsZero() throws {
        var builder = FunctionBuilder(number: 0, signature: signature)
        let (a, _) = start(&builder)
        let x = builder.declareVariable(.i32)
        builder.return([a])
        let (first, second, exit) = (builder.makeBlock(), builder.makeBlock(), builder.makeBlock())
        builder.startBlock(first)
        builder.jump(second)
        builder.startBlock(second)
        builder.branch(a, first, else: exit)
        builder.seal(first)
        builder.seal(second)
        builder.seal(exit)
        builder.startBlock(exit)
        builder.return([builder.read(x)])
        try verify(builder.finish())
    }

    /// A chain of very many blocks and joins is no recursion.
    @Test func longChains() throws {
        var builder = FunctionBuilder(number: 0, signature: signature)
        let (a, b) = start(&builder)
        let x = builder.declareVariable(.i32), changing = builder.declareVariable(.i32)
        builder.write(x, b)
        builder.write(changing, a)
        for i in 0..<20_000 {
            let (then, join) = (builder.makeBlock(), builder.makeBlock())
            builder.branch(a, then, else: join)
            builder.seal(then)
            builder.startBlock(then)
            if i % 5000 == 0 { builder.write(changing, b) }
            builder.jump(join)
            builder.seal(join)
            builder.startBlock(join)
        }
        builder.return([builder.binary(.iadd, .i32, builder.read(x), builder.read(changing))])
        let function = builder.finish()
        try verify(function)
    }
}
