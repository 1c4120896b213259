import PrecastArtifactFormat
import PrecastIR
import PrecastWasmModel

/// Where a load or store goes, and what it risks.
struct AccessAddress {
    var base: Value
    var offset: Int32
    var flags: MemoryFlags
}

extension MemoryPlan {
    /// The flags of a load or store.
    func access(trap: UInt8) -> MemoryFlags { MemoryFlags(region: region, trap: trap, shared: isShared) }
}

/// Addresses in memories and tables, checked as the memory's plan asks. All code is in one block.
///
/// A check that is masked against speculation needs no branch where faults are traps: the address of an access outside becomes 0 by data flow, and
/// the access is in the page that nobody can map.
///
/// An access that is right only behind a check keeps its trap code, though it cannot fault there: a flag-free access might be
/// moved above the check.
extension FunctionTranslator {
    /// The address of `size` bytes at `index` + `offset`.
    mutating func address(_ memory: MemoryPlan, index: Value, offset: UInt64, size: Int) -> AccessAddress {
        let trap = TrapCode.memoryOutOfBounds.rawValue
        let flags = memory.access(trap: trap)
        let (end, overflow) = offset.addingReportingOverflow(UInt64(size))
        if overflow { return alwaysOutOfBounds(memory) }
        if let known = constantAddress(memory, index, offset, size) { return known }
        if memory.needsNoCheck && end <= environment.tunables.guardAfter && offset <= UInt64(Int32.max) {
            return AccessAddress(base: uncheckedAddress(memory, index), offset: Int32(offset), flags: flags)
        }
        return checkedAddress(memory, index: widen(index), offset: offset, end: end)
    }

    /// Base plus index. Computed again only where the last computation was in a block that is closed: otherwise it dominates.
    private mutating func uncheckedAddress(_ memory: MemoryPlan, _ index: Value) -> Value {
        let slot = Int(index.rawValue & 15), known = knownAddresses[slot]
        if known.index == index, known.memory == memory.offset, known.depth < frames.count, frames[known.depth].serial == known.serial {
            return known.address
        }
        let address = builder.binary(.iadd, .i64, memoryBase(memory), widen(index))
        let depth = frames.count - 1
        knownAddresses[slot] = KnownAddress(
            index: index, memory: memory.offset, depth: depth, serial: frames[depth].serial, address: address)
        return address
    }

    /// A known address in the part that every memory of this type has: no check, and no fault.
    private mutating func constantAddress(_ memory: MemoryPlan, _ index: Value, _ offset: UInt64, _ size: Int) -> AccessAddress? {
        guard let known = builder.function.dfg.integerConstant(index) else { return nil }
        let unsigned = memory.is64 ? UInt64(bitPattern: known) : UInt64(UInt32(truncatingIfNeeded: known))
        let (address, overflow) = unsigned.addingReportingOverflow(offset)
        guard !overflow, address <= UInt64(Int32.max), address + UInt64(size) <= memory.minimumSize else { return nil }
        return AccessAddress(base: memoryBase(memory), offset: Int32(address), flags: memory.access(trap: 0))
    }

    private mutating func checkedAddress(_ memory: MemoryPlan, index: Value, offset: UInt64, end: UInt64) -> AccessAddress {
        let trap = TrapCode.memoryOutOfBounds.rawValue
        let isOutside = isOutside(memory, index: index, end: end)
        let masks = environment.tunables.flags.contains(.maskMemory)
        if !(masks && usesSignals) { builder.trapIf(zero: false, isOutside, code: trap) }
        var address = builder.binary(.iadd, .i64, memoryBase(memory), index)
        // A masked address is 0; a folded offset must keep it in the page there that nobody can map.
        let folds = offset <= (masks ? 4096 - 16 : UInt64(Int32.max))
        if !folds { address = builder.binary(.iadd, .i64, address, builder.constant(.i64, Int64(bitPattern: offset))) }
        if masks { address = mask(address, where: isOutside) }
        return AccessAddress(base: address, offset: folds ? Int32(offset) : 0, flags: memory.access(trap: trap))
    }

