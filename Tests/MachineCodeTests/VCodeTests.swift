import PrecastEntities
import PrecastMachineCode
import PrecastRegisterAllocation
import Testing

@Suite struct VCodeTests {
    private typealias Code = VCode<UInt32>

    @Test func backwardFillingEndsInForwardOrder() {
        var code = Code(blockCount: 2)
        code.beginBlock(BlockNumber(index: 1), loopDepth: 0, isCold: true)
        code.location = 9
        code.emit(50)
        code.endBlock(BlockNumber(index: 1), successors: EmptyCollection(), arguments: EmptyCollection(), parameters: EmptyCollection())
        code.beginBlock(BlockNumber(index: 0), loopDepth: 2, isCold: false)
        // Groups from the last to the first; forward within each.
        code.location = 3
        code.emit(30)
        code.emit(40)
        code.endGroup()
        code.location = 2
        code.emit(10)
        code.emit(20)
        code.endGroup()
        code.endBlock(
            BlockNumber(index: 0), successors: CollectionOfOne(BlockNumber(index: 1)), arguments: EmptyCollection(), parameters: EmptyCollection())
        code.finish()
        #expect(code.instructions == [10, 20, 30, 40, 50])
        #expect(code.locations == [2, 2, 3, 3, 9])
        #expect(code.blocks[0].instructions == 0..<4)
        #expect(code.blocks[1].instructions == 4..<5)
        #expect(code.blocks[1].isCold)
        #expect(code.blocks[0].loopDepth == 2)
        #expect(code.blocks[1].predecessors.map { code.blockPool[Int($0)].index } == [0])
        #expect(code.blocks[0].predecessors.isEmpty)
    }

    @Test func aliasesResolveThroughChains() {
        var code = Code(blockCount: 1)
        let r = (0..<5).map { _ in code.makeRegister(.integer) }
        code.setAlias(r[3], to: r[2])
        code.setAlias(r[2], to: r[0])
        #expect(code.resolve(r[3]) == r[0])
        #expect(code.resolve(r[1]) == r[1])
        #expect(code.resolve(r[4]) == r[4])
    }

    @Test func constantsAreShared() {
        var code = Code(blockCount: 1)
        let a = code.constant(PoolConstant(low: 1, size: 8))
        let b = code.constant(PoolConstant(low: 1, size: 4))
        #expect(code.constant(PoolConstant(low: 1, size: 8)) == a)
        #expect(a != b)
    }

    @Test func registersPackVirtualAndPhysical() {
        let v = Register(VirtualRegister(rawValue: 7))
        let p = Register(PhysicalRegister(.float, 9))
        #expect(v.isVirtual && !v.isPhysical && v.isSome)
        #expect(p.isPhysical && !p.isVirtual && p.number == 9 && p.physical.registerClass == .float)
        #expect(Register.none.isNone && !Register.none.isVirtual && !Register.none.isPhysical)
    }

    @Test func frameLayoutFollowsTheABI() {
        let saved = (0..<3).map { PhysicalRegister(.integer, $0) }
        let frame = FrameLayout(
            saved: saved, slots: [StackSlot(size: 4, alignment: 4), StackSlot(size: 16, alignment: 16)], spillBytes: 32, outgoingBytes: 48)
        #expect(frame.savedBytes == 24)
        // Saved registers to −24, the small slot below, the large one at a multiple of 16, then spills, then outgoing arguments.
        #expect(frame.slotOffsets == [-32, -48])
        #expect(frame.spillOffset == -80)
        #expect(frame.size == 128)
        #expect(frame.size % 16 == 0)
        #expect(FrameLayout(saved: [], slots: [], spillBytes: 0, outgoingBytes: 0).size == 0)
    }
}
