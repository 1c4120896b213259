#if arch(x86_64)
import PrecastArtifactFormat
public import PrecastCompiler
import PrecastCoreDump
import PrecastMachineCode
import PrecastObjectEmission
import PrecastRuntime
public import PrecastWasmTypes
import Synchronization

/// Stops generated modules somewhere and compares what the debug information says of the locals of all functions on the stack.
///
/// Code at -O0 has a place in the frame for every local, which says what is right; what optimized code says must be the same, or that the
/// local is nowhere. Modules get countdowns at random places, which trap when they run out; both codes stop at the same place then.
public struct VariableCampaign {
    public struct Summary: Sendable {
        public var modules = 0
        public var stops = 0
        public var frames = 0
        public var locals = 0
        /// Locals that optimized code has a place for.
        public var present = 0
        public var contexts = 0
        public var memoryBases = 0
        /// Core dumps at a stop that were completed and compared with what is known of the stack.
        public var dumps = 0
        /// Stops at which the two stacks are not of the same functions at the same operators.
        public var unlike = 0
    }
    public private(set) var summary = Summary()
    private var generator: Generator
    private let reference: Compiler
    /// Compilers that do not follow variables, with those that do.
    private var silent: [String: Compiler] = [:]
    private let optimized: [(name: String, compiler: Compiler)]

    /// - Parameter change: made to the compilers of optimized code.
    public init(features: FeatureSet, change: (inout Compiler) -> Void = { _ in }) throws {
        generator = Generator(features: features)
        func compiler(_ level: OptimizationLevel, follows: Bool = true) throws -> Compiler {
            var settings = CompilerConfiguration()
            settings.features = .all
            settings.makesRelaxedSIMDDeterministic = true
            settings.debugInformation = follows
            settings.checksItself = follows
            settings.optimizationLevel = level
            return try Compiler(settings)
        }
        reference = try compiler(.none)
        silent["O0"] = try compiler(.none, follows: false)
        let levels = [("O1", OptimizationLevel.less), ("O2", .standard), ("Os", .size)]
        for (name, level) in levels { silent[name] = try compiler(level, follows: false) }
        optimized = try levels.map { name, level in
            var compiler = try compiler(level)
            change(&compiler)
            return (name, compiler)
        }
    }

    /// - Parameter report: called with each thing that is wrong; returns whether to go on.
    public mutating func run(seeds: Range<UInt64>, report: (String) -> Bool) throws {
        for seed in seeds {
            // The level of every second module is that which most people use.
            let way = optimized[seed % 2 == 0 ? 1 : Int(seed / 2 % 3)]
            var module = generator.module(seed: seed)
            var random = RandomSource(seed: ~seed)
            let stop = module.addCountdowns(&random)
            let bytes = module.encode()
            let expected = try StoppableModule(bytes, reference), found = try StoppableModule(bytes, way.compiler)
            summary.modules += 1
            for (name, module) in [("O0", expected), (way.name, found)] {
                if let silent = silent[name], try StoppableModule(bytes, silent).codes != module.codes, !report("seed \(seed), \(name): the code is another") { return }
            }
            var dumped = false
            for count in [1, 2, 3, 5, 8, 13, 21, 60] {
                for call in module.calls.prefix(6) {
                    guard let right = try expected.stop(call, stop, count, module), let other = try found.stop(call, stop, count, module) else { continue }
                    if !dumped {
                        dumped = true
                        for (name, subject) in [("O0", expected), (way.name, found)] {
                            if let difference = try compareDump(subject, call, stop, count, module), !report("seed \(seed), \(name), count \(count), core dump: \(difference)") { return }
                        }
                    }
                    if let difference = compare(right, other, module), !report("seed \(seed), \(way.name), count \(count), f\(call.function): \(difference)") { return }
                }
            }
        }
    }

