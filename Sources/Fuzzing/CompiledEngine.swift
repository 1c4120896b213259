import PrecastArtifactFormat
public import PrecastCompiler
import PrecastScriptHost
import PrecastWasmTypes
public import PrecastWastRunner

/// Runs modules the whole way: compiled to an artifact, loaded, called; in this process or in that of a runner.
public final class CompiledEngine {
    private let runner: RunnerProcess?

    /// - Parameter runner: the process to run modules in; nil: this one.
    public init(runner: RunnerProcess? = nil) { self.runner = runner }

    /// The lines of ``Outcome``; one line `error: …` if it does not get that far.
    public func run(_ module: FuzzModule, _ bytes: [UInt8], _ compiler: Compiler) -> [String] {
        do {
            let artifact = try compiler.compile(bytes)
            return try lines(module, artifact, executor())
        } catch {
            return ["error: \(error)"]
        }
    }

    private func executor() throws(RunnerError) -> any ScriptExecutor {
        if let runner { try runner.executor() } else { try LocalExecutor() }
    }

    private func lines(_ module: FuzzModule, _ artifact: [UInt8], _ executor: any ScriptExecutor) throws -> [String] {
        try expectDone(executor.answer(.open(module: 0, artifact: artifact)))
        try expectDone(executor.answer(.instantiate(module: 0, instance: 0)))
        var lines = try module.calls.map { call in
            let name = FuzzModule.functionName(call.function), type = module.type(of: call.function)
            try expectDone(executor.answer(.set(instance: 0, global: FuzzModule.fuelName, value: .i32(UInt32(bitPattern: FuzzModule.fuel)))))
            let arguments = zip(type.parameters, call.arguments).map { PlainValue($0, bits: $1) }
            return "call \(name) " + outcome(try executor.answer(.invoke(instance: 0, function: name, arguments: arguments)), type.results)
        }
        for i in module.memories.indices where module.memories[i].isExported {
            let name = FuzzModule.memoryName(i), bytes = try memory(name, executor)
            lines.append(Outcome.memory(name, bytes, count: bytes.count))
        }
        for i in module.globals.indices where module.globals[i].isExported && module.globals[i].type.isNumber {
            let name = FuzzModule.globalName(i)
            guard case .values(let values) = try executor.answer(.get(instance: 0, global: name)), let bits = values.first?.bits else { throw FuzzingError("no global \(i)") }
            lines.append(Outcome.global(name, bits.low, module.globals[i].type))
        }
        for i in module.tables.indices where module.tables[i].isExported {
            let name = FuzzModule.tableName(i)
            guard case .table(let nulls) = try executor.answer(.readTable(instance: 0, table: name)) else { throw FuzzingError("no table \(i)") }
            lines.append(Outcome.table(name, nulls))
        }
        return lines
    }

    private func expectDone(_ answer: ScriptAnswer) throws {
        if answer != .done { throw FuzzingError(answer.text) }
    }

    /// All of a memory, which may take several messages.
    private func memory(_ name: String, _ executor: any ScriptExecutor) throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            guard case .memory(let size, let bytes) = try executor.answer(.readMemory(instance: 0, memory: name, offset: UInt64(all.count), count: 16 << 20)) else {
                throw FuzzingError("no memory \(name)")
            }
            all += bytes
            if bytes.isEmpty || UInt64(all.count) >= size { return all }
        }
    }

    private func outcome(_ answer: ScriptAnswer, _ types: [ValueType]) -> String {
        switch answer {
        case .values(let values): Outcome.results(zip(values, types).map { ($0.bits?.low ?? 0, $1) })
        case .trap(let message, _): Outcome.trap(message)
        case .exception: Outcome.trap(TrapCode.uncaughtException.message)
        default: "error: \(answer.text)"
        }
    }
}

/// Why no comparison can be made.
public struct FuzzingError: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

extension PlainValue {
    fileprivate init(_ type: ValueType, bits: UInt64) {
        switch type {
        case .i32: self = .i32(UInt32(truncatingIfNeeded: bits))
        case .i64: self = .i64(bits)
        case .f32: self = .f32(UInt32(truncatingIfNeeded: bits))
        default: self = .f64(bits)
        }
    }
}
