public import PrecastWasmTypes

/// Makes valid modules that always end: one for each seed, over the operators of a set of features.
///
/// Loops count down in locals or use up the fuel global, calls use it up too. NaNs whose bits WebAssembly leaves open are made canonical before the bits can be
/// seen, so all engines agree. The same seed and features give the same module in each release of this generator.
public struct Generator {
    let features: FeatureSet
    let catalog: OperatorCatalog
    var random = RandomSource(seed: 0)
    var module = FuzzModule()

    // The function being made.
    var locals: [ValueType] = []
    /// Locals that only their loop may write.
    var hiddenLocals: Set<Int> = []
    var labels: [Label] = []
    var results: [ValueType] = []
    /// Nodes that may still be made.
    var budget = 0
    var loopDepth = 0
    var hasCalls = false

    struct Label {
        /// What a branch takes.
        var types: [ValueType]
        var isLoop = false
    }

    /// How many functions a module has; nil: as the seed says, a handful.
    let functionCount: Int?

    public init(features: FeatureSet, functionCount: Int? = nil) {
        self.features = features
        self.functionCount = functionCount
        catalog = OperatorCatalog(features)
    }

    public mutating func module(seed: UInt64) -> FuzzModule {
        random = RandomSource(seed: seed)
        module = FuzzModule()
        module.seed = seed
        makeTypes()
        makeMemories()
        makeGlobals()
        let count = makeSignatures()
        makeTables(functionCount: count)
        for i in 0..<count { makeBody(i) }
        makeCalls(functionCount: count)
        return module
    }

    // MARK: The module's parts

    var numberTypes: [ValueType] { [.i32, .i64, .f32, .f64] }
    /// A type for locals, parameters, results.
    mutating func anyType() -> ValueType {
        let pick = random.below(100)
        if pick < 12, features.contains(.simd) { return .v128 }
        if pick < 16, features.contains(.referenceTypes) { return .funcref }
        if pick < 18, features.contains(.referenceTypes) { return .externref }
        if pick < 20, features.contains(.exceptions) { return .exnref }
        if pick < 25, features.contains(.functionReferences), !module.types.isEmpty {
            return .reference(ReferenceType(.concrete(UInt32(random.below(module.types.count))), isNullable: true))
        }
        return random.pick(numberTypes)
    }

    private mutating func makeTypes() {
        let isMultiValue = features.contains(.multiValue)
        for _ in 0..<random.within(2...5) {
            let parameters = (0..<random.pick([0, 1, 2, 2, 3, 4, 9, 12])).map { _ in anyType() }
            let results = (0..<(isMultiValue ? random.pick([0, 1, 1, 1, 1, 1, 2, 3, 7]) : random.pick([0, 1, 1, 1]))).map { _ in anyType() }
            module.types.append(FunctionType(parameters: parameters, results: results))
        }
        // Two that the host can call.
        for _ in 0..<2 {
            let parameters = (0..<random.within(0...5)).map { _ in random.pick(numberTypes) }
            module.types.append(FunctionType(parameters: parameters, results: (0..<random.pick([1, 1, 1, isMultiValue ? 2 : 1])).map { _ in random.pick(numberTypes) }))
        }
        if features.contains(.exceptions) {
            for _ in 0..<random.within(1...3) {
                module.tags.append(module.types.count)
                module.types.append(FunctionType(parameters: (0..<random.below(3)).map { _ in anyType() }, results: []))
            }
        }
    }