    private mutating func compare(_ right: StoppedStack, _ other: StoppedStack, _ module: FuzzModule) -> String? {
        summary.stops += 1
        for (a, b) in zip(right.frames, other.frames) {
            guard a.function == b.function, a.offset == b.offset, Int(a.function) < module.functions.count else {
                summary.unlike += 1
                return nil
            }
            summary.frames += 1
            let function = module.functions[Int(a.function)]
            for (i, type) in (module.types[function.type].parameters + function.locals).enumerated() where type.isNumber || type == .v128 {
                let place = "local \(i) (\(type)) of function \(a.function) at offset \(a.offset)"
                guard let expected = right.content(.local(UInt32(i)), in: a) else { return "\(place) has no place at -O0" }
                summary.locals += 1
                guard let found = other.content(.local(UInt32(i)), in: b) else { continue }
                summary.present += 1
                if !isSame(expected, found, type) {
                    return "\(place): expected \(hexadecimal(expected)), found \(hexadecimal(found))"
                }
            }
            if right.content(.instanceContext, in: a) == nil { return "function \(a.function) has no instance context at -O0" }
        }
        return same(.instanceContext, other, \.contexts) ?? same(.memoryBase, other, \.memoryBases)
    }
    /// Whether a core dump of the same stop, with the artifact, says the same of all locals.
    private mutating func compareDump(
        _ subject: StoppableModule, _ call: FuzzModule.Call, _ stop: Int, _ count: Int, _ module: FuzzModule
    ) throws -> String? {
        var bytes: [UInt8] = []
        guard let stack = try subject.stop(call, stop, count, module, dump: &bytes) else { return "it does not stop again" }
        var dump = try CoreDump(bytes)
        try dump.complete(bytes, with: [try CompiledModule(artifact: subject.artifact)])
        summary.dumps += 1
        let frames = dump.threads.first?.frames ?? []
        for (a, b) in zip(stack.frames, frames) {
            if a.function != b.function { return "function \(b.function) for \(a.function)" }
            for (i, type) in b.types.enumerated() where type != .reference {
                let expected = stack.content(.local(UInt32(i)), in: a, usesAddresses: false), found = b.locals[i].content
                let isEqual = type == .i32 || type == .f32
                    ? expected.map { UInt32(truncatingIfNeeded: $0.low) } == found.map { UInt32(truncatingIfNeeded: $0.low) }
                    : expected?.low == found?.low && (type != .v128 || expected?.high == found?.high)
                if !isEqual { return "local \(i) (\(type)) of function \(a.function): expected \(expected.map(hexadecimal) ?? "nothing"), found \(b.locals[i])" }
            }
        }
        return frames.count == stack.frames.count ? nil : "\(frames.count) frames for \(stack.frames.count)"
    }
    /// All frames are of one instance.
    private mutating func same(_ subject: VariableRange.Subject, _ stack: StoppedStack, _ count: WritableKeyPath<Summary, Int>) -> String? {
        let contents = stack.frames.compactMap { stack.content(subject, in: $0)?.low }
        summary[keyPath: count] += contents.count
        return contents.allSatisfy { $0 == contents[0] } ? nil : "\(subject): \(contents.map { String($0, radix: 16) })"
    }

    /// Whether two contents are the same as far as WebAssembly tells: the bits of NaNs are not its.
    private func isSame(_ a: StoppedStack.Content, _ b: StoppedStack.Content, _ type: ValueType) -> Bool {
        func low(_ content: StoppedStack.Content) -> UInt32 { UInt32(truncatingIfNeeded: content.low) }
        switch type {
        case .i32: return low(a) == low(b)
        case .f32: return low(a) == low(b) || Float(bitPattern: low(a)).isNaN && Float(bitPattern: low(b)).isNaN
        case .i64: return a.low == b.low
        case .f64: return a.low == b.low || Double(bitPattern: a.low).isNaN && Double(bitPattern: b.low).isNaN
        default: return a == b || hasNaN(a) && hasNaN(b)
        }
    }
    private func hasNaN(_ content: StoppedStack.Content) -> Bool {
        [content.low, content.high].contains {
            Double(bitPattern: $0).isNaN || Float(bitPattern: UInt32(truncatingIfNeeded: $0)).isNaN || Float(bitPattern: UInt32($0 >> 32)).isNaN
        }
    }
    private func hexadecimal(_ content: StoppedStack.Content) -> String { String(content.high, radix: 16) + ":" + String(content.low, radix: 16) }
}

/// A module's code, and what the compiler says of it.
private struct StoppableModule {
    let artifact: [UInt8]
    private let functions: [UInt32: EmittedFunction]
    private let records: [FunctionRecord]
    private let engine: Engine
    private let module: Module

    init(_ bytes: [UInt8], _ compiler: Compiler) throws {
        var compiler = compiler
        let collected = CollectedFunctions()
        compiler.hooks.emitted = { collected.add($0) }
        let artifact = try compiler.compile(bytes)
        self.artifact = artifact
        functions = collected.functions
        records = try artifact.withUnsafeBytes { bytes in
            let table = try ArtifactView(image: bytes).table(.functions, of: FunctionRecord.self)
            return try (0..<table.count).map { try table.record($0) }
        }
        var settings = EngineConfiguration()
        settings.recordsStacks = true
        engine = try Engine(settings)
        module = try Module(engine, LoadedModule(ArtifactImage.open(copying: artifact, trust: .vouched)))
        FaultSnapshot.watch()
    }

