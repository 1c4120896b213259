import PrecastWasmModel
import PrecastWasmTypes

/// The parser of instructions: part of ``ModuleParser``.
///
/// Writes the operators of one body or constant expression to ``CodeState/body`` as it meets them. A folded instruction's
/// operator comes after its operands in the binary format: its bytes wait on `pending` until its parenthesis closes. What is open, folded
/// or flat, stands on `frames`; there is no recursion.
struct CodeState {
    /// What is open around an instruction.
    struct Frame {
        enum Kind {
            /// `block … end` and its like, `if … else … end` before and after the `else`.
            case flatBlock, flatIf, flatElse
            /// `(block …)` and its like.
            case foldedBlock
            /// `(if`, before its `(then`, in it, and in its `(else`.
            case condition, then, otherwise
            /// A folded operator that waits for its operands.
            case plain
        }

        var kind: Kind
        /// The symbol of its label.
        var label: UInt32?
        /// The depth of the label that this one hides.
        var hidden: Int?
        /// Where its waiting bytes start.
        var pendingStart = 0
        /// Whether a branch hint goes with its operator.
        var hint: Bool?
    }

    var body: [UInt8] = []
    var pending: [UInt8] = []
    var frames: [Frame] = []
    /// By symbol, the depth of the innermost label of that name, counted from the outermost.
    var labels: [UInt32: Int] = [:]
    /// How many labels are open.
    var labelCount = 0
    /// How many blocks the function has begun: the name section numbers labels so.
    var blockCount: UInt32 = 0
    var labelNames: [NameEntry] = []
    var hints: [(offset: Int, isLikely: Bool)] = []
    var isFunction = false

    mutating func begin(isFunction: Bool) {
        body.removeAll(keepingCapacity: true)
        pending.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: true)
        labels.removeAll(keepingCapacity: true)
        // A body's own label has no name.
        labelCount = 1
        blockCount = 0
        labelNames.removeAll()
        hints.removeAll()
        self.isFunction = isFunction
    }

    /// Opens the label of a block whose operator has been written.
    mutating func enter(_ frame: inout Frame) {
        if let label = frame.label {
            frame.hidden = labels.updateValue(labelCount, forKey: label)
            labelNames.append(NameEntry(index: blockCount, symbol: label))
        }
        labelCount += 1
        blockCount += 1
    }

    /// Closes the label of a block.
    mutating func leave(_ frame: Frame) {
        labelCount -= 1
        if let label = frame.label { labels[label] = frame.hidden }
    }

    /// Writes the bytes that waited for a frame's operands.
    mutating func flush(_ frame: Frame) {
        if let hint = frame.hint { hints.append((body.count, hint)) }
        body.append(contentsOf: pending[frame.pendingStart...])
        pending.removeSubrange(frame.pendingStart...)
    }

    /// Lets the bytes from `start` on wait for operands.
    mutating func postpone(from start: Int, _ frame: inout Frame) {
        frame.pendingStart = pending.count
        pending.append(contentsOf: body[start...])
        body.removeSubrange(start...)
    }
}

extension ModuleParser {
    /// Reads instructions up to a closing parenthesis that none of them opened, which stays; or only one folded instruction.
    mutating func instructions(single: Bool = false) throws(TextFailure) {
        repeat {
            switch token.kind {
            case .leftParenthesis: try openFolded()
            case .rightParenthesis:
                if code.frames.isEmpty { return }
                try closeFolded()
            case .keyword: try flatInstruction()
            default: throw unexpected("an instruction")
            }
        } while !(single && code.frames.isEmpty)
    }

    // MARK: Flat instructions

    private mutating func flatInstruction() throws(TextFailure) {
        switch code.frames.last?.kind {
        case .plain, .condition: throw unexpected("a folded instruction or `)`")
        default: break
        }
        guard let opcode = Vocabulary.opcode(token.payload) else { throw unexpected("an instruction") }
        let hint = try branchHint(opcode, before: cursor)
        cursor += 1
        switch opcode {
        case .block, .loop, .tryTable, .if:
            var frame = CodeState.Frame(kind: opcode == .if ? .flatIf : .flatBlock)
            note(hint)
            try blockHead(opcode, &frame)
            code.enter(&frame)
            code.frames.append(frame)
        case .else:
            guard let frame = code.frames.last, frame.kind == .flatIf else { throw unexpected("no `else` here", at: cursor - 1) }
            try repeatedLabel(frame)
            code.frames[code.frames.count - 1].kind = .flatElse
            code.body.append(0x05)
        case .end:
            guard let frame = code.frames.last, [.flatBlock, .flatIf, .flatElse].contains(frame.kind) else {
                throw unexpected("no `end` here", at: cursor - 1)
            }
            try repeatedLabel(frame)
            code.frames.removeLast()
            code.leave(frame)
            code.body.append(0x0B)
        default:
            note(hint)
            try operatorAndImmediates(opcode)
        }
    }

    /// Records a hint for the operator that is written next.
    private mutating func note(_ hint: Bool?) {
        if let hint { code.hints.append((code.body.count, hint)) }
    }

