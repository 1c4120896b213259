import PrecastIR
import PrecastISAX86_64
import PrecastMachineCode
import PrecastRegisterAllocation

/// A stage of code generation, as far as dumps and timing tell them apart.
public enum CodeGenerationStage: Sendable, CaseIterable {
    case lower, allocate, emit
}

/// Watches the stages of one function. The text is made only when asked for.
public protocol StageObserver {
    func begin(_ stage: CodeGenerationStage)
    func end(_ stage: CodeGenerationStage, _ text: () -> String)
}

func describe(_ code: borrowing VCode<MachineInstruction>) -> String { InstructionPrinter().text(code) }
func describe(_ problem: Problem, _ solution: Solution) -> String { dumpAllocation(problem, solution) }
/// The code as bytes, 16 a line, each after its offset. A disassembler has the rest to say.
func describe(_ function: CompiledFunction) -> String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for (i, byte) in function.code.enumerated() {
        if i % 16 == 0 {
            let offset = String(i, radix: 16)
            text += (i == 0 ? "" : "\n") + String(repeating: "0", count: max(0, 6 - offset.count)) + offset + ":"
        }
        text += " \(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
    return text + "\n"
}