    var codes: [UInt32: [UInt8]] { functions.mapValues(\.compiled.code) }

    /// Calls a function of a new instance whose countdown is `count`. Nil if nothing stops it.
    func stop(_ call: FuzzModule.Call, _ global: Int, _ count: Int, _ fuzz: FuzzModule) throws -> StoppedStack? {
        var none: [UInt8]?
        return try stop(call, global, count, fuzz, &none)
    }
    /// The same, with a core dump.
    func stop(_ call: FuzzModule.Call, _ global: Int, _ count: Int, _ fuzz: FuzzModule, dump: inout [UInt8]) throws -> StoppedStack? {
        var bytes: [UInt8]? = []
        defer { dump = bytes ?? [] }
        return try stop(call, global, count, fuzz, &bytes)
    }
    private func stop(_ call: FuzzModule.Call, _ global: Int, _ count: Int, _ fuzz: FuzzModule, _ dump: inout [UInt8]?) throws -> StoppedStack? {
        let store = try Store<Void>(engine)
        let instance: Instance
        do { instance = try Linker<Void>(engine).instantiate(module, in: store) } catch { return nil }
        guard let countdown = instance.global(FuzzModule.globalName(global)), countdown.set(.i32(Int32(count))),
            let fuel = instance.global(FuzzModule.fuelName), fuel.set(.i32(FuzzModule.fuel)),
            let function = instance.function(FuzzModule.functionName(call.function)) else { return nil }
        FaultSnapshot.forget()
        do throws(CallError) {
            _ = try function.call(zip(fuzz.type(of: call.function).parameters, call.arguments).map(value))
            return nil
        } catch {
            if dump != nil, let backtrace = error.backtrace { _ = store.writeCoreDump(backtrace, name: "") { dump?.append(contentsOf: $0); return true } }
            return FaultSnapshot.last().map { StoppedStack($0, records, functions) }
        }
    }
    private func value(_ type: ValueType, _ bits: UInt64) -> Value {
        switch type {
        case .i32: .i32(Int32(truncatingIfNeeded: bits))
        case .i64: .i64(Int64(bitPattern: bits))
        case .f32: .f32(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        default: .f64(Double(bitPattern: bits))
        }
    }
}

extension CoreDump.Value {
    fileprivate var content: StoppedStack.Content? {
        switch self {
        case .missing: nil
        case .i32(let value): StoppedStack.Content(low: UInt64(UInt32(bitPattern: value)), high: 0)
        case .i64(let value): StoppedStack.Content(low: UInt64(bitPattern: value), high: 0)
        case .f32(let bits): StoppedStack.Content(low: UInt64(bits), high: 0)
        case .f64(let bits), .reference(let bits): StoppedStack.Content(low: bits, high: 0)
        case .v128(let low, let high): StoppedStack.Content(low: low, high: high)
        }
    }
}

private final class CollectedFunctions: Sendable {
    private let all = Mutex<[UInt32: EmittedFunction]>([:])
    func add(_ function: EmittedFunction) { if function.kind == .function { all.withLock { $0[function.functionIndex] = function } } }
    var functions: [UInt32: EmittedFunction] { all.withLock { $0 } }
}

extension FuzzModule {
    /// Adds a global that counts down at random places of all functions; at zero the code traps. - Returns: the global's index.
    fileprivate mutating func addCountdowns(_ random: inout RandomSource) -> Int {
        let index = globals.count
        globals.append(Global(type: .i32, initializer: [0x41] + Bytes.signed(0x7fff_ffff), isExported: true))
        let global = Bytes.unsigned(index)
        let code: [UInt8] = [0x23] + global + [0x41, 1, 0x6b, 0x24] + global + [0x23] + global + [0x45, 0x04, 0x40, 0x00, 0x0b]
        for i in functions.indices where isOrdinary(i) { functions[i].body = functions[i].body.inserting(code, &random) }
        return index
    }
    /// Not one of those that make NaNs canonical.
    private func isOrdinary(_ i: Int) -> Bool { !functions[i].body.children.isEmpty }
}

extension Node {
    /// Puts code that neither takes nor leaves anything before some of the nodes.
    fileprivate func inserting(_ code: [UInt8], _ random: inout RandomSource) -> Node {
        var copy = self
        for i in copy.children.indices {
            copy.children[i] = copy.children[i].inserting(code, &random)
            if random.chance(12) { copy.pieces[i] += code }
        }
        return copy
    }
}
#endif
