import PrecastArtifactFormat
import PrecastEntities

/// Follows one function's frame through all of its code, by data flow over what its instructions do, and compares it with its entry in `.eh_frame`
/// at each of them.
struct FunctionAnalysis {
    /// What a function leaves behind for those that call it, and asks of those that it calls.
    struct Interface {
        /// Bytes above the return address that its returns pop.
        var pops: Set<Int64> = []
        /// By call or tail call: the place, the callee's first instruction, and what the callee has to pop.
        var demands: [(place: Int64, callee: Int64, pops: Int64)] = []
        /// Of tail calls: the callee, and what this function has popped before them.
        var tails: [(callee: Int64, popped: Int64)] = []
    }
    private struct Head {
        var state: FrameState
        var isPending = true
    }

    let convention: MachineConvention
    let range: Range<Int64>
    let entry: FrameEntry?
    let landings: Landings
    private(set) var interface = Interface()
    private(set) var findings: [(place: Int64, what: String)] = []
    private(set) var findingCount = 0
    private(set) var instructionCount = 0
    private var heads: [Int64: Head] = [:]
    private var pending: [Int64] = []
    private var decoded: [Int64: Instruction] = [:]
    /// The head that an instruction was last reached from.
    private var owners: [Int64: Int64] = [:]
    private var isComparing = false
    private var unknownJumps: Set<Int64> = []
    private var steps = 0

    /// Findings listed for a function.
    private static let listed = 4

    init(_ convention: MachineConvention, _ range: Range<Int64>, _ entry: FrameEntry?, _ landings: Landings) {
        self.convention = convention
        self.range = range
        self.entry = entry
        self.landings = landings
    }

    mutating func run(_ code: inout Disassembler) {
        code.forget()
        guard let entry, entry.range == range else {
            return find(range.lowerBound, entry == nil ? "no entry in .eh_frame" : "its entry in .eh_frame ends at another place")
        }
        reach(range.lowerBound, FrameState(convention))
        while let head = pending.popLast() {
            heads[head]?.isPending = false
            follow(from: head, &code)
            // Each state can change a few dozen times: far from this.
            if steps > 4096 + 256 * range.count { return find(head, "the analysis does not end") }
        }
        isComparing = true
        for head in heads.keys.sorted() { follow(from: head, &code) }
        instructionCount = decoded.count
        findUnreached(&code)
    }

    private mutating func find(_ place: Int64, _ what: String) {
        findingCount += 1
        if findings.count < Self.listed { findings.append((place, what)) }
    }

    // MARK: Data flow

    private mutating func reach(_ place: Int64, _ state: FrameState) {
        if isComparing { return }
        guard let known = heads[place] else {
            heads[place] = Head(state: state)
            pending.append(place)
            // A way that ran over it before has to end here now.
            if let owner = owners[place] { requeue(owner) }
            return
        }
        let merged = known.state.merged(state)
        if merged == known.state { return }
        heads[place]?.state = merged
        requeue(place)
    }
    private mutating func requeue(_ head: Int64) {
        guard let known = heads[head], !known.isPending else { return }
        heads[head]?.isPending = true
        pending.append(head)
    }

    /// From a head to the end of its way, or the next head.
    private mutating func follow(from head: Int64, _ code: inout Disassembler) {
        guard var state = heads[head]?.state else { return }
        var place = head
        var row = 0
        while true {
            guard range.contains(place), let instruction = instruction(at: place, &code), place + Int64(instruction.size) <= range.upperBound else {
                if isComparing { find(place, range.contains(place) ? "no instruction" : "the code runs on behind its end") }
                return
            }
            steps += 1
            owners[place] = head
            if isComparing { compare(state, at: place, &row) }
            let next = place + Int64(instruction.size)
            for n in instruction.operations { state.apply(code.operations[n]) }
            guard go(on: instruction, at: place, next, &state, &code) else { return }
            place = next
            if heads[place] != nil { return reach(place, state) }
        }
    }

    private mutating func instruction(at place: Int64, _ code: inout Disassembler) -> Instruction? {
        if let known = decoded[place] { return known }
        guard let instruction = code.decode(at: Int(place)) else { return nil }
        decoded[place] = instruction
        return instruction
    }

