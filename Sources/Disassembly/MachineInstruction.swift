/// One machine instruction, as a disassembler reads it.
///
/// Registers are named by the disassembler's numbers, always those of the whole register: `rax` for `eax`, `x0` for `w0`.
public struct MachineInstruction: Sendable, Hashable {
    /// What executes after it.
    public enum Flow: Sendable, Hashable {
        case next
        /// Always elsewhere: `target`, or an address that is computed.
        case jump
        /// `target` or the next instruction.
        case branch
        case call
        case `return`
        /// Traps, whatever its operands.
        case trap
    }

    /// A datum that it names by its distance.
    public struct Reference: Sendable, Hashable {
        public var address: UInt64
        /// Bytes that it reads or writes there; 0: it takes the address alone.
        public var byteCount: Int
    }

    /// A place in memory: a register and a distance.
    struct Place: Sendable, Hashable {
        var base: Register
        var displacement: Int64
        /// Whether another register is added.
        var isIndexed = false
    }

    /// What it does to registers and memory, as far as it matters to who follows values.
    enum Effect: Sendable, Hashable {
        /// `from` with a constant added.
        case copy(to: Register, from: Register, addend: Int64)
        case address(to: Register, UInt64)
        /// Eight bytes each, one after the other.
        case load(to: [Register], Place)
        case store([Register], Place)
        /// Through a register, or the address at a place; neither: `target`.
        case call(Register?, Place?)
        case other
    }

    public var address: UInt64
    public var byteCount: Int
    public var mnemonic: String
    /// As the disassembler writes them.
    public var operands: String
    public var flow = Flow.next
    /// Where a direct jump, branch or call leads.
    public var target: UInt64?
    public var reference: Reference?
    /// The place of its memory operand.
    var place: Place?
    var effect = Effect.other
    /// What it writes; for a call, nothing is said.
    var written: [Register] = []
    var writesMemory = false

    public var end: UInt64 { address &+ UInt64(byteCount) }

    /// The operands with `name` in the place of the target, which is the last of them.
    public func operands(targetName name: String) -> String {
        guard target != nil else { return operands }
        guard let comma = operands.lastIndex(of: ",") else { return name }
        return operands[...comma] + " " + name
    }
}

/// A register's number in the disassembler.
struct Register: Hashable, Sendable {
    var number: UInt16
    init(_ number: some BinaryInteger) { self.number = UInt16(truncatingIfNeeded: number) }
}

/// How operands are written.
public enum AssemblySyntax: String, Sendable, CaseIterable {
    case intel
    /// x86-64 alone.
    case att
}
