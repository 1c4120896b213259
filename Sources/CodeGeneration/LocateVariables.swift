import PrecastEntities
import PrecastIR
import PrecastMachineCode
import PrecastRegisterAllocation

/// Says where a function's variables are (docs/debug-information.md, "Where variables are"): turns instructions into offsets and allocations into places.
///
/// O(instructions + ranges).
func locateVariables<Instruction>(
    _ compiled: inout CompiledFunction, _ record: EmissionRecord, _ table: VariableTable, _ followed: FollowedVariables,
    _ code: borrowing VCode<Instruction>, _ problem: Problem, _ solution: Solution, dwarfNumber: (PhysicalRegister) -> UInt8
) {
    compiled.prologueEnd = prologueEnd(record, code)
    if let homes = table.homes {
        compiled.variables = rangesAtHome(homes, compiled.prologueEnd..<record.codeEnd, record)
        return
    }
    var locator = VariableLocator(record, followed, code, problem, solution)
    for location in solution.debugLocations {
        let place: VariableRange.Place
        if let register = location.location.asRegister {
            place = .register(dwarfNumber(register))
        } else if let slot = location.location.asSlot {
            place = .frame(record.spillOffset + Int32(slot))
        } else {
            continue
        }
        locator.add(Int(location.label), location.from.rawValue..<location.to.rawValue, place, location.location)
    }
    for (number, stretch) in followed.stretches.enumerated() {
        if case .constant(let low, let high) = stretch.content { locator.add(number, stretch.instructions, .constant(low, high: high), .none) }
    }
    compiled.variables = locator.finish()
}

/// The code of what lies between the stores that were left out and those that overwrite them, as offsets in the outermost function go.
func staleMemory<Instruction>(
    _ function: borrowing Function, _ record: EmissionRecord, _ code: borrowing VCode<Instruction>
) -> [Range<UInt32>] {
    if function.variables.omittedStores.isEmpty { return [] }
    let locations = function.sourceLocations
    func outermost(_ location: SourceLocation) -> UInt32 {
        var location = location
        while locations[location].inlinedAt.isSome { location = locations[location].inlinedAt }
        return locations[location].offset
    }
    var stale: [ClosedRange<UInt32>] = []
    for omitted in function.variables.omittedStores {
        // Nobody knows what lies between two stores of which one has no place, or that are not in the order of the binary.
        guard omitted.store.isSome, omitted.overwriter.isSome else { return [0..<record.codeEnd] }
        let start = outermost(omitted.store), end = outermost(omitted.overwriter)
        guard start <= end else { return [0..<record.codeEnd] }
        stale.append(start...end)
    }
    stale.sort { $0.lowerBound < $1.lowerBound }
    // The farthest end so far, as ranges may overlap.
    var ends: [UInt32] = []
    for range in stale { ends.append(max(range.upperBound, ends.last ?? 0)) }

    var result: [Range<UInt32>] = []
    var point = 0
    var known: (handle: UInt32, isStale: Bool) = (.max, false)
    for b in record.blockOrder {
        for n in code.blocks[Int(b)].instructions {
            let handle = code.locations[Int(n)]
            if handle != .max && handle != known.handle {
                let offset = outermost(SourceLocation(rawValue: handle))
                let next = stale.partitionPoint { $0.lowerBound <= offset }
                known = (handle, next > 0 && offset <= ends[next - 1])
            }
            let range = record.points[point]..<record.points[point + 2]
            point += 2
            if !known.isStale || range.isEmpty { continue }
            if let last = result.last, last.upperBound == range.lowerBound {
                result[result.count - 1] = last.lowerBound..<range.upperBound
            } else {
                result.append(range)
            }
        }
    }
    return result
}

/// The first instruction that comes from the source.
private func prologueEnd<Instruction>(_ record: EmissionRecord, _ code: borrowing VCode<Instruction>) -> UInt32 {
    var point = 1
    for b in record.blockOrder {
        for n in code.blocks[Int(b)].instructions {
            if code.locations[Int(n)] != .max { return record.points[point] }
            point += 2
        }
    }
    return record.bodyEnd
}

private func rangesAtHome(_ homes: VariableTable.Homes, _ offsets: Range<UInt32>, _ record: EmissionRecord) -> [VariableRange] {
    if offsets.isEmpty { return [] }
    let start = record.slotOffsets[homes.slot.index]
    func range(_ subject: VariableRange.Subject, _ offset: UInt32) -> VariableRange {
        VariableRange(offsets: offsets, inlinedAt: .max, subject: subject, place: .frame(start + Int32(offset)))
    }
    return (0..<homes.localCount).map { range(.local($0), homes.stride * ($0 + 1)) } + [range(.instanceContext, 0)]
}

private struct VariableLocator {
    /// A variable in a place, over a range of the code.
    private struct Piece: BitwiseCopyable {
        var start: UInt32
        var end: UInt32
        var variable: UInt32
        /// Number in `places`.
        var place: UInt32
    }
    private let record: EmissionRecord
    private let followed: FollowedVariables
    private let problem: Problem
    private let solution: Solution
    /// Per instruction: the number of its first point; -1 where it has no code.
    private var firstPoints: [Int32]
    /// Per instruction.
    private var blocks: [UInt32]
    private var pieces: [Piece] = []
    private var places: [VariableRange.Place] = []

