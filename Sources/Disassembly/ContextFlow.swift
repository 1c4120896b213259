import CCapstone
import PrecastArtifactFormat

/// A value that is known from the instance context: from there, eight bytes are loaded at each of `loads` in turn, then `offset` is added.
struct ContextPath: Hashable {
    var loads: [Int64] = []
    var offset: Int64 = 0

    /// More loads than any name needs.
    private static let limit = 4

    func adding(_ addend: Int64) -> ContextPath { ContextPath(loads: loads, offset: offset &+ addend) }
    func loading(_ displacement: Int64) -> ContextPath? {
        loads.count < Self.limit ? ContextPath(loads: loads + [offset &+ displacement], offset: 0) : nil
    }
    /// The place that the value was loaded from.
    var source: ContextPath? {
        guard offset == 0, let last = loads.last else { return nil }
        return ContextPath(loads: Array(loads.dropLast()), offset: last)
    }
}

enum KnownValue: Hashable {
    case context(ContextPath)
    case address(UInt64)

    func adding(_ addend: Int64) -> KnownValue {
        switch self {
        case .context(let path): .context(path.adding(addend))
        case .address(let address): .address(address &+ UInt64(bitPattern: addend))
        }
    }
}

/// Which registers and frame slots hold a known value.
struct KnownState: Hashable {
    struct Slot: Hashable {
        var base: Register
        var displacement: Int64
    }
    var registers: [Register: KnownValue] = [:]
    var slots: [Slot: KnownValue] = [:]

    /// Keeps what both know. Returns whether anything was lost.
    mutating func formIntersection(_ other: KnownState) -> Bool {
        let before = registers.count + slots.count
        registers = registers.filter { other.registers[$0.key] == $0.value }
        slots = slots.filter { other.slots[$0.key] == $0.value }
        return registers.count + slots.count != before
    }

    /// The value at `place`, as the instance context knows it.
    func path(of place: MachineInstruction.Place) -> ContextPath? {
        guard case .context(let path)? = registers[place.base] else { return nil }
        return path.adding(place.displacement)
    }
}

/// Follows the instance context, and what is loaded from it, through a function's code: a forward data flow over its blocks.
///
/// Sound as far as the disassembler says what an instruction writes; nothing but comments depends on it.
struct ContextFlow {
    private let registers: ContextRegisters

    init(_ machine: Machine) { registers = ContextRegisters(machine) }

    /// Calls `visit` with every instruction that is reached, and what is known before it.
    ///
    /// - Parameters:
    ///   - instructions: ascending, without gaps but for data.
    ///   - tableTargets: where computed jumps lead.
    ///   - landingPads: where nothing is known.
    func walk(
        _ instructions: [MachineInstruction], _ kind: FunctionRecord.Kind?, tableTargets: Set<UInt64>, landingPads: Set<UInt64>,
        _ visit: (Int, KnownState) -> Void
    ) {
        guard let first = instructions.first else { return }
        let starts = blockStarts(instructions, tableTargets.union(landingPads))
        let blockOf = Dictionary(uniqueKeysWithValues: starts.enumerated().map { (instructions[$1].address, $0) })
        var states = [KnownState?](repeating: nil, count: starts.count)
        var entry = KnownState()
        if let register = kind == .hostTrampoline ? registers.callerContext : registers.context { entry.registers[register] = .context(ContextPath()) }
        var work: [Int] = []
        func flow(_ state: KnownState, to address: UInt64) {
            guard let block = blockOf[address] else { return }
            if states[block] == nil {
                states[block] = state
            } else if !(states[block]?.formIntersection(state) ?? false) {
                return
            }
            work.append(block)
        }
        flow(entry, to: first.address)
        for pad in landingPads { flow(KnownState(), to: pad) }
        func range(_ block: Int) -> Range<Int> { starts[block]..<(block + 1 < starts.count ? starts[block + 1] : instructions.count) }
        while let block = work.popLast() {
            guard var state = states[block] else { continue }
            let range = range(block)
            for index in range { apply(instructions[index], &state) }
            guard let last = range.last.map({ instructions[$0] }) else { continue }
            if let target = last.target, last.flow == .jump || last.flow == .branch { flow(state, to: target) }
            if last.flow == .jump, last.target == nil { for target in tableTargets { flow(state, to: target) } }
            if last.flow == .next || last.flow == .branch || last.flow == .call { flow(state, to: last.end) }
        }
        for block in starts.indices {
            guard var state = states[block] else { continue }
            for index in range(block) {
                visit(index, state)
                apply(instructions[index], &state)
            }
        }
    }

