import PrecastEntities
public import PrecastIR

/// Why an execution ended without results.
public enum MachineError: Error, Equatable {
    /// The program trapped, with the trap code that the ABI gives the reason.
    case trap(UInt8)
    /// The step limit was reached.
    case outOfFuel
    /// Too many nested calls, or no room for stack slots.
    case stackExhausted
    /// An access outside all segments, by an instruction that says that it cannot fault.
    case invalidAccess(UInt64)
    /// A call of a function or an address that the machine has no function at.
    case noFunction(UInt64)
    /// Arguments, signature or results that do not fit the function called.
    case signatureMismatch(function: UInt32)
    /// Something that this interpreter does not execute.
    case unsupported(String)
}

/// Trap codes of instructions that name none. The numbers are those of `TrapCode` in the artifact format.
enum ArithmeticTrap {
    static let divideByZero: UInt8 = 7
    static let overflow: UInt8 = 8
    static let invalidConversion: UInt8 = 9
}

/// Executes functions of the IR: the oracle that optimizer and code generators are tested against.
///
/// Input: functions by number, host functions, an ``AddressSpace`` set up by the caller. Output: results, or a ``MachineError``.
/// Values are 64 bits each: an i32 or f32 in the low half with the upper half zero. Semantics are those of docs/ir.md; where
/// WebAssembly leaves the bits of a NaN open, the result is the positive canonical NaN. Calls do not recurse on the host's stack.
public final class Machine {
    public typealias HostFunction = (Machine, [UInt64]) throws(MachineError) -> [UInt64]

    final class Body {
        let function: Function
        init(_ function: consuming Function) { self.function = function }
    }
    enum Callee {
        case compiled(Body)
        case host(HostFunction)
    }

    public var memory = AddressSpace()
    /// Instructions that may still be executed; nil for no limit.
    public var fuel: Int?
    /// Instructions executed so far.
    public private(set) var steps = 0
    public var maximumDepth = 2000
    /// Where `dataAddress` counts from.
    public var readOnlyData: UInt64 = 0
    /// Where function 0 is; 16 bytes each. Code that computes addresses from 32-bit distances needs it near the data.
    public var codeBase: UInt64 = 1 << 32

    private var callees: [UInt32: Callee] = [:]
    private var frames: [Frame] = []
    private var registers: [UInt64] = []
    private let stackBase: UInt64
    private var stackUsed: UInt64 = 0
    private static let stackSize = 1 << 20

    public init() {
        stackBase = memory.map(Array(repeating: 0, count: Self.stackSize))
    }

    // MARK: Functions

    public func define(_ function: consuming Function) {
        let number = function.number
        callees[number] = .compiled(Body(function))
    }
    public func define(_ number: UInt32, _ body: @escaping HostFunction) { callees[number] = .host(body) }
    /// The code address of function `number`, for tables and indirect calls.
    public func address(of number: UInt32) -> UInt64 { codeBase + UInt64(number) * 16 }
    private func number(at address: UInt64) throws(MachineError) -> UInt32 {
        guard address >= codeBase, (address - codeBase) % 16 == 0, let number = UInt32(exactly: (address - codeBase) / 16) else {
            throw .noFunction(address)
        }
        return number
    }

    // MARK: Execution

    struct Frame {
        var body: Body
        /// Where its values begin in `registers`.
        var base: Int
        var inst: Inst
        /// Where its slots begin in the stack segment.
        var stack: UInt64
        /// Offset of each slot from `stack`.
        var slots: [UInt64]
    }

    /// Calls a function and runs it to its end. May be called from within a host function.
    public func call(_ number: UInt32, _ arguments: [UInt64]) throws(MachineError) -> [UInt64] {
        let (depth, height, stack) = (frames.count, registers.count, stackUsed)
        do throws(MachineError) {
            if let results = try enter(number, arguments) { return results }
            return try run(downTo: depth)
        } catch {
            frames.removeLast(frames.count - depth)
            registers.removeLast(registers.count - height)
            stackUsed = stack
            throw error
        }
    }

