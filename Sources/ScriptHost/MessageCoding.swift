/// A message that is not what the protocol says.
public struct MalformedMessage: Error, Hashable, Sendable, CustomStringConvertible {
    public let expected: String
    /// Bytes from the message's start.
    public let offset: Int

    public var description: String { "malformed message: expected \(expected) at byte \(offset)" }
}

/// Writes a message: little-endian integers of fixed width; counts of 32 bits before what is counted.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: UInt8) { bytes.append(value) }
    mutating func write(_ value: UInt32) { for shift in UInt32(0)..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) } }
    mutating func write(_ value: UInt64) { for shift in UInt64(0)..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) } }
    mutating func write(_ value: [UInt8]) {
        write(UInt32(truncatingIfNeeded: value.count))
        bytes += value
    }
    mutating func write(_ value: String) { write([UInt8](value.utf8)) }
    mutating func write(_ value: PlainValue) {
        switch value {
        case .i32(let bits): write(UInt8(0)); write(bits)
        case .i64(let bits): write(UInt8(1)); write(bits)
        case .f32(let bits): write(UInt8(2)); write(bits)
        case .f64(let bits): write(UInt8(3)); write(bits)
        case .v128(let low, let high): write(UInt8(4)); write(low); write(high)
        case .reference(let hierarchy, let referent):
            write(UInt8(5)); write(hierarchy.rawValue)
            switch referent {
            case .null: write(UInt8(0))
            case .host(let handle): write(UInt8(1)); write(handle)
            case .i31(let number): write(UInt8(2)); write(UInt32(bitPattern: number))
            case .other: write(UInt8(3))
            }
        }
    }
    mutating func write(_ values: [PlainValue]) {
        write(UInt32(truncatingIfNeeded: values.count))
        for value in values { write(value) }
    }
}

/// Reads a message; every read checks that the bytes are there.
struct MessageReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func malformed(_ expected: String) -> MalformedMessage { MalformedMessage(expected: expected, offset: offset) }

    private mutating func take(_ count: Int, _ expected: String) throws(MalformedMessage) -> ArraySlice<UInt8> {
        guard count <= bytes.count - offset else { throw malformed(expected) }
        offset += count
        return bytes[offset - count..<offset]
    }
    private mutating func integer(_ count: Int, _ expected: String) throws(MalformedMessage) -> UInt64 {
        var value: UInt64 = 0
        for byte in try take(count, expected).reversed() { value = value << 8 | UInt64(byte) }
        return value
    }

    mutating func byte(_ expected: String) throws(MalformedMessage) -> UInt8 { UInt8(truncatingIfNeeded: try integer(1, expected)) }
    mutating func word(_ expected: String) throws(MalformedMessage) -> UInt32 { UInt32(truncatingIfNeeded: try integer(4, expected)) }
    mutating func long(_ expected: String) throws(MalformedMessage) -> UInt64 { try integer(8, expected) }
    mutating func blob(_ expected: String) throws(MalformedMessage) -> [UInt8] { [UInt8](try take(Int(try word(expected)), expected)) }
    mutating func text(_ expected: String) throws(MalformedMessage) -> String { String(decoding: try blob(expected), as: UTF8.self) }

    mutating func value() throws(MalformedMessage) -> PlainValue {
        switch try byte("a value") {
        case 0: return .i32(try word("the bits of an i32"))
        case 1: return .i64(try long("the bits of an i64"))
        case 2: return .f32(try word("the bits of an f32"))
        case 3: return .f64(try long("the bits of an f64"))
        case 4: return .v128(low: try long("the bits of a v128"), high: try long("the bits of a v128"))
        case 5:
            guard let hierarchy = PlainValue.Hierarchy(rawValue: try byte("a hierarchy")) else { throw malformed("a hierarchy") }
            return .reference(hierarchy, try referent())
        default: throw malformed("the kind of a value")
        }
    }
    private mutating func referent() throws(MalformedMessage) -> PlainValue.Referent {
        switch try byte("a referent") {
        case 0: return .null
        case 1: return .host(try long("a handle"))
        case 2: return .i31(Int32(bitPattern: try word("an i31")))
        case 3: return .other
        default: throw malformed("the kind of a referent")
        }
    }
    mutating func values() throws(MalformedMessage) -> [PlainValue] {
        var values: [PlainValue] = []
        for _ in 0..<(try word("a count of values")) { values.append(try value()) }
        return values
    }
    mutating func words() throws(MalformedMessage) -> [UInt32] {
        var words: [UInt32] = []
        for _ in 0..<(try word("a count of numbers")) { words.append(try word("a number")) }
        return words
    }
    func end() throws(MalformedMessage) {
        if offset != bytes.count { throw malformed("the message's end") }
    }
}

extension HostRequest {
    /// The message's bytes.
    public var message: [UInt8] {
        var writer = MessageWriter()
        switch self {
        case .hello: writer.write(UInt8(0))
        case .reset: writer.write(UInt8(1))
        case .thread(let channel, let instances):
            writer.write(UInt8(2)); writer.write(channel); writer.write(UInt32(truncatingIfNeeded: instances.count))
            for instance in instances { writer.write(instance) }
        case .end: writer.write(UInt8(3))
        case .store(let request): request.write(to: &writer)
        }
        return writer.bytes
    }

