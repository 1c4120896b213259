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
import PrecastWasmTypes
import PrecastWasmValidation
import Synchronization

/// A function between two parallel phases.
final class FunctionBox: @unchecked Sendable {
    private var function: Function?
    /// Numbers of the functions that it calls directly.
    let callees: [UInt32]
    init(_ function: consuming Function) {
        callees = FunctionSummary(function).callees
        self.function = consume function
    }
    func take() -> Function? { function.take() }
}

/// Features that threads add to.
private final class SharedFeatures: Sendable {
    private let features: Mutex<FeatureSet>
    init(_ features: FeatureSet) { self.features = Mutex(features) }
    var value: FeatureSet { features.withLock { $0 } }
    func formUnion(_ other: FeatureSet) { features.withLock { $0.formUnion(other) } }
}

extension Compiler {
    /// The functions and trampolines of a module as machine code, by number, and the features that the module uses.
    ///
    /// Two parallel phases: all functions are translated; then, callees before callers, each takes in what is worth inlining, is optimized once
    /// and becomes code. A small function's optimized body waits for its callers.
    func compileFunctions(
        _ plan: ModulePlan, _ validation: ValidationContext, _ gate: OptimizationGate?, _ timing: Timing
    ) throws(CompileError) -> (functions: [EmittedFunction], features: FeatureSet) {
        let chunks = (plan.functionCount + Self.translationChunk - 1) / Self.translationChunk
        let countsSteps = configuration.optimizationFuel != nil || stepObserver != nil
        let executor = ParallelExecutor(threadCount: countsSteps ? 1 : min(configuration.threadCount, chunks))
        let (translated, features) = try translate(plan, validation, gate, executor, timing)
        let policy = configuration.inliningPolicy
        let graph = CallGraph(callees: policy.isEnabled ? translated.map(\.callees) : translated.map { _ in [] })
        return (try generate(translated, graph, policy, plan, gate, executor, timing), features)
    }

    // MARK: Translation

    private static var translationChunk: Int { 8 }
    private var tracksVariables: Bool { configuration.debugInformation || dump?.points.contains(.variables) ?? false }

    private func translate(
        _ plan: ModulePlan, _ validation: ValidationContext, _ gate: OptimizationGate?, _ executor: ParallelExecutor, _ timing: Timing
    ) throws(CompileError) -> ([FunctionBox], FeatureSet) {
        let slots = ResultSlots<Result<FunctionBox, ModuleError>>(count: plan.functionCount)
        let features = SharedFeatures(validation.usedFeatures)
        executor.run(count: plan.functionCount, chunk: Self.translationChunk) { next in
            var translator = FunctionTranslator(plan.environment, validation)
            translator.keepsHomes = configuration.optimizationLevel == .none
            translator.tracksVariables = tracksVariables
            while let range = next() {
                for number in range {
                    translator.expandsSmallCopies = gate?.allows(.smallCopies, in: number) ?? true
                    do throws(ModuleError) {
                        let function = try timing.measure(.translate) { () throws(ModuleError) in
                            try translator.translate(number: number, plan)
                        }
                        dump?.write(.translate, function)
                        slots[number] = .success(FunctionBox(function))
                    } catch {
                        slots[number] = .failure(error)
                    }
                }
            }
            features.formUnion(translator.usedFeatures)
        }
        var boxes: [FunctionBox] = []
        boxes.reserveCapacity(plan.functionCount)
        for result in slots.take() {
            switch result {
            case .success(let box): boxes.append(box)
            case .failure(.decode(let error)): throw unreadable(error)
            case .failure(let error): throw .module(error)
            case nil: throw .internalInconsistency("a function was not translated")
            }
        }
        return (boxes, features.value)
    }

    // MARK: Inlining, optimization, code generation

    private func generate(
        _ functions: [FunctionBox], _ graph: CallGraph, _ policy: InliningPolicy, _ plan: ModulePlan, _ gate: OptimizationGate?,
        _ executor: ParallelExecutor, _ timing: Timing
    ) throws(CompileError) -> [EmittedFunction] {
        let slots = ResultSlots<Result<EmittedFunction, CompileError>>(count: functions.count)
        let bodies = ResultSlots<PrecastOptimizer.FunctionBody>(count: functions.count)
        var settings = configuration.codeGenerationSettings
        settings.tracksVariables = tracksVariables
        settings.emission.marksInstructions = dump?.points.contains(.assembly) ?? false
        let generation = settings
        let stage = LaterStages(
            compiler: self, graph: graph, policy: policy, plan: plan, gate: gate, timing: timing, options: configuration.optimizationOptions,
            generation: generation, bodies: bodies)
        let finished = Counter()
        for level in graph.levels {
            let members = plan.largestFirst(level.flatMap { graph.components[$0] })
            executor.run(count: members.count) { next in
                var compiler = FunctionCompiler(generation, observer: nil)
                compiler.changeSolution = hooks.allocated
                while let range = next() {
                    for position in range {
                        let number = Int(members[position])
                        slots[number] = stage.finish(functions[number], number, &compiler)
                    }
                    progress?(finished.add(range.count), functions.count)
                }
            }
        }
        _ = bodies.take()
        var result: [EmittedFunction] = []
        result.reserveCapacity(functions.count)
        for (number, slot) in slots.take().enumerated() {
            switch slot {
            case .success(let function): result.append(function)
            case .failure(let error): throw error
            case nil: throw .internalInconsistency("function \(number) was not compiled")
            }
        }
        return result
    }
}

