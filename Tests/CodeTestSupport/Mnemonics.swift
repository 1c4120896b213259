public import PrecastIR
public import PrecastMachineCode

/// The mnemonics of what a function becomes before allocation, without those of entry and return.
public func mnemonics<Target: InstructionSet>(_ function: borrowing Function, _: Target.Type, _ features: Target.Features) -> [String] {
    let options = LoweringOptions<Target>(features: features, traps: TrapCodes(divideByZero: 1, integerOverflow: 2, invalidConversion: 3))
    let words = Target.text(Target.lower(function, options)).split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    return words.filter { !$0.hasPrefix("block") && $0 != "arguments" && $0 != "ret" }
}

/// A function that loads two vectors, stores what `make` does with them, and stores them too, so that neither load becomes part of something else.
public func makeVectorFunction(_ make: (inout FunctionBuilder, Value, Value) -> Value) -> Function {
    var b = FunctionBuilder(number: 0, signature: Signature(.systemV, parameters: [ABIParameter(.i64), ABIParameter(.i64)]))
    let entry = b.makeBlock()
    let pointers = [b.function.dfg.appendParameter(entry, .i64), b.function.dfg.appendParameter(entry, .i64)]
    b.startBlock(entry)
    b.seal(entry)
    let plain = MemoryFlags(rawValue: 0)
    let x = b.load(.v128, pointers[0], offset: 0, plain)
    let y = b.load(.v128, pointers[0], offset: 16, plain)
    let result = make(&b, x, y)
    b.store(result, pointers[1], offset: 0, plain)
    b.store(x, pointers[1], offset: 16, plain)
    b.store(y, pointers[1], offset: 32, plain)
    b.return([])
    return b.finish()
}
public func makeBinary(_ op: VectorOperation) -> Function {
    makeVectorFunction { $0.emit(InstructionData(.vbinary, .v128, flags: op.rawValue, a: $1.rawValue, b: $2.rawValue)) }
}
public func makeShuffle(_ lanes: [UInt8]) -> Function {
    makeVectorFunction { b, x, y in
        let number = b.function.dfg.vectorConstants.push(ShuffleLanes(lanes).constant)
        return b.emit(InstructionData(.vbinary, .v128, flags: VectorOperation.i8x16Shuffle.rawValue, a: x.rawValue, b: y.rawValue, c: number.rawValue))
    }
}
