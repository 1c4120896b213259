public import PrecastWasmTypes

/// A generated module as a tree that can be shrunk, and what to do with it.
public struct FuzzModule: Sendable {
    public struct Function: Sendable {
        public var type: Int
        /// Beyond the parameters.
        public var locals: [ValueType]
        /// Leaves the results.
        public var body: Node
    }
    public struct Memory: Sendable {
        var is64 = false
        var pageSizeLog2: UInt8 = 16
        var minimum: UInt64 = 1
        var maximum: UInt64?
        var isExported = false
    }
    public struct Table: Sendable {
        var is64 = false
        var element: ValueType = .funcref
        var minimum = 0
        var maximum: Int?
        var isExported = false
        /// Functions in it from index 0 on.
        var functions: [Int] = []
    }
    public struct Global: Sendable {
        var type: ValueType
        var initializer: [UInt8]
        var isMutable = true
        var isExported = false
    }
    /// A call from the host: bits of the arguments.
    public struct Call: Hashable, Sendable {
        public var function: Int
        public var arguments: [UInt64]
    }

    public var seed: UInt64 = 0
    public var types: [FunctionType] = []
    public var functions: [Function] = []
    public var memories: [Memory] = []
    public var tables: [Table] = []
    public var globals: [Global] = []
    /// Types of exceptions.
    public var tags: [Int] = []
    /// The first is active in memory 0, the others are passive.
    public var data: [[UInt8]] = []
    /// Passive segments of functions.
    public var elements: [[Int]] = []
    public var start: Int?
    public var calls: [Call] = []

    /// The mutable global that counts calls down; the host sets it to ``fuel`` before each of its calls. A function that finds it negative returns at once.
    static let fuelGlobal = 0
    public static let fuelName = "fuel"
    public static let fuel: Int32 = 60

    func type(of function: Int) -> FunctionType { types[functions[function].type] }
    public static func functionName(_ i: Int) -> String { "f\(i)" }

    // MARK: The binary

    public func encode() -> [UInt8] {
        var bytes: [UInt8] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
        bytes += Bytes.section(1, items: types.map { [0x60] + Bytes.resultTypes($0.parameters) + Bytes.resultTypes($0.results) })
        bytes += Bytes.section(3, items: functions.map { Bytes.unsigned($0.type) })
        bytes += Bytes.section(4, items: tables.map(encode))
        bytes += Bytes.section(5, items: memories.map(encode))
        bytes += Bytes.section(13, items: tags.map { [0] + Bytes.unsigned($0) })
        bytes += Bytes.section(6, items: globals.map { Bytes.type($0.type) + [$0.isMutable ? 1 : 0] + $0.initializer + [0x0b] })
        bytes += Bytes.section(7, items: exports)
        if let start { bytes += Bytes.section(8, Bytes.unsigned(start)) }
        bytes += Bytes.section(9, items: elementSegments)
        if !data.isEmpty { bytes += Bytes.section(12, Bytes.unsigned(data.count)) }
        bytes += Bytes.section(10, items: functions.map(encode))
        bytes += Bytes.section(11, items: data.enumerated().map { $0 == 0 ? [0] + address(0, is64: memories[0].is64) + vector($1) : [1] + vector($1) })
        return bytes
    }

    private func vector(_ bytes: [UInt8]) -> [UInt8] { Bytes.unsigned(bytes.count) + bytes }
    private func address(_ value: Int64, is64: Bool) -> [UInt8] { [is64 ? 0x42 : 0x41] + Bytes.signed(value) + [0x0b] }
    private func limits(_ minimum: UInt64, _ maximum: UInt64?, flags: UInt8) -> [UInt8] {
        [flags | (maximum == nil ? 0 : 1)] + Bytes.unsigned(minimum) + (maximum.map { Bytes.unsigned($0) } ?? [])
    }
    private func encode(_ memory: Memory) -> [UInt8] {
        let flags: UInt8 = (memory.is64 ? 4 : 0) | (memory.pageSizeLog2 == 16 ? 0 : 8)
        return limits(memory.minimum, memory.maximum, flags: flags) + (memory.pageSizeLog2 == 16 ? [] : [memory.pageSizeLog2])
    }
    private func encode(_ table: Table) -> [UInt8] {
        Bytes.type(table.element) + limits(UInt64(table.minimum), table.maximum.map { UInt64($0) }, flags: table.is64 ? 4 : 0)
    }
    private func encode(_ function: Function) -> [UInt8] {
        var code = Bytes.vector(function.locals.map { [1] + Bytes.type($0) })
        function.body.encode(&code)
        code.append(0x0b)
        return vector(code)
    }
    /// One that declares all functions, those that fill tables, those that are passive.
    private var elementSegments: [[UInt8]] {
        let indices = { (functions: [Int]) in Bytes.vector(functions.map { Bytes.unsigned($0) }) }
        var segments = elements.map { [1, 0] + indices($0) }
        segments.append([3, 0] + indices(Array(functions.indices)))
        for (i, table) in tables.enumerated() where !table.functions.isEmpty {
            segments.append([2] + Bytes.unsigned(i) + address(0, is64: table.is64) + [0] + indices(table.functions))
        }
        return segments
    }

    // MARK: What the host sees

    public static func memoryName(_ i: Int) -> String { "m\(i)" }
    public static func tableName(_ i: Int) -> String { "t\(i)" }
    public static func globalName(_ i: Int) -> String { i == fuelGlobal ? fuelName : "g\(i)" }

    /// Functions that the host can call: numbers only in their types.
    func isCallable(_ function: Int) -> Bool {
        let type = type(of: function)
        return (type.parameters + type.results).allSatisfy(\.isNumber)
    }
    private var exports: [[UInt8]] {
        func rows(_ kind: UInt8, _ indices: [Int], _ name: (Int) -> String) -> [[UInt8]] {
            indices.map { Bytes.name(name($0)) + [kind] + Bytes.unsigned($0) }
        }
        return rows(0, Set(calls.map(\.function)).sorted(), Self.functionName) + rows(1, tables.indices.filter { tables[$0].isExported }, Self.tableName)
            + rows(2, memories.indices.filter { memories[$0].isExported }, Self.memoryName)
            + rows(3, globals.indices.filter { $0 == Self.fuelGlobal || globals[$0].isExported }, Self.globalName)
    }

    /// Everything that engines do and report, one line each: `call NAME RESULTS ARGUMENT…`, `memory NAME`, `global NAME`, `table NAME`. A type is a letter
    /// (i32 `i`, i64 `I`, f32 `f`, f64 `F`), an argument its type and its bits in hexadecimal.
    public var script: [String] {
        var lines = calls.map { call in
            let type = type(of: call.function), results = type.results.map(Self.letter).joined()
            let arguments = zip(type.parameters, call.arguments).map { Self.letter($0) + String($1, radix: 16) }
            return (["call", Self.functionName(call.function), results.isEmpty ? "-" : results] + arguments).joined(separator: " ")
        }
        lines += memories.indices.filter { memories[$0].isExported }.map { "memory " + Self.memoryName($0) }
        lines += globals.indices.filter { globals[$0].isExported && globals[$0].type.isNumber }
            .map { "global \(Self.globalName($0)) \(Self.letter(globals[$0].type))" }
        lines += tables.indices.filter { tables[$0].isExported }.map { "table " + Self.tableName($0) }
        return lines
    }
    static func letter(_ type: ValueType) -> String {
        switch type {
        case .i32: "i"
        case .i64: "I"
        case .f32: "f"
        default: "F"
        }
    }
}
