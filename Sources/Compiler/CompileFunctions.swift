import PrecastArtifactFormat
import PrecastCodeGeneration
import PrecastEntities
import PrecastIR
import PrecastISAX86_64
import PrecastMachineCode
import PrecastObjectEmission
import PrecastOptimizer
import PrecastRegisterAllocation
import PrecastTranslation
import PrecastWasmModel
import PrecastWasmValidation

/// A function between two parallel phases.
final class FunctionBox: @unchecked Sendable {
    private var function: Function?
    init(_ function: consuming Function) { self.function = consume function }
    func take() -> Function? { function.take() }
}

extension Compiler {
    /// The functions and trampolines of a module as machine code, by number.
    func compileFunctions(_ plan: ModulePlan, _ validation: ValidationContext, _ timing: Timing) throws(CompileError) -> [EmittedFunction] {
        let translated = try translate(plan, validation, timing)
        return try generate(translated, plan, timing)
    }

    // MARK: Translation

    /// Translates and optimizes every function by itself.
    private func translate(_ plan: ModulePlan, _ validation: ValidationContext, _ timing: Timing) throws(CompileError) -> [FunctionBox] {
        let executor = ParallelExecutor(threadCount: configuration.threadCount)
        let slots = ResultSlots<Result<FunctionBox, ModuleError>>(count: plan.functionCount)
        let options = configuration.optimizationOptions
        let dump = dump
        executor.run(count: plan.functionCount, chunk: 8) { next in
            var translator = FunctionTranslator(plan.environment, validation)
            while let range = next() {
                for number in range {
                    do throws(ModuleError) {
                        var function = try timing.measure(.translate) { () throws(ModuleError) in
                            try translator.translate(number: number, plan)
                        }
                        dump?.write(.translate, function)
                        timing.measure(.optimize) {
                            optimize(&function, options) { pass, function in dump?.write(.pass(pass.rawValue), function) }
                        }
                        slots[number] = .success(FunctionBox(function))
                    } catch {
                        slots[number] = .failure(error)
                    }
                }
            }
        }
        var boxes: [FunctionBox] = []
        boxes.reserveCapacity(plan.functionCount)
        for result in slots.take() {
            switch result {
            case .success(let box): boxes.append(box)
            case .failure(let error): throw .module(error)
            case nil: throw .internalInconsistency("a function was not translated")
            }
        }
        return boxes
    }

    // MARK: Code generation

    private func generate(_ functions: [FunctionBox], _ plan: ModulePlan, _ timing: Timing) throws(CompileError) -> [EmittedFunction] {
        let executor = ParallelExecutor(threadCount: configuration.threadCount)
        let slots = ResultSlots<Result<EmittedFunction, AllocationError>>(count: functions.count)
        let settings = configuration.codeGenerationSettings
        let finished = Counter()
        executor.run(count: functions.count, chunk: 8) { next in
            var compiler = FunctionCompiler(settings, observer: nil)
            while let range = next() {
                for number in range {
                    guard var function = functions[number].take() else { continue }
                    dump?.write(.optimize, function)
                    compiler.observer = FunctionObserver(timing: timing, dump: dump, number: number)
                    let locations = sourceLocations(function, plan)
                    do throws(AllocationError) {
                        let compiled = try compiler.compile(&function)
                        slots[number] = .success(emitted(compiled, number, plan, locations))
                    } catch {
                        slots[number] = .failure(error)
                    }
                }
                progress?(finished.add(range.count), functions.count)
            }
        }
        var result: [EmittedFunction] = []
        result.reserveCapacity(functions.count)
        for (number, slot) in slots.take().enumerated() {
            switch slot {
            case .success(let function): result.append(function)
            case .failure(let error): throw .internalInconsistency("register allocation of function \(number): \(error)")
            case nil: throw .internalInconsistency("function \(number) was not compiled")
            }
        }
        return result
    }

    private func emitted(_ compiled: CompiledFunction, _ number: Int, _ plan: ModulePlan, _ locations: [PrecastObjectEmission.SourceLocation]) -> EmittedFunction {
        switch plan.kind(of: number) {
        case .function(let index):
            EmittedFunction(compiled, functionIndex: index.rawValue, typeIndex: plan.module.functions[index.index].rawValue, locations: locations)
        case .entryTrampoline(let type): EmittedFunction(compiled, kind: .entryTrampoline, typeIndex: type.rawValue)
        case .hostTrampoline(let type): EmittedFunction(compiled, kind: .hostTrampoline, typeIndex: type.rawValue)
        }
    }
    private func sourceLocations(_ function: borrowing Function, _ plan: ModulePlan) -> [PrecastObjectEmission.SourceLocation] {
        function.sourceLocations.storage.map {
            PrecastObjectEmission.SourceLocation(
                wasmOffset: $0.offset, functionIndex: $0.function + UInt32(plan.module.importedFunctionCount), caller: $0.inlinedAt.rawValue)
        }
    }
}

extension ModulePlan {
    enum FunctionKind {
        case function(FunctionIndex)
        case entryTrampoline(TypeIndex)
        case hostTrampoline(TypeIndex)
    }
    /// What the function with that number is.
    func kind(of number: Int) -> FunctionKind {
        if number < module.bodies.count { return .function(module.definedFunction(number)) }
        let trampoline = number - module.bodies.count
        return trampoline < entryTrampolines.count
            ? .entryTrampoline(entryTrampolines[trampoline]) : .hostTrampoline(hostTrampolines[trampoline - entryTrampolines.count])
    }
}

extension FunctionTranslator {
    mutating func translate(number: Int, _ plan: ModulePlan) throws(ModuleError) -> Function {
        switch plan.kind(of: number) {
        case .function(let index): try translate(index)
        case .entryTrampoline(let type): translateEntryTrampoline(type, number: UInt32(number))
        case .hostTrampoline(let type): translateHostTrampoline(type, number: UInt32(number))
        }
    }
}
