public import PrecastMachineCode
public import PrecastRegisterAllocation

extension PhysicalRegister {
    @inlinable public static var rax: Self { Self(.integer, 0) }
    @inlinable public static var rcx: Self { Self(.integer, 1) }
    @inlinable public static var rdx: Self { Self(.integer, 2) }
    @inlinable public static var rbx: Self { Self(.integer, 3) }
    @inlinable public static var rsp: Self { Self(.integer, 4) }
    @inlinable public static var rbp: Self { Self(.integer, 5) }
    @inlinable public static var rsi: Self { Self(.integer, 6) }
    @inlinable public static var rdi: Self { Self(.integer, 7) }
    @inlinable public static var r8: Self { Self(.integer, 8) }
    @inlinable public static var r9: Self { Self(.integer, 9) }
    @inlinable public static var r10: Self { Self(.integer, 10) }
    /// Scratch of the emitter: never allocated.
    @inlinable public static var r11: Self { Self(.integer, 11) }
    @inlinable public static var r12: Self { Self(.integer, 12) }
    @inlinable public static var r13: Self { Self(.integer, 13) }
    @inlinable public static var r14: Self { Self(.integer, 14) }
    @inlinable public static var r15: Self { Self(.integer, 15) }
    /// `xmm15` is scratch of the emitter: never allocated.
    @inlinable public static func xmm(_ n: Int) -> Self { Self(.float, n) }
}

extension Register {
    @inlinable public static var rax: Self { Self(PhysicalRegister.rax) }
    @inlinable public static var rcx: Self { Self(PhysicalRegister.rcx) }
    @inlinable public static var rdx: Self { Self(PhysicalRegister.rdx) }
    @inlinable public static var rsp: Self { Self(PhysicalRegister.rsp) }
    @inlinable public static var rbp: Self { Self(PhysicalRegister.rbp) }
    @inlinable public static var rdi: Self { Self(PhysicalRegister.rdi) }
    @inlinable public static var rsi: Self { Self(PhysicalRegister.rsi) }
    @inlinable public static var r11: Self { Self(PhysicalRegister.r11) }
    @inlinable public static func xmm(_ n: Int) -> Self { Self(PhysicalRegister.xmm(n)) }
}

/// DWARF's numbers of the registers (System V x86-64 psABI, table 3.36).
public enum DWARFRegister {
    public static func number(_ r: PhysicalRegister) -> UInt8 {
        if r.registerClass == .float { return UInt8(17 + r.number) }
        switch r.number {
        case 0: return 0
        case 1: return 2
        case 2: return 1
        case 3: return 3
        case 4: return 7
        case 5: return 6
        case 6: return 4
        case 7: return 5
        default: return UInt8(r.number)
        }
    }
    /// The column of the return address.
    static let returnAddress: UInt8 = 16
}
