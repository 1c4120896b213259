import PrecastIR
import PrecastMachineCode

/// Vector operations. Modules that have any are refused for this target (`CompilerConfiguration.supportedFeatures`).
extension Lowering {
    mutating func lowerVector(_ inst: Inst, _ data: InstructionData) { preconditionFailure("no lowering of \(data.opcode.name)") }
    mutating func lowerVectorConstant(_ inst: Inst, _ data: InstructionData) { preconditionFailure("no lowering of \(data.opcode.name)") }
    mutating func lowerVectorSelect(_ inst: Inst, _ data: InstructionData) { preconditionFailure("no lowering of \(data.opcode.name)") }
    /// A store of one lane. Returns false where it is none.
    mutating func lowerLaneStore(_ inst: Inst, _ data: InstructionData) -> Bool { false }
    /// What tells whether a vector operation that asks about all lanes holds; nil for other operations.
    mutating func emitLanesTest(_ data: InstructionData) -> Test? { nil }
}
