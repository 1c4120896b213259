public import PrecastEntities

/// What a load or store promises and risks. 16 bits: alias region (0…7), trap code (8…13), read-only (14).
@frozen public struct MemoryFlags: Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    @inlinable public init(region: AliasRegion, trap: UInt8 = 0, readOnly: Bool = false) {
        rawValue = UInt16(region.rawValue) | UInt16(trap & 63) << 8 | (readOnly ? 1 << 14 : 0)
    }
    @inlinable public var region: AliasRegion { AliasRegion(rawValue: UInt8(truncatingIfNeeded: rawValue)) }
    /// Trap code of a fault at the address; 0: the access cannot fault.
    @inlinable public var trap: UInt8 { UInt8(rawValue >> 8 & 63) }
    /// The location never changes while the function runs.
    @inlinable public var isReadOnly: Bool { rawValue & 1 << 14 != 0 }
}

/// A part of memory. Accesses to different regions never overlap, except that region 0 overlaps all.
@frozen public struct AliasRegion: Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Overlaps every region.
    public static let any = AliasRegion(rawValue: 0)
    @inlinable public func mayOverlap(_ other: AliasRegion) -> Bool { rawValue == other.rawValue || rawValue == 0 || other.rawValue == 0 }
}

/// An instruction: 16 trivial bytes. `Opcode.format` says what the words mean.
@frozen public struct InstructionData: Hashable, Sendable, BitwiseCopyable {
    public var opcode: Opcode
    /// Type of the (first) result; of the stored value; none otherwise.
    public var type: Type
    /// Condition, trap code or `MemoryFlags`.
    public var flags: UInt16
    public var a: UInt32
    public var b: UInt32
    public var c: UInt32

    @inlinable public init(_ opcode: Opcode, _ type: Type = .none, flags: UInt16 = 0, a: UInt32 = 0, b: UInt32 = 0, c: UInt32 = 0) {
        self.opcode = opcode
        self.type = type
        self.flags = flags
        self.a = a
        self.b = b
        self.c = c
    }

    /// Of format `immediate`. An i32 is kept sign-extended; a float as its bits.
    @inlinable public var immediate: Int64 { Int64(bitPattern: UInt64(a) | UInt64(b) << 32) }
    @inlinable public var memoryFlags: MemoryFlags { MemoryFlags(rawValue: flags) }
    @inlinable public var integerCondition: IntegerCondition { IntegerCondition(rawValue: UInt8(truncatingIfNeeded: flags)) ?? .equal }
    @inlinable public var floatCondition: FloatCondition { FloatCondition(rawValue: UInt8(truncatingIfNeeded: flags)) ?? .equal }
    /// Of the vector formats.
    @inlinable public var vectorOperation: VectorOperation { VectorOperation(rawValue: flags) ?? .v128Not }
    @inlinable public var trapCode: UInt8 { UInt8(truncatingIfNeeded: flags) }
    /// Byte offset of a load or store.
    @inlinable public var offset: Int32 { Int32(bitPattern: opcode.isStore ? c : b) }
    /// Address operand of a load or store.
    @inlinable public var address: Value { Value(rawValue: opcode.isStore ? b : a) }
    /// Bytes that a load or store touches.
    @inlinable public var accessSize: Int { opcode.narrowAccess ?? type.byteCount }
    /// Argument or result list of a call or return.
    @inlinable public var list: EntityList<Value> {
        switch opcode.format {
        case .call, .tryCall: EntityList(position: b)
        case .callIndirect, .tryCallIndirect: EntityList(position: c)
        case .return: EntityList(position: a)
        default: EntityList()
        }
    }
    /// Of a call that may be left by an exception.
    @inlinable public var exceptionTable: ExceptionTable { ExceptionTable(rawValue: opcode == .tryCall ? c : a) }
    @inlinable public var valueA: Value { Value(rawValue: a) }
    @inlinable public var valueB: Value { Value(rawValue: b) }
    @inlinable public var valueC: Value { Value(rawValue: c) }
    /// May trap, memory flags considered.
    @inlinable public var canTrap: Bool { opcode.isLoad || opcode.isStore ? memoryFlags.trap != 0 : opcode.canTrap }
    /// Must stay even when its result is unused.
    @inlinable public var hasEffect: Bool { opcode.isTerminator || opcode.isCall || opcode.isStore || canTrap }
}

/// What a parameter or result of a signature is for.
@frozen public struct ABIParameter: Hashable, Sendable {
    @frozen public enum Purpose: UInt8, Sendable {
        case normal
        /// The instance context.
        case context
        /// The caller's instance context.
        case callerContext
    }
    public var type: Type
    public var purpose: Purpose
    @inlinable public init(_ type: Type, _ purpose: Purpose = .normal) {
        self.type = type
        self.purpose = purpose
    }
}

/// The types and convention of a function. docs/abi.md gives registers to it.
public struct Signature: Hashable, Sendable {
    @frozen public enum Convention: UInt8, Sendable { case precast, systemV }
    public var convention: Convention
    public var parameters: [ABIParameter]
    public var results: [ABIParameter]
    public init(_ convention: Convention = .precast, parameters: [ABIParameter] = [], results: [ABIParameter] = []) {
        self.convention = convention
        self.parameters = parameters
        self.results = results
    }
}