/// What happens to a function once its callees are finished.
private struct LaterStages: Sendable {
    let compiler: Compiler
    let graph: CallGraph
    let policy: InliningPolicy
    let plan: ModulePlan
    let gate: OptimizationGate?
    let timing: Timing
    let options: OptimizationOptions
    let generation: CodeGenerationSettings
    /// Finished functions that callers may take in. Written by one worker, read in later levels only.
    let bodies: ResultSlots<PrecastOptimizer.FunctionBody>

    func finish(_ box: FunctionBox, _ number: Int, _ codeGenerator: inout FunctionCompiler) -> Result<EmittedFunction, CompileError>? {
        guard var function = box.take() else { return nil }
        if policy.isEnabled && gate?.allows(.inlining, in: number) ?? true {
            timing.measure(.inline) { _ = inlineCalls(&function, policy, body: body) }
            compiler.dump?.write(.pass(Optimization.inlining.name), function)
        }
        var options = options
        if let gate { options.allows = { pass in gate.allows(pass.rawValue, in: number) } }
        let start = timing.now
        do throws(OptimizationError) {
            try optimize(&function, options) { pass, function in compiler.dump?.write(.pass(pass.rawValue), function) }
        } catch {
            return .failure(.internalInconsistency("optimization of function \(number): \(error)"))
        }
        timing.add(.optimize, timing.now - start)
        compiler.hooks.optimized?(&function)
        compiler.dump?.write(.optimize, function)
        if policy.wants(FunctionSummary(function)), !graph.isRecursive(UInt32(number)) { bodies[number] = PrecastOptimizer.FunctionBody(function.clone()) }
        if let gate { codeGenerator.settings = generation.limited(by: gate, function: number) }
        codeGenerator.observer = FunctionObserver(timing: timing, dump: compiler.dump, number: number)
        let locations = sourceLocations(function)
        do throws(AllocationError) {
            let compiled = try codeGenerator.compile(&function)
            compiler.dump?.write(.variables, number) { describeVariables(compiled) }
            let result = emitted(compiled, number, locations)
            compiler.hooks.emitted?(result)
            return .success(result)
        } catch {
            return .failure(.internalInconsistency("register allocation of function \(number): \(error)"))
        }
    }

    private func body(of callee: UInt32) -> PrecastOptimizer.FunctionBody? {
        graph.isRecursive(callee) || Int(callee) >= bodies.count ? nil : bodies[Int(callee)]
    }

    private func emitted(_ compiled: CompiledFunction, _ number: Int, _ locations: [PrecastObjectEmission.SourceLocation]) -> EmittedFunction {
        switch plan.kind(of: number) {
        case .function(let index):
            EmittedFunction(compiled, functionIndex: index.rawValue, typeIndex: plan.module.functions[index.index].rawValue, locations: locations)
        case .entryTrampoline(let type): EmittedFunction(compiled, kind: .entryTrampoline, typeIndex: type.rawValue)
        case .hostTrampoline(let type): EmittedFunction(compiled, kind: .hostTrampoline, typeIndex: type.rawValue)
        }
    }
    private func sourceLocations(_ function: borrowing Function) -> [PrecastObjectEmission.SourceLocation] {
        function.sourceLocations.storage.map {
            PrecastObjectEmission.SourceLocation(
                wasmOffset: $0.offset, functionIndex: $0.function + UInt32(plan.module.importedFunctionCount), caller: $0.inlinedAt.rawValue,
                isMoved: $0.isMoved)
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

extension ModulePlan {
    /// The functions with the longest bodies first, so that threads end together; trampolines last.
    fileprivate func largestFirst(_ numbers: [UInt32]) -> [UInt32] {
        func size(_ number: UInt32) -> Int { Int(number) < module.bodies.count ? module.bodies[Int(number)].range.count : 0 }
        return numbers.sorted { (size($1), $0) < (size($0), $1) }
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
