/// The compiler: a module's bytes to an artifact's bytes.
///
/// Input: a WebAssembly module and a configuration. Output: the artifact. Errors name what was found where.
/// Stages: `decodeModule` → `validate` → `ModulePlan`; then, over all functions in parallel, `translate`; then, callees before callers and
/// in parallel again, `inlineCalls`, `optimize` and the stages of `FunctionCompiler.compile`; at last `writeArtifact`.
/// Decisions depend on the module and the configuration only, never on threads or timing.
public import PrecastArtifactFormat
import PrecastCodeGeneration
import PrecastIR
import PrecastMachineCode
import PrecastObjectEmission
import PrecastTranslation
public import PrecastWasmBinary
import PrecastWasmModel
public import PrecastWasmTypes
public import PrecastWasmValidation

/// Why a module could not be compiled.
public enum CompileError: Error, Sendable, CustomStringConvertible {
    case configuration(ConfigurationError)
    case decode(DecodeError)
    /// The module uses a feature that code for the target's CPU cannot have, without the one named.
    case targetLacks(X86Feature, Feature, DecodeError, cpu: String)
    case validation(ValidationError)
    case module(ModuleError)
    case tooLarge(ArtifactError)
    case emission(String)
    /// The compiler's own checks found a mistake of the compiler.
    case internalInconsistency(String)

    public var description: String {
        switch self {
        case .configuration(let error): "\(error)"
        case .decode(let error): "\(error)"
        case .targetLacks(let needed, let feature, let error, let cpu):
            "the feature \(feature.name) needs a CPU with \(needed.name), which \(cpu) as asked for does not have: use --cpu x86-64-v2 or above "
                + "(used at offset 0x\(String(error.offset, radix: 16)))"
        case .validation(let error): "\(error)"
        case .module(let error): "\(error)"
        case .tooLarge(let error): "\(error)"
        case .emission(let message): "cannot write the artifact: \(message)"
        case .internalInconsistency(let message): "internal inconsistency: \(message)"
        }
    }
}

extension CompileError {
    /// The feature that the module uses and that the configuration leaves disabled, if that is what is wrong.
    public var disabledFeature: Feature? {
        switch self {
        case .decode(let error), .module(.decode(let error)):
            if case .featureDisabled(let feature) = error.kind { feature } else { nil }
        case .validation(let error), .module(.validation(let error)):
            if case .featureDisabled(let feature) = error.kind { feature } else { nil }
        default: nil
        }
    }
}

/// Compiles modules with one configuration. Safe to use from several threads at once.
public struct Compiler: Sendable {
    public let configuration: CompilerConfiguration
    /// Receives dumps of functions; nil: none are made.
    public var dump: DumpRequest?
    /// Told of finished functions: how many of how many. May be called from any thread.
    public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    /// Told of what was left out of the module without harm to its code.
    public var warning: (@Sendable (String) -> Void)?
    /// Told of each step of optimization, taken or not. Compiles with one thread then.
    public var stepObserver: (@Sendable (OptimizationStep) -> Void)?
    package var hooks = StageHooks()

