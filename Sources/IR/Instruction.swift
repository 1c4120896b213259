public import PrecastEntities

/// What a load or store promises and risks. 16 bits: alias region (0…7), trap code (8…13), read-only (14), shared (15);
/// of an atomic operation, bits 14…15 are the base-two logarithm of its bytes instead.
@frozen public struct MemoryFlags: Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    @inlinable public init(region: AliasRegion, trap: UInt8 = 0, readOnly: Bool = false, shared: Bool = false) {
        rawValue = UInt16(region.rawValue) | UInt16(trap & 63) << 8 | (readOnly ? 1 << 14 : 0) | (shared ? 1 << 15 : 0)
    }
    /// Of an atomic operation on `1 << sizeLog2` bytes.
    @inlinable public init(region: AliasRegion, trap: UInt8, atomicSizeLog2: UInt8) {
        rawValue = UInt16(region.rawValue) | UInt16(trap & 63) << 8 | UInt16(atomicSizeLog2 & 3) << 14
    }
    @inlinable public var region: AliasRegion { AliasRegion(rawValue: UInt8(truncatingIfNeeded: rawValue)) }
    /// Trap code of a fault at the address; 0: the access cannot fault.
    @inlinable public var trap: UInt8 { UInt8(rawValue >> 8 & 63) }
    /// The location never changes while the function runs.
    @inlinable public var isReadOnly: Bool { rawValue & 1 << 14 != 0 }
    /// Other threads change the location: each round of a loop loads it again.
    @inlinable public var isShared: Bool { rawValue & 1 << 15 != 0 }
    /// Base-two logarithm of an atomic operation's bytes.
    @inlinable public var atomicSizeLog2: UInt8 { UInt8(rawValue >> 14) }
}

/// What an atomic update makes of the old value and its operand.
@frozen public enum AtomicOperation: UInt8, Sendable, CaseIterable {
    case add, subtract, and, or, xor, exchange

    public var name: String {
        switch self {
        case .add: "add"
        case .subtract: "sub"
        case .and: "and"
        case .or: "or"
        case .xor: "xor"
        case .exchange: "xchg"
        }
    }
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
    /// Address operand of a load, store or atomic operation.
    @inlinable public var address: Value {
        switch opcode {
        case .atomicStore, .atomicUpdate: valueB
        case .atomicCompareExchange: valueC
        default: opcode.isStore ? valueB : valueA
        }
    }
    /// Bytes that a load, store or atomic operation touches.
    @inlinable public var accessSize: Int { opcode.isAtomic ? 1 << Int(memoryFlags.atomicSizeLog2) : opcode.narrowAccess ?? type.byteCount }
    /// Of an atomic update.
    @inlinable public var atomicOperation: AtomicOperation { AtomicOperation(rawValue: UInt8(truncatingIfNeeded: c)) ?? .add }
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
    @inlinable public var canTrap: Bool { opcode.isLoad || opcode.isStore || opcode.isAtomic ? memoryFlags.trap != 0 : opcode.canTrap }
    /// Must stay even when its result is unused.
    @inlinable public var hasEffect: Bool { opcode.isTerminator || opcode.isCall || opcode.isStore || opcode.isAtomic || canTrap }
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
