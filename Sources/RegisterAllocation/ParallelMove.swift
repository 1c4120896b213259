import PrecastEntities

/// A move of one value, among others that happen at once.
struct ValueMove {
    var source: Allocation
    var destination: Allocation
    var size: UInt8
    var registerClass: RegisterClass
}

/// Puts moves that happen at once into an order in which they can happen one by one.
///
/// A move is ready when nobody still reads its destination; what is left when none is ready are cycles, each opened by saving one
/// destination. The save goes to the scratch register of the class; but a cycle with a memory-to-memory move, which needs that register
/// for itself, saves to `spareSlot`. No resulting move has memory (or a recipe) on one side and memory on the other.
struct ParallelMove: ~Copyable {
    private var pending: [ValueMove] = []
    private var readers: [Int32] = []
    private var ready: [Int32] = []
    private var writerOf: [UInt32: Int32] = [:]
    private var readerCount: [UInt32: Int32] = [:]
    let scratch: [PhysicalRegister]
    /// A slot of 16 bytes, when one was needed.
    private(set) var needsSpareSlot = false
    let spareSlot: Allocation

    init(scratch: [PhysicalRegister], spareSlot: Allocation) {
        self.scratch = scratch
        self.spareSlot = spareSlot
    }

    /// Appends to `edits` the sequence that does `moves` at once, at `point`. Moves to the same destination
    /// have the same source (a value that goes to its new place, which is also a fixed register). Near-linear.
    mutating func resolve(_ moves: ArraySlice<ValueMove>, at point: InstructionIndex, into edits: inout [Edit]) {
        if moves.count == 1, let move = moves.first {
            if move.source != move.destination { emit(move, point, &edits) }
            return
        }
        pending.removeAll(keepingCapacity: true)
        if moves.count <= 16 {
            for m in moves where m.source != m.destination && !pending.contains(where: { $0.destination == m.destination }) { pending.append(m) }
            resolveFew(point, &edits)
        } else {
            writerOf.removeAll(keepingCapacity: true)
            for m in moves where m.source != m.destination && writerOf.updateValue(0, forKey: m.destination.bits) == nil { pending.append(m) }
            resolveMany(point, &edits)
        }
    }

    private mutating func resolveFew(_ point: InstructionIndex, _ edits: inout [Edit]) {
        while !pending.isEmpty {
            var progress = false
            var i = 0
            while i < pending.count {
                let destination = pending[i].destination
                var isRead = false
                for j in pending.indices where j != i && pending[j].source == destination { isRead = true }
                if isRead {
                    i += 1
                } else {
                    emit(pending[i], point, &edits)
                    pending.swapAt(i, pending.count - 1)
                    pending.removeLast()
                    progress = true
                }
            }
            if !progress { openCycle(point, &edits) }
        }
    }

    /// Saves the destination of the first pending move, which some move of its cycle reads, and lets that one read the copy.
    private mutating func openCycle(_ point: InstructionIndex, _ edits: inout [Edit]) {
        let saved = pending[0].destination
        guard let reader = pending.firstIndex(where: { $0.source == saved }) else { preconditionFailure("no cycle") }
        let copy = temporary(forCycleFrom: 0)
        emit(ValueMove(source: saved, destination: copy, size: pending[reader].size, registerClass: pending[reader].registerClass), point, &edits)
        pending[reader].source = copy
    }

    private mutating func temporary(forCycleFrom first: Int) -> Allocation {
        var hasMemoryMove = false
        var at = pending[first]
        for _ in pending.indices {
            if at.source.asRegister == nil && at.destination.asRegister == nil { hasMemoryMove = true }
            guard let next = pending.first(where: { $0.destination == at.source }) else { break }
            at = next
            if at.destination == pending[first].destination { break }
        }
        return place(hasMemoryMove, pending[first].registerClass)
    }
    private mutating func place(_ hasMemoryMove: Bool, _ registerClass: RegisterClass) -> Allocation {
        if !hasMemoryMove { return .register(scratch[Int(registerClass.rawValue)]) }
        needsSpareSlot = true
        return spareSlot
    }

    /// The same with look-up tables.
    private mutating func resolveMany(_ point: InstructionIndex, _ edits: inout [Edit]) {
        writerOf.removeAll(keepingCapacity: true)
        readerCount.removeAll(keepingCapacity: true)
        for (i, move) in pending.enumerated() {
            writerOf[move.destination.bits] = Int32(i)
            readerCount[move.source.bits, default: 0] += 1
        }
        ready.removeAll(keepingCapacity: true)
        var isDone = Array(repeating: false, count: pending.count)
        for (i, move) in pending.enumerated().reversed() where readerCount[move.destination.bits] == nil { ready.append(Int32(i)) }
        finishReady(point, &isDone, &edits)
        for i in pending.indices where !isDone[i] {
            openLargeCycle(i, point, isDone, &edits)
            ready.append(Int32(i))
            finishReady(point, &isDone, &edits)
        }
    }
    private mutating func finishReady(_ point: InstructionIndex, _ isDone: inout [Bool], _ edits: inout [Edit]) {
        while let i = ready.popLast() {
            let move = pending[Int(i)]
            emit(move, point, &edits)
            isDone[Int(i)] = true
            let left = (readerCount[move.source.bits] ?? 1) - 1
            readerCount[move.source.bits] = left
            if left == 0, let w = writerOf[move.source.bits], !isDone[Int(w)] { ready.append(w) }
        }
    }
    private mutating func openLargeCycle(_ first: Int, _ point: InstructionIndex, _ isDone: [Bool], _ edits: inout [Edit]) {
        // All that is left are simple cycles: follow this one from destination to source.
        var hasMemoryMove = false
        var at = first
        while true {
            let move = pending[at]
            if move.source.asRegister == nil && move.destination.asRegister == nil { hasMemoryMove = true }
            guard let w = writerOf[move.source.bits] else { break }
            if Int(w) == first { break }
            at = Int(w)
        }
        // `at` now reads what `first` writes.
        let copy = place(hasMemoryMove, pending[first].registerClass)
        emit(ValueMove(source: pending[first].destination, destination: copy, size: pending[at].size, registerClass: pending[at].registerClass), point, &edits)
        pending[at].source = copy
        readerCount[copy.bits] = 1
        readerCount[pending[first].destination.bits] = 0
    }

    private func emit(_ move: ValueMove, _ point: InstructionIndex, _ edits: inout [Edit]) {
        if move.source.asRegister == nil && move.destination.asRegister == nil {
            let through = Allocation.register(scratch[Int(move.registerClass.rawValue)])
            edits.append(Edit(point: point, source: move.source, destination: through, size: move.size))
            edits.append(Edit(point: point, source: through, destination: move.destination, size: move.size))
        } else {
            edits.append(Edit(point: point, source: move.source, destination: move.destination, size: move.size))
        }
    }
}
