import PrecastIR
import PrecastMachineCode

/// Atomic operations. Modules that have any are refused for this target (`CompilerConfiguration.supportedFeatures`).
extension Lowering {
    mutating func lowerAtomic(_ inst: Inst, _ data: InstructionData) { preconditionFailure("no lowering of \(data.opcode.name)") }
}
