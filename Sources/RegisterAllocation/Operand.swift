public import PrecastEntities

/// The kind of machine register that holds a value. The allocator knows no more of an ISA than these classes.
public enum RegisterClass: UInt8, Sendable, CaseIterable {
    case integer = 0
    /// Floating point and vectors.
    case float = 1
}

/// A machine register: class and number within the class (0…63).
@frozen public struct PhysicalRegister: Hashable, Sendable, BitwiseCopyable, Comparable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable public init(_ registerClass: RegisterClass, _ number: Int) {
        rawValue = registerClass.rawValue << 6 | UInt8(number)
    }
    @inlinable public var registerClass: RegisterClass { RegisterClass(rawValue: rawValue >> 6) ?? .integer }
    @inlinable public var number: Int { Int(rawValue & 63) }
    @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A set of machine registers of both classes.
@frozen public struct PhysicalRegisterSet: Hashable, Sendable, BitwiseCopyable, ExpressibleByArrayLiteral {
    public var integer: UInt64
    public var float: UInt64
    @inlinable public init() { integer = 0; float = 0 }
    @inlinable public init(integer: UInt64, float: UInt64) { self.integer = integer; self.float = float }
    @inlinable public init(arrayLiteral elements: PhysicalRegister...) {
        self.init()
        for e in elements { insert(e) }
    }
    @inlinable public func contains(_ r: PhysicalRegister) -> Bool { self[r.registerClass] >> UInt64(r.number) & 1 != 0 }
    @inlinable public mutating func insert(_ r: PhysicalRegister) { self[r.registerClass] |= 1 << UInt64(r.number) }
    @inlinable public mutating func remove(_ r: PhysicalRegister) { self[r.registerClass] &= ~(1 << UInt64(r.number)) }
    @inlinable public subscript(registerClass: RegisterClass) -> UInt64 {
        get { registerClass == .integer ? integer : float }
        set { if registerClass == .integer { integer = newValue } else { float = newValue } }
    }
    @inlinable public func union(_ o: Self) -> Self { Self(integer: integer | o.integer, float: float | o.float) }
    @inlinable public func subtracting(_ o: Self) -> Self { Self(integer: integer & ~o.integer, float: float & ~o.float) }
    @inlinable public var isEmpty: Bool { integer | float == 0 }
    /// Members, integer registers first, ascending.
    @inlinable public var members: [PhysicalRegister] {
        var result: [PhysicalRegister] = []
        for c in RegisterClass.allCases {
            var word = self[c]
            while word != 0 {
                result.append(PhysicalRegister(c, word.trailingZeroBitCount))
                word &= word - 1
            }
        }
        return result
    }
}

/// A value to allocate. In SSA form: defined once, by an instruction's `def` operand or as a block parameter.
@frozen public struct VirtualRegister: EntityReference {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// One mention of a virtual register by an instruction, with what the instruction demands of its place. 8 bytes.
@frozen public struct Operand: Hashable, Sendable, BitwiseCopyable {
    public enum Kind: UInt8, Sendable { case use = 0, def = 1 }
    /// `early`: as the instruction reads its inputs; `late`: as it writes its outputs. An early use's register may be
    /// reused by a late def; a late use and an early def conflict with everything the instruction touches.
    public enum Position: UInt8, Sendable { case early = 0, late = 1 }
    public enum Constraint: Hashable, Sendable {
        /// Register or stack slot.
        case any
        case register
        case stack
        case fixed(PhysicalRegister)
        /// Only on a late def: the same place as use operand number `n` of this instruction (a register).
        case tied(Int)
    }

    /// bits 0…31 of the word: virtual register.
    public let register: VirtualRegister
    /// kind (bit 0), position (bit 1), constraint kind (bits 2…4), payload (bits 8…15).
    public let bits: UInt32

    @inlinable public init(_ register: VirtualRegister, _ kind: Kind, _ position: Position, _ constraint: Constraint) {
        self.register = register
        let (tag, payload): (UInt32, UInt32) = switch constraint {
        case .any: (0, 0)
        case .register: (1, 0)
        case .stack: (2, 0)
        case .fixed(let r): (3, UInt32(r.rawValue))
        case .tied(let n): (4, UInt32(n))
        }
        bits = UInt32(kind.rawValue) | UInt32(position.rawValue) << 1 | tag << 2 | payload << 8
    }
    /// A use that may share its register with a def of the same instruction.
    @inlinable public static func use(_ r: VirtualRegister, _ c: Constraint = .register) -> Operand { Operand(r, .use, .early, c) }
    /// A use that must outlive the writing of the results.
    @inlinable public static func lateUse(_ r: VirtualRegister, _ c: Constraint = .register) -> Operand { Operand(r, .use, .late, c) }
    @inlinable public static func def(_ r: VirtualRegister, _ c: Constraint = .register) -> Operand { Operand(r, .def, .late, c) }
    /// A result that is written before all inputs were read (also: a scratch register when never used).
    @inlinable public static func earlyDef(_ r: VirtualRegister, _ c: Constraint = .register) -> Operand { Operand(r, .def, .early, c) }

    @inlinable public var kind: Kind { bits & 1 == 0 ? .use : .def }
    @inlinable public var position: Position { bits & 2 == 0 ? .early : .late }
    @inlinable public var constraint: Constraint {
        switch bits >> 2 & 7 {
        case 0: .any
        case 1: .register
        case 2: .stack
        case 3: .fixed(PhysicalRegister(rawValue: UInt8(bits >> 8 & 0xff)))
        default: .tied(Int(bits >> 8 & 0xff))
        }
    }
}
