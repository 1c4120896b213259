import PrecastArtifactFormat
import PrecastCodeGeneration
import PrecastISAAArch64
import PrecastISAX86_64
import PrecastMachineCode
import PrecastOptimizer
import PrecastRegisterAllocation
import PrecastTranslation
import PrecastWasmTypes

/// What the stages are told of a configuration.
extension CompilerConfiguration {
    var optimizationOptions: OptimizationOptions {
        var options = OptimizationOptions(level: optimizationLevel.stage)
        options.verifies = options.verifies || checksItself
        return options
    }

    var inliningPolicy: InliningPolicy {
        InliningPolicy(level: disabledOptimizations.contains(Optimization.inlining.name) ? .O0 : optimizationLevel.stage)
    }

    var codeGenerationSettings: CodeGenerationSettings {
        let builtins = Int32(RuntimeOffsets.builtins)
        let raise = Int32(Builtin.raise.rawValue) * 8
        let traps = TrapCodes(
            divideByZero: TrapCode.integerDivideByZero.rawValue, integerOverflow: TrapCode.integerOverflow.rawValue,
            invalidConversion: TrapCode.invalidConversionToInteger.rawValue)
        var emission = EmitOptions(
            stackOverflowTrap: TrapCode.stackOverflow.rawValue, storeOffset: Int32(RuntimeOffsets.store),
            stackLimitOffset: Int32(RuntimeOffsets.stackLimit))
        emission.usesAVX = target.machine == .x86_64 && target.features.contains(.avx)
        emission.keepsFramePointers = keepsAllFramePointers
        if target.machine == .aarch64 {
            emission.marksBranchTargets = marksBranchTargets
            emission.signsReturnAddresses = signsReturnAddresses
            emission.probesStores = keepsStoresWhole
        }
        if optimizationLevel == .none || optimizationLevel == .size { emission.optimizations.remove(.loopAlignment) }
        if optimizationLevel == .none { emission.optimizations.subtract([.loopTurning, .delayedFrames]) }
        if !usesSignals { emission.raise = (builtins, raise) }
        return CodeGenerationSettings(
            machine: machine(traps), emission: emission, allocation: optimizationLevel == .none ? .singlePass : .linearScan,
            explicitTraps: usesSignals ? nil : RaiseBuiltin(tableOffset: builtins, entryOffset: raise), checksAllocations: checksItself)
    }

    private func machine(_ traps: TrapCodes) -> TargetMachine {
        switch target.machine {
        case .aarch64:
            .aarch64(LoweringOptions<AArch64>(features: PrecastISAAArch64.CPUFeatures(bits: target.features.bits), traps: traps))
        default: .x86_64(LoweringOptions<X86_64>(features: PrecastISAX86_64.CPUFeatures(bits: target.features.bits), traps: traps))
        }
    }

    /// The features of WebAssembly that code for the target can have. Vector code for x86-64 takes SSE4.1 for granted.
    var supportedFeatures: FeatureSet {
        var features = FeatureSet.implemented
        switch target.machine {
        case .x86_64: if !target.features.contains(.sse41) { features.disable(.simd) }
        case .aarch64: break
        default:
            features.disable(.simd)
            features.disable(.threads)
        }
        return features
    }
}

extension CodeGenerationSettings {
    /// These settings for one function, without what `gate` does not allow.
    func limited(by gate: OptimizationGate, function: Int) -> CodeGenerationSettings {
        var limited = self
        limited.machine.optimizations = gate.allowed(machine.optimizations.intersection(.lowering), in: function)
        if allocation != .singlePass && !gate.allows(.registerAllocation, in: function) { limited.allocation = .singlePass }
        limited.emission.optimizations = gate.allowed(emission.optimizations.intersection(.emission), in: function)
        return limited
    }
}

extension OptimizationLevel {
    var stage: PrecastOptimizer.OptimizationLevel {
        switch self {
        case .none: .O0
        case .less: .O1
        case .standard: .O2
        case .aggressive: .O3
        case .size: .Os
        }
    }
}