    /// Follows the ways out of an instruction; whether the next one is among them.
    private mutating func go(on instruction: Instruction, at place: Int64, _ next: Int64, _ state: inout FrameState, _ code: inout Disassembler) -> Bool {
        switch instruction.flow {
        case .next: return true
        case .stop: return false
        case .jump(let target):
            if range.contains(target), target != range.lowerBound || !isTailCall(state) { reach(target, state) } else { tailCall(at: place, target, state) }
            return false
        case .branch(let target):
            if range.contains(target) { reach(target, state) } else { tailCall(at: place, target, state) }
            return true
        case .leave(let pops):
            checkReturn(at: place, pops: pops, state)
            return false
        case .indirect(let register):
            if let register, case .tableTarget(let table, let last) = state[register] {
                jump(through: table, last: last, at: place, state, code.text)
            } else {
                tailCall(at: place, nil, state)
            }
            return false
        case .call(let callee):
            call(callee, at: place, next, &state, &code)
            return true
        }
    }

    private mutating func jump(through table: Int64, last: Int64, at place: Int64, _ state: FrameState, _ text: UnsafeRawBufferPointer) {
        let (bytes, overflow) = (last &+ 1).multipliedReportingOverflow(by: 4)
        guard last >= 0, !overflow, range.contains(table), bytes <= range.upperBound - table else {
            if isComparing { find(place, "a jump table beyond its function") }
            return
        }
        for offset in stride(from: table, to: table + bytes, by: 4) {
            let target = table + Int64(Int32(littleEndian: text.loadUnaligned(fromByteOffset: Int(offset), as: Int32.self)))
            if range.contains(target) { reach(target, state) } else if isComparing { find(place, "a jump table leads out of its function") }
        }
    }

    /// Behind a call: what a callee leaves as it was, and the ways of exceptions.
    private mutating func call(_ callee: Int64?, at place: Int64, _ next: Int64, _ state: inout FrameState, _ code: inout Disassembler) {
        let sp = convention.stackPointer
        // Where the callee popped its arguments, the next instruction takes sp down again.
        var pops: Int64 = 0
        if let after = instruction(at: next, &code), range.contains(next), after.operations.count == 1,
           case .add(sp, sp, let number) = code.operations[after.operations.lowerBound], number < 0
        { pops = 0 &- number }
        if isComparing, let callee { interface.demands.append((place, callee, pops)) }
        let stackPointer = state.frameOffset(sp)
        if let stackPointer { state.invalidate((stackPointer &- 1 << 40)..<stackPointer &+ pops) }
        for landing in landings.pads(returningTo: next) {
            guard range.contains(landing.place) else {
                if isComparing { find(place, "a landing pad outside of its function") }
                continue
            }
            var pad = state
            pad.forgetRegisters(except: [convention.framePointer])
            pad[sp] = pad.frameOffset(convention.framePointer).map { .frame($0 &- landing.frameSize) } ?? .unknown
            reach(landing.place, pad)
        }
        state.forgetRegisters(except: convention.calleeSaved + [sp])
        state.apply(.add(sp, sp, pops))
    }

    // MARK: What has to hold

    /// Whether this is where a function could begin: the caller's registers, the return address in its place.
    private func isTailCall(_ state: FrameState) -> Bool {
        guard let sp = state.frameOffset(convention.stackPointer) else { return false }
        let link = convention.pushesReturnAddress ? state.slot(sp) : state[convention.returnAddress]
        return link == .returnAddress && convention.calleeSaved.allSatisfy { state[$0] == .entry($0) }
    }

    private mutating func tailCall(at place: Int64, _ callee: Int64?, _ state: FrameState) {
        guard isComparing else { return }
        guard isTailCall(state), let sp = state.frameOffset(convention.stackPointer) else {
            return find(place, "a jump out of the function that is no tail call: \(damage(state))")
        }
        if let callee { interface.tails.append((callee, sp + (convention.pushesReturnAddress ? 8 : 0))) }
    }

    private mutating func checkReturn(at place: Int64, pops: Int64, _ state: FrameState) {
        guard isComparing else { return }
        guard isTailCall(state), let sp = state.frameOffset(convention.stackPointer) else { return find(place, "a return with \(damage(state))") }
        interface.pops.insert(convention.pushesReturnAddress ? pops + sp + 8 : sp)
    }

