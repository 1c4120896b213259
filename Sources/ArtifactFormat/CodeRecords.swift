/// A piece of code: a function of a module, or a trampoline. Sorted by text offset.
@frozen public struct FunctionRecord: ArtifactRecord {
    @inlinable public static var size: Int { 24 }
    /// Bytes from the start of text.
    public var textOffset: UInt32            // 0
    public var byteCount: UInt32             // 4
    /// In the module's function index space; ``noIndex`` for a trampoline.
    public var functionIndex: UInt32         // 8
    /// In the module's types.
    public var typeIndex: UInt32             // 12
    /// Bytes below the frame pointer; 0 when frameless.
    public var frameSize: UInt32             // 16
    public var kindNumber: UInt8             // 20
    public var flags: UInt8                  // 21
    /// Row of `modules`.
    public var module: UInt16                // 22

    public enum Kind: UInt8, Sendable { case function = 0, entryTrampoline, hostTrampoline }
    /// No prologue: the return address is at the stack pointer throughout.
    @inlinable public static var framelessFlag: UInt8 { 1 }
    /// Laid out among the cold code.
    @inlinable public static var coldFlag: UInt8 { 2 }

    @inlinable public init(textOffset: UInt32, byteCount: UInt32, functionIndex: UInt32, typeIndex: UInt32, frameSize: UInt32, kind: Kind, flags: UInt8, module: UInt16 = 0) {
        self.textOffset = textOffset
        self.byteCount = byteCount
        self.functionIndex = functionIndex
        self.typeIndex = typeIndex
        self.frameSize = frameSize
        kindNumber = kind.rawValue
        self.flags = flags
        self.module = module
    }
    @inlinable public var kind: Kind? { Kind(rawValue: kindNumber) }
    @inlinable public var isFrameless: Bool { flags & Self.framelessFlag != 0 }
    @inlinable public init(_ r: RecordBytes) {
        textOffset = r.u32(0)
        byteCount = r.u32(4)
        functionIndex = r.u32(8)
        typeIndex = r.u32(12)
        frameSize = r.u32(16)
        kindNumber = r.u8(20)
        flags = r.u8(21)
        module = r.u16(22)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, textOffset)
        b.put(4, byteCount)
        b.put(8, functionIndex)
        b.put(12, typeIndex)
        b.put(16, frameSize)
        b.put(20, kindNumber)
        b.put(21, flags)
        b.put(22, module)
    }
}

/// A 32-bit number: rows of `definedFunctions` (row of `functions`, or ``noIndex`` when nothing is left of the function) and of `trapOffsets`.
@frozen public struct WordRecord: ArtifactRecord {
    @inlinable public static var size: Int { 4 }
    public var value: UInt32
    @inlinable public init(value: UInt32) { self.value = value }
    @inlinable public init(_ r: RecordBytes) { value = r.u32(0) }
    @inlinable public func store(_ b: RecordBuffer) { b.put(0, value) }
}

/// A row of `trapCodes`.
@frozen public struct ByteRecord: ArtifactRecord {
    @inlinable public static var size: Int { 1 }
    public var value: UInt8
    @inlinable public init(value: UInt8) { self.value = value }
    @inlinable public init(_ r: RecordBytes) { value = r.u8(0) }
    @inlinable public func store(_ b: RecordBuffer) { b.put(0, value) }
}

/// A row of `functionBodies`: where in the module's binary a defined function is.
@frozen public struct FunctionBodyRecord: ArtifactRecord {
    @inlinable public static var size: Int { 8 }
    /// Of the body: the declarations of its locals.
    public var wasmOffset: UInt32            // 0
    /// Parameters and declared locals.
    public var localCount: UInt32            // 4
    @inlinable public init(wasmOffset: UInt32, localCount: UInt32) {
        self.wasmOffset = wasmOffset
        self.localCount = localCount
    }
    @inlinable public init(_ r: RecordBytes) {
        wasmOffset = r.u32(0)
        localCount = r.u32(4)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, wasmOffset)
        b.put(4, localCount)
    }
}

/// A row of `functionNames`.
@frozen public struct NameRecord: ArtifactRecord {
    @inlinable public static var size: Int { 8 }
    public var name: NameReference
    @inlinable public init(name: NameReference) { self.name = name }
    @inlinable public init(_ r: RecordBytes) { name = r.name(0) }
    @inlinable public func store(_ b: RecordBuffer) { b.put(0, name) }
}

/// A call that exceptions may leave to handlers of its function. Sorted by text offset.
@frozen public struct ExceptionSiteRecord: ArtifactRecord {
    @inlinable public static var size: Int { 16 }
    /// Where the call returns to.
    public var textOffset: UInt32            // 0
    /// Bytes from the frame pointer down to the stack pointer that handlers start with.
    public var frameSize: UInt32             // 4
    /// Rows of `exceptionHandlers`, innermost first.
    public var handlers: RecordRange         // 8
    @inlinable public init(textOffset: UInt32, frameSize: UInt32, handlers: RecordRange) {
        self.textOffset = textOffset
        self.frameSize = frameSize
        self.handlers = handlers
    }
    @inlinable public init(_ r: RecordBytes) {
        textOffset = r.u32(0)
        frameSize = r.u32(4)
        handlers = r.range(8)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, textOffset)
        b.put(4, frameSize)
        b.put(8, handlers)
    }
}

