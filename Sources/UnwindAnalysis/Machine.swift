public import PrecastArtifactFormat

/// A register by its DWARF number. Vector registers, of which the low halves are followed, come after the others.
public typealias RegisterNumber = UInt8

/// What the analysis has to know of a machine and its convention between compiled functions (docs/abi.md).
public struct MachineConvention: Sendable {
    let machine: Machine
    /// Numbers below it are in use: integer registers, one for the analysis itself, vector registers.
    let registerCount: Int
    let stackPointer: RegisterNumber
    public let framePointer: RegisterNumber
    /// The column of the return address.
    let returnAddress: RegisterNumber
    /// For the analysis: no register of the machine.
    let temporary: RegisterNumber
    let firstVector: RegisterNumber
    public let calleeSaved: [RegisterNumber]
    /// Whether a call pushes the return address; else it is in `returnAddress`, a register.
    let pushesReturnAddress: Bool
    /// Bytes below the stack pointer that a signal leaves alone.
    let redZone: Int64

    /// nil: a machine that is not known here.
    public init?(_ machine: Machine) {
        self.machine = machine
        switch machine {
        case .x86_64:
            registerCount = 17 + 16
            (stackPointer, framePointer, returnAddress, temporary, firstVector) = (7, 6, 16, 16, 17)
            calleeSaved = [3, 6, 12, 13, 14, 15]
            pushesReturnAddress = true
            redZone = 128
        case .aarch64:
            registerCount = 33 + 32
            (stackPointer, framePointer, returnAddress, temporary, firstVector) = (31, 29, 30, 32, 33)
            calleeSaved = Array(19...29)
            pushesReturnAddress = false
            redZone = 0
        default: return nil
        }
    }

    /// An address without the signature that AArch64 may have put into it.
    public func stripped(_ address: UInt64) -> UInt64 { machine == .aarch64 ? address & 0xffff_ffff_ffff : address }

    /// In assembly, for reports.
    func name(_ register: RegisterNumber) -> String {
        if machine == .aarch64 { return register == stackPointer ? "sp" : "x\(register)" }
        let names = ["rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp"]
        return register < 8 ? names[Int(register)] : register == returnAddress ? "return address" : "r\(register)"
    }
}
