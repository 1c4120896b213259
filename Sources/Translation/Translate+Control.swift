import PrecastArtifactFormat
import PrecastEntities
import PrecastIR
import PrecastWasmModel

/// A target of a `br_table`: how many entries go there, and the block in between if there are several.
struct TableTarget: BitwiseCopyable {
    var count: UInt32
    var block = Block.none
}

extension FunctionTranslator {
    mutating func translateControl(_ op: Operator) {
        switch op.opcode {
        case .block: openFrame(.block, op)
        case .loop: openLoop(op)
        case .if: openIf(op)
        case .else: translateElse()
        case .end: translateEnd()
        case .br: translateBranch(depth: op.index)
        case .brIf:
            let condition = pop()
            branch(if: condition, depth: op.index)
        case .brOnNull: translateBranchOnNull(depth: op.index)
        case .brOnNonNull: translateBranchOnNonNull(depth: op.index)
        case .brTable: translateBranchTable(op)
        case .return: builder.return(top(frames[0].shape.results.count))
        case .unreachable: translateUnreachable()
        default: break
        }
    }

    private mutating func translateUnreachable() {
        markCold()
        builder.trap(code: TrapCode.unreachable.rawValue)
    }

    // MARK: Opening

    mutating func openFrame(_ kind: ControlFrame.Kind, _ op: Operator) {
        let shape = environment.blockShape(op.blockType)
        pushFrame(ControlFrame(kind: kind, height: stack.count - shape.parameters.count, shape: shape))
    }
    mutating func pushFrame(_ frame: ControlFrame) {
        frames.append(frame)
        history?.open(at: offset)
        renewSerial()
    }
    /// Makes the innermost frame one in which nothing was computed yet.
    private mutating func renewSerial() {
        lastSerial += 1
        frames[frames.count - 1].serial = lastSerial
    }

    private mutating func openLoop(_ op: Operator) {
        openFrame(.loop, op)
        let frame = frames[frames.count - 1]
        let header = makeBlock(frame.shape.parameters)
        frames[frames.count - 1].label = header
        builder.jump(header, stack[frame.height...])
        stack.removeSubrange(frame.height...)
        builder.startBlock(header)
        pushParameters(header, count: frame.shape.parameters.count)
    }

    private mutating func openIf(_ op: Operator) {
        let condition = pop()
        openFrame(.if, op)
        let frame = frames[frames.count - 1]
        let then = builder.makeBlock(), label = makeBlock(frame.shape.results)
        let thenEdge = builder.makeCall(then), elseEdge = builder.makeCall(label, stack[frame.height...])
        builder.branch(condition, thenEdge, elseEdge)
        frames[frames.count - 1].label = label
        frames[frames.count - 1].elseEdge = elseEdge
        history?.branch(to: frames.count - 1, at: offset)
        savedParameters.append(contentsOf: stack[frame.height...])
        start(then)
    }

    private mutating func translateElse() {
        let frame = frames[frames.count - 1]
        if frame.isDead { return }
        if builder.block.isSome {
            builder.jump(frame.label, top(frame.shape.results.count))
            history?.branch(to: frames.count - 1, at: offset)
        }
        leaveScope()
        history?.turn(at: offset)
        let other = builder.makeBlock()
        builder.retarget(frame.elseEdge, to: other)
        frames[frames.count - 1].kind = .else
        renewSerial()
        start(other)
        stack.removeSubrange(frame.height...)
        let saved = savedParameters.count - frame.shape.parameters.count
        stack.append(contentsOf: savedParameters[saved...])
        savedParameters.removeSubrange(saved...)
    }

    // MARK: Closing

    private mutating func translateEnd() {
        leaveScope()
        if let frame = frames.last, frame.kind == .tryTable, !frame.isDead { closeTry() }
        let frame = frames.removeLast()
        if frame.isDead { return }
        switch frame.kind {
        case .loop:
            history?.closeLoop(builder.predecessorCount(frame.label) > 1 ? frame.label : .none)
            builder.seal(frame.label)
        case .if:
            savedParameters.removeLast(frame.shape.parameters.count)
            join(frame)
        case .block, .else, .tryTable, .function: join(frame)
        }
        if frame.kind == .function && builder.block.isSome { builder.return(top(frame.shape.results.count)) }
    }

