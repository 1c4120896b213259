import PrecastEntities
import PrecastIR

/// What each local holds from which offset of the body on, noted while the body is translated; a ``VariableTable/Scope`` when it is done.
///
/// Nothing here asks the builder for a value, which could make a parameter: where ways meet, a local that is read later has a parameter by itself or one value
/// for all ways, and of others it is enough to know that all ways bring the same. Frames are what WebAssembly's structured control makes them, so what may have changed
/// behind an `else`, an `end` or at the head of a loop is what was set within the frame. O(sets + frames × locals set in them).
struct LocalHistory {
    private enum Content: BitwiseCopyable {
        case value(Value)
        /// What it held at an offset before.
        case same(UInt32)
        /// A number in `joins`.
        case join(UInt32)
        case unknown
    }
    private struct Event: BitwiseCopyable {
        var offset: UInt32
        var local: UInt32
        var content: Content
    }
    private struct Join {
        var block: Block
        /// Offsets of the branches that meet; nil if not all are known.
        var edges: [UInt32]?
    }
    private struct Frame {
        var opening: UInt32
        var firstSet: Int
        var edges: [UInt32]? = []
    }

    private var events: [Event] = []
    private var joins: [Join] = []
    private var frames: [Frame] = []
    /// Locals set since the outermost open frame began; each frame's are a run that ends at the end.
    private var sets: [UInt32] = []
    private var seen = Set<UInt32>()
    /// Events that the body is worth; beyond, nothing is told.
    private var limit: Int

    private static let mostEdges = 8

    init(bodySize: Int) { limit = 64 * bodySize + 1024 }

    // MARK: Noting

    /// `local` holds `value` behind the operator at `offset`.
    mutating func set(_ local: Int, _ value: Value, behind offset: UInt32) {
        let local = UInt32(truncatingIfNeeded: local)
        add(Event(offset: offset + 1, local: local, content: .value(value)))
        sets.append(local)
    }
    mutating func open(at offset: UInt32) { frames.append(Frame(opening: offset, firstSet: sets.count)) }
    /// A branch to frame `i` at `offset`; nil: from places that nobody knows.
    mutating func branch(to i: Int, at offset: UInt32?) {
        guard let offset, let count = frames[i].edges?.count, count < Self.mostEdges else {
            frames[i].edges = nil
            return
        }
        if frames[i].edges?.last != offset { frames[i].edges?.append(offset) }
    }
    /// An `else`: locals are again what they were at the `if`.
    mutating func turn(at offset: UInt32) {
        let frame = frames[frames.count - 1]
        frames[frames.count - 1].edges?.removeAll { $0 == frame.opening }
        for local in changed(frame) { add(Event(offset: offset + 1, local: local, content: .same(frame.opening))) }
    }
    /// The innermost frame is a `try_table`; code of its handlers follows, which takes its offset.
    mutating func enterHandlers(at offset: UInt32) {
        frames[frames.count - 1].edges = nil
        for local in changed(frames[frames.count - 1]) { add(Event(offset: offset, local: local, content: .unknown)) }
    }
    /// An `end` of a loop; `header` is none if nothing branched back to it.
    mutating func closeLoop(_ header: Block) {
        let frame = frames.removeLast()
        let locals = changed(frame)
        if header.isNone || locals.isEmpty { return }
        joins.append(Join(block: header, edges: nil))
        for local in locals { add(Event(offset: frame.opening + 1, local: local, content: .join(UInt32(joins.count - 1)))) }
    }
    /// An `end` of another frame. `label`: the block that follows; none: the code before it just goes on. `fallsThrough`: it comes in from the `end` too.
    mutating func close(at offset: UInt32, _ label: Block, fallsThrough: Bool) {
        if fallsThrough && label.isSome { branch(to: frames.count - 1, at: offset) }
        let frame = frames.removeLast()
        if label.isNone { return }
        let locals = changed(frame)
        if locals.isEmpty { return }
        joins.append(Join(block: label, edges: frame.edges))
        for local in locals { add(Event(offset: offset + 1, local: local, content: .join(UInt32(joins.count - 1)))) }
    }

    private mutating func add(_ event: Event) {
        if events.count < limit { events.append(event) } else { limit = 0 }
    }
    /// The locals set since `frame` began, each once.
    private mutating func changed(_ frame: Frame) -> ArraySlice<UInt32> {
        seen.removeAll(keepingCapacity: true)
        var end = frame.firstSet
        for i in frame.firstSet..<sets.count where seen.insert(sets[i]).inserted {
            sets[end] = sets[i]
            end += 1
        }
        sets.removeSubrange(end...)
        return sets[frame.firstSet...]
    }

    // MARK: Telling

    /// The changes in the order of the body. `beginnings`: what mentioned locals hold at first; `parameter`: the parameter, real or not, that SSA construction made for
    /// a local at a block.
    consuming func finish(
        beginnings: [(local: UInt32, value: Value)], parameter: (Block, UInt32) -> Value?, _ dfg: DataFlowGraph
    ) -> [VariableTable.Change] {
        if limit == 0 { return [] }
        var order = Array(events.indices)
        order.sort { (events[$0].offset, $0) < (events[$1].offset, $1) }
        var known: [UInt32: [VariableTable.Change]] = [:]
        var result: [VariableTable.Change] = []
        result.reserveCapacity(beginnings.count + events.count)
        for (local, value) in beginnings {
            known[local] = [VariableTable.Change(offset: 0, local: local, value: value)]
            result.append(VariableTable.Change(offset: 0, local: local, value: value))
        }
        func held(_ local: UInt32, at offset: UInt32) -> Value {
            guard let changes = known[local] else { return .none }
            let next = changes.partitionPoint { $0.offset <= offset }
            return next == 0 ? .none : changes[next - 1].value
        }
        func value(_ event: Event) -> Value {
            switch event.content {
            case .value(let value): return dfg.resolve(value)
            case .same(let offset): return held(event.local, at: offset)
            case .join(let number):
                let join = joins[Int(number)]
                if let parameter = parameter(join.block, event.local) { return dfg.resolve(parameter) }
                guard let edges = join.edges, let first = edges.first else { return .none }
                let common = held(event.local, at: first)
                return edges.allSatisfy { held(event.local, at: $0) == common } ? common : .none
            case .unknown: return .none
            }
        }
        for i in order {
            let change = VariableTable.Change(offset: events[i].offset, local: events[i].local, value: value(events[i]))
            if known[change.local]?.last?.value == change.value { continue }
            known[change.local, default: []].append(change)
            result.append(change)
        }
        // Two changes at one offset: the later one counts.
        var last: [UInt32: Int] = [:]
        var kept: [VariableTable.Change] = []
        kept.reserveCapacity(result.count)
        for change in result {
            if let at = last[change.local], kept[at].offset == change.offset {
                kept[at].value = change.value
            } else {
                last[change.local] = kept.count
                kept.append(change)
            }
        }
        return kept
    }
}
