/// A module in the binary format, assembled section by section. Nothing is checked: tests build wrong modules with it, too.
public struct TestModule {
    public var types: [[UInt8]] = []
    public var imports: [[UInt8]] = []
    public var functions: [UInt64] = []
    public var tables: [[UInt8]] = []
    public var memories: [[UInt8]] = []
    public var tags: [[UInt8]] = []
    public var globals: [[UInt8]] = []
    public var exports: [[UInt8]] = []
    public var start: UInt64?
    public var elements: [[UInt8]] = []
    public var dataCount: UInt64?
    public var bodies: [[UInt8]] = []
    public var data: [[UInt8]] = []
    /// Sections that stand before the code section.
    public var beforeCode: [[UInt8]] = []
    /// Sections that follow all others.
    public var trailing: [[UInt8]] = []

    public init() {}

    public static let header: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]

    /// The module's bytes.
    public func encode() -> [UInt8] {
        var bytes = Self.header
        func add(_ id: UInt8, _ entries: [[UInt8]]) {
            if !entries.isEmpty { bytes += section(id, vector(entries)) }
        }
        add(1, types)
        add(2, imports)
        add(3, functions.map { unsigned($0) })
        add(4, tables)
        add(5, memories)
        add(13, tags)
        add(6, globals)
        add(7, exports)
        if let start { bytes += section(8, unsigned(start)) }
        add(9, elements)
        if let dataCount { bytes += section(12, unsigned(dataCount)) }
        bytes += beforeCode.flatMap { $0 }
        add(10, bodies.map { unsigned(UInt64($0.count)) + $0 })
        add(11, data)
        return bytes + trailing.flatMap { $0 }
    }

    /// Adds a function of the given type whose body is `code`, with `end` put behind it.
    public mutating func addFunction(_ parameters: [UInt8], _ results: [UInt8], locals: [[UInt8]] = [], _ code: [UInt8]) {
        functions.append(UInt64(types.count))
        types.append(functionType(parameters, results))
        bodies.append(vector(locals) + code + [0x0B])
    }

    /// Adds a function that takes and returns nothing.
    public mutating func addFunction(locals: [[UInt8]] = [], _ code: [UInt8]) { addFunction([], [], locals: locals, code) }
}

public let i32: UInt8 = 0x7F, i64: UInt8 = 0x7E, f32: UInt8 = 0x7D, f64: UInt8 = 0x7C
public let v128: UInt8 = 0x7B, funcref: UInt8 = 0x70, externref: UInt8 = 0x6F

public func unsigned(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
        bytes.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
    }
    return bytes + [UInt8(rest)]
}

public func signed(_ value: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest < -64 || rest > 63 {
        bytes.append(UInt8(truncatingIfNeeded: rest & 0x7F) | 0x80)
        rest >>= 7
    }
    return bytes + [UInt8(truncatingIfNeeded: rest & 0x7F)]
}

/// A recursion group of types.
public func recursive(_ types: [[UInt8]]) -> [UInt8] { [0x4E] + vector(types) }
/// A type that extends another, or none, and may be extended.
public func open(_ type: [UInt8], extending parent: UInt8? = nil) -> [UInt8] { [0x50] + (parent.map { [1, $0] } ?? [0]) + type }
public func structType(_ fields: [[UInt8]]) -> [UInt8] { [0x5F] + vector(fields) }
public func arrayType(_ field: [UInt8]) -> [UInt8] { [0x5E] + field }

public func vector(_ entries: [[UInt8]]) -> [UInt8] { unsigned(UInt64(entries.count)) + entries.flatMap { $0 } }
public func name(_ text: String) -> [UInt8] { unsigned(UInt64(text.utf8.count)) + Array(text.utf8) }
public func section(_ id: UInt8, _ payload: [UInt8]) -> [UInt8] { [id] + unsigned(UInt64(payload.count)) + payload }
public func custom(_ title: String, _ payload: [UInt8]) -> [UInt8] { section(0, name(title) + payload) }
public func functionType(_ parameters: [UInt8], _ results: [UInt8]) -> [UInt8] {
    [0x60] + unsigned(UInt64(parameters.count)) + parameters + unsigned(UInt64(results.count)) + results
}

