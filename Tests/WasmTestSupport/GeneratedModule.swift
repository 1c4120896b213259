/// A valid module of many functions that compute, branch, loop, load, store and call each other: the same for the same seed.
public func generatedModule(functions count: Int, statements: Int = 12, seed: UInt64 = 1) -> TestModule {
    var generator = BodyGenerator(seed: seed)
    var module = TestModule()
    module.types = [functionType([i32, i32], [i32])]
    module.memories = [[0x00, 0x01]]
    for number in 0..<count {
        module.functions.append(0)
        module.bodies.append(generator.body(number: number, statements: statements))
    }
    module.exports = [name("first") + [0, 0], name("last") + [0] + unsigned(UInt64(count - 1)), name("memory") + [2, 0]]
    module.data = [[0x00, 0x41, 0x08, 0x0B] + name("some data")]
    return module
}

private struct BodyGenerator {
    private var random: SeededGenerator
    /// Locals 0 and 1 are the parameters.
    private static let localCount: UInt8 = 6

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func body(number: Int, statements: Int) -> [UInt8] {
        var code = vector([[Self.localCount - 2, i32]])
        for _ in 0..<statements { code += statement(number, depth: 0) }
        return code + get(local()) + [0x0B]
    }

    private mutating func local() -> UInt8 { .random(in: 0..<Self.localCount, using: &random) }
    private func get(_ local: UInt8) -> [UInt8] { [0x20, local] }

    private mutating func statement(_ number: Int, depth: Int) -> [UInt8] {
        switch Int.random(in: 0..<(depth < 3 ? 8 : 5), using: &random) {
        case 0, 1:
            // i32.add … i32.mul, i32.and … i32.rotr: none of them traps.
            let operators: [UInt8] = [0x6A, 0x6B, 0x6C, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x46, 0x48]
            return get(local()) + get(local()) + [operators.randomElement(using: &random)!, 0x21, local()]
        case 2: return [0x41] + signed(Int64(Int32.random(in: .min ... .max, using: &random))) + [0x21, local()]
        case 3: return address() + get(local()) + [0x36, 0x02] + unsigned(UInt64.random(in: 0..<1024, using: &random))
        case 4:
            guard number > 0 else { return address() + [0x28, 0x02, 0x00, 0x21, local()] }
            return get(local()) + get(local()) + [0x10] + unsigned(UInt64.random(in: 0..<UInt64(number), using: &random)) + [0x21, local()]
        case 5: return get(local()) + [0x04, 0x40] + statement(number, depth: depth + 1) + [0x05] + statement(number, depth: depth + 1) + [0x0B]
        case 6: return [0x03, 0x40] + statement(number, depth: depth + 1) + get(local()) + [0x0D, 0x00, 0x0B]
        default: return [0x02, 0x40] + get(local()) + [0x0D, 0x00] + statement(number, depth: depth + 1) + [0x0B]
        }
    }

    /// An address within the first half of the memory's page.
    private mutating func address() -> [UInt8] { get(local()) + [0x41] + signed(0x7FFC) + [0x71] }
}