    init<Instruction>(
        _ record: EmissionRecord, _ followed: FollowedVariables, _ code: borrowing VCode<Instruction>, _ problem: Problem, _ solution: Solution
    ) {
        self.record = record
        self.followed = followed
        self.problem = problem
        self.solution = solution
        firstPoints = Array(repeating: -1, count: problem.instructionCount)
        blocks = Array(repeating: 0, count: problem.instructionCount)
        for b in problem.blocks.indices { for n in problem.blocks[b].instructions { blocks[Int(n)] = UInt32(b) } }
        var point: Int32 = 0
        for b in record.blockOrder {
            for n in code.blocks[Int(b)].instructions {
                firstPoints[Int(n)] = point
                point += 2
            }
        }
    }

    /// Adds that the variable of a stretch is in `place` before each of `instructions`.
    mutating func add(_ stretch: Int, _ instructions: Range<UInt32>, _ place: VariableRange.Place, _ allocation: Allocation) {
        let variable = followed.stretches[stretch].variable
        let runs = followed.scopes[Int(followed.variables[Int(variable)].scope)].instructions
        places.append(place)
        var run = runs.partitionPoint { $0.upperBound <= instructions.lowerBound }
        while run < runs.count, runs[run].lowerBound < instructions.upperBound {
            var start = max(runs[run].lowerBound, instructions.lowerBound)
            let end = min(runs[run].upperBound, instructions.upperBound)
            run += 1
            while start < end {
                let b = Int(blocks[Int(start)]), blockEnd = min(end, problem.blocks[b].instructions.upperBound)
                addPart(start..<blockEnd, in: b, variable, allocation)
                start = blockEnd
            }
        }
    }
    private mutating func addPart(_ instructions: Range<UInt32>, in b: Int, _ variable: UInt32, _ allocation: Allocation) {
        let first = Int(firstPoints[Int(instructions.lowerBound)])
        if first < 0 { return }
        let last = instructions.upperBound - 1
        let lastPoint = Int(firstPoints[Int(last)])
        var end = record.points[lastPoint + 2]
        // Where the instruction itself writes to the place, the value is there when it begins; a call's first byte is not where its callees return to.
        if overwrites(last, allocation, in: b) { end = min(end, record.points[lastPoint + 1] + 1) }
        let start = record.points[first + 1]
        if start >= end { return }
        let place = UInt32(places.count - 1)
        if let last = pieces.last, last.end == start, last.variable == variable, last.place == place {
            pieces[pieces.count - 1].end = end
        } else {
            pieces.append(Piece(start: start, end: end, variable: variable, place: place))
        }
    }

    /// Whether an instruction writes to a place, or takes the frame down.
    private func overwrites(_ n: UInt32, _ allocation: Allocation, in b: Int) -> Bool {
        if allocation.isNone { return false }
        let block = problem.blocks[b], instruction = InstructionIndex(rawValue: n)
        if block.successors.isEmpty && n == block.instructions.upperBound - 1 { return true }
        if let register = allocation.asRegister, problem.clobberSets[Int(problem.clobbers[instruction.index])].contains(register) { return true }
        if problem.moves.contains(instruction) { return false }
        for o in problem.operandRange(instruction) where problem.operands[o].kind == .def {
            if solution.allocations[o] == allocation { return true }
            if let written = solution.allocations[o].asSlot, let slot = allocation.asSlot, abs(written - slot) < 16 { return true }
        }
        return false
    }

    /// In order, without overlaps, joined where one goes on as another.
    consuming func finish() -> [VariableRange] {
        let (sorted, ends) = sortedByVariable()
        var result: [VariableRange] = []
        result.reserveCapacity(sorted.count)
        var start = 0
        for (variable, end) in ends {
            let subject = followed.variables[variable].subject
            let inlinedAt = followed.scopes[Int(followed.variables[variable].scope)].inlinedAt.rawValue
            let first = result.count
            for piece in sorted[start..<end] {
                var offsets = piece.start..<piece.end
                let place = places[Int(piece.place)]
                if result.count > first {
                    let last = result[result.count - 1].offsets
                    if piece.end <= last.upperBound { continue }
                    offsets = max(piece.start, last.upperBound)..<piece.end
                    if offsets.lowerBound == last.upperBound, result[result.count - 1].place == place {
                        result[result.count - 1].offsets = last.lowerBound..<piece.end
                        continue
                    }
                }
                result.append(VariableRange(offsets: offsets, inlinedAt: inlinedAt, subject: subject, place: place))
            }
            start = end
        }
        return result
    }
    /// The pieces, each variable's by their starts, and where those of each variable end.
    private func sortedByVariable() -> (pieces: [Piece], ends: [(variable: Int, end: Int)]) {
        var cursors = [Int](repeating: 0, count: followed.variables.count)
        for piece in pieces { cursors[Int(piece.variable)] += 1 }
        var ends: [(variable: Int, end: Int)] = []
        let used = cursors.indices.filter { cursors[$0] > 0 }.map { (order: order(of: $0), variable: $0) }.sorted { $0.order < $1.order }
        var count = 0
        for (_, variable) in used {
            let start = count
            count += cursors[variable]
            cursors[variable] = start
            ends.append((variable, count))
        }
        var sorted = pieces
        for piece in pieces {
            sorted[cursors[Int(piece.variable)]] = piece
            cursors[Int(piece.variable)] += 1
        }
        var start = 0
        for (_, end) in ends {
            for i in start + 1..<max(end, start + 1) where sorted[i].start < sorted[i - 1].start {
                sorted[start..<end].sort { $0.start < $1.start }
                break
            }
            start = end
        }
        return (sorted, ends)
    }
    private func order(of variable: Int) -> UInt64 {
        let scope = followed.scopes[Int(followed.variables[variable].scope)]
        return VariableRange.order(followed.variables[variable].subject, inlinedAt: scope.inlinedAt.rawValue)
    }
}
