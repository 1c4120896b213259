/// Where a value is. 4 bytes.
@frozen public struct Allocation: Hashable, Sendable, BitwiseCopyable {
    /// bits 30…31: 0 none, 1 register, 2 spill slot, 3 recipe; below: the number.
    public let bits: UInt32
    @inlinable init(bits: UInt32) { self.bits = bits }
    public static let none = Allocation(bits: 0)
    @inlinable public static func register(_ r: PhysicalRegister) -> Allocation { Allocation(bits: 1 << 30 | UInt32(r.rawValue)) }
    /// Byte offset of the slot from the start of the spill area.
    @inlinable public static func slot(_ offset: Int) -> Allocation { Allocation(bits: 2 << 30 | UInt32(offset)) }
    /// Only as the source of an edit: make the value anew by the recipe `id` (see `Problem.rematerialization`, without the 1 added).
    @inlinable public static func recipe(_ id: UInt32) -> Allocation { Allocation(bits: 3 << 30 | id) }
    @inlinable public var asRegister: PhysicalRegister? { bits >> 30 == 1 ? PhysicalRegister(rawValue: UInt8(truncatingIfNeeded: bits)) : nil }
    @inlinable public var asSlot: Int? { bits >> 30 == 2 ? Int(bits & 0x3fff_ffff) : nil }
    @inlinable public var asRecipe: UInt32? { bits >> 30 == 3 ? bits & 0x3fff_ffff : nil }
    @inlinable public var isNone: Bool { bits == 0 }
}

/// A move that the allocation adds. Edits at one point are already sequential: they are executed in array order.
@frozen public struct Edit: Hashable, Sendable, BitwiseCopyable {
    /// Before instruction `point` (all edits are "before"; what follows the last instruction of nothing does not exist).
    public var point: InstructionIndex
    public var source: Allocation
    public var destination: Allocation
    /// 8 or 16.
    public var size: UInt8
    @inlinable public init(point: InstructionIndex, source: Allocation, destination: Allocation, size: UInt8) {
        self.point = point
        self.source = source
        self.destination = destination
        self.size = size
    }
}

/// The allocator's answer.
public struct Solution: Sendable {
    /// One for each of `Problem.operands`.
    public var allocations: [Allocation]
    /// Sorted by point.
    public var edits: [Edit]
    /// Bytes of spill area; a multiple of 16.
    public var spillAreaSize: Int
    /// Callee-saved registers that some allocation or edit writes.
    public var usedCalleeSaved: PhysicalRegisterSet
    /// For each safepoint of the problem, in order: the slots (ascending offsets) that hold live references; run ends.
    public var safepointSlots: [UInt32]
    public var safepointEnds: [UInt32]
    /// Where each debug value is, over instruction ranges.
    public var debugLocations: [DebugLocation]

    public init() {
        allocations = []
        edits = []
        spillAreaSize = 0
        usedCalleeSaved = PhysicalRegisterSet()
        safepointSlots = []
        safepointEnds = []
        debugLocations = []
    }
}

public struct DebugLocation: Sendable, BitwiseCopyable, Hashable {
    public var label: UInt32
    public var from: InstructionIndex
    public var to: InstructionIndex
    public var location: Allocation
    public init(label: UInt32, from: InstructionIndex, to: InstructionIndex, location: Allocation) {
        self.label = label
        self.from = from
        self.to = to
        self.location = location
    }
}
