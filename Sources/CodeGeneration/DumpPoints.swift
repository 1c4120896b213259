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

func describe(_ problem: Problem, _ solution: Solution) -> String { dumpAllocation(problem, solution) }
/// An instruction a line: offset, bytes, text, and where a branch leads.
func describe(_ function: CompiledFunction) -> String {
    var text = ""
    for (n, mark) in function.marks.enumerated() {
        let end = n + 1 < function.marks.count ? Int(function.marks[n + 1].offset) : function.code.count
        let bytes = function.code[Int(mark.offset)..<end].map { hexadecimal(Int($0), digits: 2) }.joined(separator: " ")
        let space = String(repeating: " ", count: max(0, 30 - bytes.count))
        let target = mark.target.map { " " + hexadecimal(Int($0), digits: 6) } ?? ""
        text += "\(hexadecimal(Int(mark.offset), digits: 6)): \(bytes)\(space) \(mark.text)\(target)\n"
    }
    return text
}
private func hexadecimal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