    /// Whether an access that ends `end` bytes above `index` has to trap. Where it says no, the access hits the memory or the guard behind it.
    private mutating func isOutside(_ memory: MemoryPlan, index: Value, end: UInt64) -> Value {
        let length = memoryLength(memory)
        if memory.endsAtGuard && end <= environment.tunables.guardAfter {
            return builder.compare(.unsignedGreaterOrEqual, index, length)
        }
        if end <= memory.minimumSize {
            // length - end cannot wrap around: the memory never has fewer bytes.
            let bound = builder.binary(.isub, .i64, length, builder.constant(.i64, Int64(bitPattern: end)))
            return builder.compare(.unsignedGreater, index, bound)
        }
        let sum = builder.binary(.iadd, .i64, index, builder.constant(.i64, Int64(bitPattern: end)))
        if memory.is64 {
            builder.trapIf(zero: false, builder.compare(.unsignedLess, sum, index), code: TrapCode.memoryOutOfBounds.rawValue)
        }
        return builder.compare(.unsignedGreater, sum, length)
    }

    /// An offset that no memory reaches: traps, then accesses the memory's start in the code behind, which is never reached.
    private mutating func alwaysOutOfBounds(_ memory: MemoryPlan) -> AccessAddress {
        let trap = TrapCode.memoryOutOfBounds.rawValue
        builder.trapIf(zero: false, builder.constant(.i32, 1), code: trap)
        return AccessAddress(base: memoryBase(memory), offset: 0, flags: memory.access(trap: trap))
    }

    /// Traps with `trap` unless `index`, a 64-bit value, is less than `length`; returns the index, masked to 0 where it is not.
    mutating func checkedIndex(_ index: Value, length: Value, trap: TrapCode) -> Value {
        if isInside(index, length) { return index }
        let isOutside = builder.compare(.unsignedGreaterOrEqual, index, length)
        builder.trapIf(zero: false, isOutside, code: trap.rawValue)
        guard environment.tunables.flags.contains(.maskTables) else { return index }
        return mask(index, where: isOutside)
    }

    /// Whether `index` is known to be less than `length`.
    private func isInside(_ index: Value, _ length: Value) -> Bool {
        guard let known = builder.function.dfg.integerConstant(index), let bound = builder.function.dfg.integerConstant(length) else { return false }
        return UInt64(bitPattern: known) < UInt64(bitPattern: bound)
    }

    /// 0 where `isOutside`, otherwise `value`: by data flow, which no processor mispredicts.
    private mutating func mask(_ value: Value, where isOutside: Value) -> Value {
        let zero = builder.constant(.i64, 0)
        return builder.emit(InstructionData(.selectGuard, .i64, a: isOutside.rawValue, b: zero.rawValue, c: value.rawValue))
    }

    /// The address of a table's element; `index` as the operator has it. Traps with `trap` outside the table.
    mutating func elementAddress(_ table: TablePlan, index: Value, trap: TrapCode) -> AccessAddress {
        let index = widen(index), length = tableLength(table)
        let isInside = isInside(index, length)
        let isOutside = isInside ? Value.none : builder.compare(.unsignedGreaterOrEqual, index, length)
        let masks = environment.tunables.flags.contains(.maskTables)
        if !isInside && !(masks && usesSignals) { builder.trapIf(zero: false, isOutside, code: trap.rawValue) }
        let elements = tableElements(table)
        let distance = builder.binary(.ishl, .i64, index, builder.constant(.i64, 3))
        var address = builder.binary(.iadd, .i64, elements, distance)
        if !isInside && masks { address = mask(address, where: isOutside) }
        return AccessAddress(base: address, offset: 0, flags: MemoryFlags(region: table.region, trap: trap.rawValue))
    }
}
