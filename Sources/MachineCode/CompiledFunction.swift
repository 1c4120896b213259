/// What a relocation refers to.
@frozen public struct RelocationTarget: Hashable, Sendable {
    public enum Kind: UInt8, Sendable {
        /// A function of the module or one of its trampolines, by number in the code section's order (`index`).
        case function
        /// Byte `index` of the module's read-only data (jump tables, constants, read-only tables).
        case readOnlyData
    }
    public var kind: Kind
    public var index: UInt32
    @inlinable public init(_ kind: Kind, _ index: UInt32) { self.kind = kind; self.index = index }
}

/// A place in a function's code that depends on where other things are. Resolved when text is laid out; none is left for load time.
@frozen public struct Relocation: Sendable, Hashable {
    public enum Kind: UInt8, Sendable {
        /// x86-64: 32-bit `S + A - P` (`call`, `jmp`, `lea`, rip-relative access); the addend accounts for the instruction's end.
        case x86PCRelative32
        /// AArch64: 26-bit word displacement of `b` and `bl`.
        case aarch64Call26
        /// AArch64: `adrp` page and low 12 bits of `add`.
        case aarch64Page21
        case aarch64PageOffset12
        /// RISC-V: `auipc` + `jalr` pair.
        case riscvCall
    }
    /// Byte offset of the field in the function's code.
    public var offset: UInt32
    public var kind: Kind
    public var target: RelocationTarget
    public var addend: Int32
    @inlinable public init(offset: UInt32, kind: Kind, target: RelocationTarget, addend: Int32) {
        self.offset = offset
        self.kind = kind
        self.target = target
        self.addend = addend
    }
}

/// One step of a function's unwinding rules: what holds from `offset` on. ISA-neutral: registers are DWARF numbers.
@frozen public struct UnwindStep: Sendable, Hashable {
    public enum Rule: Sendable, Hashable {
        /// CFA = register + offset.
        case defineCFA(register: UInt8, offset: Int32)
        /// `register` was saved at CFA + offset.
        case saved(register: UInt8, offset: Int32)
        /// `register` has its caller's value again.
        case restored(register: UInt8)
        /// Around an epilogue in the middle: keep and bring back all rules.
        case rememberState
        case restoreState
        /// AArch64: from here on the return address is signed if it was not, and the other way round (DWARF for the Arm 64-bit Architecture, DW_CFA_AARCH64_negate_ra_state).
        case negatedReturnAddressState
    }
    public var offset: UInt32
    public var rule: Rule
    @inlinable public init(offset: UInt32, rule: Rule) { self.offset = offset; self.rule = rule }
}

/// An instruction that may trap.
@frozen public struct TrapSite: Sendable, Hashable {
    public var offset: UInt32
    /// A `TrapCode` of ArtifactFormat.
    public var code: UInt8
    @inlinable public init(offset: UInt32, code: UInt8) { self.offset = offset; self.code = code }
}

/// A call that exceptions may leave to handlers of the same function.
@frozen public struct CallSite: Sendable, Hashable {
    @frozen public struct Handler: Sendable, Hashable {
        /// All ones: every exception.
        public var tag: UInt32
        /// The number of the IR's `ExceptionHandler.Retention`.
        public var retention: UInt8
        /// Handlers of one group have the same code.
        public var group: UInt32
        /// Of the landing pad.
        public var offset: UInt32
        @inlinable public init(tag: UInt32, retention: UInt8, group: UInt32, offset: UInt32) {
            self.tag = tag
            self.retention = retention
            self.group = group
            self.offset = offset
        }
    }
    /// Where the call returns to.
    public var offset: UInt32
    /// Innermost first.
    public var handlers: [Handler]
    @inlinable public init(offset: UInt32, handlers: [Handler]) {
        self.offset = offset
        self.handlers = handlers
    }
}

/// From `offset` on, code comes from source location `location` (a handle that translation made; all ones: none).
@frozen public struct SourceRange: Sendable, Hashable {
    public var offset: UInt32
    public var location: UInt32
    @inlinable public init(offset: UInt32, location: UInt32) { self.offset = offset; self.location = location }
}

/// An instruction or datum of the code as text, for dumps.
public struct CodeMark: Sendable, Hashable {
    public var offset: UInt32
    public var text: String
    /// Offset of the code or datum that a branch or table entry leads to.
    public var target: UInt32?
    public init(offset: UInt32, text: String, target: UInt32? = nil) {
        self.offset = offset
        self.text = text
        self.target = target
    }
}

/// A function's machine code with all that linking, unwinding and explaining it needs. ISA-neutral.
public struct CompiledFunction: Sendable {
    public var code: [UInt8] = []
    /// Required alignment of the first byte: a power of two.
    public var alignment: UInt32 = 16
    public var relocations: [Relocation] = []
    /// Ascending offsets.
    public var traps: [TrapSite] = []
    /// Ascending offsets.
    public var callSites: [CallSite] = []
    /// Ascending offsets; a call's location is looked up by its return address minus one.
    public var sourceRanges: [SourceRange] = []
    public var unwind: [UnwindStep] = []
    /// Bytes below the frame pointer, 0 for a frameless function.
    public var frameSize: UInt32 = 0
    /// The features of the CPU that the code needs: bits of the instruction set's own numbering.
    public var features: UInt64 = 0
    /// No prologue: the return address is at the stack pointer throughout.
    public var isFrameless = false
    /// Offset of the first instruction behind the prologue: from there on the frame is set up and parameters are where they stay.
    public var prologueEnd: UInt32 = 0
    /// Where variables are, where that was asked for: in the order of `inlinedAt`, subject, offset.
    public var variables: [VariableRange] = []
    /// Where memory may hold something older than the source says, as stores were left out: ascending, apart. Filled with `variables`.
    public var staleMemory: [Range<UInt32>] = []
    /// Where emission put what, if ``EmitOptions/keepsRecord``.
    public var record: EmissionRecord?
    /// Where the constants and jump tables behind the code begin; the code's size if there are none.
    public var dataOffset: UInt32 = .max
    /// What the code says, where that was asked for: ascending offsets, every byte belongs to the last mark before it.
    public var marks: [CodeMark] = []
    public init() {}
}
