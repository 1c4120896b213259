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
    private let record: EmissionRecord
    private let followed: FollowedVariables
    private let problem: Problem
    private let solution: Solution
    /// Per instruction: the number of its first point; -1 where it has no code.
    private var firstPoints: [Int32]
    private var ranges: [VariableRange] = []

    init<Instruction>(
        _ record: EmissionRecord, _ followed: FollowedVariables, _ code: borrowing VCode<Instruction>, _ problem: Problem, _ solution: Solution
    ) {
        self.record = record
        self.followed = followed
        self.problem = problem
        self.solution = solution
        firstPoints = Array(repeating: -1, count: problem.instructionCount)
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
        let stretch = followed.stretches[stretch]
        let scope = followed.scopes[Int(stretch.scope)]
        var run = scope.instructions.partitionPoint { $0.upperBound <= instructions.lowerBound }
        while run < scope.instructions.count, scope.instructions[run].lowerBound < instructions.upperBound {
            let part = scope.instructions[run].clamped(to: instructions)
            run += 1
            var b = problem.blocks.partitionPoint { $0.instructions.upperBound <= part.lowerBound }
            while b < problem.blocks.count, problem.blocks[b].instructions.lowerBound < part.upperBound {
                addPart(problem.blocks[b].instructions.clamped(to: part), in: b, stretch, scope, place, allocation)
                b += 1
            }
        }
    }
    private mutating func addPart(
        _ instructions: Range<UInt32>, in b: Int, _ stretch: FollowedVariables.Stretch, _ scope: FollowedVariables.Scope,
        _ place: VariableRange.Place, _ allocation: Allocation
    ) {
        let first = Int(firstPoints[Int(instructions.lowerBound)])
        if first < 0 { return }
        let last = instructions.upperBound - 1
        let lastPoint = Int(firstPoints[Int(last)])
        var end = record.points[lastPoint + 2]
        // Where the instruction itself writes to the place, the value is there when it begins; a call's first byte is not where its callees return to.
        if overwrites(last, allocation, in: b) { end = min(end, record.points[lastPoint + 1] + 1) }
        let start = record.points[first + 1]
        if start >= end { return }
        let subject: VariableRange.Subject = switch stretch.subject {
        case .local(let index): .local(index)
        case .localAddress(let index): .localAddress(index)
        case .instanceContext: .instanceContext
        case .memoryBase: .memoryBase
        }
        ranges.append(VariableRange(offsets: start..<end, inlinedAt: scope.inlinedAt.rawValue, subject: subject, place: place))
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
        var order = ranges.indices.map { (key: ranges[$0].key, number: UInt32($0)) }
        order.sort { $0.key.high != $1.key.high ? $0.key.high < $1.key.high : $0.key.low < $1.key.low }
        var result: [VariableRange] = []
        result.reserveCapacity(ranges.count)
        for (_, number) in order {
            var range = ranges[Int(number)]
            if let last = result.last, last.inlinedAt == range.inlinedAt, last.subject == range.subject {
                let start = max(range.offsets.lowerBound, last.offsets.upperBound)
                if start >= range.offsets.upperBound { continue }
                range.offsets = start..<range.offsets.upperBound
                if start == last.offsets.upperBound, last.place == range.place {
                    result[result.count - 1].offsets = last.offsets.lowerBound..<range.offsets.upperBound
                    continue
                }
            }
            result.append(range)
        }
        return result
    }
}

extension VariableRange {
    /// Orders ranges: the function's own variables first, locals by index, then by offset.
    fileprivate var key: (high: UInt64, low: UInt64) {
        let subject: UInt64 = switch subject {
        case .local(let index): UInt64(index)
        case .localAddress(let index): 0x8000_0000 | UInt64(index)
        case .instanceContext: 0xffff_fffe
        case .memoryBase: 0xffff_ffff
        }
        return (UInt64(inlinedAt &+ 1) << 32 | subject, UInt64(offsets.lowerBound))
    }
}
