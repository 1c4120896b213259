import CRuntimeABI
import PrecastArtifactFormat
import PrecastWasmTypes

extension InstanceRecord {
    /// The bytes of a data segment that is not in a memory image.
    func dataBytes(_ row: DataSegmentRecord) throws(ArtifactError) -> UnsafeRawBufferPointer {
        let data = module.loaded.data
        guard row.dataOffset <= UInt64(data.count), row.byteCount <= UInt64(data.count) - row.dataOffset else {
            throw .indexOutOfRange(table: .data, index: row.dataOffset, count: UInt64(data.count))
        }
        return UnsafeRawBufferPointer(rebasing: data[Int(row.dataOffset)..<Int(row.dataOffset + row.byteCount)])
    }

    /// Copies elements `source ..< source + count` of a segment into a table. False, with nothing written, where either end
    /// does not reach so far.
    func copyElements(_ row: ElementSegmentRecord, to table: TableStorage, at index: UInt64, from source: UInt64, count: UInt64) throws(ArtifactError) -> Bool {
        let available = UInt64(row.elements.count)
        guard source <= available, count <= available - source, let target = table.slice(index, count) else {
            // A slice of no elements in an empty table has no address.
            return source <= available && count == 0 && index <= table.definition.pointee.length
        }
        let rows = try module.loaded.elements.rows(row.elements)
        for position in 0..<Int(count) { target[position] = try element(rows[unchecked: Int(source) + position]) }
        return true
    }

    private func element(_ row: ElementRecord) throws(ArtifactError) -> UInt64 {
        switch row.kind {
        case .null: return 0
        case .function: return try reference(row.value)
        case .globalGet: return try globalBits(row.value).0
        case .expression: return try evaluate(row.value).0
        case nil: throw .invalid(field: "element kind", found: UInt64(row.kindNumber))
        }
    }

    private func reference(_ index: UInt32) throws(ArtifactError) -> UInt64 {
        guard let address = functionReference(index) else {
            throw .indexOutOfRange(table: .functionReferences, index: UInt64(index), count: UInt64(layout.counts.functionReferences))
        }
        return address
    }

    private func globalBits(_ index: UInt32) throws(ArtifactError) -> (UInt64, UInt64) {
        guard let global = global(index) else {
            throw .indexOutOfRange(table: .globals, index: UInt64(index), count: UInt64(layout.counts.importedGlobals + layout.counts.globals))
        }
        return global.definition.pointee.bits
    }

    /// A segment's offset: an expression of the table's or memory's address type.
    func evaluateOffset(_ first: UInt32, is64: Bool) throws(ArtifactError) -> UInt64 {
        let value = try evaluate(first).0
        return is64 ? value : value & 0xFFFF_FFFF
    }

    /// The value of the constant expression that starts at row `first` (specification §3.3.10). It ends with the table's rows at the latest.
    func evaluate(_ first: UInt32) throws(ArtifactError) -> (UInt64, UInt64) {
        var stack: [(UInt64, UInt64)] = []
        var row = first
        func pop() throws(ArtifactError) -> UInt64 {
            guard let value = stack.popLast() else { throw .invalid(field: "constant expression", found: UInt64(first)) }
            return value.0
        }
        func i32(_ operation: (UInt32, UInt32) -> UInt32) throws(ArtifactError) {
            let right = try pop(), left = try pop()
            stack.append((UInt64(operation(UInt32(truncatingIfNeeded: left), UInt32(truncatingIfNeeded: right))), 0))
        }
        func i64(_ operation: (UInt64, UInt64) -> UInt64) throws(ArtifactError) {
            let right = try pop(), left = try pop()
            stack.append((operation(left, right), 0))
        }
        while true {
            let item = try module.loaded.constantOperators.record(row)
            row += 1
            switch item.opcode {
            case .end:
                guard stack.count == 1 else { throw .invalid(field: "constant expression", found: UInt64(first)) }
                return stack[0]
            case .i32Constant, .i64Constant, .f32Constant, .f64Constant, .v128Constant: stack.append((item.low, item.high))
            case .globalGet: stack.append(try globalBits(item.index))
            case .functionReference: stack.append((try reference(item.index), 0))
            case .nullReference: stack.append((0, 0))
            case .i31Reference: stack.append((try pop() << 1 & 0xFFFF_FFFF | 1, 0))
            case .i32Add: try i32 { $0 &+ $1 }
            case .i32Subtract: try i32 { $0 &- $1 }
            case .i32Multiply: try i32 { $0 &* $1 }
            case .i64Add: try i64 { $0 &+ $1 }
            case .i64Subtract: try i64 { $0 &- $1 }
            case .i64Multiply: try i64 { $0 &* $1 }
            case nil: throw .invalid(field: "constant operator", found: UInt64(item.opcodeNumber))
            }
        }
    }
}