    /// Continues behind the end of a block, where its branches and its last operator meet.
    private mutating func join(_ frame: ControlFrame) {
        let isReached = frame.label.isSome && builder.predecessorCount(frame.label) > 0
        history?.close(at: offset, isReached ? frame.label : .none, fallsThrough: builder.block.isSome)
        if !isReached { return }
        if builder.block.isSome { builder.jump(frame.label, top(frame.shape.results.count)) }
        stack.removeSubrange(frame.height...)
        start(frame.label)
        pushParameters(frame.label, count: frame.shape.results.count)
    }

    /// Forgets values that the innermost frame's code computed: they need not have been computed behind it.
    private mutating func leaveScope() {
        while let last = invariants.last, last.depth >= frames.count { invariants.removeLast() }
    }

    // MARK: Branching

    private mutating func translateBranch(depth: UInt32) {
        let i = frames.count - 1 - Int(depth)
        let count = frames[i].labelTypes.count
        if frames[i].kind == .function {
            builder.return(top(count))
        } else {
            builder.jump(label(i), top(count))
        }
    }

    mutating func branch(if condition: Value, depth: UInt32) {
        let i = frames.count - 1 - Int(depth)
        let target = label(i), next = builder.makeBlock()
        let taken = builder.makeCall(target, top(frames[i].labelTypes.count)), other = builder.makeCall(next)
        builder.branch(condition, taken, other)
        start(next)
    }

    private mutating func translateBranchOnNull(depth: UInt32) {
        let reference = pop()
        if mayBeNull(reference) {
            let condition = isNull(reference)
            branch(if: condition, depth: depth)
        }
        push(reference)
    }

    private mutating func translateBranchOnNonNull(depth: UInt32) {
        // Also where it is always taken: for the validator, what follows counts as reached.
        branch(if: isNotNull(peek(0)), depth: depth)
        _ = pop()
    }

    private mutating func translateBranchTable(_ op: Operator) {
        let index = pop()
        tableTargets.removeAll(keepingCapacity: true)
        for depth in reader.brTableTargets { tableTargets[depth, default: TableTarget(count: 0)].count += 1 }
        tableTargets[op.index, default: TableTarget(count: 0)].count += 1
        var calls: [BlockCall] = []
        calls.reserveCapacity(reader.brTableTargets.count + 1)
        var between: [(depth: UInt32, block: Block)] = []
        calls.append(tableCall(op.index, &between))
        for depth in reader.brTableTargets { calls.append(tableCall(depth, &between)) }
        builder.branchTable(index, calls)
        for (depth, block) in between {
            start(block)
            translateBranch(depth: depth)
        }
    }

    /// The edge of one entry. Entries that share a target share a block on the way to it, which carries the arguments
    /// once: the table's edges would cost entries × (arguments + locals) otherwise.
    private mutating func tableCall(_ depth: UInt32, _ between: inout [(depth: UInt32, block: Block)]) -> BlockCall {
        let i = frames.count - 1 - Int(depth)
        guard let target = tableTargets[depth], target.count > 1 || frames[i].kind == .function else {
            return builder.makeCall(label(i), top(frames[i].labelTypes.count))
        }
        if target.block.isSome { return builder.makeCall(target.block) }
        let block = builder.makeBlock()
        tableTargets[depth]?.block = block
        between.append((depth, block))
        return builder.makeCall(block)
    }

    // MARK: Blocks

    /// Where branches to frame `i` go; makes the block behind its end when it is the first.
    mutating func label(_ i: Int) -> Block {
        history?.branch(to: i, at: offset)
        if frames[i].label.isNone { frames[i].label = makeBlock(frames[i].shape.results) }
        return frames[i].label
    }

    private mutating func makeBlock(_ parameters: Range<Int>) -> Block {
        let block = builder.makeBlock()
        for type in environment.typePool[parameters] { builder.function.dfg.appendParameter(block, type) }
        return block
    }

    /// Continues in a block that gets no further predecessors.
    mutating func start(_ block: Block) {
        builder.startBlock(block)
        builder.seal(block)
    }

    private mutating func pushParameters(_ block: Block, count: Int) {
        for i in 0..<count { push(builder.function.dfg.parameter(block, i)) }
    }

    /// Says that the current block is off the common way.
    mutating func markCold() {
        if builder.block != builder.function.entry { builder.function.dfg.blocks[builder.block].isCold = true }
    }
}
