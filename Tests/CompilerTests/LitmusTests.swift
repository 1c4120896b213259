import PrecastCompiler
import PrecastRuntime
import Testing

/// Small programs on two or four threads whose outcomes tell which orders of memory accesses are possible. Outcomes that no interleaving
/// of the threads explains are forbidden where accesses are atomic.
///
/// A round has 256 bytes of its own: `x` at 0, `y` at 64, what threads saw from 128 on. Threads wait for each other before each round, but
/// not for long: on a busy machine they meet now and then, which is enough for thousands of rounds.
@Suite(.serialized) struct LitmusTests {
    static let rounds = 8000

    struct Program: Sendable, CustomTestStringConvertible {
        var name: String
        /// What each thread does in the round at `$a`.
        var threads: [String]
        /// Which values of the words from 128 on are forbidden.
        var forbidden: [UInt32]
        var testDescription: String { name }
    }

    private static func store(_ offset: Int) -> String { "(i32.atomic.store offset=\(offset) (local.get $a) (i32.const 1))" }
    private static func load(_ offset: Int) -> String { "(i32.atomic.load offset=\(offset) (local.get $a))" }
    private static func see(_ place: Int, _ value: String) -> String { "(i32.store offset=\(128 + 4 * place) (local.get $a) \(value))" }

    static let programs: [Program] = [
        Program(name: "store buffering", threads: [store(0) + see(0, load(64)), store(64) + see(1, load(0))], forbidden: [0, 0]),
        Program(
            name: "store buffering by updates",
            threads: [
                "(drop (i32.atomic.rmw.or (local.get $a) (i32.const 1)))" + see(0, load(64)),
                "(drop (i32.atomic.rmw.xchg offset=64 (local.get $a) (i32.const 1)))" + see(1, load(0)),
            ], forbidden: [0, 0]),
        Program(
            name: "store buffering with fences",
            threads: [
                "(i32.store (local.get $a) (i32.const 1)) (atomic.fence)" + see(0, "(i32.load offset=64 (local.get $a))"),
                "(i32.store offset=64 (local.get $a) (i32.const 1)) (atomic.fence)" + see(1, "(i32.load (local.get $a))"),
            ], forbidden: [0, 0]),
        Program(
            name: "message passing of plain data",
            threads: ["(i32.store (local.get $a) (i32.const 1))" + store(64), see(0, load(64)) + see(1, "(i32.load (local.get $a))")],
            forbidden: [1, 0]),
        Program(
            name: "message passing of data read before",
            threads: [
                "(i32.store (local.get $a) (i32.const 1))" + store(64),
                // The first look at the data must not stand for the second.
                "(drop (i32.load (local.get $a)))" + see(0, load(64)) + see(1, "(i32.load (local.get $a))"),
            ], forbidden: [1, 0]),
        Program(name: "load buffering", threads: [see(0, load(0)) + store(64), see(1, load(64)) + store(0)], forbidden: [1, 1]),
        Program(
            name: "independent reads of independent writes",
            threads: [store(0), store(64), see(0, load(0)) + see(1, load(64)), see(2, load(64)) + see(3, load(0))],
            forbidden: [1, 0, 1, 0]),
    ]

    @Test(arguments: programs, [OptimizationLevel.none, .standard])
    func forbiddenOutcomesNeverHappen(_ program: Program, _ level: OptimizationLevel) throws {
        let outcomes = try run(program, level)
        #expect(outcomes.values.reduce(0, +) == Self.rounds)
        #expect(outcomes[program.forbidden] == nil, "\(outcomes)")
    }

    /// Outcomes with how often each happened.
    private func run(_ program: Program, _ level: OptimizationLevel) throws -> [[UInt32]: Int] {
        let counter = Self.rounds * 256
        var functions = """
            (func $meet (param $target i32) (local $spins i32)
              (drop (i32.atomic.rmw.add (i32.const \(counter)) (i32.const 1)))
              (loop $again
                (local.set $spins (i32.add (local.get $spins) (i32.const 1)))
                (br_if $again (i32.and
                  (i32.lt_u (i32.atomic.load (i32.const \(counter))) (local.get $target))
                  (i32.lt_u (local.get $spins) (i32.const 100000))))))

            """
        for (number, body) in program.threads.enumerated() {
            functions += """
                (func (export "thread\(number)") (param $rounds i32) (local $a i32) (local $target i32)
                  (loop $next
                    (local.set $target (i32.add (local.get $target) (i32.const \(program.threads.count))))
                    (call $meet (local.get $target))
                    \(body)
                    (local.set $a (i32.add (local.get $a) (i32.const 256)))
                    (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1))))))

                """
        }
        let pages = UInt64(counter / 65536 + 1)
        let module = try ThreadedModule(functions, pages: pages) { $0.optimizationLevel = level }
        try module.run(program.threads.count) { number, instance in try instance.call("thread\(number)", Int32(Self.rounds)) }
        var outcomes: [[UInt32]: Int] = [:]
        for round in 0..<Self.rounds {
            outcomes[program.forbidden.indices.map { module.word(round * 256 + 128 + 4 * $0) }, default: 0] += 1
        }
        return outcomes
    }
}
