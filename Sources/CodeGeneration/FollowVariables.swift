import PrecastEntities
import PrecastIR
import PrecastMachineCode
import PrecastRegisterAllocation

/// What a function's variables hold, instruction by instruction of the code before allocation.
///
/// An instruction comes from an offset in the function's binary, and through the calls that were inlined from one in each caller; there
/// the variable table says which value each local holds. So what holds at an instruction depends on it alone, wherever optimization has put it.
struct FollowedVariables {
    /// A variable has one value over a run of instructions, as far as these belong to its scope.
    struct Stretch {
        /// Number in `variables`.
        var variable: UInt32
        var content: Content
        var instructions: Range<UInt32>
    }
    struct Variable {
        /// Number in `scopes`.
        var scope: UInt32
        var subject: VariableRange.Subject
    }
    enum Content: BitwiseCopyable {
        case register(VirtualRegister)
        case constant(UInt64, high: UInt64)
    }
    struct Scope {
        var inlinedAt: SourceLocation
        /// Ascending runs of the instructions that come from it or from what it has inlined.
        var instructions: [Range<UInt32>] = []
    }
    /// The first stands for variables that hold everywhere.
    var scopes = [Scope(inlinedAt: .none)]
    var variables = [Variable(scope: 0, subject: .instanceContext), Variable(scope: 0, subject: .memoryBase)]
    var stretches: [Stretch] = []

    /// For the allocator: stretches by number.
    var debugValues: [DebugValue] {
        stretches.enumerated().compactMap { number, stretch in
            guard case .register(let register) = stretch.content else { return nil }
            return DebugValue(
                label: UInt32(number), register: register, from: InstructionIndex(rawValue: stretch.instructions.lowerBound),
                to: InstructionIndex(rawValue: stretch.instructions.upperBound))
        }
    }
}

/// - Precondition: `code` is what `function` was lowered to.
/// - Complexity: O(instructions + changes passed on the way from one to the next).
func followVariables<Instruction>(_ function: borrowing Function, _ code: borrowing VCode<Instruction>) -> FollowedVariables {
    if function.variables.homes != nil { return FollowedVariables() }
    var follower = VariableFollower(function.variables, function.dfg, code)
    follower.walk(locations(code), function.sourceLocations)
    return follower.result
}

/// Where instructions come from. Moves on an edge come from where its block branches: locals are there what they were.
private func locations<Instruction>(_ code: borrowing VCode<Instruction>) -> [UInt32] {
    var locations = code.locations
    for block in code.blocks where block.predecessors.count == 1 {
        let predecessor = code.blocks[code.blockPool[Int(block.predecessors.lowerBound)].index]
        let branch = locations[Int(predecessor.instructions.upperBound) - 1]
        for n in block.instructions where locations[Int(n)] == .max { locations[Int(n)] = branch }
    }
    return locations
}

private struct VariableFollower {
    /// The locals of one scope, at the instruction at hand.
    private struct Cursor {
        let inlinedAt: SourceLocation
        /// Number of the first local's variable in the result.
        let firstVariable: UInt32
        let changes: [VariableTable.Change]
        /// Per change: what the local held before.
        var previous: [Value] = []
        /// Number among the scope's locals, by index; per number: index, value, and the instruction since which it has that.
        var numbers: [UInt32: Int32] = [:]
        var locals: [(index: UInt32, value: Value, since: UInt32)] = []
        var changeNumbers: [Int32] = []
        /// Changes passed.
        var position = 0

        init(_ scope: VariableTable.Scope, firstVariable: Int, _ dfg: DataFlowGraph) {
            inlinedAt = scope.inlinedAt
            self.firstVariable = UInt32(firstVariable)
            var changes = scope.changes
            var last: [Value] = []
            for i in changes.indices {
                if changes[i].value.isSome && changes[i].value != VariableTable.zero { changes[i].value = dfg.resolve(changes[i].value) }
                let local = changes[i].local
                let number: Int32
                if let known = numbers[local] {
                    number = known
                } else {
                    number = Int32(locals.count)
                    numbers[local] = number
                    locals.append((local, .none, 0))
                    last.append(.none)
                }
                changeNumbers.append(number)
                previous.append(last[Int(number)])
                last[Int(number)] = changes[i].value
            }
            self.changes = changes
        }
    }

    private let dfg: DataFlowGraph
    private let registers: [Register]
    /// Addresses in memory 0 that are in registers, by what is added to its start.
    private var addresses: [Value: [VirtualRegister]] = [:]
    /// Variables for the addresses of locals, by the local's.
    private var addressVariables: [UInt32: UInt32] = [:]
    private var cursors: [Cursor]
    private var cursorNumbers: [SourceLocation: Int] = [:]
    private(set) var result = FollowedVariables()

    init<Instruction>(_ table: VariableTable, _ dfg: DataFlowGraph, _ code: borrowing VCode<Instruction>) {
        self.dfg = dfg
        var registers: [Register] = []
        registers.reserveCapacity(code.valueRegisters.count)
        for register in code.valueRegisters { registers.append(register.isSome && register.isVirtual ? code.resolve(register) : .none) }
        self.registers = registers
        cursors = []
        cursors.reserveCapacity(table.scopes.count)
        for scope in table.scopes {
            let cursor = Cursor(scope, firstVariable: result.variables.count, dfg), number = UInt32(result.scopes.count)
            for local in cursor.locals { result.variables.append(FollowedVariables.Variable(scope: number, subject: .local(local.index))) }
            cursorNumbers[cursor.inlinedAt] = cursors.count
            cursors.append(cursor)
            result.scopes.append(FollowedVariables.Scope(inlinedAt: cursor.inlinedAt))
        }
        let all = 0..<UInt32(code.instructions.count)
        result.scopes[0].instructions = [all]
        if table.context.isSome { add(0, table.context, all) }
        let bases = Set(table.memoryBases.map(dfg.resolve))
        for base in bases.sorted(by: { $0.rawValue < $1.rawValue }) { add(1, base, all) }
        if !bases.isEmpty && !cursors.isEmpty { findAddresses(bases) }
    }

