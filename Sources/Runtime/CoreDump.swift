import CLoaderSupport
import CRuntimeABI
import PrecastArtifactFormat
import PrecastWasmTypes

// Core dumps of a store, in the format of WebAssembly's tool conventions (Coredump.md there): a module whose custom sections tell of modules, instances and
// frames, and whose memories, globals and data segments are those of the store. docs/debugging.md describes what is in ours.

extension Store {
    /// Writes a core dump: the frames of `backtrace`, and the memories and globals of all instances as they are now.
    ///
    /// To be called before anything else happens to the store. Memories are written without their pages of zeros; what of them does not fit a module's data section, 4 GiB,
    /// is left out. References, and the locals and operands of frames, are written as missing; with ``EngineConfiguration/recordsStacks`` the dump has what `precast coredump`
    /// completes locals from: registers, and stack memory of compiled frames.
    /// - Parameters:
    ///   - name: the executable's name, as the dump says it.
    ///   - write: takes the next bytes of the file; false ends it.
    /// - Returns: whether `write` took everything.
    public func writeCoreDump(_ backtrace: Backtrace, name: String, to write: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        CoreDump(core).write(backtrace, name, write)
    }
}

extension CallError {
    /// The compiled frames that the call ended in.
    public var backtrace: Backtrace? {
        switch self {
        case .trap(let trap): trap.backtrace
        case .host(_, let backtrace), .exception(_, let backtrace): backtrace
        case .mismatch, .resource: nil
        }
    }
}

/// What a dump of a store numbers: modules, instances, memories and globals, each once.
private struct CoreDump {
    private let state: UnsafeMutablePointer<precast_store_state>
    private let instances: [InstanceRecord]
    private var modules: [LoadedModule] = []
    private var memories: [LinearMemory] = []
    private var globals: [(type: GlobalType, definition: UnsafeMutablePointer<precast_global>)] = []
    /// By instance: rows of modules, memories and globals.
    private var rows: [(module: Int, memories: [Int], globals: [Int])] = []

    init(_ core: StoreCore) {
        state = core.state
        instances = core.instances
        for instance in instances {
            var row: (module: Int, memories: [Int], globals: [Int]) = (number(of: instance.module.loaded), [], [])
            for memory in instance.memories { row.memories.append(number(of: memory)) }
            let count = instance.layout.counts.importedGlobals + instance.layout.counts.globals
            for index in 0..<count { if let global = instance.global(index) { row.globals.append(number(of: global)) } }
            rows.append(row)
        }
    }

    private mutating func number(of module: LoadedModule) -> Int {
        for (number, known) in modules.enumerated() where known === module { return number }
        modules.append(module)
        return modules.count - 1
    }
    private mutating func number(of memory: LinearMemory) -> Int {
        for (number, known) in memories.enumerated() where known === memory { return number }
        memories.append(memory)
        return memories.count - 1
    }
    private mutating func number(of global: (type: GlobalType, definition: UnsafeMutablePointer<precast_global>)) -> Int {
        for (number, known) in globals.enumerated() where known.definition == global.definition { return number }
        globals.append(global)
        return globals.count - 1
    }

    func write(_ backtrace: Backtrace, _ name: String, _ write: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        let runs = dataRuns()
        var dump = DumpBytes()
        dump.bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
        dump.custom("core") { $0.item(name) }
        dump.custom("coremodules") { part in
            part.number(UInt64(modules.count))
            for module in modules { part.item(module.name ?? "") }
        }
        dump.custom("coreinstances") { part in
            part.number(UInt64(rows.count))
            for row in rows {
                part.bytes.append(0)
                part.number(UInt64(row.module))
                part.numbers(row.memories)
                part.numbers(row.globals)
            }
        }
        dump.custom("corestack") { addStack(backtrace, &$0) }
        if !backtrace.frames.isEmpty, let recording = UnsafeMutablePointer<precast_recording>(bitPattern: UInt(state.pointee.recording)) {
            dump.custom("precast.frames") { addRecording(recording, backtrace.omittedCount, &$0) }
        }
        dump.section(5) { part in
            part.number(UInt64(memories.count))
            for memory in memories { part.memoryType(memory.currentType) }
        }
        dump.section(6) { part in
            part.number(UInt64(globals.count))
            for global in globals { part.global(global.type.valueType, global.definition.pointee.bits) }
        }
        var size = DumpBytes.length(UInt64(runs.count))
        for run in runs { size += header(run).bytes.count + run.count }
        dump.bytes.append(11)
        dump.number(UInt64(size))
        dump.number(UInt64(runs.count))
        if !dump.bytes.withUnsafeBytes(write) { return false }
        for run in runs {
            guard header(run).bytes.withUnsafeBytes(write) else { return false }
            let bytes = memories[run.memory].bytes
            guard run.offset + run.count <= bytes.count, write(UnsafeRawBufferPointer(rebasing: bytes[run.offset..<run.offset + run.count])) else { return false }
        }
        return true
    }

