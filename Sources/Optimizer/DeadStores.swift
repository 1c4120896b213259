import PrecastEntities
import PrecastIR

/// Removes stores whose bytes the same block overwrites before anything can see them.
///
/// Backward over each block with the stores that are still to come: an earlier one to the same address and within the same bytes
/// is dead if nothing in between reads an overlapping region, calls, is atomic, or may trap (a trap shows memory to the host). The later store
/// itself may trap only where the dead one would have, with the same code. O(instructions × limit).
func eliminateDeadStores(_ function: inout Function) {
    var coming: [(data: InstructionData, inst: Inst)] = []
    var block = function.layout.firstBlock
    while block.isSome {
        coming.removeAll(keepingCapacity: true)
        var inst = function.layout.last(block)
        while inst.isSome {
            let previous = function.layout.previous(inst)
            let data = function.dfg.instructions[inst]
            if data.opcode.isStore {
                let address = function.dfg.resolve(data.valueB)
                if let overwriter = coming.first(where: { overwrites($0.data, data, address) }) {
                    if function.variables.context.isSome {
                        let store = function.dfg.locations[inst.index], later = function.dfg.locations[overwriter.inst.index]
                        function.variables.omittedStores.append(VariableTable.OmittedStore(store: store, overwriter: later))
                    }
                    function.layout.remove(inst)
                } else {
                    if data.canTrap { coming.removeAll(keepingCapacity: true) }
                    if coming.count == 8 { coming.removeFirst() }
                    var entry = data
                    entry.b = address.rawValue
                    coming.append((entry, inst))
                }
            } else if data.opcode.isCall || data.opcode.isAtomic || data.opcode.isTerminator || data.canTrap {
                coming.removeAll(keepingCapacity: true)
            } else if data.opcode.isLoad && !data.memoryFlags.isReadOnly {
                coming.removeAll { $0.data.memoryFlags.region.mayOverlap(data.memoryFlags.region) }
            }
            inst = previous
        }
        block = function.layout.next(block)
    }
}

private func overwrites(_ later: InstructionData, _ earlier: InstructionData, _ address: Value) -> Bool {
    later.b == address.rawValue && later.memoryFlags == earlier.memoryFlags && later.offset == earlier.offset && later.accessSize == earlier.accessSize
}
