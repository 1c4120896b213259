public import PrecastDebugInformation
public import PrecastWasmBinary
import PrecastWasmModel
public import PrecastWasmTypes

/// Why a file is no core dump.
public enum CoreDumpError: Error, Hashable, Sendable, CustomStringConvertible {
    case decode(DecodeError)
    /// A module without the sections of a core dump.
    case missing(section: String)
    case invalid(section: String, what: String, offset: Int)

    public var description: String {
        switch self {
        case .decode(let error): "\(error)"
        case .missing(let section): "not a core dump: the module has no section \"\(section)\""
        case .invalid(let section, let what, let offset): "section \"\(section)\": \(what) (at offset 0x\(String(offset, radix: 16)))"
        }
    }
}

/// A WebAssembly core dump as WebAssembly's tool conventions define it (Coredump.md): a module that says what a program was doing when it ended.
///
/// Names and numbers are as the file has them: they may name instances, functions and memories that are not there.
public struct CoreDump: Sendable {
    public enum Value: Hashable, Sendable {
        case missing
        case i32(Int32)
        case i64(Int64)
        /// Bits.
        case f32(UInt32)
        case f64(UInt64)
        /// The low half, then the high one. Dumps cannot say it: only ``CoreDump/complete(_:with:)`` finds it, as the next.
        case v128(UInt64, UInt64)
        /// Bits, as docs/abi.md has them.
        case reference(UInt64)
    }
    public struct Frame: Sendable {
        public var instance: UInt32
        public var function: UInt32
        /// From the start of the function's body.
        public var codeOffset: UInt32
        public var locals: [Value]
        public var stack: [Value]
        /// Of the locals, where they are known.
        public internal(set) var types: [LocalPlaces.LocalType] = []
        /// Whether all was tried: what is missing was optimized out.
        public internal(set) var isCompleted = false
        /// False: there are several instances of the module, and nothing tells which one the frame is of.
        public internal(set) var isInstanceCertain = true

        init(instance: UInt32, function: UInt32, codeOffset: UInt32, locals: [Value], stack: [Value]) {
            (self.instance, self.function, self.codeOffset, self.locals, self.stack) = (instance, function, codeOffset, locals, stack)
        }
    }
    public struct Thread: Sendable {
        public var name: [UInt8]
        /// Youngest first.
        public var frames: [Frame]
    }
    public struct Instance: Sendable {
        public var module: UInt32
        public var memories: [UInt32]
        public var globals: [UInt32]
    }
    /// Bytes of a memory that the dump has; all others are zero.
    public struct Range: Sendable {
        public var memory: UInt32
        public var address: UInt64
        /// In the file.
        public var contents: Swift.Range<Int>
    }

    public var executable: [UInt8]
    public var modules: [[UInt8]] = []
    public var instances: [Instance] = []
    public var threads: [Thread] = []
    public var memories: [MemoryType] = []
    public var globals: [(type: ValueType, value: String)] = []
    public var ranges: [Range] = []
    /// What ``RecordedFrames`` reads, in the file.
    let recordedFrames: Swift.Range<Int>?

    /// Reads a core dump. Time and space are linear in it.
    public init(_ bytes: [UInt8]) throws(CoreDumpError) {
        let module: Module
        do throws(DecodeError) { module = try decodeModule(bytes, features: .all) } catch { throw .decode(error) }
        guard module.customSection(named: "core") != nil else { throw .missing(section: "core") }
        executable = []
        recordedFrames = module.customSection(named: RecordedFrames.sectionName).map { Int($0.start)..<Int($0.end) }
        for section in module.customSections {
            var reader = SectionBytes(bytes, section.payload, section.name)
            switch section.name {
            case "core": executable = try reader.item()
            case "coremodules": modules = try reader.list { (reader) throws(CoreDumpError) in try reader.item() }
            case "coreinstances":
                instances = try reader.list { (reader) throws(CoreDumpError) in
                    try reader.zero()
                    return Instance(module: try reader.number(), memories: try reader.numbers(), globals: try reader.numbers())
                }
            case "corestack":
                let name = try reader.item()
                threads.append(Thread(name: name, frames: try reader.list { (reader) throws(CoreDumpError) in try reader.frame() }))
            default: break
            }
        }
        memories = module.memories
        globals = module.globals.map { ($0.type.valueType, Self.text($0, module)) }
        for segment in module.data {
            guard case .active(let memory, let offset) = segment.mode, let address = Self.address(offset, module) else { continue }
            ranges.append(Range(memory: memory.rawValue, address: address, contents: Int(segment.contents.start)..<Int(segment.contents.end)))
        }
    }

    /// The only operator of an expression that has one.
    private static func constant(_ expression: ConstantExpression, _ module: Module) -> Operator? {
        expression.end == expression.start + 1 ? module.constantOperators[Int(expression.start)] : nil
    }

    private static func address(_ expression: ConstantExpression, _ module: Module) -> UInt64? {
        guard let only = constant(expression, module) else { return nil }
        switch only.opcode {
        case .i32Const: return UInt64(UInt32(bitPattern: only.i32))
        case .i64Const: return UInt64(bitPattern: only.i64)
        default: return nil
        }
    }

