import CLoaderSupport
import CRuntimeABI
import PrecastWasmTypes

/// A table's elements. `definition` is what compiled code sees: 8 bytes an element.
final class TableStorage {
    let definition: UnsafeMutablePointer<precast_table>
    let type: TableType
    private var capacity: UInt64

    init(_ type: TableType, definition: UnsafeMutablePointer<precast_table>, store: StoreCore) throws(InstantiationError) {
        let count = type.limits.minimum
        guard count <= store.limits.tableElements else {
            throw .limit("a table of \(count) elements is over the store's limit of \(store.limits.tableElements)")
        }
        guard count < 1 << 40, let elements = precast_allocate(count * 8) else {
            throw .resource(ResourceError(.table, bytes: count &* 8))
        }
        self.definition = definition
        self.type = type
        capacity = count
        definition.initialize(to: precast_table(elements: UInt64(UInt(bitPattern: elements)), length: count))
    }

    func release() { precast_free(UnsafeMutableRawPointer(bitPattern: UInt(definition.pointee.elements))) }

    var elements: UnsafeMutableBufferPointer<UInt64> {
        UnsafeMutableBufferPointer(start: UnsafeMutablePointer(bitPattern: UInt(definition.pointee.elements)),
                                   count: Int(definition.pointee.length))
    }

    /// The `count` elements at `index`, or nil where they are not all in the table.
    func slice(_ index: UInt64, _ count: UInt64) -> UnsafeMutablePointer<UInt64>? {
        let length = definition.pointee.length
        guard index <= length, count <= length - index else { return nil }
        return UnsafeMutablePointer<UInt64>(bitPattern: UInt(definition.pointee.elements &+ index &* 8))
    }

    /// Grows by `delta` elements of value `initial`. Returns the previous length, or nil when refused.
    func grow(by delta: UInt64, initial: UInt64, store: StoreCore) -> UInt64? {
        let previous = definition.pointee.length
        let most = min(type.limits.maximum ?? .max, store.limits.tableElements, type.is64 ? .max : UInt64(UInt32.max))
        guard delta <= most, previous <= most - delta else { return nil }
        let length = previous + delta
        if length > capacity {
            let larger = min(max(length, 2 * capacity), most)
            guard larger < 1 << 40, let elements = precast_allocate(larger * 8) else { return nil }
            let old = UnsafeMutableRawPointer(bitPattern: UInt(definition.pointee.elements))
            if let old { elements.copyMemory(from: old, byteCount: Int(previous) * 8) }
            precast_free(old)
            definition.pointee.elements = UInt64(UInt(bitPattern: elements))
            capacity = larger
        }
        definition.pointee.length = length
        if let slice = slice(previous, delta) {
            for index in 0..<Int(delta) { slice[index] = initial }
        }
        return previous
    }
}
