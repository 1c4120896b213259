public import PrecastMachineCode
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
/// A range a line: offsets, whose variable, where.
public func describeVariables(_ function: CompiledFunction) -> String {
    var text = "prologue ends at \(hexadecimal(Int(function.prologueEnd), digits: 6))\n"
    for range in function.variables {
        let offsets = hexadecimal(Int(range.offsets.lowerBound), digits: 6) + "..<" + hexadecimal(Int(range.offsets.upperBound), digits: 6)
        let scope = range.inlinedAt == .max ? "" : " inlined at location \(range.inlinedAt)"
        text += "\(offsets): \(describe(range.subject))\(scope) = \(describe(range.place))\n"
    }
    for range in function.staleMemory {
        text += "\(hexadecimal(Int(range.lowerBound), digits: 6))..<\(hexadecimal(Int(range.upperBound), digits: 6)): memory is stale\n"
    }
    return text
}
private func describe(_ subject: VariableRange.Subject) -> String {
    switch subject {
    case .local(let index): "local \(index)"
    case .localAddress(let index): "address of local \(index)"
    case .instanceContext: "instance context"
    case .memoryBase: "memory base"
    }
}
private func describe(_ place: VariableRange.Place) -> String {
    switch place {
    case .register(let number): "register \(number)"
    case .frame(let offset): "frame \(offset)"
    case .constant(let low, let high): high == 0 ? "constant \(low)" : "constant \(low), \(high)"
    }
}
private func hexadecimal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
