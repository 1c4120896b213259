public import PrecastISAAArch64
public import PrecastISAX86_64
public import PrecastMachineCode

/// The machine that code is generated for, and what instruction selection may assume of it.
public enum TargetMachine: Sendable {
    case x86_64(LoweringOptions<X86_64>)
    case aarch64(LoweringOptions<AArch64>)

    /// What lowering does to make code better, of what it can leave out.
    public var optimizations: CodeOptimizations {
        get {
            switch self {
            case .x86_64(let options): options.optimizations
            case .aarch64(let options): options.optimizations
            }
        }
        set {
            switch self {
            case .x86_64(var options):
                options.optimizations = newValue
                self = .x86_64(options)
            case .aarch64(var options):
                options.optimizations = newValue
                self = .aarch64(options)
            }
        }
    }
}
