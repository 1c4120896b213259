import CRuntimeABI
public import PrecastArtifactFormat
public import PrecastCompiler
import PrecastEntities
import PrecastIR
public import PrecastIRInterpreter
import PrecastTranslation
public import PrecastWasmModel
public import PrecastWasmTypes

/// An instance of a translated module in the IR interpreter: a loader in small, with the layouts of docs/abi.md.
///
/// Calls go through entry trampolines, imports through host trampolines. What a module imports besides functions is made for it.
public final class InterpretedInstance {
    /// Arguments in, results out; nil: the call fails.
    public typealias HostFunction = (InterpretedInstance, [UInt64]) -> [UInt64]?

    public let machine = Machine()
    public let translated: TranslatedModule
    let context: UInt64
    private let store: UInt64
    private let slots: UInt64
    private var passiveData: [[UInt8]] = []
    private var passiveElements: [[UInt64]] = []
    private static let firstBuiltin: UInt32 = 10_000_000, firstHost: UInt32 = 11_000_000

    public var module: Module { translated.module }
    private var layout: ContextLayout { translated.plan.layout }

    public convenience init(_ bytes: [UInt8], tunables: Tunables = Tunables(), features: FeatureSet = .default, host: [HostFunction] = []) throws {
        try self.init(TranslatedModule(bytes, tunables: tunables, features: features), host: host) { translated, machine in
            try translated.forEach { machine.define($0.clone()) }
        }
    }

    /// - Parameter define: gives the machine the code of all functions and trampolines, by the numbers of the plan.
    public init(_ translated: TranslatedModule, host: [HostFunction] = [], define: (TranslatedModule, PrecastIRInterpreter.Machine) throws -> Void) throws {
        self.translated = translated
        let layout = translated.plan.layout
        context = machine.memory.map(Array(repeating: 0, count: Int(layout.size)))
        store = machine.memory.map(Array(repeating: 0, count: MemoryLayout<precast_store_context>.size))
        slots = machine.memory.map(Array(repeating: 0, count: 16 * 1024))
        mapReadOnlyData()
        try define(translated, machine)
        defineBuiltins()
        fillHead()
        fillImports(host)
        for i in module.types.indices { put32(context + UInt64(layout.typeID(UInt32(i))), typeID(TypeIndex(index: i))) }
        for (i, function) in translated.plan.functionReferences.enumerated() { fillReference(i, function) }
        makeMemories()
        makeTables()
        makeGlobals()
        makeTags()
        try applyElements()
        try applyData()
        if let start = module.start { _ = try call(start.function, []) }
    }

    // MARK: Calls

    public func call(_ name: String, _ arguments: [UInt64]) throws(MachineError) -> [UInt64] {
        for export in module.exports where export.name == name {
            if case .function(let function) = export.item { return try call(function, arguments) }
        }
        throw .unsupported("no function \(name)")
    }

    public func call(_ function: FunctionIndex, _ arguments: [UInt64]) throws(MachineError) -> [UInt64] {
        let type = module.functionType(of: function)
        fill(slots, arguments, type.parameters)
        let (code, callee) = address(of: function)
        if module.isImported(function) {
            // A host function's context is no instance's: the loader calls it itself.
            if try machine.call(Self.firstHost + function.rawValue, [UInt64(function.rawValue), context, slots]) != [0] { throw .trap(pending) }
            return take(slots, type.results)
        }
        let entry = translated.plan.entryTrampoline(for: module.functions[function.index])!
        _ = try machine.call(entry, [callee, code, slots])
        return take(slots, type.results)
    }

    /// Writes values to slots: a word each, of a vector two.
    private func fill(_ slots: UInt64, _ words: [UInt64], _ types: [ValueType]) {
        var next = 0
        for (i, type) in types.enumerated() {
            put(slots + UInt64(i * 16), words[next])
            if type == .v128 { put(slots + UInt64(i * 16 + 8), words[next + 1]) }
            next += type == .v128 ? 2 : 1
        }
    }
    private func take(_ slots: UInt64, _ types: [ValueType]) -> [UInt64] {
        types.enumerated().flatMap { i, type in
            let at = slots + UInt64(i * 16)
            return type == .v128 ? [get(at), get(at + 8)] : [get(at)]
        }
    }

