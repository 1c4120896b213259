internal import PrecastEntities
public import PrecastWasmModel

extension BranchHint {
    /// The name of the custom section that holds hints.
    public static var sectionName: String { "metadata.code.branch_hint" }
}

// The branch hints section: for functions in increasing order, hints in increasing order of the offset from the body's start
// (branch-hinting proposal, "Binary representation"). It is read up to the first mistake, which is kept as a custom section error.
extension ModuleDecoder {
    mutating func readBranchHints(_ reader: inout ByteReader, _ section: Section) {
        do throws(DecodeError) {
            if branchHintSection != nil { throw DecodeError("duplicate section", at: section.offset) }
            branchHintSection = section
            if module.codeSection != nil { throw DecodeError("the section must stand before the code section", at: section.offset) }
            try readBranchHintFunctions(&reader)
        } catch {
            module.customSectionErrors.append(
                CustomSectionError(section: BranchHint.sectionName, message: error.message, offset: error.offset))
        }
    }

    private mutating func readBranchHintFunctions(_ reader: inout ByteReader) throws(DecodeError) {
        var last: UInt32?
        for _ in 0..<(try reader.readCount("functions with hints", maximum: limits.functions)) {
            let start = reader.position
            let function = try reader.readU32()
            if let last, function <= last { throw DecodeError("functions out of order", at: start) }
            last = function
            try readBranchHints(of: FunctionIndex(rawValue: function), &reader)
        }
        if !reader.isAtEnd { throw DecodeError("unexpected content after the last hint", at: reader.position) }
    }

    private mutating func readBranchHints(of function: FunctionIndex, _ reader: inout ByteReader) throws(DecodeError) {
        var last: UInt32?
        for _ in 0..<(try reader.readCount("hints", maximum: .max)) {
            let start = reader.position
            let offset = try reader.readU32()
            if let last, offset <= last { throw DecodeError("hints out of order", at: start) }
            last = offset
            let size = try reader.readU32()
            guard size == 1 else { throw DecodeError("a hint of \(size) bytes, expected 1", at: start) }
            let value = try reader.readByte()
            guard value <= 1 else { throw DecodeError("a hint of value \(value), expected 0 or 1", at: reader.position - 1) }
            branchHints.append(BranchHint(function: function, offset: offset, isLikely: value == 1))
        }
    }

    /// Moves the hints' offsets from their bodies to the module, and drops those that fall outside.
    mutating func resolveBranchHints() {
        for var hint in branchHints {
            guard let body = module.body(of: hint.function), Int(hint.offset) < body.range.count else {
                let section = branchHintSection?.offset ?? 0
                module.customSectionErrors.append(
                    CustomSectionError(
                        section: BranchHint.sectionName, message: "a hint outside the bodies: function \(hint.function.rawValue)", offset: section))
                return
            }
            hint.offset += body.range.start
            module.branchHints.append(hint)
        }
    }
}

/// What is wrong with the branch hints of a module whose bodies are valid: those that stand at no conditional branch.
///
/// - Complexity: linear in the size of the bodies that have hints.
public func checkBranchHints(_ module: Module) -> [CustomSectionError] {
    var errors: [CustomSectionError] = []
    var reader = OperatorReader(module)
    var position = 0
    let hints = module.branchHints
    while position < hints.count {
        let function = hints[position].function
        guard (try? reader.begin(function)) != nil else { return errors }
        while position < hints.count && hints[position].function == function {
            var found: Operator?
            while reader.position <= Int(hints[position].offset), !reader.isAtEnd, let op = try? reader.next() { found = op }
            if found?.offset != hints[position].offset || !(found?.opcode == .brIf || found?.opcode == .if) {
                errors.append(
                    CustomSectionError(
                        section: BranchHint.sectionName, message: "invalid target: no br_if or if", offset: Int(hints[position].offset)))
            }
            position += 1
        }
    }
    return errors
}
