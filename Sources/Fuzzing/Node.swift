public import PrecastWasmTypes

/// A piece of code that leaves one value (an expression) or nothing (a statement): operators around the code of its children.
///
/// `pieces` has one element more than `children`: the code is piece 0, child 0, piece 1, child 1 … So a node can be replaced by another of the same
/// result without touching the rest, which is what makes generated modules easy to shrink.
public struct Node: Sendable {
    public var result: ValueType?
    public var pieces: [[UInt8]]
    public var children: [Node]

    /// Operands, then an operator.
    public init(_ result: ValueType?, _ code: [UInt8], _ children: [Node] = []) {
        self.result = result
        self.children = children
        pieces = Array(repeating: [], count: children.count)
        pieces.append(code)
    }
    public init(_ result: ValueType?, pieces: [[UInt8]], _ children: [Node]) {
        precondition(pieces.count == children.count + 1)
        self.result = result
        self.children = children
        self.pieces = pieces
    }
    /// Statements one after the other.
    static func sequence(_ nodes: [Node]) -> Node { Node(nil, [], nodes) }

    func encode(_ bytes: inout [UInt8]) {
        for i in children.indices {
            bytes += pieces[i]
            children[i].encode(&bytes)
        }
        bytes += pieces[children.count]
    }
    /// Number of nodes, itself included.
    var size: Int { children.reduce(1) { $0 + $1.size } }
}

/// LEB128 and the other encodings of the binary format.
enum Bytes {
    static func unsigned(_ value: UInt64) -> [UInt8] {
        var rest = value, bytes: [UInt8] = []
        repeat {
            let low = UInt8(truncatingIfNeeded: rest & 0x7f)
            rest >>= 7
            bytes.append(rest == 0 ? low : low | 0x80)
        } while rest != 0
        return bytes
    }
    static func unsigned(_ value: Int) -> [UInt8] { unsigned(UInt64(value)) }
    static func signed(_ value: Int64) -> [UInt8] {
        var rest = value, bytes: [UInt8] = []
        while true {
            let low = UInt8(truncatingIfNeeded: rest & 0x7f)
            rest >>= 7
            let isLast = rest == 0 && low & 0x40 == 0 || rest == -1 && low & 0x40 != 0
            bytes.append(isLast ? low : low | 0x80)
            if isLast { return bytes }
        }
    }
    static func little<I: FixedWidthInteger>(_ value: I) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    /// A count, then the items.
    static func vector(_ items: [[UInt8]]) -> [UInt8] { unsigned(items.count) + items.flatMap { $0 } }
    static func name(_ name: String) -> [UInt8] { unsigned(name.utf8.count) + Array(name.utf8) }
    static func section(_ id: UInt8, _ content: [UInt8]) -> [UInt8] { [id] + unsigned(content.count) + content }
    static func section(_ id: UInt8, items: [[UInt8]]) -> [UInt8] { items.isEmpty ? [] : section(id, vector(items)) }
    static func type(_ type: ValueType) -> [UInt8] {
        guard let reference = type.referenceType else { return [UInt8(truncatingIfNeeded: type.rawValue)] }
        switch type {
        case .funcref: return [0x70]
        case .externref: return [0x6f]
        case .exnref: return [0x69]
        default: return [reference.isNullable ? 0x63 : 0x64] + heapType(reference.heapType)
        }
    }
    static func heapType(_ type: HeapType) -> [UInt8] {
        if let index = type.typeIndex { return signed(Int64(index)) }
        switch type {
        case .extern: return [0x6f]
        case .exception: return [0x69]
        default: return [0x70]
        }
    }
    static func resultTypes(_ types: [ValueType]) -> [UInt8] { vector(types.map(type)) }
}