    private static func text(_ global: Global, _ module: Module) -> String {
        guard let expression = global.initializer, let first = constant(expression, module) else { return "unknown" }
        switch first.opcode {
        case .i32Const: return Value.i32(first.i32).description
        case .i64Const: return Value.i64(first.i64).description
        case .f32Const: return Value.f32(first.f32Bits).description
        case .f64Const: return Value.f64(first.f64Bits).description
        case .refNull: return "unknown"
        default: return first.opcode.mnemonic
        }
    }

    /// The bytes at `address` of a memory as far as the memory reaches. Bytes that no range has are zero.
    ///
    /// - Parameter file: the bytes that the dump was read from.
    public func read(_ memory: UInt32, at address: UInt64, count: Int, from file: [UInt8]) -> [UInt8] {
        guard memory < memories.count else { return [] }
        let type = memories[Int(memory)]
        let (size, isHuge) = type.limits.minimum.multipliedReportingOverflow(by: type.pageSize)
        let end = isHuge ? UInt64.max : size
        guard address < end else { return [] }
        var result = [UInt8](repeating: 0, count: Int(min(UInt64(max(0, count)), end - address)))
        for range in ranges where range.memory == memory {
            // From the later start on, as far as both go.
            let skipped = address > range.address ? address - range.address : 0, place = range.address > address ? range.address - address : 0
            guard skipped < UInt64(range.contents.count), place < UInt64(result.count) else { continue }
            let common = min(range.contents.count - Int(skipped), result.count - Int(place))
            let start = range.contents.lowerBound + Int(skipped)
            result.replaceSubrange(Int(place)..<Int(place) + common, with: file[start..<start + common])
        }
        return result
    }
}

extension CoreDump.Value: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing: "?"
        case .i32(let value): "i32 \(value)"
        case .i64(let value): "i64 \(value)"
        case .f32(let bits): "f32 \(Float(bitPattern: bits))"
        case .f64(let bits): "f64 \(Double(bitPattern: bits))"
        case .v128(let low, let high): "v128 i64x2 \(hexadecimal(low)) \(hexadecimal(high))"
        case .reference(0): "null"
        case .reference(let bits): "reference \(hexadecimal(bits))"
        }
    }
}

/// Reads one custom section.
private struct SectionBytes {
    private let bytes: [UInt8]
    private let name: String
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], _ payload: ByteRange, _ name: String) {
        self.bytes = bytes
        self.name = name
        position = Int(payload.start)
        end = Int(payload.end)
    }

    private func invalid(_ what: String) -> CoreDumpError { .invalid(section: name, what: what, offset: position) }

    mutating func byte() throws(CoreDumpError) -> UInt8 {
        guard position < end else { throw invalid("ends too early") }
        position += 1
        return bytes[position - 1]
    }
    mutating func zero() throws(CoreDumpError) {
        let found = try byte()
        if found != 0 { throw invalid("expected the byte 0 that starts a record, found \(found)") }
    }
    mutating func number() throws(CoreDumpError) -> UInt32 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 35, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                guard let result = UInt32(exactly: value) else { break }
                return result
            }
        }
        throw invalid("a number of more than 32 bits")
    }
    private mutating func signed(bits: Int) throws(CoreDumpError) -> Int64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: bits + 6, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7f) << UInt64(shift)
            if byte < 0x80 {
                let unused = 64 - min(64, shift + 7)
                return Int64(bitPattern: value << UInt64(unused)) >> Int64(unused)
            }
        }
        throw invalid("a number of more than \(bits) bits")
    }
    private mutating func fixed(_ count: Int) throws(CoreDumpError) -> UInt64 {
        var value: UInt64 = 0
        for shift in 0..<count { value |= UInt64(try byte()) << UInt64(8 * shift) }
        return value
    }
    mutating func item() throws(CoreDumpError) -> [UInt8] {
        try zero()
        let count = Int(try number())
        guard count <= end - position else { throw invalid("a name of \(count) bytes, where \(end - position) are left") }
        position += count
        return Array(bytes[position - count..<position])
    }
    mutating func numbers() throws(CoreDumpError) -> [UInt32] { try list { (reader) throws(CoreDumpError) in try reader.number() } }
    mutating func list<Element>(_ element: (inout SectionBytes) throws(CoreDumpError) -> Element) throws(CoreDumpError) -> [Element] {
        let count = Int(try number())
        // Every element has a byte.
        guard count <= end - position else { throw invalid("\(count) elements, where \(end - position) bytes are left") }
        var result: [Element] = []
        for _ in 0..<count { result.append(try element(&self)) }
        return result
    }
    mutating func frame() throws(CoreDumpError) -> CoreDump.Frame {
        try zero()
        return CoreDump.Frame(
            instance: try number(), function: try number(), codeOffset: try number(),
            locals: try list { (reader) throws(CoreDumpError) in try reader.value() }, stack: try list { (reader) throws(CoreDumpError) in try reader.value() })
    }
    private mutating func value() throws(CoreDumpError) -> CoreDump.Value {
        switch try byte() {
        case 0x01: return .missing
        case 0x7f: return .i32(Int32(truncatingIfNeeded: try signed(bits: 32)))
        case 0x7e: return .i64(try signed(bits: 64))
        case 0x7d: return .f32(UInt32(truncatingIfNeeded: try fixed(4)))
        case 0x7c: return .f64(try fixed(8))
        case let other: throw invalid("a value of unknown type \(other)")
        }
    }
}
