import PrecastEntities
import PrecastIR

/// Which write each part of memory was last changed by, at the beginning of every block.
///
/// Regions in use are given dense slots; slot 0 is all of memory. A version is the number of the write that made it, or of the join
/// where several meet: two points of one dominator path that see the same version of a slot see the same bytes in it.
/// Computed as an optimistic data-flow problem over reverse postorder; O(blocks × slots) a sweep, few sweeps.
struct MemoryVersions {
    static let slotLimit = 63
    static let initial: UInt32 = 1
    private static let joinBase: UInt32 = 1 << 31
    private static let sweepLimit = 8

    private(set) var slotCount = 1
    private var slotOfRegion = [UInt8](repeating: 0, count: 256)
    /// Slots that other threads change: their versions end at every join, so that each round of a loop loads anew.
    private var sharedSlots: UInt64 = 0
    /// Slots that a block changes.
    private(set) var clobbers: [UInt64]
    private var atEntry: [UInt32] = []
    private var atExit: [UInt32] = []

    /// The version that write `inst` makes.
    static func version(after inst: Inst) -> UInt32 { inst.rawValue + 2 }

    func slot(_ region: AliasRegion) -> Int { Int(slotOfRegion[Int(region.rawValue)]) }
    func version(_ slot: Int, atEntryOf block: Block) -> UInt32 { atEntry[block.index * slotCount + slot] }

    /// Slots that an instruction may change, as bits.
    func clobbered(by data: InstructionData) -> UInt64 {
        if data.opcode.isCall || data.opcode.isAtomic { return .max }
        if !data.opcode.isStore { return 0 }
        let region = data.memoryFlags.region
        return region == .any ? .max : 1 | 1 << UInt64(slot(region))
    }

    /// Only slots and clobbers, without versions.
    init(regionsOf function: borrowing Function) {
        clobbers = Array(repeating: 0, count: function.dfg.blocks.count)
        findRegions(function)
        atExit = Array(repeating: 0, count: function.dfg.blocks.count * slotCount)
        findWrites(function)
    }
    init(_ function: borrowing Function, _ cfg: ControlFlowGraph) {
        clobbers = Array(repeating: 0, count: function.dfg.blocks.count)
        findRegions(function)
        let count = function.dfg.blocks.count * slotCount
        atEntry = Array(repeating: 0, count: count)
        atExit = Array(repeating: 0, count: count)
        findWrites(function)
        var sweeps = 0
        while sweep(cfg, joinsMerge: sweeps < Self.sweepLimit) { sweeps += 1 }
    }

    private mutating func findRegions(_ function: borrowing Function) {
        var block = function.layout.firstBlock
        while block.isSome {
            var inst = function.layout.first(block)
            while inst.isSome {
                let data = function.dfg.instructions[inst]
                if data.opcode.isLoad || data.opcode.isStore { addRegion(data.memoryFlags) }
                inst = function.layout.next(inst)
            }
            block = function.layout.next(block)
        }
    }
    private mutating func addRegion(_ flags: MemoryFlags) {
        let region = Int(flags.region.rawValue)
        if region != 0 && slotOfRegion[region] == 0 {
            if slotCount < Self.slotLimit {
                slotOfRegion[region] = UInt8(slotCount)
                slotCount += 1
            } else {
                slotOfRegion[region] = UInt8(Self.slotLimit - 1)
            }
        }
        if flags.isShared { sharedSlots |= 1 | 1 << UInt64(slotOfRegion[region]) }
    }
    private mutating func findWrites(_ function: borrowing Function) {
        var block = function.layout.firstBlock
        while block.isSome {
            var inst = function.layout.first(block)
            while inst.isSome {
                let mask = clobbered(by: function.dfg.instructions[inst])
                if mask != 0 {
                    clobbers[block.index] |= mask
                    for slot in 0..<slotCount where mask & 1 << UInt64(slot) != 0 {
                        atExit[block.index * slotCount + slot] = Self.version(after: inst)
                    }
                }
                inst = function.layout.next(inst)
            }
            block = function.layout.next(block)
        }
    }

    /// One pass over all blocks. - Returns: whether a version changed.
    private mutating func sweep(_ cfg: ControlFlowGraph, joinsMerge: Bool) -> Bool {
        var changed = false
        for (i, block) in cfg.reversePostorder.enumerated() {
            let at = block.index * slotCount
            let isJoin = cfg.predecessors(block).count > 1
            for slot in 0..<slotCount {
                let join = Self.joinBase + UInt32(i * slotCount + slot)
                var version = i == 0 ? Self.initial : 0
                if isJoin && (atEntry[at + slot] == join || !joinsMerge || sharedSlots & 1 << UInt64(slot) != 0) {
                    version = join
                } else {
                    for edge in cfg.predecessors(block) {
                        let arriving = atExit[edge.block.index * slotCount + slot]
                        if arriving == 0 || !cfg.isReachable(edge.block) { continue }
                        version = version == 0 || version == arriving ? arriving : join
                    }
                }
                if atEntry[at + slot] != version {
                    atEntry[at + slot] = version
                    changed = true
                }
                if clobbers[block.index] & 1 << UInt64(slot) == 0 && atExit[at + slot] != version {
                    atExit[at + slot] = version
                    changed = true
                }
            }
        }
        return changed
    }
}
