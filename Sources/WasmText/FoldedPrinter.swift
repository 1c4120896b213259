import PrecastEntities
import PrecastWasmBinary
import PrecastWasmModel
import PrecastWasmTypes

/// The tree of a body in folded form.
///
/// A node is an operator; its children are the nodes whose text stands in its parentheses: operands, or the body of a block. Children always are
/// the nodes that directly precede their parent, so the order of operators never changes; how many there are is only a matter of style.
struct FoldedTree {
    enum Kind { case plain, block, conditional }

    struct Node {
        var kind = Kind.plain
        /// The operator and its immediates.
        var head: [UInt8]
        var hint: Bool?
        /// Operands, a block's content, or an `if`'s condition.
        var children: [Int] = []
        /// The two halves of an `if`.
        var then: [Int] = []
        var otherwise: [Int]?
        /// How many values it leaves.
        var results = 0
    }

    /// A block that is open.
    struct Frame {
        var node: Int?
        var nodes: [Int] = []
        /// How many values a branch to its label takes.
        var labelArity = 0
    }

    var nodes: [Node] = []
    var frames: [Frame] = []

    /// Takes up to `count` nodes that leave one value each from the end of the current list.
    mutating func takeOperands(_ count: Int) -> [Int] {
        let last = frames.count - 1
        var start = frames[last].nodes.count
        while frames[last].nodes.count - start < count, start > 0, nodes[frames[last].nodes[start - 1]].results == 1 { start -= 1 }
        if frames[last].nodes.count - start < count { return [] }
        let taken = Array(frames[last].nodes[start...])
        frames[last].nodes.removeSubrange(start...)
        return taken
    }

    mutating func add(_ node: Node) -> Int {
        nodes.append(node)
        frames[frames.count - 1].nodes.append(nodes.count - 1)
        return nodes.count - 1
    }

    func labelArity(_ depth: UInt32) -> Int {
        let position = frames.count - 1 - Int(depth)
        return position >= 0 ? frames[position].labelArity : 0
    }
}

extension Printer {
    mutating func printFolded(_ reader: inout OperatorReader, _ body: inout BodyState, _ type: TypeIndex) throws(PrintError) {
        var tree = FoldedTree()
        let results = module.functionType(type)?.results.count ?? 0
        tree.frames.append(FoldedTree.Frame(node: nil, labelArity: results))
        while let instruction = try next(&reader, &body) {
            try add(instruction, to: &tree, &body)
        }
        guard tree.frames.count == 1 else { throw .unprintable("blocks do not nest", offset: reader.position) }
        write(tree)
    }

    private mutating func add(_ instruction: Operator, to tree: inout FoldedTree, _ body: inout BodyState) throws(PrintError) {
        switch instruction.opcode {
        case .else:
            leave(&body)
            guard let frame = tree.frames.last, let node = frame.node, tree.nodes[node].kind == .conditional, tree.nodes[node].otherwise == nil
            else { throw .unprintable("an else without an if", offset: Int(instruction.offset)) }
            tree.nodes[node].then = frame.nodes
            tree.nodes[node].otherwise = []
            tree.frames[tree.frames.count - 1].nodes = []
            enter(.else, &body)
        case .end:
            leave(&body)
            guard let frame = tree.frames.popLast(), let node = frame.node else { return }
            if tree.nodes[node].kind == .block {
                tree.nodes[node].children = frame.nodes
            } else if tree.nodes[node].otherwise == nil {
                tree.nodes[node].then = frame.nodes
            } else {
                tree.nodes[node].otherwise = frame.nodes
            }
        default: try addOperator(instruction, to: &tree, &body)
        }
    }

    private mutating func addOperator(_ instruction: Operator, to tree: inout FoldedTree, _ body: inout BodyState) throws(PrintError) {
        let opcode = instruction.opcode
        let start = out.bytes.count
        try writeInstruction(instruction, body.context)
        var node = FoldedTree.Node(head: Array(out.bytes[start...]))
        out.bytes.removeSubrange(start...)
        node.hint = hint(at: instruction.offset)
        enter(opcode, &body)
        let isBlock = [.block, .loop, .if, .tryTable].contains(opcode)
        if isBlock {
            let (parameters, results) = arity(instruction.blockType)
            node.kind = opcode == .if ? .conditional : .block
            node.results = results
            if opcode == .if { node.children = tree.takeOperands(1) }
            let index = tree.add(node)
            tree.frames.append(FoldedTree.Frame(node: index, labelArity: opcode == .loop ? parameters : results))
        } else {
            let (operands, results) = arity(instruction, tree)
            node.children = tree.takeOperands(operands)
            node.results = results
            _ = tree.add(node)
        }
    }

    // MARK: How many values operators take and leave

    private func arity(_ type: BlockType) -> (parameters: Int, results: Int) {
        switch type.kind {
        case .empty: (0, 0)
        case .value: (0, 1)
        case .function(let index): arity(index)
        }
    }