    // MARK: Frames

    private func addStack(_ backtrace: Backtrace, _ part: inout DumpBytes) {
        part.item("main")
        part.number(UInt64(backtrace.frames.count))
        for frame in backtrace.frames {
            part.bytes.append(0)
            // Of several instances of a module nothing tells which one a frame is of: the first is named.
            var instance = 0
            for (number, known) in instances.enumerated() where known.module.loaded === frame.module {
                instance = number
                break
            }
            part.number(UInt64(instance))
            part.number(UInt64(frame.functionIndex))
            let body = frame.module.functionBody(frame.functionIndex)
            part.number(UInt64(frame.wasmOffset.map { $0 &- (body?.wasmOffset ?? $0) } ?? 0))
            let locals = min(body?.localCount ?? 0, Self.mostLocals)
            part.number(UInt64(locals))
            for _ in 0..<locals { part.bytes.append(1) }
            part.number(0)
        }
    }

    /// What a reader with the artifact and its debug information finds locals and instances with: docs/debugging.md has the format.
    private func addRecording(_ recording: UnsafeMutablePointer<precast_recording>, _ omittedCount: UInt64, _ part: inout DumpBytes) {
        let isFault = state.pointee.report.kind == PRECAST_REPORT_FAULT
        let registerCount = isFault ? Int(PRECAST_RECORDED_WORDS) : Int(PRECAST_SAVED_WORDS)
        for word in [1, isFault ? 1 : 0, omittedCount, UInt64(modules.count), UInt64(instances.count), UInt64(registerCount)] { part.fixed(word, 8) }
        for module in modules {
            for index in 0..<24 { part.bytes.append(module.image.stamp.imageDigest[index]) }
            for word in [UInt64(module.image.stamp.machine.elfMachine), module.text, module.textBytes] { part.fixed(word, 8) }
        }
        for instance in instances { part.fixed(instance.contextAddress, 8) }
        if isFault { part.words(recording, registerCount) } else { withUnsafePointer(to: &state.pointee.resume.saved) { part.words($0, registerCount) } }
        part.words(recording + 1, Int(recording.pointee.used / 8))
    }

    /// More than a valid module has.
    private static var mostLocals: UInt32 { 50_000 }

    // MARK: Memories

    /// Bytes of a memory that are not all zero.
    private struct Run {
        var memory: Int
        var offset: Int
        var count: Int
    }

    private static var pageSize: Int { 4096 }
    /// What validators take, with room.
    private static var mostRuns: Int { 50_000 }

    private func dataRuns() -> [Run] {
        // Where there are too many, pages of zeros between them are written, too.
        var gap = 1
        while true {
            var runs: [Run] = []
            for number in 0..<memories.count { addRuns(of: number, gap: gap, &runs) }
            if runs.count <= Self.mostRuns { return limited(runs) }
            gap *= 8
        }
    }