    private func damage(_ state: FrameState) -> String {
        if let register = convention.calleeSaved.first(where: { state[$0] != .entry($0) }) { return "another \(convention.name(register)) than its caller's" }
        return "the return address not in its place"
    }

    /// Compares the entry's row for a place with what is known there. `row` is the one of the last place.
    private mutating func compare(_ state: FrameState, at place: Int64, _ row: inout Int) {
        guard let rows = entry?.rows else { return }
        if row == 0 { row = max(rows.partitionPoint { $0.start <= place } - 1, 0) }
        while row + 1 < rows.count, rows[row + 1].start <= place { row += 1 }
        let rules = rows[row]
        guard let cfa = rules.cfa, case .frame(let base) = state[cfa.register], base &+ cfa.offset == 0 else {
            let said = rules.cfa.map { "\(convention.name($0.register))\($0.offset < 0 ? "" : "+")\($0.offset)" } ?? "an expression"
            let here = state.frameOffset(convention.stackPointer).map { ", and it is \(convention.name(convention.stackPointer))\($0 > 0 ? "" : "+")\(0 &- $0)" } ?? ""
            return find(place, "the CFA is said to be \(said)\(here)")
        }
        let link = convention.returnAddress
        let rule = rules.rules[link] ?? .same
        let wanted = rules.hasSignature ? Value.signedReturnAddress : .returnAddress
        if found(rule, link, state) != wanted { find(place, "the \(rules.hasSignature ? "signed " : "")return address is not \(text(rule))") }
        for register in convention.calleeSaved {
            let rule = rules.rules[register] ?? .same
            if found(rule, register, state) != .entry(register) { find(place, "the caller's \(convention.name(register)) is not \(text(rule))") }
        }
    }

    /// What is where a rule says.
    private func found(_ rule: FrameRow.Rule, _ register: RegisterNumber, _ state: FrameState) -> Value {
        switch rule {
        case .same: return state[register]
        case .value(let offset): return .frame(offset)
        case .other: return .unknown
        case .saved(let offset):
            // A signal may overwrite what is below the stack.
            if let sp = state.frameOffset(convention.stackPointer), offset < sp &- convention.redZone { return .unknown }
            return state.slot(offset)
        }
    }
    private func text(_ rule: FrameRow.Rule) -> String {
        switch rule {
        case .same: "in its register, as is said"
        case .saved(let offset): "at CFA\(offset < 0 ? "" : "+")\(offset), as is said"
        case .value(let offset): "CFA\(offset < 0 ? "" : "+")\(offset), as is said"
        case .other: "anywhere, as is said"
        }
    }

    /// What no way reached is data that an instruction refers to, or padding.
    private mutating func findUnreached(_ code: inout Disassembler) {
        var place = range.lowerBound
        for start in decoded.keys.sorted() {
            guard let instruction = decoded[start], owners[start] != nil else { continue }
            if start > place { findCode(in: place..<start, &code) }
            if start < place { find(start, "an instruction within another") }
            place = max(place, start + Int64(instruction.size))
        }
        findCode(in: place..<max(place, range.upperBound), &code)
    }
    private mutating func findCode(in gap: Range<Int64>, _ code: inout Disassembler) {
        var place = gap.lowerBound
        while place < gap.upperBound {
            if code.references.contains(place) { return }
            guard let instruction = code.decode(at: Int(place)), instruction.isPadding else {
                return find(place, "bytes that nothing leads to")
            }
            place += Int64(instruction.size)
        }
    }
}

/// Where exceptions enter functions, by the return addresses of the calls that they leave.
struct Landings {
    private var pads: [Int64: [(place: Int64, frameSize: Int64)]] = [:]

    init(_ view: ArtifactView) throws(ArtifactError) {
        let sites = try view.table(.exceptionSites, of: ExceptionSiteRecord.self)
        let handlers = try view.table(.exceptionHandlers, of: ExceptionHandlerRecord.self)
        for n in 0..<sites.count {
            let site = try sites.record(n)
            let rows = try handlers.rows(site.handlers)
            pads[Int64(site.textOffset)] = (0..<rows.count).map { (Int64(rows[unchecked: $0].textOffset), Int64(site.frameSize)) }
        }
    }
    func pads(returningTo place: Int64) -> [(place: Int64, frameSize: Int64)] { pads[place] ?? [] }
}