    /// Indices of the instructions that blocks start with.
    private func blockStarts(_ instructions: [MachineInstruction], _ targets: Set<UInt64>) -> [Int] {
        var addresses = targets
        for instruction in instructions {
            if instruction.flow == .jump || instruction.flow == .branch, let target = instruction.target { addresses.insert(target) }
        }
        return instructions.indices.filter { index in
            if index == 0 || addresses.contains(instructions[index].address) { return true }
            let previous = instructions[index - 1]
            return previous.flow != .next && previous.flow != .call || previous.end != instructions[index].address
        }
    }

    private func apply(_ instruction: MachineInstruction, _ state: inout KnownState) {
        if instruction.flow == .call {
            state.registers = state.registers.filter { registers.preserved.contains($0.key) }
            return
        }
        let values = results(instruction, state)
        if instruction.writesMemory, let place = instruction.place { forget(place, &state) }
        for register in instruction.written {
            state.registers[register] = nil
            if registers.frame.contains(register) { state.slots = state.slots.filter { $0.key.base != register } }
        }
        for (register, value) in values { state.registers[register] = value }
        if case .store(let stored, let place) = instruction.effect, registers.frame.contains(place.base) {
            for (n, register) in stored.enumerated() {
                state.slots[KnownState.Slot(base: place.base, displacement: place.displacement + 8 * Int64(n))] = state.registers[register]
            }
        }
    }

    /// What its registers hold after an instruction.
    private func results(_ instruction: MachineInstruction, _ state: KnownState) -> [(Register, KnownValue)] {
        switch instruction.effect {
        case .copy(let to, let from, let addend): return state.registers[from].map { [(to, $0.adding(addend))] } ?? []
        case .address(let to, let address): return [(to, .address(address))]
        case .load(let to, let place):
            return to.enumerated().compactMap { n, register in
                let displacement = place.displacement + 8 * Int64(n)
                if registers.frame.contains(place.base) {
                    return state.slots[KnownState.Slot(base: place.base, displacement: displacement)].map { (register, $0) }
                }
                guard case .context(let path)? = state.registers[place.base], let loaded = path.loading(displacement) else { return nil }
                return (register, .context(loaded))
            }
        case .store, .call, .other: return []
        }
    }

    /// Forgets the frame slots that a store to `place` may reach.
    private func forget(_ place: MachineInstruction.Place, _ state: inout KnownState) {
        guard registers.frame.contains(place.base) else { return }
        state.slots = state.slots.filter { slot, _ in
            slot.base == place.base && !place.isIndexed && (slot.displacement + 8 <= place.displacement || slot.displacement >= place.displacement + 64)
        }
    }
}

/// The registers of docs/abi.md that matter here.
private struct ContextRegisters {
    let context: Register?
    let callerContext: Register?
    let frame: Set<Register>
    let preserved: Set<Register>

    init(_ machine: Machine) {
        if machine == .x86_64 {
            context = Register(X86_REG_RDI.rawValue)
            callerContext = Register(X86_REG_R10.rawValue)
            frame = Set([X86_REG_RBP, X86_REG_RSP].map { Register($0.rawValue) })
            preserved = frame.union([X86_REG_RBX, X86_REG_R12, X86_REG_R13, X86_REG_R14, X86_REG_R15].map { Register($0.rawValue) })
        } else {
            context = Register(ARM64_REG_X0.rawValue)
            callerContext = Register(ARM64_REG_X9.rawValue)
            frame = Set([ARM64_REG_SP, ARM64_REG_X29].map { Register($0.rawValue) })
            preserved = frame.union((ARM64_REG_X19.rawValue...ARM64_REG_X28.rawValue).map { Register($0) })
        }
    }
}