    /// Begins a call: pushes a frame, or runs a host function and returns its results.
    private func enter(_ number: UInt32, _ arguments: [UInt64]) throws(MachineError) -> [UInt64]? {
        guard let callee = callees[number] else { throw .noFunction(UInt64(number)) }
        switch callee {
        case .host(let body): return try body(self, arguments)
        case .compiled(let body):
            try push(body, arguments)
            return nil
        }
    }
    private func push(_ body: Body, _ arguments: [UInt64]) throws(MachineError) {
        if frames.count >= maximumDepth { throw .stackExhausted }
        let entry = body.function.entry
        if arguments.count != body.function.dfg.parameterCount(entry) { throw .signatureMismatch(function: body.function.number) }
        var offsets: [UInt64] = []
        var size: UInt64 = 0
        for slot in body.function.dfg.stackSlots.storage {
            offsets.append(size)
            size += (UInt64(slot.size) + 15) & ~15
        }
        if stackUsed + size > UInt64(Self.stackSize) { throw .stackExhausted }
        let frame = Frame(body: body, base: registers.count, inst: body.function.layout.first(entry), stack: stackUsed, slots: offsets)
        stackUsed += size
        registers.append(contentsOf: repeatElement(0, count: body.function.dfg.values.count))
        for (i, argument) in arguments.enumerated() {
            let value = body.function.dfg.parameter(entry, i)
            registers[frame.base + value.index] = body.function.dfg.type(value).byteCount == 4 ? argument & 0xffff_ffff : argument
        }
        frames.append(frame)
    }
    private func pop() {
        let frame = frames.removeLast()
        registers.removeLast(registers.count - frame.base)
        stackUsed = frame.stack
    }

    /// Runs until only `depth` frames are left; returns the results of the last one to go.
    private func run(downTo depth: Int) throws(MachineError) -> [UInt64] {
        while true {
            if let left = fuel {
                if left <= 0 { throw .outOfFuel }
                fuel = left - 1
            }
            steps += 1
            let frame = frames[frames.count - 1]
            if let results = try step(frame.body, frame) {
                if frames.count == depth { return results }
                finishCall(results)
            }
        }
    }
    /// Gives `results` to the call that the top frame waits at.
    private func finishCall(_ results: [UInt64]) {
        let frame = frames[frames.count - 1]
        for (i, value) in frame.body.function.dfg.results(frame.inst).enumerated() where i < results.count {
            registers[frame.base + value.index] = frame.body.function.dfg.type(value).byteCount == 4 ? results[i] & 0xffff_ffff : results[i]
        }
        advance()
    }
    private func advance() {
        let frame = frames[frames.count - 1]
        frames[frames.count - 1].inst = frame.body.function.layout.next(frame.inst)
    }

    @inline(__always) private func get(_ value: Value, _ frame: Frame) -> UInt64 {
        registers[frame.base + frame.body.function.dfg.resolve(value).index]
    }
    private func list(_ list: EntityList<Value>, _ frame: Frame) -> [UInt64] {
        (0..<frame.body.function.dfg.lists.count(list)).map { get(frame.body.function.dfg.lists.get(list, $0), frame) }
    }

    /// Executes one instruction. - Returns: the results when the top frame has returned.
    private func step(_ body: Body, _ frame: Frame) throws(MachineError) -> [UInt64]? {
        let inst = frame.inst
        if inst.isNone { throw .unsupported("a block without a terminator") }
        let data = body.function.dfg.instructions[inst]
        switch data.opcode {
        case .jump: jump(BlockCall(rawValue: data.a), frame)
        case .branch: jump(BlockCall(rawValue: get(data.valueA, frame) != 0 ? data.b : data.c), frame)
        case .branchTable:
            let calls = body.function.dfg.jumpTables[JumpTable(rawValue: data.b)]
            let index = get(data.valueA, frame)
            jump(calls[index < UInt64(calls.count - 1) ? Int(index) + 1 : 0], frame)
        case .return:
            let results = list(data.list, frame)
            pop()
            return results
        case .trap: throw .trap(data.trapCode)
        case .call, .callIndirect, .returnCall, .returnCallIndirect: return try call(data, frame)
        default:
            let result = try evaluate(data, frame)
            if body.function.dfg.resultCount(inst) > 0 { registers[frame.base + body.function.dfg.result(inst).index] = result }
            advance()
        }
        return nil
    }

    private func jump(_ call: BlockCall, _ frame: Frame) {
        let target = frame.body.function.dfg.blockCalls[call]
        let arguments = list(target.arguments, frame)
        for (i, argument) in arguments.enumerated() {
            registers[frame.base + frame.body.function.dfg.parameter(target.block, i).index] = argument
        }
        frames[frames.count - 1].inst = frame.body.function.layout.first(target.block)
    }

