import PrecastEntities
public import PrecastIR

/// Makes random functions that end, and that behave the same everywhere: for differential tests of whatever transforms or runs the IR.
///
/// All have the signature ``signature``. The first parameter is the address of a context that the test sets up (``Layout``).
/// They may trap, and may call the functions numbered above their own and below ``host``, and the host function.
public struct RandomFunction: ~Copyable {
    /// Offsets in the context.
    public enum Layout {
        /// Address of memory A, of ``memorySize`` bytes; never changes, but is not marked so.
        public static let memoryA: Int32 = 0
        /// Address of memory B, as large; marked as never changing.
        public static let memoryB: Int32 = 8
        public static let globals: Int32 = 16
        public static let size = 64
    }
    public static let memorySize = 512
    /// Number of the host function: (i64 context, i32) -> i32.
    public static let host: UInt32 = 1000
    public static let signature = Signature(
        parameters: [ABIParameter(.i64, .context), ABIParameter(.i32), ABIParameter(.i64), ABIParameter(.f32), ABIParameter(.f64)],
        results: [ABIParameter(.i32), ABIParameter(.i64), ABIParameter(.f64)])
    public static let hostSignature = Signature(parameters: [ABIParameter(.i64, .context), ABIParameter(.i32)], results: [ABIParameter(.i32)])

    static let trapOutOfBounds: UInt8 = 2
    static let types: [Type] = [.i32, .i64, .f32, .f64]

    var random: RandomNumbers
    var builder: FunctionBuilder
    var context = Value.none
    var variables: [[Variable]] = []
    var counters: [Variable] = []
    let number: UInt32
    let functionCount: UInt32
    var budget: Int
    var hostReference = FunctionReference.none
    var calleeReferences: [FunctionReference] = []
    var signatureReference = SignatureReference.none
    var hostSignatureReference = SignatureReference.none
    let usesFloats: Bool

    /// A function of about `size` statements, one of `functionCount` functions that may call the later ones.
    public static func make(seed: UInt64, number: UInt32 = 0, of functionCount: UInt32 = 1, size: Int = 30, usesFloats: Bool = true) -> Function {
        var maker = RandomFunction(seed: seed, number, functionCount, size, usesFloats)
        maker.body()
        return maker.builder.finish()
    }

    init(seed: UInt64, _ number: UInt32, _ functionCount: UInt32, _ size: Int, _ usesFloats: Bool) {
        random = RandomNumbers(seed: seed)
        builder = FunctionBuilder(number: number, signature: Self.signature)
        self.number = number
        self.functionCount = functionCount
        self.usesFloats = usesFloats
        budget = size
    }

    // MARK: Statements

    mutating func body() {
        signatureReference = builder.function.dfg.signatures.push(Self.signature)
        hostSignatureReference = builder.function.dfg.signatures.push(Self.hostSignature)
        hostReference = builder.function.dfg.functions.push(ExternalFunction(number: Self.host, signature: hostSignatureReference))
        for callee in (number + 1)..<max(functionCount, number + 1) {
            calleeReferences.append(builder.function.dfg.functions.push(ExternalFunction(number: callee, signature: signatureReference)))
        }
        let entry = builder.makeBlock()
        let parameters = Self.signature.parameters.map { builder.function.dfg.appendParameter(entry, $0.type) }
        builder.startBlock(entry)
        builder.seal(entry)
        context = parameters[0]
        for (i, type) in Self.types.enumerated() {
            variables.append((0..<4).map { _ in builder.declareVariable(type) })
            for variable in variables[i] { builder.write(variable, random.chance(50) ? parameters[i + 1] : constant(type)) }
        }
        statements(depth: 0)
        finish()
    }
    private mutating func finish() {
        builder.return([builder.read(variables[0][0]), builder.read(variables[1][0]), builder.read(variables[3][0])])
    }

    mutating func statements(depth: Int) {
        repeat {
            budget -= 1
            locate()
            statement(depth: depth)
        } while budget > 0 && !random.chance(depth == 0 ? 3 : 25)
    }
    private mutating func locate() {
        let data = SourceLocationData(offset: UInt32(random.below(4096)), function: number)
        builder.location = builder.function.sourceLocations.push(data)
    }
    private mutating func statement(depth: Int) {
        switch random.below(depth < 4 ? 24 : 12) {
        case 0..<6: assign()
        case 6..<9: store()
        case 9: globalStore()
        case 10: hostCall()
        case 11: check()
        case 12..<16: conditional(depth: depth)
        case 16..<19: loop(depth: depth)
        case 19: switchStatement(depth: depth)
        case 20: call()
        case 21: earlyReturn(depth: depth)
        default: assign()
        }
    }

