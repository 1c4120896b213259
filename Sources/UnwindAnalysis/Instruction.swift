/// What an instruction does to the places that the analysis follows; several, in this order, for one that does several things.
enum Operation: Hashable {
    /// destination = source + number, in 64 bits
    case add(RegisterNumber, RegisterNumber, Int64)
    /// destination = source, in 32 bits
    case copy32(RegisterNumber, RegisterNumber)
    /// destination = first + second, or less the second
    case combine(RegisterNumber, RegisterNumber, RegisterNumber, subtracts: Bool)
    case constant(RegisterNumber, Int64)
    /// 16 bits of a constant: destination with `bits` at `shift`
    case insert(RegisterNumber, bits: Int64, shift: Int64)
    /// The address of a place in the text.
    case address(RegisterNumber, Int64)
    /// One of two registers.
    case select(RegisterNumber, RegisterNumber, RegisterNumber)
    /// Eight bytes from base + number.
    case load(RegisterNumber, base: RegisterNumber, Int64)
    /// Four bytes, sign-extended, from base + 4 * index.
    case loadTable(RegisterNumber, base: RegisterNumber, index: RegisterNumber)
    /// `bytes` to base + number; nil: of no interest.
    case store(RegisterNumber?, base: RegisterNumber, Int64, bytes: Int64)
    /// A return address signed, or authenticated, with another register.
    case sign(RegisterNumber, with: RegisterNumber)
    case authenticate(RegisterNumber, with: RegisterNumber)
    /// destination = anything
    case clobber(RegisterNumber)
}

/// Where an instruction goes on. Places are offsets in the text.
enum Flow: Hashable {
    case next
    case jump(Int64)
    case branch(Int64)
    /// nil: through a register or memory.
    case call(Int64?)
    /// To the address in a register; nil: from memory.
    case indirect(RegisterNumber?)
    /// Pops so many bytes above the return address.
    case leave(pops: Int64)
    /// Does not go on: a trap.
    case stop
}

/// A decoded instruction; its operations are a run of the decoder's.
struct Instruction {
    var size: Int
    var flow: Flow
    var operations: Range<Int>
    var isPadding = false
}

/// Capstone's operand in the analysis' numbers.
struct Operand {
    enum Place {
        /// Width in bytes.
        case register(RegisterNumber, width: Int)
        case immediate(Int64)
        case memory(base: RegisterNumber?, index: RegisterNumber?, scale: Int, Int64)
        /// A place in the text, or beyond it in the image.
        case text(Int64)
        case other
    }
    var place: Place
    /// In bytes; 0 where Capstone does not say.
    var size: Int
    var isWritten: Bool

    var register: RegisterNumber? { if case .register(let number, _) = place { number } else { nil } }
    /// A whole integer register.
    var wide: RegisterNumber? { if case .register(let number, 8) = place { number } else { nil } }
    var immediate: Int64? { if case .immediate(let value) = place { value } else { nil } }
    /// Memory at a register and a number, no index.
    var slot: (base: RegisterNumber, displacement: Int64)? {
        if case .memory(let base?, nil, _, let displacement) = place { (base, displacement) } else { nil }
    }
}