    private func call(_ data: InstructionData, _ frame: Frame) throws(MachineError) -> [UInt64]? {
        var arguments = list(data.list, frame)
        let callee: UInt32
        switch data.opcode.format {
        case .call: callee = frame.body.function.dfg.functions[FunctionReference(rawValue: data.a)].number
        default:
            callee = try number(at: get(data.valueB, frame))
            let signature = frame.body.function.dfg.signatures[SignatureReference(rawValue: data.a)]
            if signature.passesCallerContext && !takesCallerContext(callee) { arguments.removeLast() }
        }
        if data.opcode.isTerminator {
            pop()
            return try enter(callee, arguments)
        }
        if let results = try enter(callee, arguments) { finishCall(results) }
        return nil
    }

    /// Only trampolines to the host read the caller's context; a function that does not is called with it all the same.
    private func takesCallerContext(_ number: UInt32) -> Bool {
        guard case .compiled(let body) = callees[number] else { return true }
        return body.function.signature.passesCallerContext
    }

    /// The result of an instruction without control flow (0 for an effect).
    private func evaluate(_ data: InstructionData, _ frame: Frame) throws(MachineError) -> UInt64 {
        let function = frame.body
        switch data.opcode.format {
        case .nullary: return data.opcode == .framePointer ? stackBase + frame.stack : 0
        case .immediate: return data.type.byteCount == 4 ? UInt64(data.a) : UInt64(bitPattern: data.immediate)
        case .unary:
            let operand = get(data.valueA, frame)
            return try Arithmetic.unary(data.opcode, data.type, operand, function.function.dfg.type(data.valueA))
        case .binary: return try Arithmetic.binary(data.opcode, data.type, get(data.valueA, frame), get(data.valueB, frame))
        case .ternary: return get(data.valueA, frame) != 0 ? get(data.valueB, frame) : get(data.valueC, frame)
        case .compareInteger:
            let type = function.function.dfg.type(data.valueA)
            return Arithmetic.compare(data.integerCondition, type, get(data.valueA, frame), get(data.valueB, frame)) ? 1 : 0
        case .compareFloat:
            let type = function.function.dfg.type(data.valueA)
            return Arithmetic.compare(data.floatCondition, type, get(data.valueA, frame), get(data.valueB, frame)) ? 1 : 0
        case .load: return try load(data, frame)
        case .store:
            if data.accessSize > 8 { throw .unsupported("a \(data.type.name) store") }
            let address = get(data.valueB, frame) &+ UInt64(bitPattern: Int64(data.offset))
            if !memory.store(get(data.valueA, frame), address, data.accessSize) { throw fault(data, address) }
            return 0
        case .stackAddress: return stackBase + frame.stack + frame.slots[Int(data.a)] + UInt64(data.b)
        case .functionAddress: return address(of: function.function.dfg.functions[FunctionReference(rawValue: data.a)].number)
        case .dataAddress: return readOnlyData &+ UInt64(data.a)
        case .conditionalTrap:
            if (get(data.valueA, frame) == 0) == (data.opcode == .trapIfZero) { throw .trap(data.trapCode) }
            return 0
        default: throw .unsupported(data.opcode.name)
        }
    }
    private func load(_ data: InstructionData, _ frame: Frame) throws(MachineError) -> UInt64 {
        if data.accessSize > 8 { throw .unsupported("a \(data.type.name) load") }
        let address = get(data.valueA, frame) &+ UInt64(bitPattern: Int64(data.offset))
        guard let bits = memory.load(address, data.accessSize) else { throw fault(data, address) }
        let signed: Int64
        switch data.opcode {
        case .sload8: signed = Int64(Int8(truncatingIfNeeded: bits))
        case .sload16: signed = Int64(Int16(truncatingIfNeeded: bits))
        case .sload32: signed = Int64(Int32(truncatingIfNeeded: bits))
        default: return bits
        }
        return data.type == .i32 ? UInt64(UInt32(truncatingIfNeeded: signed)) : UInt64(bitPattern: signed)
    }
    private func fault(_ data: InstructionData, _ address: UInt64) -> MachineError {
        data.memoryFlags.trap != 0 ? .trap(data.memoryFlags.trap) : .invalidAccess(address)
    }
}

extension Signature {
    /// The last parameter is the caller's context.
    fileprivate var passesCallerContext: Bool { parameters.last?.purpose == .callerContext }
}