    public init(message: [UInt8]) throws(MalformedMessage) {
        var reader = MessageReader(message)
        let kind = try reader.byte("a request")
        switch kind {
        case 0: self = .hello
        case 1: self = .reset
        case 2: self = .thread(channel: try reader.word("a channel"), sharing: try reader.words())
        case 3: self = .end
        default: self = .store(try ScriptRequest(kind, &reader))
        }
        try reader.end()
    }
}

extension ScriptRequest {
    fileprivate func write(to writer: inout MessageWriter) {
        switch self {
        case .open(let module, let artifact): writer.write(UInt8(16)); writer.write(module); writer.write(artifact)
        case .instantiate(let module, let instance): writer.write(UInt8(17)); writer.write(module); writer.write(instance)
        case .resolve(let module): writer.write(UInt8(18)); writer.write(module)
        case .register(let name, let instance): writer.write(UInt8(19)); writer.write(name); writer.write(instance)
        case .invoke(let instance, let function, let arguments):
            writer.write(UInt8(20)); writer.write(instance); writer.write(function); writer.write(arguments)
        case .get(let instance, let global): writer.write(UInt8(21)); writer.write(instance); writer.write(global)
        case .set(let instance, let global, let value):
            writer.write(UInt8(22)); writer.write(instance); writer.write(global); writer.write(value)
        case .readMemory(let instance, let memory, let offset, let count):
            writer.write(UInt8(23)); writer.write(instance); writer.write(memory); writer.write(offset); writer.write(count)
        case .readTable(let instance, let table): writer.write(UInt8(24)); writer.write(instance); writer.write(table)
        }
    }

    fileprivate init(_ kind: UInt8, _ reader: inout MessageReader) throws(MalformedMessage) {
        switch kind {
        case 16: self = .open(module: try reader.word("a module"), artifact: try reader.blob("an artifact"))
        case 17: self = .instantiate(module: try reader.word("a module"), instance: try reader.word("an instance"))
        case 18: self = .resolve(module: try reader.word("a module"))
        case 19: self = .register(name: try reader.text("a name"), instance: try reader.word("an instance"))
        case 20: self = .invoke(instance: try reader.word("an instance"), function: try reader.text("a function"), arguments: try reader.values())
        case 21: self = .get(instance: try reader.word("an instance"), global: try reader.text("a global"))
        case 22: self = .set(instance: try reader.word("an instance"), global: try reader.text("a global"), value: try reader.value())
        case 23:
            self = .readMemory(instance: try reader.word("an instance"), memory: try reader.text("a memory"), offset: try reader.long("an offset"),
                               count: try reader.word("a count"))
        case 24: self = .readTable(instance: try reader.word("an instance"), table: try reader.text("a table"))
        default: throw reader.malformed("the kind of a request")
        }
    }
}

extension ScriptAnswer {
    /// The message's bytes.
    public var message: [UInt8] {
        var writer = MessageWriter()
        switch self {
        case .ready(let version): writer.write(UInt8(0)); writer.write(version)
        case .done: writer.write(UInt8(1))
        case .values(let values): writer.write(UInt8(2)); writer.write(values)
        case .trap(let message, let description): writer.write(UInt8(3)); writer.write(message); writer.write(description)
        case .exception(let description): writer.write(UInt8(4)); writer.write(description)
        case .unlinkable(let description, nil): writer.write(UInt8(5)); writer.write(description)
        case .unlinkable(let description, let module?): writer.write(UInt8(6)); writer.write(description); writer.write(module)
        case .failure(let description): writer.write(UInt8(7)); writer.write(description)
        case .memory(let byteCount, let bytes): writer.write(UInt8(8)); writer.write(byteCount); writer.write(bytes)
        case .table(let nulls): writer.write(UInt8(9)); writer.write(nulls.map { $0 ? 1 : 0 } as [UInt8])
        }
        return writer.bytes
    }

    public init(message: [UInt8]) throws(MalformedMessage) {
        var reader = MessageReader(message)
        switch try reader.byte("an answer") {
        case 0: self = .ready(version: try reader.word("a version"))
        case 1: self = .done
        case 2: self = .values(try reader.values())
        case 3: self = .trap(message: try reader.text("a trap's message"), description: try reader.text("a trap's description"))
        case 4: self = .exception(try reader.text("a description"))
        case 5: self = .unlinkable(try reader.text("a description"), unknownModule: nil)
        case 6: self = .unlinkable(try reader.text("a description"), unknownModule: try reader.text("a module's name"))
        case 7: self = .failure(try reader.text("a description"))
        case 8: self = .memory(byteCount: try reader.long("a size"), bytes: try reader.blob("a memory's bytes"))
        case 9: self = .table(nulls: try reader.blob("a table's elements").map { $0 != 0 })
        default: throw reader.malformed("the kind of an answer")
        }
        try reader.end()
    }
}
