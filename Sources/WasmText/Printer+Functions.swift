import PrecastEntities
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTypes

// Functions: head, locals, and the body as flat text.

/// A body as it is printed: its names and what is open.
struct BodyState {
    var context = BodyContext()
    let labelNames: [UInt32: [UInt8]]
    /// How many blocks have begun.
    var blockCount: UInt32 = 0

    init(localNames: [UInt32: PrintedName], labelNames: [UInt32: [UInt8]]) {
        self.labelNames = labelNames
        context.localNames = localNames
    }
}

extension Printer {
    mutating func printFunctions() throws(PrintError) {
        var reader = OperatorReader(module)
        for index in module.importedFunctionCount..<max(module.functions.count, module.importedFunctionCount) {
            let function = FunctionIndex(index: index)
            begin(.function, UInt32(index))
            do throws(DecodeError) { try reader.begin(function) } catch { throw .decode(error) }
            var body = BodyState(localNames: names.locals(of: UInt32(index)), labelNames: names.labels(of: UInt32(index)))
            functions.append(printedFunction(function, reader.localDeclarations, body.context))
            writeHead(module.functions[index], reader.localDeclarations, body.context)
            if options.isFolded { try printFolded(&reader, &body, module.functions[index]) } else { try printFlat(&reader, &body) }
            out.write(")")
        }
    }

    private func printedFunction(_ function: FunctionIndex, _ declarations: [LocalDeclaration], _ context: BodyContext) -> PrintedFunction {
        var types = module.functionType(module.functions[function.index])?.parameters ?? []
        let parameterCount = types.count
        for declaration in declarations where types.count < PrintedFunction.maximumLocals {
            types += repeatElement(declaration.type, count: min(Int(declaration.count), PrintedFunction.maximumLocals - types.count))
        }
        let name = names[.function, function.rawValue], range = module.body(of: function)?.range ?? ByteRange(start: 0, end: 0)
        return PrintedFunction(
            index: function.rawValue, body: range.start..<range.end, name: name?.annotation ?? name?.identifier, line: out.line,
            parameterCount: parameterCount,
            locals: types.enumerated().map { (context.localNames[UInt32($0)]?.identifier, $1) }, operators: [])
    }

    private mutating func writeHead(_ typeIndex: TypeIndex, _ declarations: [LocalDeclaration], _ context: BodyContext) {
        writeTypeUse(typeIndex)
        let type = module.functionType(typeIndex)
        writeLocals("param", type?.parameters ?? [], from: 0, context)
        writeTypes("result", type?.results ?? [])
        var locals: [ValueType] = []
        for declaration in declarations { locals.append(contentsOf: repeatElement(declaration.type, count: Int(declaration.count))) }
        if locals.isEmpty { return }
        out.newLine(2)
        out.bytes.removeLast()
        writeLocals("local", locals, from: UInt32(type?.parameters.count ?? 0), context)
    }

    /// Parameters or locals: those with names one by one, the others together.
    private mutating func writeLocals(_ word: String, _ types: [ValueType], from first: UInt32, _ context: BodyContext) {
        var isOpen = false
        for (position, type) in types.enumerated() {
            if let name = context.localNames[first + UInt32(position)] {
                if isOpen { out.write(")") }
                isOpen = false
                out.write(" (\(word)")
                writeBinding(name)
                writeType(type)
                out.write(")")
            } else {
                if !isOpen { out.write(" (\(word)") }
                isOpen = true
                writeType(type)
            }
        }
        if isOpen { out.write(")") }
    }

    private mutating func printFlat(_ reader: inout OperatorReader, _ body: inout BodyState) throws(PrintError) {
        while let instruction = try next(&reader, &body) {
            let opcode = instruction.opcode
            if opcode == .end || opcode == .else { leave(&body) }
            out.newLine(2 + body.context.labels.count)
            functions[functions.count - 1].operators.append((instruction.offset, out.line))
            if let hint = hint(at: instruction.offset) { writeHint(hint) }
            try writeInstruction(instruction, body.context)
            enter(opcode, &body)
        }
    }