    /// - Throws: when settings contradict each other.
    public init(_ configuration: CompilerConfiguration = CompilerConfiguration()) throws(ConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// Compiles a module in the binary format to an artifact.
    ///
    /// - Complexity: near linear in the size of the module; peak memory is proportional to it.
    public func compile(_ bytes: [UInt8], timing: Timing = Timing()) throws(CompileError) -> [UInt8] {
        let (module, validation) = try read(bytes, timing, supported: configuration.supportedFeatures)
        return try compile(module, validation, timing)
    }

    /// Compiles a module for several targets, to one file: a container of what compiling for each of them alone gives, in the order of `targets`.
    /// The configuration's own target is not asked. The module is decoded once for all targets that can have the same features of WebAssembly.
    ///
    /// - Throws: ``CompileError/configuration(_:)`` too, for a target that cannot be compiled for or two that are the same.
    public func compile(_ bytes: [UInt8], for targets: [Target], timing: Timing = Timing()) throws(CompileError) -> [UInt8] {
        let compilers = try targetCompilers(targets)
        var lastRead: (features: FeatureSet, module: Module, validation: ValidationContext)?
        var artifacts: [[UInt8]] = []
        for compiler in compilers {
            let features = compiler.configuration.supportedFeatures
            if lastRead?.features != features {
                let (module, validation) = try compiler.read(bytes, timing, supported: features)
                lastRead = (features, module, validation)
            }
            if let lastRead { artifacts.append(try compiler.compile(lastRead.module, lastRead.validation, timing)) }
        }
        do throws(ArtifactError) { return try writeContainer(artifacts) } catch { throw .emission("\(error)") }
    }

    /// This compiler for each of the targets.
    private func targetCompilers(_ targets: [Target]) throws(CompileError) -> [Compiler] {
        do throws(ConfigurationError) {
            try Target.check(targets)
            return try targets.map { (target) throws(ConfigurationError) in
                var configuration = configuration
                configuration.target = target
                var compiler = try Compiler(configuration)
                (compiler.dump, compiler.progress, compiler.warning, compiler.hooks) = (dump, progress, warning, hooks)
                return compiler
            }
        } catch {
            throw .configuration(error)
        }
    }

    private func compile(_ module: Module, _ validation: ValidationContext, _ timing: Timing) throws(CompileError) -> [UInt8] {
        let plan: ModulePlan
        do throws(ValidationError) { try checkConstantExpressions(module) } catch { throw .validation(error) }
        let gate = OptimizationGate(configuration, stepObserver)
        do throws(ArtifactError) {
            let keepsTables = gate?.allows(.readOnlyTables, in: nil) ?? true
            plan = try ModulePlan(module, validation.types, tunables: configuration.tunables, makesTablesReadOnly: keepsTables)
        } catch {
            throw .tooLarge(error)
        }
        var linked = LinkedModule()
        let (functions, features) = try compileFunctions(plan, validation, gate, timing)
        linked.functions = functions
        linked.metadata = MetadataBuilder(plan: plan, configuration: configuration, usedFeatures: features).build()
        return try link(&linked, plan, timing)
    }

    /// Checks that a module is valid, bodies included.
    public func validate(_ bytes: [UInt8]) throws(CompileError) {
        let (_, validation) = try read(bytes, Timing(), supported: .all)
        do throws(ModuleError) { try validateBodies(validation) } catch { throw .module(error) }
    }

    /// - Parameter supported: of the enabled features, those that can be made use of; for a compilation, those that can be translated.
    private func read(
        _ bytes: [UInt8], _ timing: Timing, supported: FeatureSet
    ) throws(CompileError) -> (Module, ValidationContext) {
        let module: Module
        do throws(DecodeError) {
            module = try timing.measure(.decode) { () throws(DecodeError) in
                try decodeModule(bytes, features: configuration.features, supported: supported, limits: configuration.limits)
            }
        } catch {
            throw unreadable(error)
        }
        do throws(ValidationError) {
            return (module, try timing.measure(.validate) { () throws(ValidationError) in try PrecastWasmValidation.validate(module) })
        } catch {
            throw .validation(error)
        }
    }

    /// Why a module could not be read: the target is told of where it is the reason.
    func unreadable(_ error: DecodeError) -> CompileError {
        if configuration.target.machine == .x86_64, case .featureUnsupported(let feature) = error.kind, FeatureSet.implemented.contains(feature) {
            return .targetLacks(.sse41, feature, error, cpu: configuration.target.cpuName)
        }
        return .decode(error)
    }

    private func link(_ linked: inout LinkedModule, _ plan: ModulePlan, _ timing: Timing) throws(CompileError) -> [UInt8] {
        addReadOnlyTables(plan, &linked)
        linked.target.machine = configuration.target.machine
        linked.target.requiredFeatures = CPUFeatures(bits: linked.functions.reduce(0) { $0 | $1.compiled.features })
        linked.target.requestedFeatures = configuration.target.features
        linked.target.cpuName = configuration.target.cpuName
        linked.target.tunables = configuration.tunables
        linked.debugSections = debugSections(linked, plan, timing)
        do {
            return try timing.measure(.link) { try writeArtifact(linked) }
        } catch {
            throw .emission("\(error)")
        }
    }

    private func addReadOnlyTables(_ plan: ModulePlan, _ linked: inout LinkedModule) {
        linked.readOnlyData = Array(repeating: 0, count: Int(plan.readOnlyDataSize))
        for table in plan.readOnlyTables {
            for (i, entry) in table.entries.enumerated() where !entry.isNull {
                let offset = table.offset + UInt32(i) * ReadOnlyTable.entrySize
                linked.readOnlyFixups.append(ReadOnlyFixup(offset: offset, kind: .relative(base: table.offset), function: entry.function))
                withUnsafeBytes(of: entry.typeWord.littleEndian) { word in
                    linked.readOnlyData.replaceSubrange(Int(offset) + 4..<Int(offset) + 8, with: word)
                }
            }
        }
    }
}

/// Checks that no constant expression has an operator that needs a garbage collector.
private func checkConstantExpressions(_ module: Module) throws(ValidationError) {
    for op in module.constantOperators where op.opcode.needsCollector { throw untranslatable(op, in: nil) }
}

extension CompilerConfiguration {
    /// The settings that the stamp records.
    package var tunables: Tunables {
        var tunables = Tunables()
        tunables.memoryReservation = memoryReservation
        tunables.guardAfter = memoryGuard
        var flags = tunables.flags
        func set(_ flag: Tunables.Flags, _ isOn: Bool) { if isOn { flags.insert(flag) } else { flags.remove(flag) } }
        set(.signalTraps, usesSignals)
        set(.maskMemory, masksSpeculation)
        set(.maskTables, masksSpeculation)
        set(.allFramePointers, keepsAllFramePointers)
        set(.canonicalNaNs, canonicalizesNaNs)
        set(.deterministicRelaxedSIMD, makesRelaxedSIMDDeterministic)
        set(.movableMemories, memoryReservation < 4 << 30)
        let isAArch64 = target.machine == .aarch64
        set(.branchTargets, isAArch64 && marksBranchTargets)
        set(.signedReturnAddresses, isAArch64 && signsReturnAddresses)
        set(.wholeStores, isAArch64 && keepsStoresWhole)
        tunables.flags = flags
        return tunables
    }
}