    private mutating func assign() {
        let i = random.below(usesFloats ? 4 : 2)
        let value = expression(Self.types[i], depth: 3)
        builder.write(random.pick(variables[i]), value)
    }
    private mutating func check() {
        guard random.chance(30) else { return }
        let condition = expression(.i32, depth: 2)
        // Rarely zero, so that most functions live on.
        let rare = builder.compare(IntegerCondition.equal, builder.binary(.band, .i32, condition, builder.constant(.i32, 0xff)), builder.constant(.i32, 0x5a))
        builder.trapIf(zero: false, rare, code: 1)
    }
    private mutating func earlyReturn(depth: Int) {
        let (then, other) = (builder.makeBlock(), builder.makeBlock())
        let value = builder.binary(.band, .i32, expression(.i32, depth: 1), builder.constant(.i32, 15))
        builder.branch(builder.compare(IntegerCondition.equal, value, builder.constant(.i32, 3)), then, else: other)
        builder.seal(then)
        builder.seal(other)
        builder.startBlock(then)
        if random.chance(20) { builder.trap(code: 1) } else { finish() }
        builder.startBlock(other)
    }

    private mutating func conditional(depth: Int) {
        let (then, other, join) = (builder.makeBlock(), builder.makeBlock(), builder.makeBlock())
        let condition = expression(.i32, depth: 2)
        let hasElse = random.chance(50)
        // The join takes an explicit parameter now and then.
        let passes = random.chance(40)
        let parameter = passes ? builder.function.dfg.appendParameter(join, .i32) : .none
        if hasElse {
            builder.branch(condition, then, else: other)
        } else {
            builder.branch(condition, then, [], else: join, passes ? [expression(.i32, depth: 1)] : [])
        }
        builder.seal(then)
        builder.startBlock(then)
        arm(depth, join, passes)
        if hasElse {
            builder.seal(other)
            builder.startBlock(other)
            arm(depth, join, passes)
        }
        builder.seal(join)
        builder.startBlock(join)
        if passes { builder.write(random.pick(variables[0]), parameter) }
    }
    private mutating func arm(_ depth: Int, _ join: Block, _ passes: Bool) {
        if random.chance(80) { statements(depth: depth + 1) }
        builder.jump(join, passes ? [expression(.i32, depth: 1)] : [])
    }

    private mutating func loop(depth: Int) {
        let counter = builder.declareVariable(.i32)
        builder.write(counter, builder.constant(.i32, Int64(random.below(6))))
        let (header, body, exit) = (builder.makeBlock(), builder.makeBlock(), builder.makeBlock())
        let testsFirst = random.chance(50)
        builder.jump(testsFirst ? header : body)
        builder.startBlock(testsFirst ? header : body)
        if testsFirst {
            builder.branch(builder.read(counter), body, else: exit)
            builder.seal(body)
            builder.startBlock(body)
        }
        statements(depth: depth + 1)
        let next = builder.binary(.isub, .i32, builder.read(counter), builder.constant(.i32, 1))
        builder.write(counter, next)
        if testsFirst {
            builder.jump(header)
            builder.seal(header)
        } else {
            builder.branch(builder.compare(.signedGreater, next, builder.constant(.i32, 0)), body, else: exit)
            builder.seal(body)
        }
        builder.seal(exit)
        builder.startBlock(exit)
    }

    private mutating func switchStatement(depth: Int) {
        let cases = (0..<random.below(4)).map { _ in builder.makeBlock() }
        let (other, join) = (builder.makeBlock(), builder.makeBlock())
        let index = builder.binary(.band, .i32, expression(.i32, depth: 2), builder.constant(.i32, 7))
        var calls = [builder.makeCall(random.chance(50) ? join : other)]
        for target in cases { calls.append(builder.makeCall(random.chance(80) ? target : join)) }
        builder.branchTable(index, calls)
        for block in cases + [other] {
            builder.seal(block)
            if builder.predecessorCount(block) == 0 { continue }
            builder.startBlock(block)
            statements(depth: depth + 1)
            builder.jump(join)
        }
        builder.seal(join)
        builder.startBlock(join)
    }

    // MARK: Calls and memory

