public import PrecastEntities

/// The order of blocks and of the instructions in them: two levels of doubly linked lists over dense arrays. All edits are O(1).
public struct Layout: Sendable {
    @frozen @usableFromInline struct BlockNode: Sendable {
        @usableFromInline var previous = Block.none
        @usableFromInline var next = Block.none
        @usableFromInline var first = Inst.none
        @usableFromInline var last = Inst.none
        @usableFromInline var isInserted = false
        @inlinable init() {}
    }
    @frozen @usableFromInline struct InstNode: Sendable {
        @usableFromInline var previous = Inst.none
        @usableFromInline var next = Inst.none
        @usableFromInline var block = Block.none
        @inlinable init() {}
    }
    @usableFromInline var blockNodes = SecondaryMap<Block, BlockNode>(default: BlockNode())
    @usableFromInline var instNodes = SecondaryMap<Inst, InstNode>(default: InstNode())
    public internal(set) var firstBlock = Block.none
    public internal(set) var lastBlock = Block.none

    public init() {}

    // MARK: Blocks

    @inlinable public func isInserted(_ block: Block) -> Bool { blockNodes[block].isInserted }
    @inlinable public func next(_ block: Block) -> Block { blockNodes[block].next }
    @inlinable public func previous(_ block: Block) -> Block { blockNodes[block].previous }
    public mutating func append(_ block: Block) {
        precondition(!blockNodes[block].isInserted)
        blockNodes[block].isInserted = true
        blockNodes[block].previous = lastBlock
        if lastBlock.isSome { blockNodes[lastBlock].next = block } else { firstBlock = block }
        lastBlock = block
    }
    public mutating func insert(_ block: Block, after other: Block) {
        precondition(!blockNodes[block].isInserted && blockNodes[other].isInserted)
        let next = blockNodes[other].next
        blockNodes[block].isInserted = true
        blockNodes[block].previous = other
        blockNodes[block].next = next
        blockNodes[other].next = block
        if next.isSome { blockNodes[next].previous = block } else { lastBlock = block }
    }
    /// Takes a block out of the order, with the instructions it holds.
    public mutating func remove(_ block: Block) {
        let node = blockNodes[block]
        precondition(node.isInserted)
        if node.previous.isSome { blockNodes[node.previous].next = node.next } else { firstBlock = node.next }
        if node.next.isSome { blockNodes[node.next].previous = node.previous } else { lastBlock = node.previous }
        blockNodes[block].previous = .none
        blockNodes[block].next = .none
        blockNodes[block].isInserted = false
    }
    /// The blocks in order.
    @inlinable public var blocks: BlockSequence { BlockSequence(layout: self) }

    @frozen public struct BlockSequence: Sequence, IteratorProtocol {
        @usableFromInline let layout: Layout
        @usableFromInline var at: Block
        @inlinable init(layout: Layout) {
            self.layout = layout
            at = layout.firstBlock
        }
        @inlinable public mutating func next() -> Block? {
            if at.isNone { return nil }
            defer { at = layout.next(at) }
            return at
        }
    }

    // MARK: Instructions

    @inlinable public func block(of inst: Inst) -> Block { instNodes[inst].block }
    @inlinable public func first(_ block: Block) -> Inst { blockNodes[block].first }
    @inlinable public func last(_ block: Block) -> Inst { blockNodes[block].last }
    @inlinable public func next(_ inst: Inst) -> Inst { instNodes[inst].next }
    @inlinable public func previous(_ inst: Inst) -> Inst { instNodes[inst].previous }
    @inlinable public mutating func append(_ inst: Inst, to block: Block) {
        let last = blockNodes[block].last
        instNodes[inst].block = block
        instNodes[inst].previous = last
        instNodes[inst].next = .none
        if last.isSome { instNodes[last].next = inst } else { blockNodes[block].first = inst }
        blockNodes[block].last = inst
    }
    public mutating func insert(_ inst: Inst, before other: Inst) {
        let node = instNodes[other]
        instNodes[inst].block = node.block
        instNodes[inst].previous = node.previous
        instNodes[inst].next = other
        instNodes[other].previous = inst
        if node.previous.isSome { instNodes[node.previous].next = inst } else { blockNodes[node.block].first = inst }
    }
    public mutating func insert(_ inst: Inst, after other: Inst) {
        let next = instNodes[other].next
        if next.isSome { insert(inst, before: next) } else { append(inst, to: instNodes[other].block) }
    }
    /// Puts an instruction at the head of a block.
    public mutating func prepend(_ inst: Inst, to block: Block) {
        let first = blockNodes[block].first
        if first.isSome { insert(inst, before: first) } else { append(inst, to: block) }
    }
    public mutating func remove(_ inst: Inst) {
        let node = instNodes[inst]
        if node.previous.isSome { instNodes[node.previous].next = node.next } else { blockNodes[node.block].first = node.next }
        if node.next.isSome { instNodes[node.next].previous = node.previous } else { blockNodes[node.block].last = node.previous }
        instNodes[inst] = InstNode()
    }
    /// Moves `inst` and all after it in its block to the end of `block`. O(instructions moved).
    public mutating func moveTail(from inst: Inst, to block: Block) {
        var at = inst
        while at.isSome {
            let following = next(at)
            remove(at)
            append(at, to: block)
            at = following
        }
    }
    @inlinable public func instructions(_ block: Block) -> InstSequence { InstSequence(layout: self, at: first(block)) }

    @frozen public struct InstSequence: Sequence, IteratorProtocol {
        @usableFromInline let layout: Layout
        @usableFromInline var at: Inst
        @inlinable init(layout: Layout, at: Inst) {
            self.layout = layout
            self.at = at
        }
        @inlinable public mutating func next() -> Inst? {
            if at.isNone { return nil }
            defer { at = layout.next(at) }
            return at
        }
    }
}
