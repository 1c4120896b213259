public import PrecastArtifactFormat

/// Where native code finds the guest's memory and globals: offsets in the instance context (docs/abi.md).
public struct ContextPlaces: Sendable {
    let layout: ContextLayout
    /// Whether the context has only the address of the first memory's `precast_memory`.
    let isMemoryImported: Bool
    let hasMemory: Bool

    public init(_ layout: ContextLayout) {
        self.layout = layout
        isMemoryImported = layout.counts.importedMemories > 0
        hasMemory = layout.counts.importedMemories + layout.counts.memories > 0
    }

    /// With the address of the instance context on the stack: operations that replace it by the address where memory 0 begins.
    var memoryBase: [UInt8] {
        var bytes: [UInt8] = [0x23]
        bytes.appendUnsigned(UInt64(isMemoryImported ? layout.importedMemory(0) : layout.memory(0)))
        return bytes + (isMemoryImported ? [0x06, 0x06] : [0x06])
    }

    /// With that address on the stack: operations that replace it by a global's value. nil: there is no such global.
    func global(_ index: UInt32, size: UInt8) -> [UInt8]? {
        let imported = layout.counts.importedGlobals
        guard index < imported + layout.counts.globals else { return nil }
        var bytes: [UInt8] = [0x23]
        bytes.appendUnsigned(UInt64(index < imported ? layout.importedGlobal(index) : layout.global(index - imported)))
        if index < imported { bytes.append(0x06) }
        return bytes + [0x94, size]
    }
}