    public func globalValue(_ i: Int) -> UInt64 {
        let imported = module.importedGlobalCount
        return i < imported ? get(get(place(layout.importedGlobal(UInt32(i))))) : get(place(layout.global(UInt32(i - imported))))
    }

    public func setGlobal(_ i: Int, _ value: UInt64) {
        let imported = module.importedGlobalCount
        put(i < imported ? get(place(layout.importedGlobal(UInt32(i)))) : place(layout.global(UInt32(i - imported))), value)
    }
    /// All bytes of a memory.
    public func memoryBytes(_ i: Int) -> [UInt8] { machine.memory.bytes(get(memory(i)), Int(get(memory(i) + 8))) ?? [] }
    /// The elements of a table as the module holds them, 0 for null; nil where it is read-only data.
    public func tableElements(_ i: Int) -> [UInt64]? {
        isReadOnly(TableIndex(index: i)) ? nil : (0..<get(table(i) + 8)).map { get(get(table(i)) + $0 * 8) }
    }

    // MARK: Making it

    private func place(_ offset: UInt32) -> UInt64 { context + UInt64(offset) }
    private func get(_ address: UInt64) -> UInt64 { machine.memory.load(address, 8) ?? 0 }
    private func put(_ address: UInt64, _ value: UInt64) { _ = machine.memory.store(value, address, 8) }
    private func put32(_ address: UInt64, _ value: UInt32) { _ = machine.memory.store(UInt64(value), address, 4) }
    private func typeID(_ type: TypeIndex) -> UInt32 { translated.plan.environment.canonicalType(type).rawValue + 1000 }

    private func mapReadOnlyData() {
        let plan = translated.plan
        let start = machine.memory.map(Array(repeating: 0, count: Int(plan.readOnlyDataSize)))
        machine.readOnlyData = start
        // In reach of 32-bit distances, where nothing is mapped.
        machine.codeBase = start - 1 << 30
        for table in plan.readOnlyTables {
            let base = start + UInt64(table.offset)
            for (i, entry) in table.entries.enumerated() where !entry.isNull {
                let at = base + UInt64(i) * UInt64(ReadOnlyTable.entrySize)
                put32(at, UInt32(truncatingIfNeeded: machine.address(of: entry.function) &- base))
                put32(at + 4, entry.typeWord)
            }
        }
    }

    private func fillHead() {
        let builtins = machine.memory.map(Array(repeating: 0, count: Builtin.tableCount * 8))
        for builtin in Builtin.allCases {
            put(builtins + UInt64(builtin.rawValue) * 8, machine.address(of: Self.firstBuiltin + builtin.rawValue))
        }
        put(context + UInt64(MemoryLayout<precast_vmctx>.offset(of: \.store)!), store)
        put(context + UInt64(MemoryLayout<precast_vmctx>.offset(of: \.builtins)!), builtins)
    }

    private func fillImports(_ host: [HostFunction]) {
        for i in 0..<module.importedFunctionCount {
            let object = machine.memory.map(Array(repeating: 0, count: 16)), number = Self.firstHost + UInt32(i)
            put(object, machine.address(of: number))
            put(object + 8, UInt64(i))
            let slot = place(layout.importedFunction(UInt32(i)))
            put(slot, machine.address(of: translated.plan.hostTrampoline(for: module.functions[i])!))
            put(slot + 8, object)
            let type = module.functionType(of: FunctionIndex(index: i))
            machine.define(number) { [unowned self] _, arguments in
                self.callHost(i < host.count ? host[i] : { _, _ in Array(repeating: 0, count: type.results.count) }, type, arguments)
            }
        }
    }
    private func callHost(_ function: HostFunction, _ type: FunctionType, _ arguments: [UInt64]) -> [UInt64] {
        let values = take(arguments[2], type.parameters)
        guard let results = function(self, values) else {
            setPending(.hostError)
            return [1]
        }
        fill(arguments[2], results, type.results)
        return [0]
    }