    /// Where a local is a pointer, often only the address that it means is kept: an i32 is not used itself any more.
    private mutating func findAddresses(_ bases: Set<Value>) {
        for n in registers.indices where registers[n].isSome {
            let value = Value(rawValue: UInt32(n))
            guard let inst = dfg.definition(value), dfg.instructions[inst].opcode == .iadd, bases.contains(dfg.resolve(dfg.instructions[inst].valueA))
            else { continue }
            var offset = dfg.resolve(dfg.instructions[inst].valueB)
            if let extended = dfg.definition(offset), dfg.instructions[extended].opcode == .uextend { offset = dfg.resolve(dfg.instructions[extended].valueA) }
            addresses[offset, default: []].append(registers[n].virtual)
        }
    }

    mutating func walk(_ handles: [UInt32], _ locations: PrimaryMap<SourceLocation, SourceLocationData>) {
        if cursors.isEmpty { return }
        var n = 0
        while n < handles.count {
            let handle = handles[n]
            let start = n
            while n < handles.count && handles[n] == handle { n += 1 }
            var at = handle == .max ? SourceLocation.none : SourceLocation(rawValue: handle)
            while at.isSome {
                let data = locations[at]
                if let number = cursorNumbers[data.inlinedAt] {
                    move(number, to: data.offset, at: UInt32(start))
                    note(UInt32(start)..<UInt32(n), number + 1)
                }
                at = data.inlinedAt
            }
        }
        for number in cursors.indices {
            for local in cursors[number].locals.indices { change(local, of: number, to: .none, at: UInt32(handles.count)) }
        }
    }
    private mutating func note(_ instructions: Range<UInt32>, _ scope: Int) {
        if let last = result.scopes[scope].instructions.last, last.upperBound == instructions.lowerBound {
            result.scopes[scope].instructions[result.scopes[scope].instructions.count - 1] = last.lowerBound..<instructions.upperBound
        } else {
            result.scopes[scope].instructions.append(instructions)
        }
    }

    /// To where an operator at `offset` finds the locals of a scope.
    private mutating func move(_ number: Int, to offset: UInt32, at n: UInt32) {
        var position = cursors[number].position
        while position < cursors[number].changes.count, cursors[number].changes[position].offset <= offset {
            change(Int(cursors[number].changeNumbers[position]), of: number, to: cursors[number].changes[position].value, at: n)
            position += 1
        }
        while position > 0, cursors[number].changes[position - 1].offset > offset {
            position -= 1
            change(Int(cursors[number].changeNumbers[position]), of: number, to: cursors[number].previous[position], at: n)
        }
        cursors[number].position = position
    }
    /// Ends what a local held, and begins another value.
    private mutating func change(_ local: Int, of number: Int, to new: Value, at n: UInt32) {
        let old = cursors[number].locals[local]
        if new == old.value { return }
        cursors[number].locals[local] = (old.index, new, n)
        if old.since < n { add(cursors[number].firstVariable + UInt32(local), old.value, old.since..<n) }
    }
    private mutating func add(_ variable: UInt32, _ value: Value, _ instructions: Range<UInt32>) {
        if let content = content(value) {
            result.stretches.append(FollowedVariables.Stretch(variable: variable, content: content, instructions: instructions))
            if case .constant = content { return }
        }
        if addresses.isEmpty { return }
        guard case .local(let index) = result.variables[Int(variable)].subject, let registers = addresses[value] else { return }
        let address = addressVariable(of: variable, index)
        for register in registers {
            result.stretches.append(FollowedVariables.Stretch(variable: address, content: .register(register), instructions: instructions))
        }
    }
    private mutating func addressVariable(of variable: UInt32, _ local: UInt32) -> UInt32 {
        if let known = addressVariables[variable] { return known }
        let number = UInt32(result.variables.count)
        result.variables.append(FollowedVariables.Variable(scope: result.variables[Int(variable)].scope, subject: .localAddress(local)))
        addressVariables[variable] = number
        return number
    }

    private func content(_ value: Value) -> FollowedVariables.Content? {
        if value.isNone { return nil }
        if value == VariableTable.zero { return .constant(0, high: 0) }
        var root = value
        while let inst = dfg.definition(root) {
            let data = dfg.instructions[inst]
            switch data.opcode {
            case .iconst, .f32const, .f64const:
                let bits = UInt64(bitPattern: data.immediate)
                return .constant(data.type == .i32 || data.type == .f32 ? bits & 0xffff_ffff : bits, high: 0)
            case .vconst:
                let constant = dfg.vectorConstants[VectorConstant(rawValue: data.a)]
                return .constant(constant.low, high: constant.high)
            default: break
            }
            if registers[root.index].isSome { break }
            // The register of an i32 is that of its zero extension.
            guard data.opcode == .uextend else { break }
            root = dfg.resolve(data.valueA)
        }
        let register = registers[root.index]
        return register.isSome && register.isVirtual ? .register(register.virtual) : nil
    }
}