    private func arity(_ type: TypeIndex) -> (parameters: Int, results: Int) {
        module.functionType(type).map { ($0.parameters.count, $0.results.count) } ?? (0, 0)
    }

    private func arity(_ instruction: Operator, _ tree: FoldedTree) -> (operands: Int, results: Int) {
        let opcode = instruction.opcode
        if !opcode.signature.isSpecial { return (opcode.signature.operandCount, opcode.signature.resultCode == 0 ? 0 : 1) }
        let index = instruction.index
        switch opcode {
        case .call, .returnCall:
            let type = Int(index) < module.functions.count ? arity(module.functions[Int(index)]) : (0, 0)
            return (type.0, opcode == .call ? type.1 : 0)
        case .callIndirect, .returnCallIndirect, .callRef, .returnCallRef:
            let type = arity(TypeIndex(rawValue: index))
            return (type.parameters + 1, opcode == .callIndirect || opcode == .callRef ? type.results : 0)
        case .return: return (tree.frames.first?.labelArity ?? 0, 0)
        case .br: return (tree.labelArity(index), 0)
        case .brTable: return (tree.labelArity(index) + 1, 0)
        case .brIf, .brOnNull, .brOnNonNull:
            let label = tree.labelArity(index)
            return (label + 1, opcode == .brOnNull ? label + 1 : label)
        case .throw:
            return (Int(index) < module.tags.count ? arity(module.tags[Int(index)].type).parameters : 0, 0)
        case .structNew:
            return (Int(index) < module.types.count ? module.types[Int(index)].structure?.fields.count ?? 0 : 0, 1)
        case .arrayNewFixed: return (Int(instruction.secondIndex), 1)
        default: return Self.fixedArity(opcode)
        }
    }

    private static func fixedArity(_ opcode: Opcode) -> (operands: Int, results: Int) {
        switch opcode {
        case .unreachable, .dataDrop, .elemDrop: (0, 0)
        case .localGet, .globalGet, .memorySize, .tableSize, .refNull, .refFunc, .structNewDefault: (0, 1)
        case .drop, .localSet, .globalSet, .throwRef: (1, 0)
        case .tableSet, .structSet, .v128Store8Lane, .v128Store16Lane, .v128Store32Lane, .v128Store64Lane: (2, 0)
        case .tableGrow, .refEq, .arrayNew, .arrayNewData, .arrayNewElem, .arrayGet, .arrayGetS, .arrayGetU, .i8x16Shuffle: (2, 1)
        case .v128Load8Lane, .v128Load16Lane, .v128Load32Lane, .v128Load64Lane: (2, 1)
        case .memoryFill, .memoryCopy, .memoryInit, .tableFill, .tableCopy, .tableInit, .arraySet: (3, 0)
        case .select, .selectTyped: (3, 1)
        case .arrayFill, .arrayInitData, .arrayInitElem: (4, 0)
        case .arrayCopy: (5, 0)
        case .i64Add128, .i64Sub128: (4, 2)
        case .i64MulWideS, .i64MulWideU: (2, 2)
        case _ where opcode.immediates == .lane: (opcode.mnemonic.contains("replace") ? 2 : 1, 1)
        default: (1, 1)
        }
    }

    // MARK: Writing the tree

    private enum Step {
        case node(Int, depth: Int)
        case open(String, depth: Int)
        case close
    }

    private mutating func write(_ tree: FoldedTree) {
        var steps: [Step] = []
        func push(_ nodes: [Int], depth: Int) {
            for node in nodes.reversed() { steps.append(.node(node, depth: depth)) }
        }
        push(tree.frames[0].nodes, depth: 2)
        while let step = steps.popLast() {
            switch step {
            case .close: out.write(")")
            case .open(let word, let depth):
                out.newLine(depth)
                out.write("(" + word)
            case .node(let index, let depth):
                let node = tree.nodes[index]
                out.newLine(depth)
                if let hint = node.hint { writeHint(hint) }
                out.write("(")
                out.write(node.head)
                if node.kind == .plain, let line = oneLine(node, tree) {
                    out.write(line)
                    continue
                }
                steps.append(.close)
                if node.kind == .conditional {
                    if let otherwise = node.otherwise {
                        steps.append(.close)
                        push(otherwise, depth: depth + 2)
                        steps.append(.open("else", depth: depth + 1))
                    }
                    steps.append(.close)
                    push(node.then, depth: depth + 2)
                    steps.append(.open("then", depth: depth + 1))
                }
                push(node.children, depth: depth + 1)
            }
        }
    }

    /// The operands and the closing parenthesis, where they are short and have no operands of their own.
    private func oneLine(_ node: FoldedTree.Node, _ tree: FoldedTree) -> [UInt8]? {
        var line: [UInt8] = []
        for child in node.children {
            let operand = tree.nodes[child]
            guard operand.kind == .plain, operand.children.isEmpty, operand.hint == nil, line.count + operand.head.count < 70 else { return nil }
            line += [0x20, UInt8(ascii: "(")] + operand.head + [UInt8(ascii: ")")]
        }
        return line + [UInt8(ascii: ")")]
    }
}
