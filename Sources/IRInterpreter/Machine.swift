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
    /// No handler took this exception. A host function throws it to the function that called it.
    case exception(UInt64)
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
/// Values are words of 64 bits: an i32 or f32 in the low half with the upper half zero, a v128 as two words, the lower first. Semantics are those of docs/ir.md; where
/// WebAssembly leaves the bits of a NaN open, the result is the positive canonical NaN. Calls do not recurse on the host's stack.
public final class Machine {
    public typealias HostFunction = (Machine, [UInt64]) throws(MachineError) -> [UInt64]

    final class Body {
        let function: Function
        /// Whether any value takes two words.
        let hasVectors: Bool
        /// Words that a call passes.
        let argumentCount: Int
        init(_ function: consuming Function) {
            hasVectors = function.dfg.values.storage.contains { $0.type == .v128 }
            argumentCount = function.dfg.parameters(function.entry).reduce(0) { $0 + (function.dfg.type($1) == .v128 ? 2 : 1) }
            self.function = function
        }
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
    /// Whether a handler for a tag takes an exception. Unless replaced: the 64-bit word at the exception's address is the tag's number.
    public var isCaught: (Machine, _ exception: UInt64, _ tag: UInt32) -> Bool = { $0.memory.load($1, 8) == UInt64($2) }
    /// Where `dataAddress` counts from.
    public var readOnlyData: UInt64 = 0
    /// Where function 0 is; 16 bytes each. Code that computes addresses from 32-bit distances needs it near the data.
    public var codeBase: UInt64 = 1 << 32

    private var callees: [UInt32: Callee] = [:]
    private var frames: [Frame] = []
    private var registers: [UInt64] = []
    /// The upper words of vectors, for functions that have any.
    private var upperWords: [UInt64] = []
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
        /// Where its values begin in `upperWords`.
        var upperBase: Int
        var inst: Inst
        /// Where its slots begin in the stack segment.
        var stack: UInt64
        /// Offset of each slot from `stack`.
        var slots: [UInt64]
    }

    /// Calls a function and runs it to its end. May be called from within a host function.
    public func call(_ number: UInt32, _ arguments: [UInt64]) throws(MachineError) -> [UInt64] {
        let (depth, height, upperHeight, stack) = (frames.count, registers.count, upperWords.count, stackUsed)
        do throws(MachineError) {
            if let results = try enter(number, arguments) { return results }
            return try run(downTo: depth)
        } catch {
            frames.removeLast(frames.count - depth)
            registers.removeLast(registers.count - height)
            upperWords.removeLast(upperWords.count - upperHeight)
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
        if arguments.count != body.argumentCount { throw .signatureMismatch(function: body.function.number) }
        var offsets: [UInt64] = []
        var size: UInt64 = 0
        for slot in body.function.dfg.stackSlots.storage {
            offsets.append(size)
            size += (UInt64(slot.size) + 15) & ~15
        }
        if stackUsed + size > UInt64(Self.stackSize) { throw .stackExhausted }
        let frame = Frame(body: body, base: registers.count, upperBase: upperWords.count, inst: body.function.layout.first(entry), stack: stackUsed, slots: offsets)
        stackUsed += size
        registers.append(contentsOf: repeatElement(0, count: body.function.dfg.values.count))
        if body.hasVectors { upperWords.append(contentsOf: repeatElement(0, count: body.function.dfg.values.count)) }
        assign(arguments, to: body.function.dfg.parameters(entry), frame)
        frames.append(frame)
    }
    private func pop() {
        let frame = frames.removeLast()
        registers.removeLast(registers.count - frame.base)
        upperWords.removeLast(upperWords.count - frame.upperBase)
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
            do throws(MachineError) {
                if let results = try step(frame.body, frame) {
                    if frames.count == depth { return results }
                    finishCall(results)
                }
            } catch {
                guard case .exception(let address) = error, unwind(address, downTo: depth) else { throw error }
            }
        }
    }
    /// Goes on in the innermost handler that takes the exception. - Returns: false if there is none above `depth`.
    private func unwind(_ exception: UInt64, downTo depth: Int) -> Bool {
        while frames.count > depth {
            let frame = frames[frames.count - 1]
            let dfg = frame.body.function.dfg
            let data = dfg.instructions[frame.inst]
            if data.opcode.isTryCall {
                let handlers = dfg.exceptionTables[data.exceptionTable].handlers
                if let handler = handlers.first(where: { $0.tag.map { isCaught(self, exception, $0) } ?? true }) {
                    registers[frame.base + dfg.result(frame.inst, dfg.resultCount(frame.inst) - 1).index] = exception
                    jump(handler.call, frame)
                    return true
                }
            }
            pop()
        }
        return false
    }
    /// Gives `results` to the call that the top frame waits at.
    private func finishCall(_ results: [UInt64]) {
        let frame = frames[frames.count - 1]
        assign(results, to: frame.body.function.dfg.results(frame.inst), frame)
        let data = frame.body.function.dfg.instructions[frame.inst]
        if data.opcode.isTryCall { return jump(frame.body.function.dfg.exceptionTables[data.exceptionTable].normal, frame) }
        advance()
    }
    private func advance() {
        let frame = frames[frames.count - 1]
        frames[frames.count - 1].inst = frame.body.function.layout.next(frame.inst)
    }