    private mutating func hostCall() {
        let argument = expression(.i32, depth: 1)
        let list = builder.function.dfg.lists.make([context, argument])
        let inst = builder.emitCall(InstructionData(.call, .i32, a: hostReference.rawValue, b: list.position), signature: hostSignatureReference)
        builder.write(random.pick(variables[0]), builder.function.dfg.result(inst))
    }
    private mutating func call() {
        guard !calleeReferences.isEmpty else { return }
        let callee = random.pick(calleeReferences)
        let arguments = [context] + Self.types.map { expression($0, depth: 1) }
        let list = builder.function.dfg.lists.make(arguments)
        let inst: Inst
        if random.chance(50) {
            inst = builder.emitCall(InstructionData(.call, .i32, a: callee.rawValue, b: list.position), signature: signatureReference)
        } else {
            let address = builder.emit(InstructionData(.functionAddress, .i64, a: callee.rawValue))
            let data = InstructionData(.callIndirect, .i32, a: signatureReference.rawValue, b: address.rawValue, c: list.position)
            inst = builder.emitCall(data, signature: signatureReference)
        }
        builder.write(random.pick(variables[0]), builder.function.dfg.result(inst, 0))
        builder.write(random.pick(variables[1]), builder.function.dfg.result(inst, 1))
        builder.write(random.pick(variables[3]), builder.function.dfg.result(inst, 2))
    }

    /// An address in one of the memories, mostly inside.
    private mutating func address() -> (Value, Int32, MemoryFlags) {
        let isA = random.chance(60)
        let base = isA
            ? builder.load(.i64, context, offset: Layout.memoryA, MemoryFlags(region: AliasRegion(rawValue: 4)))
            : builder.load(.i64, context, offset: Layout.memoryB, MemoryFlags(region: AliasRegion(rawValue: 1), readOnly: true))
        var index = random.chance(60) ? builder.read(random.pick(variables[0])) : expression(.i32, depth: 1)
        if !random.chance(3) { index = builder.binary(.band, .i32, index, builder.constant(.i32, random.chance(50) ? 0xf8 : 0xff)) }
        let flags = MemoryFlags(region: AliasRegion(rawValue: isA ? 11 : 12), trap: Self.trapOutOfBounds)
        return (builder.binary(.iadd, .i64, base, builder.unary(.uextend, .i64, index)), Int32(random.below(8) * 4), flags)
    }
    private mutating func store() {
        let (address, offset, flags) = address()
        let type = Self.types[random.below(usesFloats ? 4 : 2)]
        let value = expression(type, depth: 2)
        switch (type, random.below(4)) {
        case (.i32, 0), (.i64, 0): builder.store(.store8, value, address, offset: offset, flags)
        case (.i32, 1), (.i64, 1): builder.store(.store16, value, address, offset: offset, flags)
        case (.i64, 2): builder.store(.store32, value, address, offset: offset, flags)
        default: builder.store(value, address, offset: offset, flags)
        }
        // Often look at what is there now.
        if random.chance(50) { builder.write(random.pick(variables[0]), builder.load(.i32, address, offset: offset &+ Int32(random.below(3)) &- 1, flags)) }
    }
    mutating func load(_ type: Type) -> Value {
        let (address, offset, flags) = address()
        switch (type, random.below(6)) {
        case (.i32, 0), (.i64, 0): return builder.load(.uload8, type, address, offset: offset, flags)
        case (.i32, 1), (.i64, 1): return builder.load(.sload8, type, address, offset: offset, flags)
        case (.i32, 2), (.i64, 2): return builder.load(random.chance(50) ? .uload16 : .sload16, type, address, offset: offset, flags)
        case (.i64, 3): return builder.load(random.chance(50) ? .uload32 : .sload32, type, address, offset: offset, flags)
        default: return builder.load(type, address, offset: offset, flags)
        }
    }
    private func global(_ i: Int) -> (Int32, MemoryFlags) {
        (Layout.globals + Int32(i * 8), MemoryFlags(region: AliasRegion(rawValue: UInt8(59 + i))))
    }
    private mutating func globalStore() {
        let i = random.below(4)
        let (offset, flags) = global(i)
        builder.store(expression(i < 2 ? .i32 : .i64, depth: 2), context, offset: offset, flags)
    }
    mutating func globalLoad(_ type: Type) -> Value {
        let (offset, flags) = global(type == .i32 ? random.below(2) : 2 + random.below(2))
        return builder.load(type, context, offset: offset, flags)
    }
}