    /// A function's head and its operators, a line each, with the last `end`.
    mutating func lines(of index: UInt32, _ reader: inout OperatorReader) throws(PrintError) -> (String, [FunctionText.Line]) {
        func takeText(_ out: inout TextBuffer) -> String {
            defer { out = TextBuffer() }
            return String(decoding: out.bytes, as: UTF8.self)
        }
        out = TextBuffer()
        do throws(DecodeError) { try reader.begin(FunctionIndex(rawValue: index)) } catch { throw .decode(error) }
        // Hints are walked forward: back to the first only for a function before the last one's.
        if hintPosition > 0, module.branchHints[hintPosition - 1].offset >= UInt32(reader.position) { hintPosition = 0 }
        var body = BodyState(localNames: names.locals(of: index), labelNames: names.labels(of: index))
        out.write("(func")
        writeBinding(names[.function, index])
        out.write(" (;\(index);)")
        writeHead(module.functions[Int(index)], reader.localDeclarations, body.context)
        let head = takeText(&out).split(separator: "\n").map { String($0.drop { $0 == " " }) }.joined(separator: " ")
        var lines: [FunctionText.Line] = []
        while true {
            let offset = UInt32(reader.position)
            guard let instruction = try next(&reader, &body) else {
                lines.append(FunctionText.Line(offset: offset, depth: 0, text: "end"))
                return (head, lines)
            }
            let opcode = instruction.opcode
            if opcode == .end || opcode == .else { leave(&body) }
            if let hint = hint(at: instruction.offset) { writeHint(hint) }
            try writeInstruction(instruction, body.context)
            lines.append(FunctionText.Line(offset: instruction.offset, depth: body.context.labels.count, text: takeText(&out)))
            enter(opcode, &body)
        }
    }

    /// The next operator of the body, or nil at its last `end`; prepares the context for printing it.
    mutating func next(_ reader: inout OperatorReader, _ body: inout BodyState) throws(PrintError) -> Operator? {
        let instruction: Operator
        do throws(DecodeError) { instruction = try reader.next() } catch { throw .decode(error) }
        if instruction.opcode == .end, body.context.labels.count == 0 {
            guard reader.isAtEnd else { throw .unprintable("operators follow the end of the function", offset: Int(instruction.offset)) }
            return nil
        }
        guard !reader.isAtEnd else { throw .unprintable("the function does not end", offset: Int(instruction.offset)) }
        body.context.blockName = nil
        switch instruction.opcode.immediates {
        case .labelTable: body.context.targets = reader.brTableTargets
        case .valueTypes: body.context.selectTypes = reader.selectTypes
        case .blockType: body.context.blockName = body.labelNames[body.blockCount]
        case .tryTable:
            body.context.blockName = body.labelNames[body.blockCount]
            body.context.clauses = reader.catchClauses
        default: break
        }
        return instruction
    }

    /// Opens the label of an operator that begins a block, or the second half of an `if`.
    func enter(_ opcode: Opcode, _ body: inout BodyState) {
        switch opcode {
        case .block, .loop, .if, .tryTable:
            body.context.labels.push(body.context.blockName)
            body.blockCount += 1
        case .else: body.context.labels.push(nil)
        default: break
        }
    }

    func leave(_ body: inout BodyState) { body.context.labels.pop() }

    // MARK: Branch hints

    /// The hint of the operator at that offset.
    mutating func hint(at offset: UInt32) -> Bool? {
        guard hasUsableHints, hintPosition < module.branchHints.count else { return nil }
        while hintPosition < module.branchHints.count, module.branchHints[hintPosition].offset < offset { hintPosition += 1 }
        guard hintPosition < module.branchHints.count, module.branchHints[hintPosition].offset == offset else { return nil }
        return module.branchHints[hintPosition].isLikely
    }

    mutating func writeHint(_ isLikely: Bool) {
        out.write("(@\(BranchHint.sectionName) \"\\0\(isLikely ? 1 : 0)\") ")
    }
}
