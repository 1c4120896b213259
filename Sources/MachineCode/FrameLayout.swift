public import PrecastRegisterAllocation

/// Where everything in a frame is, relative to the frame pointer (docs/abi.md, "Frame layout").
///
/// Below the frame pointer, downward: saved registers (8 bytes each, in the given order), the instance context if kept, stack slots, spill area, outgoing arguments.
/// The sizes are such that the stack pointer stays 16-byte aligned.
public struct FrameLayout: Sendable {
    /// Registers to save, first one right below the frame pointer.
    public let saved: [PhysicalRegister]
    /// They lie at the stack pointer instead, the first one lowest, in the place of outgoing arguments.
    public let savesAtBottom: Bool
    /// Offset of each stack slot from the frame pointer.
    public let slotOffsets: [Int32]
    /// Offset of the spill area's first byte from the frame pointer.
    public let spillOffset: Int32
    /// Bytes of the largest outgoing argument area.
    public let outgoingBytes: Int32
    /// Bytes from the frame pointer down to the stack pointer.
    public let size: Int32
    /// The instance context lies below the saved registers, where the unwinder finds it.
    public let keepsContext: Bool
    public var savedBytes: Int32 { Int32(saved.count) * 8 }
    /// What the prologue pushes below the frame pointer.
    public var pushedBytes: Int32 { savedBytes + (keepsContext ? 8 : 0) }

    /// - Parameters:
    ///   - spillBytes, outgoingBytes: multiples of 16; no outgoing arguments where registers are saved at the bottom.
    public init(saved: [PhysicalRegister], savesAtBottom: Bool = false, keepsContext: Bool = false, slots: [StackSlot], spillBytes: Int, outgoingBytes: Int) {
        self.saved = saved
        self.savesAtBottom = savesAtBottom
        self.keepsContext = keepsContext
        let savedBytes = saved.count * 8
        var depth = (savesAtBottom ? 0 : savedBytes) + (keepsContext ? 8 : 0)
        var offsets: [Int32] = []
        offsets.reserveCapacity(slots.count)
        for slot in slots {
            let alignment = Int(max(slot.alignment, 8))
            depth = (depth + Int(slot.size) + alignment - 1) & ~(alignment - 1)
            offsets.append(-Int32(depth))
        }
        slotOffsets = offsets
        // The spill area starts at a multiple of 16, for vectors.
        depth = (depth + spillBytes + 15) & ~15
        spillOffset = -Int32(depth)
        self.outgoingBytes = Int32(outgoingBytes)
        let bottomBytes = savesAtBottom ? savedBytes : outgoingBytes
        size = Int32(depth + (bottomBytes + 15) & ~15)
    }
}
