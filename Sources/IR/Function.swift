public import PrecastEntities

/// Where an instruction comes from: an offset in the module, and the call through which it was inlined.
@frozen public struct SourceLocationData: Hashable, Sendable, BitwiseCopyable {
    /// Byte offset of the operator in the module's binary.
    public var offset: UInt32
    /// The module's number of the function that the operator stands in.
    public var function: UInt32
    /// Location of the call that this function was inlined at; none outside inlined code.
    public var inlinedAt: SourceLocation
    /// Whether the code executes elsewhere than there: in front of a loop, or although a branch goes the other way. A debugger does not stop for it.
    public var isMoved = false
    @inlinable public init(offset: UInt32, function: UInt32, inlinedAt: SourceLocation = .none) {
        self.offset = offset
        self.function = function
        self.inlinedAt = inlinedAt
    }
}

/// A function in the IR: SSA with block parameters. The unit of translation, optimization and lowering.
///
/// Invariants (``verify(_:)`` checks them): the entry block is first in the layout, has the signature's parameters and no
/// predecessor; each block ends in its only terminator; each use is dominated by its definition; types agree.
/// Not copyable, so that no pass copies a whole function by accident.
public struct Function: ~Copyable, Sendable {
    /// The module's number for it.
    public var number: UInt32
    public var signature: Signature
    public var dfg = DataFlowGraph()
    public var layout = Layout()
    public var sourceLocations = PrimaryMap<SourceLocation, SourceLocationData>()
    /// Where the source's variables are; empty unless somebody asked.
    public var variables = VariableTable()

    public init(number: UInt32, signature: Signature) {
        self.number = number
        self.signature = signature
    }

    @inlinable public var entry: Block { layout.firstBlock }

    /// The terminator of a complete block.
    @inlinable public func terminator(_ block: Block) -> Inst { layout.last(block) }

    /// Takes an instruction out of its block. Its results must have no uses left.
    @inlinable public mutating func remove(_ inst: Inst) { layout.remove(inst) }

    /// Notes that an instruction executes elsewhere than its place in the source: its location keeps the place, where a debugger does not stop for it.
    public mutating func markMoved(_ inst: Inst) {
        let location = dfg.locations[inst.index]
        guard location.isSome, !sourceLocations[location].isMoved else { return }
        var data = sourceLocations[location]
        data.isMoved = true
        // Neighbours that come from one operator move together.
        let isKnown = sourceLocations.storage.last == data
        dfg.locations[inst.index] = isKnown ? SourceLocation(rawValue: UInt32(sourceLocations.count - 1)) : sourceLocations.push(data)
    }

    /// An explicit copy: for inlining, and for tests that compare.
    public func clone() -> Function {
        var copy = Function(number: number, signature: signature)
        copy.dfg = dfg
        copy.layout = layout
        copy.sourceLocations = sourceLocations
        copy.variables = variables
        return copy
    }
}