    private func address(of function: FunctionIndex) -> (code: UInt64, context: UInt64) {
        if module.isImported(function) {
            let slot = place(layout.importedFunction(function.rawValue))
            return (get(slot), get(slot + 8))
        }
        return (machine.address(of: translated.plan.environment.number(of: function)), context)
    }
    private func fillReference(_ i: Int, _ function: FunctionIndex) {
        let at = place(layout.functionReference(UInt32(i))), (code, callee) = address(of: function)
        put(at, code)
        put(at + 8, callee)
        put32(at + 16, typeID(module.functions[function.index]))
    }
    private func reference(_ function: FunctionIndex) -> UInt64 {
        place(layout.functionReference(translated.plan.functionReference(function)!))
    }

    /// The descriptor of a memory, table or global: in the context, or made for an import.
    private func descriptor(_ i: Int, imported: Int, _ pointer: (UInt32) -> UInt32, _ own: (UInt32) -> UInt32) -> UInt64 {
        if i >= imported { return place(own(UInt32(i - imported))) }
        let slot = place(pointer(UInt32(i)))
        if get(slot) == 0 { put(slot, machine.memory.map(Array(repeating: 0, count: 16))) }
        return get(slot)
    }
    private func memory(_ i: Int) -> UInt64 {
        // The context has the address of a shared memory's descriptor in the place of the descriptor itself.
        if module.memories[i].isShared { return descriptor(i, imported: module.memories.count, place(ofMemory:), layout.memory) }
        return descriptor(i, imported: module.importedMemoryCount, layout.importedMemory, layout.memory)
    }
    private func place(ofMemory i: UInt32) -> UInt32 {
        let imported = UInt32(module.importedMemoryCount)
        return i < imported ? layout.importedMemory(i) : layout.memory(i - imported)
    }
    private func table(_ i: Int) -> UInt64 {
        descriptor(i, imported: module.importedTableCount, layout.importedTable, layout.table)
    }
    private func makeMemories() {
        for (i, type) in module.memories.enumerated() {
            let size = Int(type.limits.minimum) << Int(type.pageSizeLog2)
            put(memory(i), machine.memory.map(Array(repeating: 0, count: size)))
            put(memory(i) + 8, UInt64(size))
        }
    }
    private func makeTables() {
        for (i, table) in module.tables.enumerated() where !isReadOnly(TableIndex(index: i)) {
            let count = Int(table.type.limits.minimum)
            put(self.table(i), machine.memory.map(Array(repeating: 0, count: count * 8)))
            put(self.table(i) + 8, UInt64(count))
        }
    }
    private func isReadOnly(_ table: TableIndex) -> Bool { translated.plan.readOnlyTables.contains { $0.table == table } }
    private func makeGlobals() {
        for (i, global) in module.globals.enumerated() {
            let at = descriptor(i, imported: module.importedGlobalCount, layout.importedGlobal, layout.global)
            guard let initializer = global.initializer else { continue }
            if let vector = vectorConstant(initializer) {
                put(at, vector.low)
                put(at + 8, vector.high)
            } else {
                put(at, evaluate(initializer))
            }
        }
    }
    private func vectorConstant(_ expression: ConstantExpression) -> (low: UInt64, high: UInt64)? {
        let operators = module[expression]
        return operators.count == 1 ? operators.first.flatMap { $0.opcode == .v128Const ? $0.v128 : nil } : nil
    }
    /// A tag is its address, and says how many values its exceptions carry.
    private func tag(_ i: Int) -> UInt64 { descriptor(i, imported: module.importedTagCount, layout.importedTag, layout.tag) }
    private func makeTags() {
        for (i, tag) in module.tags.enumerated() { put(self.tag(i), UInt64(module.types[tag.type.index].function?.parameters.count ?? 0)) }
        machine.isCaught = { [unowned self] _, exception, tag in get(exception) == self.tag(Int(tag)) }
    }
    private func evaluate(_ expression: ConstantExpression) -> UInt64 {
        let operators = module[expression]
        if operators.count == 1, operators.first!.opcode == .refFunc { return reference(operators.first!.functionIndex) }
        return UInt64(bitPattern: constantValue(operators) { Int64(bitPattern: globalValue($0)) }!)
    }

