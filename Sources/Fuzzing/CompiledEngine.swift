import PrecastArtifactFormat
public import PrecastCompiler
import PrecastRuntime
import PrecastWasmTypes

/// Runs modules the whole way: compiled to an artifact, loaded, called.
public final class CompiledEngine {
    private let engine: Engine

    public init() throws { engine = try Engine() }

    /// The lines of ``Outcome``; one line `error: …` if it does not get that far.
    public func run(_ module: FuzzModule, _ bytes: [UInt8], _ compiler: Compiler) -> [String] {
        do { return try lines(module, bytes, compiler) } catch { return ["error: \(error)"] }
    }

    private func lines(_ module: FuzzModule, _ bytes: [UInt8], _ compiler: Compiler) throws -> [String] {
        let artifact = try compiler.compile(bytes)
        let loaded = try Module(engine, LoadedModule(ArtifactImage.open(copying: artifact, trust: .vouched)))
        let instance = try Linker<Void>(engine).instantiate(loaded, in: Store(engine))
        var lines = try module.calls.map { call in
            let name = FuzzModule.functionName(call.function)
            guard let function = instance.function(name), let fuel = instance.global(FuzzModule.fuelName) else { throw FuzzingError("no export \(name)") }
            fuel.set(.i32(FuzzModule.fuel))
            return "call \(name) " + outcome(of: function, zip(function.type.parameters, call.arguments).map(Value.init))
        }
        for i in module.memories.indices where module.memories[i].isExported {
            guard let memory = instance.memory(FuzzModule.memoryName(i)) else { throw FuzzingError("no memory \(i)") }
            lines.append(memory.withUnsafeMutableBytes { Outcome.memory(FuzzModule.memoryName(i), $0, count: $0.count) })
        }
        for i in module.globals.indices where module.globals[i].isExported && module.globals[i].type.isNumber {
            guard let global = instance.global(FuzzModule.globalName(i)) else { throw FuzzingError("no global \(i)") }
            lines.append(Outcome.global(FuzzModule.globalName(i), global.value.bits, module.globals[i].type))
        }
        for i in module.tables.indices where module.tables[i].isExported {
            guard let table = instance.table(FuzzModule.tableName(i)) else { throw FuzzingError("no table \(i)") }
            lines.append(Outcome.table(FuzzModule.tableName(i), (0..<table.count).map { table[$0]?.isNull ?? true }))
        }
        return lines
    }

    private func outcome(of function: Function, _ arguments: [Value]) -> String {
        do {
            let results = try function.call(arguments)
            return Outcome.results(zip(results, function.type.results).map { ($0.bits, $1) })
        } catch {
            switch error {
            case .trap(let trap): return Outcome.trap(trap.code.message)
            case .exception: return Outcome.trap(TrapCode.uncaughtException.message)
            default: return "error: \(error)"
            }
        }
    }
}

/// Why no comparison can be made.
public struct FuzzingError: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

extension Value {
    fileprivate init(_ type: ValueType, _ bits: UInt64) {
        switch type {
        case .i32: self = .i32(Int32(truncatingIfNeeded: bits))
        case .i64: self = .i64(Int64(bitPattern: bits))
        case .f32: self = .f32(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        default: self = .f64(Double(bitPattern: bits))
        }
    }
    fileprivate var bits: UInt64 {
        switch self {
        case .i32(let x): UInt64(UInt32(bitPattern: x))
        case .i64(let x): UInt64(bitPattern: x)
        case .f32(let x): UInt64(x.bitPattern)
        case .f64(let x): x.bitPattern
        default: 0
        }
    }
    fileprivate var isNull: Bool {
        switch self {
        case .function(let function): function == nil
        case .extern(let reference): reference == nil
        case .exception(let reference): reference == nil
        default: false
        }
    }
}
