public import PrecastMachineCode
public import PrecastRegisterAllocation

extension PhysicalRegister {
    @inlinable public static func x(_ n: Int) -> Self { Self(.integer, n) }
    @inlinable public static var fp: Self { x(29) }
    @inlinable public static var lr: Self { x(30) }
    @inlinable public static var sp: Self { x(31) }
    /// Encoded as ``sp`` is, in the places where that means zero.
    @inlinable public static var zr: Self { x(63) }
    /// A float or vector register. `v31` is scratch of the emitter: never allocated.
    @inlinable public static func v(_ n: Int) -> Self { Self(.float, n) }
}

extension Register {
    @inlinable public static func x(_ n: Int) -> Self { Self(PhysicalRegister.x(n)) }
    /// Scratch of the emitter and of veneers: never allocated.
    @inlinable public static var x16: Self { x(16) }
    @inlinable public static var x17: Self { x(17) }
    @inlinable public static var fp: Self { Self(PhysicalRegister.fp) }
    @inlinable public static var lr: Self { Self(PhysicalRegister.lr) }
    @inlinable public static var sp: Self { Self(PhysicalRegister.sp) }
    @inlinable public static var zr: Self { Self(PhysicalRegister.zr) }
    @inlinable public static func v(_ n: Int) -> Self { Self(PhysicalRegister.v(n)) }
}

/// DWARF's numbers of the registers (DWARF for the Arm 64-bit Architecture, section 4.1).
public enum DWARFRegister {
    public static func number(_ r: PhysicalRegister) -> UInt8 {
        r.registerClass == .float ? UInt8(64 + r.number) : UInt8(r.number & 31)
    }
}