    @inline(__always) private func get(_ value: Value, _ frame: Frame) -> UInt64 {
        registers[frame.base + frame.body.function.dfg.resolve(value).index]
    }
    private func vector(_ value: Value, _ frame: Frame) -> SIMD2<UInt64> {
        let index = frame.body.function.dfg.resolve(value).index
        let isVector = frame.body.function.dfg.type(value) == .v128
        return SIMD2(registers[frame.base + index], isVector ? upperWords[frame.upperBase + index] : 0)
    }
    private func set(_ value: Value, _ word: UInt64, upper: UInt64 = 0, _ frame: Frame) {
        let type = frame.body.function.dfg.type(value)
        registers[frame.base + value.index] = type.byteCount == 4 ? word & 0xffff_ffff : word
        if type == .v128 { upperWords[frame.upperBase + value.index] = upper }
    }
    /// The words of several values.
    private func list(_ list: EntityList<Value>, _ frame: Frame) -> [UInt64] {
        var words: [UInt64] = []
        for i in 0..<frame.body.function.dfg.lists.count(list) {
            let value = frame.body.function.dfg.lists.get(list, i)
            words.append(get(value, frame))
            if frame.body.hasVectors && frame.body.function.dfg.type(value) == .v128 { words.append(vector(value, frame)[1]) }
        }
        return words
    }
    /// Gives `values` the words that ``list(_:_:)`` made.
    private func assign(_ words: [UInt64], to values: some Sequence<Value>, _ frame: Frame) {
        var next = 0
        for value in values where next < words.count {
            let isVector = frame.body.hasVectors && frame.body.function.dfg.type(value) == .v128
            set(value, words[next], upper: isVector && next + 1 < words.count ? words[next + 1] : 0, frame)
            next += isVector ? 2 : 1
        }
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
        case .call, .callIndirect, .returnCall, .returnCallIndirect, .tryCall, .tryCallIndirect: return try call(data, frame)
        case .vconst, .vunary, .vbinary, .vternary, .select, .selectGuard, .load, .store:
            if data.type != .v128 && data.opcode.format != .vectorUnary { fallthrough }
            try evaluateVector(data, inst, frame)
            advance()
        default:
            let result = try evaluate(data, frame)
            if body.function.dfg.resultCount(inst) > 0 { registers[frame.base + body.function.dfg.result(inst).index] = result }
            advance()
        }
        return nil
    }

    private func jump(_ call: BlockCall, _ frame: Frame) {
        let target = frame.body.function.dfg.blockCalls[call]
        assign(list(target.arguments, frame), to: frame.body.function.dfg.parameters(target.block), frame)
        frames[frames.count - 1].inst = frame.body.function.layout.first(target.block)
    }

    private func call(_ data: InstructionData, _ frame: Frame) throws(MachineError) -> [UInt64]? {
        var arguments = list(data.list, frame)
        let callee: UInt32
        switch data.opcode.format {
        case .call, .tryCall: callee = frame.body.function.dfg.functions[FunctionReference(rawValue: data.a)].number
        default:
            callee = try number(at: get(data.valueB, frame))
            let signature = frame.body.function.dfg.signatures[frame.body.function.dfg.callSignature(frame.inst)]
            if signature.passesCallerContext && !takesCallerContext(callee) { arguments.removeLast() }
        }
        if data.opcode.isTerminator && !data.opcode.isTryCall {
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
        case .atomicLoad, .atomicStore, .atomicUpdate, .atomicCompareExchange: return try atomic(data, frame)
        case .stackAddress: return stackBase + frame.stack + frame.slots[Int(data.a)] + UInt64(data.b)
        case .functionAddress: return address(of: function.function.dfg.functions[FunctionReference(rawValue: data.a)].number)
        case .dataAddress: return readOnlyData &+ UInt64(data.a)
        case .conditionalTrap:
            if (get(data.valueA, frame) == 0) == (data.opcode == .trapIfZero) { throw .trap(data.trapCode) }
            return 0
        default: throw .unsupported(data.opcode.name)
        }
    }
    /// Executes an instruction with a vector for an operand or result.
    private func evaluateVector(_ data: InstructionData, _ inst: Inst, _ frame: Frame) throws(MachineError) {
        let result: SIMD2<UInt64>
        switch data.opcode {
        case .vconst: result = constant(data.a, frame)
        case .select, .selectGuard: result = vector(get(data.valueA, frame) != 0 ? data.valueB : data.valueC, frame)
        case .load, .store:
            let address = get(data.address, frame) &+ UInt64(bitPattern: Int64(data.offset))
            if data.opcode == .store {
                if !memory.storeVector(vector(data.valueA, frame), address) { throw fault(data, address) }
                return
            }
            guard let loaded = memory.loadVector(address) else { throw fault(data, address) }
            result = loaded
        default: result = try operation(data, frame)
        }
        set(frame.body.function.dfg.result(inst), result[0], upper: result[1], frame)
    }
    private func operation(_ data: InstructionData, _ frame: Frame) throws(MachineError) -> SIMD2<UInt64> {
        let op = data.vectorOperation, a = vector(data.valueA, frame)
        if data.opcode == .vunary { return try VectorArithmetic.evaluate(op, a, SIMD2(), SIMD2(), immediate: Int(data.b)) }
        let b = vector(data.valueB, frame)
        if data.opcode == .vternary { return try VectorArithmetic.evaluate(op, a, b, vector(data.valueC, frame), immediate: 0) }
        if op == .i8x16Shuffle { return try VectorArithmetic.evaluate(op, a, b, constant(data.c, frame), immediate: 0) }
        return try VectorArithmetic.evaluate(op, a, b, SIMD2(), immediate: Int(data.c))
    }
    private func constant(_ number: UInt32, _ frame: Frame) -> SIMD2<UInt64> {
        let constant = frame.body.function.dfg.vectorConstants[VectorConstant(rawValue: number)]
        return SIMD2(constant.low, constant.high)
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
    /// One thread runs at a time, so nothing comes between the parts.
    private func atomic(_ data: InstructionData, _ frame: Frame) throws(MachineError) -> UInt64 {
        let address = get(data.address, frame), size = data.accessSize
        guard let old = memory.load(address, size) else { throw fault(data, address) }
        let new: UInt64
        switch data.opcode {
        case .atomicLoad: return old
        case .atomicStore: new = get(data.valueA, frame)
        case .atomicUpdate: new = data.atomicOperation.apply(old, get(data.valueA, frame))
        default:
            let mask = UInt64.max >> UInt64(64 - 8 * size)
            if get(data.valueA, frame) & mask != old { return old }
            new = get(data.valueB, frame)
        }
        if !memory.store(new, address, size) { throw fault(data, address) }
        return old
    }
    private func fault(_ data: InstructionData, _ address: UInt64) -> MachineError {
        data.memoryFlags.trap != 0 ? .trap(data.memoryFlags.trap) : .invalidAccess(address)
    }
}

extension AtomicOperation {
    /// The new value; only the bits of the access count.
    fileprivate func apply(_ old: UInt64, _ operand: UInt64) -> UInt64 {
        switch self {
        case .add: old &+ operand
        case .subtract: old &- operand
        case .and: old & operand
        case .or: old | operand
        case .xor: old ^ operand
        case .exchange: operand
        }
    }
}

extension Signature {
    /// The last parameter is the caller's context.
    fileprivate var passesCallerContext: Bool { parameters.last?.purpose == .callerContext }
}
