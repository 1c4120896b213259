/// Where emission put a function's instructions and the parts of its frame.
public struct EmissionRecord: Sendable {
    /// Blocks in the order of their code.
    public private(set) var blockOrder: [UInt32] = []
    /// Two offsets for each instruction of those blocks, in order: where the moves before it begin, and its own. Then where the last one ends, and
    /// where the function's code does (behind its out-of-line traps).
    public let points: [UInt32]
    /// Of each stack slot, and of the spill area's first byte: from the canonical frame address.
    public private(set) var slotOffsets: [Int32] = []
    public private(set) var spillOffset: Int32 = 0

    init(points: [UInt32]) { self.points = points }

    /// The canonical frame address is 16 bytes above the frame pointer: return address and caller's frame pointer lie between (docs/abi.md).
    public mutating func place(_ blockOrder: [UInt32], _ frame: FrameLayout) {
        self.blockOrder = blockOrder
        slotOffsets = frame.slotOffsets.map { $0 - 16 }
        spillOffset = frame.spillOffset - 16
    }

    public var bodyEnd: UInt32 { points[points.count - 2] }
    public var codeEnd: UInt32 { points[points.count - 1] }
}
