import PrecastIR
import PrecastIRTestSupport
import PrecastOptimizer
import Testing

/// Optimizations that are switched off.
@Suite struct SwitchTests {
    /// Value numbering knows that the second branch goes the way of the first. Without the pass that simplifies control flow the other way must still not
    /// stay behind, unreachable, with arguments that nobody keeps up to date.
    @Test(arguments: Pass.allCases) func unreachableBlocksLeave(_ left: Pass) throws {
        var function = try parseFunction("""
            function 0(i32) -> i32 precast {
            block0(v0: i32):
                br_if v0, block1, block2(v0, v0)
            block1:
                br_if v0, block3, block4
            block4:
                v2 = iconst.i32 5
                jump block2(v2, v0)
            block3:
                v3 = iconst.i32 7
                jump block2(v3, v0)
            block2(v4: i32, v5: i32):
                v6 = iadd.i32 v4, v5
                return v6
            }
            """)
        var options = OptimizationOptions()
        options.verifies = true
        options.allows = { $0 != left }
        try optimize(&function, options)
        try verify(function)
        #expect(ControlFlowGraph(function).reversePostorder.count == Array(function.layout.blocks).count)
    }
}