/// Where the exceptions of a tag, or all, go.
@frozen public struct ExceptionHandlerRecord: ArtifactRecord {
    @inlinable public static var size: Int { 12 }
    /// In the module's tag index space; ``noIndex``: every exception.
    public var tag: UInt32                   // 0
    /// Of the landing pad.
    public var textOffset: UInt32            // 4
    /// How long the exception must last (docs/abi.md): 0 until the next is made, 1 for ever, 2 until it is thrown again. From bit 8 on: the handler's
    /// group, a number that handlers with the same code share within a function.
    public var flags: UInt32                 // 8

    @inlinable public init(tag: UInt32, textOffset: UInt32, flags: UInt32) {
        self.tag = tag
        self.textOffset = textOffset
        self.flags = flags
    }
    @inlinable public init(_ r: RecordBytes) {
        tag = r.u32(0)
        textOffset = r.u32(4)
        flags = r.u32(8)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, tag)
        b.put(4, textOffset)
        b.put(8, flags)
    }
}

/// Where code came from, as 32 bits: an offset in the module's binary, or (top bit set) a row of `inlineFrames`; all ones: unknown.
@frozen public struct CodeLocation: Hashable, Sendable, BitwiseCopyable {
    public var word: UInt32
    @inlinable public init(word: UInt32) { self.word = word }
    @inlinable public static var unknown: CodeLocation { CodeLocation(word: .max) }
    /// An offset of the function's own module. - Precondition: less than 2 GiB.
    @inlinable public static func wasm(offset: UInt32) -> CodeLocation { CodeLocation(word: offset) }
    @inlinable public static func inlined(row: UInt32) -> CodeLocation { CodeLocation(word: row | 1 << 31) }
    @inlinable public var isUnknown: Bool { word == .max }
    @inlinable public var inlineRow: UInt32? { word >> 31 == 1 && !isUnknown ? word & ~(1 << 31) : nil }
    @inlinable public var wasmOffset: UInt32? { word >> 31 == 0 ? word : nil }
}

/// A place in a function that was inlined. The backtrace has a frame for `functionIndex` at `wasmOffset`, then the frame of the call site `caller`.
/// `caller` is an offset in the function that owns the code, or a row before this one, so chains end.
@frozen public struct InlineFrameRecord: ArtifactRecord {
    @inlinable public static var size: Int { 12 }
    public var functionIndex: UInt32         // 0
    public var wasmOffset: UInt32            // 4
    public var caller: CodeLocation          // 8
    @inlinable public init(functionIndex: UInt32, wasmOffset: UInt32, caller: CodeLocation) {
        self.functionIndex = functionIndex
        self.wasmOffset = wasmOffset
        self.caller = caller
    }
    @inlinable public init(_ r: RecordBytes) {
        functionIndex = r.u32(0)
        wasmOffset = r.u32(4)
        caller = CodeLocation(word: r.u32(8))
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, functionIndex)
        b.put(4, wasmOffset)
        b.put(8, caller.word)
    }
}

/// A function that can escape: exported, in an element segment, or declared. The n-th row is the n-th `precast_function_reference` of the context.
@frozen public struct FunctionReferenceRecord: ArtifactRecord {
    @inlinable public static var size: Int { 12 }
    /// In the function index space.
    public var functionIndex: UInt32         // 0
    public var typeIndex: UInt32             // 4
    /// Text offset of its code; ``noIndex`` for an imported function.
    public var textOffset: UInt32            // 8
    @inlinable public init(functionIndex: UInt32, typeIndex: UInt32, textOffset: UInt32) {
        self.functionIndex = functionIndex
        self.typeIndex = typeIndex
        self.textOffset = textOffset
    }
    @inlinable public init(_ r: RecordBytes) {
        functionIndex = r.u32(0)
        typeIndex = r.u32(4)
        textOffset = r.u32(8)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, functionIndex)
        b.put(4, typeIndex)
        b.put(8, textOffset)
    }
}

/// Who made the module and the artifact: the producers section's triples.
@frozen public struct ProducerRecord: ArtifactRecord {
    @inlinable public static var size: Int { 24 }
    public var field: NameReference          // 0
    public var name: NameReference           // 8
    public var version: NameReference        // 16
    @inlinable public init(field: NameReference, name: NameReference, version: NameReference) {
        self.field = field
        self.name = name
        self.version = version
    }
    @inlinable public init(_ r: RecordBytes) {
        field = r.name(0)
        name = r.name(8)
        version = r.name(16)
    }
    @inlinable public func store(_ b: RecordBuffer) {
        b.put(0, field)
        b.put(8, name)
        b.put(16, version)
    }
}