/// A module with something in every section, for truncation and mutation.
public func everythingModule() -> TestModule {
    var module = TestModule()
    module.imports = [
        name("env") + name("log") + [0, 0],
        name("env") + name("limit") + [3, i32, 0],
    ]
    module.types = [functionType([i32], []), functionType([i32, i32], [i32, i64])]
    module.addFunction([], [i32], locals: [[2, i32], [1, f64]], [
        0x41, 0x07, 0x21, 0x00,  // i32.const 7, local.set 0
        0x02, 0x40, 0x03, 0x40, 0x20, 0x00, 0x45, 0x0D, 0x01,  // block, loop, local.get 0, i32.eqz, br_if 1
        0x20, 0x00, 0x41, 0x01, 0x6B, 0x21, 0x00, 0x0C, 0x00, 0x0B, 0x0B,  // decrement, br 0, end, end
        0x41, 0x00, 0x28, 0x02, 0x04, 0x10, 0x00,  // i32.load offset=4, call 0
        0x20, 0x00, 0x41, 0x02, 0x11, 0x00, 0x00,  // call_indirect (type 0)
        0x20, 0x00, 0x04, 0x7F, 0x41, 0x01, 0x05, 0x41, 0x02, 0x0B,  // if (result i32) else end
    ])
    module.addFunction([i32], [], [
        0x02, 0x40, 0x02, 0x40, 0x20, 0x00, 0x0E, 0x02, 0x00, 0x01, 0x00, 0x0B, 0x0B,  // br_table 0 1 0
        0x41, 0x00, 0x41, 0x00, 0x41, 0x03, 0xFC, 0x08, 0x01, 0x00, 0xFC, 0x09, 0x01,  // memory.init 1, data.drop 1
        0x44, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0xFC, 0x02, 0x1A,  // f64.const, i32.trunc_sat_f64_s, drop
        0xD2, 0x01, 0xD1, 0x1A,  // ref.func 1, ref.is_null, drop
    ])
    module.tables = [[funcref, 0x01, 0x04, 0x08], [externref, 0x00, 0x01]]
    module.memories = [[0x01, 0x01, 0x10]]
    module.globals = [[i32, 0x01, 0x23, 0x00, 0x0B], [f32, 0x00, 0x43, 0, 0, 0x80, 0x3F, 0x0B], [funcref, 0x00, 0xD2, 0x01, 0x0B]]
    module.exports = [name("run") + [0, 1], name("memory") + [2, 0], name("table") + [1, 0], name("global") + [3, 1]]
    module.elements = [[0x00, 0x41, 0x00, 0x0B, 0x02, 0x01, 0x02], [0x05, funcref, 0x02, 0xD2, 0x01, 0x0B, 0xD0, 0x70, 0x0B]]
    module.dataCount = 2
    module.data = [[0x00, 0x41, 0x08, 0x0B] + name("hello"), [0x01] + name("passive")]
    let names =
        section(0, name("everything")) + section(1, vector([[0] + name("log"), [1] + name("run")]))
        + section(2, vector([[1] + vector([[0] + name("n"), [2] + name("x")])]))
    module.trailing = [
        custom("name", names),
        custom("producers", vector([name("language") + vector([name("Swift") + name("6.3")])])),
        custom(".debug_info", [1, 2, 3]),
    ]
    return module
}

/// A small generator of random numbers with a seed (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// `bytes` with a few random edits: bits flipped, bytes replaced by telling ones, inserted, removed, ranges copied.
public func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    let telling: [UInt8] = [0, 1, 0x0B, 0x40, 0x60, 0x7F, 0x80, 0xFC, 0xFF, 0x4E, 0x50, 0x5E, 0x5F, 0x63, 0x64, 0x6E, 0xFB, 0xFD]
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !result.isEmpty {
        let position = Int.random(in: 0..<result.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: result[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: result[position] = telling.randomElement(using: &random)!
        case 2: result.insert(telling.randomElement(using: &random)!, at: position)
        case 3: result.remove(at: position)
        case 4:
            let end = min(result.count, position + 8)
            result.insert(contentsOf: result[position..<end], at: Int.random(in: 0..<result.count, using: &random))
        default: result[position] = UInt8.random(in: 0...255, using: &random)
        }
    }
    return result
}
