import PrecastRegisterAllocation

/// Code before allocation as text, for dumps.
extension VCode {
    /// Blocks with their parameters, instructions, and what each block passes on.
    public borrowing func listing(name: (Register) -> String, line: (Instruction) -> String) -> String {
        func list(_ registers: Range<UInt32>) -> String {
            if registers.isEmpty { return "" }
            return "(" + registers.map { name(resolve(Register(registerPool[Int($0)]))) }.joined(separator: ", ") + ")"
        }
        var out = ""
        for (b, block) in blocks.enumerated() {
            out += "block\(b)" + list(block.parameters) + ":"
            if block.loopDepth > 0 { out += "  ; loop depth \(block.loopDepth)" }
            if block.isCold { out += "  ; cold" }
            out += "\n"
            for n in block.instructions { out += "    " + line(instructions[Int(n)]) + "\n" }
            if !block.arguments.isEmpty { out += "    ; passes" + list(block.arguments) + "\n" }
        }
        return out
    }

    /// What a call or the like reads and defines in which machine registers, and where its exceptions go.
    public borrowing func describe(_ info: CallInfo, name: (Register) -> String) -> String {
        var text = ""
        for n in info.uses {
            let o = callOperands[Int(n)]
            text += " \(name(Register(o.fixed)))=\(name(resolve(o.register)))"
        }
        if !info.defs.isEmpty { text += " ->" }
        for n in info.defs {
            let o = callOperands[Int(n)]
            text += " \(name(resolve(o.register)))=\(name(Register(o.fixed)))"
        }
        for handler in callHandlers[Int(info.handlers.lowerBound)..<Int(info.handlers.upperBound)] {
            text += handler.tag == .max ? " all" : " tag \(handler.tag)"
            text += (["", " ref", " rethrown"][Int(handler.retention)]) + ": block\(handler.block.rawValue)"
        }
        return text
    }
}
