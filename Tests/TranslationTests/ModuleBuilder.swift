/// Writes small modules in the binary format.
struct ModuleBuilder {
    static let i32: UInt8 = 0x7F, i64: UInt8 = 0x7E, f32: UInt8 = 0x7D, f64: UInt8 = 0x7C, funcref: UInt8 = 0x70

    private var types: [[UInt8]] = []
    private var imports: [[UInt8]] = []
    private var functions: [[UInt8]] = []
    private var tables: [[UInt8]] = []
    private var memories: [[UInt8]] = []
    private var globals: [[UInt8]] = []
    private var exports: [[UInt8]] = []
    private var elements: [[UInt8]] = []
    private var bodies: [[UInt8]] = []
    private var importedFunctions = 0

    mutating func type(_ parameters: [UInt8], _ results: [UInt8] = []) -> Int {
        types.append([0x60] + leb(parameters.count) + parameters + leb(results.count) + results)
        return types.count - 1
    }
    /// Imports come before functions.
    mutating func importFunction(_ type: Int) -> Int {
        imports.append([1, 0x6D, 1, 0x66, 0] + leb(type))
        importedFunctions += 1
        return importedFunctions - 1
    }
    mutating func importGlobal(_ type: UInt8) { imports.append([1, 0x6D, 1, 0x67, 3, type, 0]) }
    /// `code` is without the final `end`; `locals` are runs.
    @discardableResult mutating func function(_ type: Int, locals: [(Int, UInt8)] = [], _ code: [UInt8]) -> Int {
        functions.append(leb(type))
        var body = leb(locals.count)
        for (count, type) in locals { body += leb(count) + [type] }
        body += code
        body.append(0x0B)
        bodies.append(leb(body.count) + body)
        return importedFunctions + functions.count - 1
    }
    mutating func table(_ minimum: Int) { tables.append([Self.funcref, 0] + leb(minimum)) }
    mutating func memory(_ minimum: Int) { memories.append([0] + leb(minimum)) }
    mutating func export(_ kind: UInt8, _ index: Int) { exports.append([1, UInt8(0x61 + exports.count), kind] + leb(index)) }
    /// An active segment of table 0 at the constant expression `offset`.
    mutating func elements(at offset: [UInt8], _ functions: [Int]) {
        elements.append([0] + offset + [0x0B] + leb(functions.count) + functions.flatMap(leb))
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]
        func section(_ id: UInt8, _ items: [[UInt8]]) {
            if items.isEmpty { return }
            let content = leb(items.count) + items.joined()
            bytes += [id] + leb(content.count) + content
        }
        section(1, types)
        section(2, imports)
        section(3, functions)
        section(4, tables)
        section(5, memories)
        section(6, globals)
        section(7, exports)
        section(9, elements)
        section(10, bodies)
        return bytes
    }
}

/// An unsigned LEB128 integer.
func leb(_ value: Int) -> [UInt8] {
    var bytes: [UInt8] = [], rest = value
    repeat {
        bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
        rest >>= 7
    } while rest > 0
    return bytes
}

/// Operators by name, where a test is easier to read so.
enum Code {
    static func localGet(_ i: Int) -> [UInt8] { [0x20] + leb(i) }
    static func localSet(_ i: Int) -> [UInt8] { [0x21] + leb(i) }
    static func brIf(_ depth: Int) -> [UInt8] { [0x0D] + leb(depth) }
    static func call(_ function: Int) -> [UInt8] { [0x10] + leb(function) }
    static let block: [UInt8] = [0x02, 0x40], loop: [UInt8] = [0x03, 0x40], `if`: [UInt8] = [0x04, 0x40]
    static let end: [UInt8] = [0x0B], drop: [UInt8] = [0x1A], zero: [UInt8] = [0x41, 0], one: [UInt8] = [0x41, 1]
    static func repeated(_ count: Int, _ code: [UInt8]) -> [UInt8] { Array(repeatElement(code, count: count).joined()) }
}
