public import PrecastArtifactFormat

/// Where native code finds the guest's memory and globals: offsets in the instance context (docs/abi.md).
public struct ContextPlaces: Sendable {
    let layout: ContextLayout
    let hasMemory: Bool

    /// With the address of the instance context on the stack: operations that replace it by the address where memory 0 begins.
    let memoryBase: [UInt8]

    public init(_ layout: ContextLayout) {
        self.layout = layout
        hasMemory = layout.counts.importedMemories + layout.counts.memories > 0
        let isImported = layout.counts.importedMemories > 0
        var bytes: [UInt8] = [0x23]
        bytes.appendUnsigned(UInt64(isImported ? layout.importedMemory(0) : layout.memory(0)))
        // The context has only the address of an imported memory's `precast_memory`.
        memoryBase = bytes + (isImported ? [0x06, 0x06] : [0x06])
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