    /// The label that `else` and `end` may repeat.
    private mutating func repeatedLabel(_ frame: CodeState.Frame) throws(TextFailure) {
        guard let label = optionalIdentifier() else { return }
        guard label == frame.label else { throw failure("mismatching label", at: cursor - 1) }
    }

    // MARK: Folded instructions

    private mutating func openFolded() throws(TextFailure) {
        let start = cursor
        let parent = code.frames.last?.kind
        if parent == .condition, keyword(at: start + 1) == .then { return beginThen() }
        let word = text.tokens[start + 1]
        guard word.kind == .keyword, let opcode = Vocabulary.opcode(word.payload) else { throw unexpected("an instruction", at: start + 1) }
        let hint = try branchHint(opcode, before: start)
        cursor += 2
        switch opcode {
        case .else, .end: throw unexpected("an instruction", at: start + 1)
        case .block, .loop, .tryTable:
            var frame = CodeState.Frame(kind: .foldedBlock)
            note(hint)
            try blockHead(opcode, &frame)
            code.enter(&frame)
            code.frames.append(frame)
        case .if:
            var frame = CodeState.Frame(kind: .condition, hint: hint)
            let bytesStart = code.body.count
            try blockHead(opcode, &frame)
            code.postpone(from: bytesStart, &frame)
            code.frames.append(frame)
        default:
            let bytesStart = code.body.count
            try operatorAndImmediates(opcode)
            if token.kind == .rightParenthesis {
                if let hint { code.hints.append((bytesStart, hint)) }
                cursor += 1
                return
            }
            var frame = CodeState.Frame(kind: .plain, hint: hint)
            code.postpone(from: bytesStart, &frame)
            code.frames.append(frame)
        }
    }

    private mutating func beginThen() {
        cursor += 2
        var frame = code.frames.removeLast()
        code.flush(frame)
        code.enter(&frame)
        frame.kind = .then
        code.frames.append(frame)
    }

    /// A closing parenthesis inside of a folded instruction.
    private mutating func closeFolded() throws(TextFailure) {
        guard let frame = code.frames.last else { return }
        switch frame.kind {
        case .flatBlock, .flatIf, .flatElse: throw unexpected("`end`")
        case .condition: throw unexpected("`(then`")
        case .plain:
            cursor += 1
            code.frames.removeLast()
            code.flush(frame)
        case .foldedBlock: endBlock(frame)
        case .then:
            cursor += 1
            if open(.else) {
                code.body.append(0x05)
                code.frames[code.frames.count - 1].kind = .otherwise
            } else {
                guard token.kind == .rightParenthesis else { throw unexpected("`(else` or `)`") }
                endBlock(frame)
            }
        case .otherwise:
            cursor += 1
            guard token.kind == .rightParenthesis else { throw unexpected("`)`") }
            endBlock(frame)
        }
    }

    private mutating func endBlock(_ frame: CodeState.Frame) {
        cursor += 1
        code.frames.removeLast()
        code.leave(frame)
        code.body.append(0x0B)
    }

    // MARK: Blocks

    /// The operator of a block, its label and its type.
    private mutating func blockHead(_ opcode: Opcode, _ frame: inout CodeState.Frame) throws(TextFailure) {
        let (identifier, _) = try binding()
        frame.label = identifier
        code.body.append(UInt8(truncatingIfNeeded: opcode.code))
        try blockType()
        if opcode == .tryTable { try catchClauses() }
    }

    private mutating func blockType() throws(TextFailure) {
        if let explicit = try explicitType() {
            try checkInline(explicit.index, at: explicit.token, names: .refused)
            return code.body.appendSigned(Int64(explicit.index))
        }
        let type = try signature(names: .refused).type
        if type.parameters.isEmpty, type.results.count <= 1 {
            if let result = type.results.first { code.body.append(result) } else { code.body.append(0x40) }
        } else {
            code.body.appendSigned(Int64(types.implied(type)))
        }
    }

    private mutating func catchClauses() throws(TextFailure) {
        let countPosition = code.body.count
        var count = 0
        let clauses: [(Keyword, UInt8, Bool)] = [
            (.catch, 0, true), (.catchRef, 1, true), (.catchAll, 2, false), (.catchAllRef, 3, false),
        ]
        var found = true
        while found {
            found = false
            for (word, byte, hasTag) in clauses where open(word) {
                code.body.append(byte)
                if hasTag { code.body.appendUnsigned(try index(.tag)) }
                code.body.appendUnsigned(try label())
                try close()
                count += 1
                found = true
                break
            }
        }
        var prefix: [UInt8] = []
        prefix.appendUnsigned(count)
        code.body.insert(contentsOf: prefix, at: countPosition)
    }

    /// A label, as a relative depth.
    mutating func label() throws(TextFailure) -> UInt32 {
        if token.kind == .identifier {
            guard let depth = code.labels[token.payload] else { throw unknown("label") }
            cursor += 1
            return UInt32(code.labelCount - 1 - depth)
        }
        return UInt32(try unsigned(width: 32, "a label"))
    }
}