    private mutating func makeMemories() {
        let count = features.contains(.multiMemory) && random.chance(25) ? random.within(2...3) : 1
        for i in 0..<count {
            var memory = FuzzModule.Memory()
            memory.is64 = features.contains(.memory64) && random.chance(25)
            if features.contains(.customPageSizes), random.chance(15) {
                memory.pageSizeLog2 = 0
                memory.minimum = UInt64(random.pick([65536, 65530, 70001, 100]))
                memory.maximum = random.pick([memory.minimum, memory.minimum + 9, 200_000, nil])
            } else {
                memory.minimum = UInt64(random.within(1...2))
                memory.maximum = random.pick([memory.minimum, memory.minimum + 1, 4])
            }
            if i == 0, memory.minimum << UInt64(memory.pageSizeLog2) < 1000 { memory.minimum = 1000; memory.maximum = nil }
            memory.isExported = i == 0 || random.chance(70)
            module.memories.append(memory)
        }
        module.data.append((0..<random.within(100...300)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        if features.contains(.bulkMemory) { for _ in 0..<random.below(3) { module.data.append((0..<random.below(60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }) } }
    }

    private mutating func makeGlobals() {
        module.globals.append(FuzzModule.Global(type: .i32, initializer: [0x41] + Bytes.signed(Int64(FuzzModule.fuel)), isExported: true))
        var types = numberTypes
        if features.contains(.simd) { types.append(.v128) }
        for type in types + (0..<random.below(4)).map({ _ in random.pick(types) }) {
            var initializer = constant(type).pieces[0]
            if features.contains(.extendedConst), type == .i32 || type == .i64, random.chance(30) {
                let add: UInt8 = type == .i32 ? 0x6a : 0x7c
                initializer += constant(type).pieces[0] + [add + UInt8(random.below(3))]
            }
            let isMutable = random.chance(85)
            module.globals.append(FuzzModule.Global(type: type, initializer: initializer, isMutable: isMutable, isExported: type.isNumber && random.chance(60)))
        }
    }

    /// Decides how many functions of which types there are; the last ones make NaNs canonical. - Returns: the number of the others.
    private mutating func makeSignatures() -> Int {
        let ordinary = module.types.count - module.tags.count
        let count = functionCount ?? random.within(2...7)
        for i in 0..<count {
            // The last two types are the ones that the host can call.
            let type = i == 0 || random.chance(45) ? ordinary - 1 - random.below(2) : random.below(ordinary)
            module.functions.append(FuzzModule.Function(type: type, locals: [], body: Node(nil, [])))
        }
        for (type, code) in Self.canonicalizers where type != .v128 || features.contains(.simd) {
            module.functions.append(FuzzModule.Function(type: module.types.count, locals: [], body: Node(nil, code)))
            module.types.append(FunctionType(parameters: [type], results: [type]))
        }
        return count
    }

    /// Bodies of functions that replace NaNs by the canonical one, in the order of ``canonicalizer``.
    private static let canonicalizers: [(ValueType, [UInt8])] = [
        (.f32, [0x20, 0, 0x43, 0, 0, 0xc0, 0x7f, 0x20, 0, 0x20, 0, 0x5b, 0x1b]),
        (.f64, [0x20, 0, 0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0x20, 0, 0x20, 0, 0x61, 0x1b]),
        (.v128, [0x20, 0, 0x43, 0, 0, 0xc0, 0x7f, 0xfd, 19, 0x20, 0, 0x20, 0, 0xfd, 65, 0xfd, 82]),
        (.v128, [0x20, 0, 0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0xfd, 20, 0x20, 0, 0x20, 0, 0xfd, 71, 0xfd, 82]),
    ]
    private var firstCanonicalizer: Int { module.functions.count - (features.contains(.simd) ? 4 : 2) }
    func canonical(_ node: Node, doubles: Bool = false) -> Node {
        let offset = switch node.result {
        case .f32: 0
        case .f64: 1
        default: doubles ? 3 : 2
        }
        return Node(node.result, [0x10] + Bytes.unsigned(firstCanonicalizer + offset), [node])
    }

    private mutating func makeTables(functionCount: Int) {
        var table = FuzzModule.Table()
        table.functions = Array(0..<functionCount)
        table.minimum = functionCount + random.below(3)
        table.maximum = random.pick([nil, table.minimum, table.minimum + 5])
        table.isExported = random.chance(40)
        table.is64 = features.contains(.memory64) && random.chance(20)
        module.tables.append(table)
        guard features.contains(.referenceTypes) else { return }
        if random.chance(30) {
            module.tables.append(FuzzModule.Table(minimum: random.within(1...6), maximum: random.pick([nil, 8]), isExported: random.chance(50)))
        }
        if random.chance(20) { module.tables.append(FuzzModule.Table(element: .externref, minimum: random.within(0...4), maximum: nil, isExported: true)) }
        if features.contains(.bulkMemory) {
            for _ in 0..<random.below(3) { module.elements.append((0..<random.below(5)).map { _ in random.below(functionCount) }) }
        }
    }

    private mutating func makeBody(_ number: Int) {
        let type = module.type(of: number)
        results = type.results
        labels = [Label(types: results)]
        hiddenLocals = []
        loopDepth = 0
        hasCalls = false
        locals = type.parameters + (0..<random.within(1...8)).map { _ in anyType() }
        budget = random.pick([25, 60, 120, 200, 350])
        var nodes = statements(random.within(1...8), depth: 4)
        budget += 20
        nodes += results.map { expression($0, depth: 4) }
        if hasCalls { nodes.insert(fuelCheck(), at: 0) }
        module.functions[number].body = Node.sequence(nodes)
        module.functions[number].locals = Array(locals[type.parameters.count...])
    }

    /// Counts the fuel down; returns defaults if there is none.
    private mutating func fuelCheck() -> Node {
        let fuel = Bytes.unsigned(FuzzModule.fuelGlobal), code: [UInt8] = [0x23] + fuel + [0x41, 1, 0x6b, 0x24] + fuel + [0x23] + fuel + [0x41, 0, 0x48, 0x04, 0x40]
        return Node(nil, code + results.flatMap { defaultValue($0).pieces[0] } + [0x0f, 0x0b])
    }

    private mutating func makeCalls(functionCount: Int) {
        let callable = (0..<functionCount).filter { module.isCallable($0) }
        for round in 0..<3 {
            for function in callable {
                let arguments = module.type(of: function).parameters.enumerated().map { argument(round + $0, $1) }
                module.calls.append(FuzzModule.Call(function: function, arguments: arguments))
            }
        }
    }
    private mutating func argument(_ number: Int, _ type: ValueType) -> UInt64 {
        let i = random.chance(50) ? number % 5 : random.below(8)
        switch type {
        case .i32: return [0, 0xffff_ffff, 7, 0x8000_0000, 123_456_789, 0x7fff_ffff, 32, random.next() & 0xffff_ffff][i]
        case .i64: return [0, .max, 9, 1 << 63, 0x0123_4567_89ab_cdef, .max >> 1, 64, random.next()][i]
        case .f32: return UInt64([Float(0), -1.5, .nan, 1e10, 3.25, -0.0, .infinity, Float(bitPattern: 1)][i].bitPattern)
        default: return [0, -1.5, .nan, 1e20, 3.25, -0.0, .infinity, 4_294_967_295.5][i].bitPattern
        }
    }
}