    private func applyElements() throws(MachineError) {
        for segment in module.elements {
            if case .active(let table, _) = segment.mode, isReadOnly(table) {
                passiveElements.append([])
                continue
            }
            let values: [UInt64] =
                switch segment.items {
                case .functions(let functions): functions.map(reference)
                case .expressions(let expressions): expressions.map(evaluate)
                }
            passiveElements.append(segment.mode == .passive ? values : [])
            guard case .active(let table, let offset) = segment.mode else { continue }
            let start = evaluate(offset) & 0xffff_ffff
            if start + UInt64(values.count) > get(self.table(table.index) + 8) { throw .trap(TrapCode.tableOutOfBounds.rawValue) }
            for (i, value) in values.enumerated() { put(get(self.table(table.index)) + (start + UInt64(i)) * 8, value) }
        }
    }
    private func applyData() throws(MachineError) {
        for segment in module.data {
            let bytes = module.bytes.copy(segment.contents)
            passiveData.append(segment.mode == .passive ? bytes : [])
            guard case .active(let index, let offset) = segment.mode else { continue }
            let start = evaluate(offset) & 0xffff_ffff, at = memory(index.index)
            if start + UInt64(bytes.count) > get(at + 8) { throw .trap(TrapCode.memoryOutOfBounds.rawValue) }
            machine.memory.write(bytes, at: get(at) + start)
        }
    }

    // MARK: Builtins

    private func setPending(_ trap: TrapCode) {
        put(store + UInt64(MemoryLayout<precast_store_context>.offset(of: \.pending_trap)!), UInt64(trap.rawValue))
    }
    private var pending: UInt8 {
        UInt8(truncatingIfNeeded: get(store + UInt64(MemoryLayout<precast_store_context>.offset(of: \.pending_trap)!)))
    }