    private func addRuns(of number: Int, gap: Int, _ runs: inout [Run]) {
        let bytes = UnsafeRawBufferPointer(memories[number].bytes)
        let first = runs.count
        var offset = 0
        while offset < bytes.count {
            let count = min(Self.pageSize, bytes.count - offset)
            if !isZero(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])) {
                if runs.count > first, let last = runs.last, offset - (last.offset + last.count) < gap * Self.pageSize {
                    runs[runs.count - 1].count = offset + count - last.offset
                } else {
                    runs.append(Run(memory: number, offset: offset, count: count))
                }
            }
            offset += count
        }
    }

    /// A section's size has 32 bits.
    private func limited(_ runs: [Run]) -> [Run] {
        var left = Int(Int32.max) * 2 - 16 * Self.mostRuns
        var result: [Run] = []
        for run in runs where run.count <= left {
            left -= run.count
            result.append(run)
        }
        return result
    }

    private func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset + 8 <= bytes.count {
            if bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) != 0 { return false }
            offset += 8
        }
        while offset < bytes.count {
            if bytes[offset] != 0 { return false }
            offset += 1
        }
        return true
    }

    /// What stands before a data segment's bytes.
    private func header(_ run: Run) -> DumpBytes {
        var part = DumpBytes()
        part.number(run.memory == 0 ? 0 : 2)
        if run.memory != 0 { part.number(UInt64(run.memory)) }
        let is64 = memories[run.memory].type.is64
        part.bytes.append(is64 ? 0x42 : 0x41)
        part.signed(is64 ? Int64(run.offset) : Int64(Int32(truncatingIfNeeded: run.offset)))
        part.bytes.append(0x0b)
        part.number(UInt64(run.count))
        return part
    }
}

/// A piece of a module in the binary format.
private struct DumpBytes {
    var bytes: [UInt8] = []

    /// Bytes of a number.
    static func length(_ value: UInt64) -> Int {
        var part = DumpBytes()
        part.number(value)
        return part.bytes.count
    }

    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
    mutating func signed(_ value: Int64) {
        var rest = value
        while rest > 63 || rest < -64 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest) & 0x7f)
    }
    mutating func numbers(_ values: [Int]) {
        number(UInt64(values.count))
        for value in values { number(UInt64(value)) }
    }
    mutating func text(_ text: String) {
        let text = text.bytes
        number(UInt64(text.count))
        bytes += text
    }
    /// A name after the byte that starts a record.
    mutating func item(_ name: String) {
        bytes.append(0)
        text(name)
    }
    mutating func section(_ id: UInt8, _ body: (inout DumpBytes) -> Void) {
        var part = DumpBytes()
        body(&part)
        bytes.append(id)
        number(UInt64(part.bytes.count))
        bytes += part.bytes
    }
    mutating func custom(_ name: String, _ body: (inout DumpBytes) -> Void) {
        section(0) { part in
            part.text(name)
            body(&part)
        }
    }

    mutating func memoryType(_ type: MemoryType) {
        let hasPageSize = type.pageSizeLog2 != 16
        bytes.append((type.limits.maximum == nil ? 0 : 1) | (type.isShared ? 2 : 0) | (type.is64 ? 4 : 0) | (hasPageSize ? 8 : 0))
        number(type.limits.minimum)
        if let maximum = type.limits.maximum { number(maximum) }
        if hasPageSize { number(UInt64(type.pageSizeLog2)) }
    }

    /// An immutable global with a constant for its value. A reference is null: no constant says what it refers to.
    mutating func global(_ type: ValueType, _ bits: (UInt64, UInt64)) {
        switch type {
        case .i32:
            bytes += [0x7f, 0, 0x41]
            signed(Int64(Int32(truncatingIfNeeded: bits.0)))
        case .i64:
            bytes += [0x7e, 0, 0x42]
            signed(Int64(bitPattern: bits.0))
        case .f32:
            bytes += [0x7d, 0, 0x43]
            fixed(bits.0, 4)
        case .f64:
            bytes += [0x7c, 0, 0x44]
            fixed(bits.0, 8)
        case .v128:
            bytes += [0x7b, 0, 0xfd, 0x0c]
            fixed(bits.0, 8)
            fixed(bits.1, 8)
        default:
            let heapType = type.referenceType?.heapType.abstractCode ?? 0x70
            bytes += [heapType, 0, 0xd0, heapType]
        }
        bytes.append(0x0b)
    }
    mutating func words(_ start: UnsafeRawPointer, _ count: Int) {
        for position in 0..<count { fixed(start.load(fromByteOffset: position * 8, as: UInt64.self), 8) }
    }
    mutating func fixed(_ value: UInt64, _ count: Int) {
        for position in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * position))) }
    }
}