    private func defineBuiltins() {
        for builtin in Builtin.allCases {
            machine.define(Self.firstBuiltin + builtin.rawValue) { [unowned self] _, arguments throws(MachineError) in
                if builtin == .raise { throw .trap(arguments[1] == UInt64(TrapCode.pending.rawValue) ? self.pending : UInt8(arguments[1])) }
                if builtin == .throwException { throw .exception(arguments[1]) }
                return self.run(builtin, Array(arguments.dropFirst()))
            }
        }
    }
    private func run(_ builtin: Builtin, _ a: [UInt64]) -> [UInt64] {
        switch builtin {
        case .memoryGrow:
            let type = module.memories[Int(a[0])], addressSpace: UInt64 = type.is64 ? .max : 1 << 32
            return [grow(memory(Int(a[0])), type.limits, by: a[1], unit: 1 << UInt64(type.pageSizeLog2), isTable: false, limit: addressSpace >> UInt64(type.pageSizeLog2))]
        case .memoryFill: return outcome(fill(memory(Int(a[0])), a[1], a[3], unit: 1, UInt64(UInt8(truncatingIfNeeded: a[2]))), .memoryOutOfBounds)
        case .memoryCopy: return outcome(copy(memory(Int(a[0])), memory(Int(a[1])), a[2], a[3], a[4], unit: 1), .memoryOutOfBounds)
        case .memoryInit:
            let source = passiveData[Int(a[1])]
            guard fits(a[3], a[4], UInt64(source.count)), fits(a[2], a[4], get(memory(Int(a[0])) + 8)) else { return outcome(false, .memoryOutOfBounds) }
            machine.memory.write(Array(source[Int(a[3])..<Int(a[3] + a[4])]), at: get(memory(Int(a[0]))) + a[2])
            return [0]
        case .memoryNotify: return atomic(a, 4) { _ in 0 }
        case .memoryWait32: return wait(a, 4)
        case .memoryWait64: return wait(a, 8)
        case .dataDrop:
            passiveData[Int(a[0])] = []
            return []
        case .tableGrow:
            let at = table(Int(a[0])), old = get(at + 8)
            let previous = grow(at, module.tables[Int(a[0])].type.limits, by: a[2], unit: 8, limit: 10_000_000)
            if previous != .max { _ = fill(at, old, a[2], unit: 8, a[1]) }
            return [previous]
        case .tableFill: return outcome(fill(table(Int(a[0])), a[1], a[3], unit: 8, a[2]), .tableOutOfBounds)
        case .tableCopy: return outcome(copy(table(Int(a[0])), table(Int(a[1])), a[2], a[3], a[4], unit: 8), .tableOutOfBounds)
        case .tableInit:
            let source = passiveElements[Int(a[1])], at = table(Int(a[0]))
            guard fits(a[3], a[4], UInt64(source.count)), fits(a[2], a[4], get(at + 8)) else { return outcome(false, .tableOutOfBounds) }
            for i in 0..<a[4] { put(get(at) + (a[2] + i) * 8, source[Int(a[3] + i)]) }
            return [0]
        case .makeException:
            let exception = machine.memory.map(Array(repeating: 0, count: MemoryLayout<precast_exception>.size + Int(get(a[0])) * MemoryLayout<precast_slot>.size))
            put(exception, a[0])
            return [exception]
        case .typeMatches:
            let relations = translated.plan.environment.relations
            return [relations.matches(.concrete(UInt32(a[0]) - 1000), .concrete(UInt32(a[1]) - 1000)) ? 1 : 0]
        case .elementDrop:
            passiveElements[Int(a[0])] = []
            return []
        default: return []
        }
    }
    /// What `body` makes of the bytes of an atomic access.
    private func atomic(_ a: [UInt64], _ count: UInt64, _ body: (UInt64) -> UInt64) -> [UInt64] {
        let at = memory(Int(a[0]))
        if a[1] % count != 0 { return outcome(false, .unalignedAtomic) }
        if !fits(a[1], count, get(at + 8)) { return outcome(false, .memoryOutOfBounds) }
        return [body(machine.memory.load(get(at) + a[1], Int(count)) ?? 0)]
    }
    /// There is one thread, so nobody wakes it: its time runs out at once.
    private func wait(_ a: [UInt64], _ count: UInt64) -> [UInt64] {
        let checked = atomic(a, count) { $0 == a[2] ? 2 : 1 }
        if checked[0] == .max || module.memories[Int(a[0])].isShared { return checked }
        return outcome(false, .expectedSharedMemory)
    }
    private func outcome(_ succeeded: Bool, _ trap: TrapCode) -> [UInt64] {
        if !succeeded { setPending(trap) }
        return [succeeded ? 0 : .max]
    }

    /// Lengths of memories are in bytes, of tables in elements; `unit` is what a page or an element takes.
    private func grow(_ descriptor: UInt64, _ limits: Limits, by delta: UInt64, unit: UInt64, isTable: Bool = true, limit: UInt64) -> UInt64 {
        let scale = isTable ? 1 : unit, old = get(descriptor + 8) / scale
        let (new, overflows) = old.addingReportingOverflow(delta)
        if overflows || new > min(limits.maximum ?? limit, limit) || new > Self.largestSegment / unit { return .max }
        machine.memory.resize(get(descriptor), to: Int(new * unit))
        put(descriptor + 8, new * scale)
        return old
    }
    /// Bytes of memory that growth stops at.
    private static let largestSegment: UInt64 = 256 << 20
    private func fits(_ start: UInt64, _ count: UInt64, _ length: UInt64) -> Bool { count <= length && start <= length - count }
    private func fill(_ descriptor: UInt64, _ start: UInt64, _ count: UInt64, unit: UInt64, _ value: UInt64) -> Bool {
        if !fits(start, count, get(descriptor + 8)) { return false }
        for i in 0..<count { _ = machine.memory.store(value, get(descriptor) + (start + i) * unit, Int(unit)) }
        return true
    }
    private func copy(_ to: UInt64, _ from: UInt64, _ destination: UInt64, _ source: UInt64, _ count: UInt64, unit: UInt64) -> Bool {
        if !fits(destination, count, get(to + 8)) || !fits(source, count, get(from + 8)) { return false }
        if count == 0 { return true }
        let bytes = machine.memory.bytes(get(from) + source * unit, Int(count * unit))!
        machine.memory.write(bytes, at: get(to) + destination * unit)
        return true
    }
}
