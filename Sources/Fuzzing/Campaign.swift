public import PrecastCompiler
public import PrecastWasmTypes
public import PrecastWastRunner

/// Engines that did not say the same of a module.
public struct Difference: Sendable {
    public let module: FuzzModule
    /// Which engines: the one that is believed, and the other.
    public let reference: String
    public let other: String
    /// The first lines that differ.
    public let expected: String
    public let found: String

    /// The other engine says that it failed, not that the module did something else.
    var isError: Bool { found.contains("error: ") }
    public var description: String { "seed \(module.seed), \(other): expected '\(expected)' (\(reference)), found '\(found)'" }
}

/// Runs generated modules through all engines and compares.
///
/// The interpreter's answer (of the IR as translated) and the outside engine's are compared with those of the artifacts: at -O0, at -O2 and, three modules of four, one more way;
/// with a runner for AArch64, at -O2 for that and, three modules of four, one more way.
public struct Campaign {
    public struct Summary: Sendable {
        public var modules = 0
        /// Runs that were compared, beyond the first of each module.
        public var comparisons = 0
        /// Modules that the interpreter did not run to the end.
        public var gaveUp = 0
        public var reasons: [String: Int] = [:]
        /// Calls that returned, and that trapped.
        public var returned = 0
        public var trapped = 0
        /// How often calls trapped, by kind.
        public var traps: [String: Int] = [:]
        public var bytes = 0
    }

    public let features: FeatureSet
    public private(set) var summary = Summary()
    private var generator: Generator
    private let interpreter = InterpreterEngine()
    private var machines: [Machine] = []
    private let outside: OutsideEngine?

    /// Where artifacts run, and the ways to make them.
    private struct Machine {
        typealias Way = (name: String, compiler: Compiler)
        let engine: CompiledEngine
        /// For every module.
        let always: [Way]
        /// For every other module, one after the other.
        let inTurn: [Way]
        /// For every fourth, of the others.
        let leavingOut: [Way]

        func ways(seed: UInt64) -> [Way] {
            if seed % 2 == 1 { return always + [inTurn[Int(seed / 2 % UInt64(inTurn.count))]] }
            return seed % 4 == 2 ? always + [leavingOut[Int(seed / 4 % UInt64(leavingOut.count))]] : always
        }
    }

    /// - Parameters:
    ///   - outside: another engine to compare with.
    ///   - aarch64: a script host on an AArch64 machine, or an emulated one.
    ///   - change: made to all compilers: what plants faults.
    public init(features: FeatureSet, outside: OutsideEngine?, aarch64: RunnerProcess? = nil, change: @escaping (inout Compiler) -> Void = { _ in }) throws {
        func make(_ configuration: CompiledConfiguration) throws -> Machine.Way {
            var compiler = try Compiler(configuration.settings)
            change(&compiler)
            return (configuration.name, compiler)
        }
        self.features = features
        self.outside = outside
        generator = Generator(features: features)
        machines.append(Machine(
            engine: CompiledEngine(), always: try CompiledConfiguration.always().map(make), inTurn: try CompiledConfiguration.runnable().map(make),
            leavingOut: try CompiledConfiguration.leavingOut().map(make)))
        if let aarch64 {
            machines.append(Machine(
                engine: CompiledEngine(runner: aarch64), always: try CompiledConfiguration.alwaysOnAArch64().map(make),
                inTurn: try CompiledConfiguration.inTurnOnAArch64().map(make), leavingOut: try CompiledConfiguration.leavingOutOnAArch64().map(make)))
        }
    }

    /// Modules of the seeds `range`, in batches. Stops when `report` returns false.
    public mutating func run(seeds range: Range<UInt64>, batch: UInt64 = 32, report: (Difference) throws -> Bool) throws {
        var next = range.lowerBound
        while next < range.upperBound {
            // The outside engine works on a batch while its modules run here.
            let modules = (next..<min(next + batch, range.upperBound)).map { seed in
                let module = generator.module(seed: seed)
                return (module, module.encode())
            }
            next += UInt64(modules.count)
            try outside?.send(modules)
            var answers = modules.map { answer($0.0, $0.1) }
            if let outside {
                let others = try outside.receive()
                guard others.count == answers.count else { throw FuzzingError("the outside engine ran \(others.count) modules of \(answers.count)") }
                for i in others.indices { answers[i].insert(("the outside engine", others[i]), at: 0) }
            }
            for (i, (module, _)) in modules.enumerated() {
                if let difference = compare(module, answers[i]), try !report(difference) { return }
            }
        }
    }

    // MARK: One module

    public mutating func module(seed: UInt64) -> FuzzModule { generator.module(seed: seed) }

    /// What is different about a module, all engines asked; nil also for one that is not valid.
    public mutating func difference(of module: FuzzModule) throws -> Difference? {
        let bytes = module.encode()
        guard (try? machines[0].always[0].compiler.validate(bytes)) != nil else { return nil }
        let kept = summary
        defer { summary = kept }
        try outside?.send([(module, bytes)])
        var answers = answer(module, bytes)
        if let outside, let lines = try outside.receive().first { answers.insert(("the outside engine", lines), at: 0) }
        return compare(module, answers)
    }

    /// A smaller module that differs in the same engine, with what is left of it as a difference.
    public mutating func minimize(_ difference: Difference, attempts: Int = 3000) throws -> Difference {
        var probe = self
        var best = difference
        var minimizer = Minimizer(attempts: attempts) { candidate in
            guard let found = try? probe.difference(of: candidate), found.other == difference.other, found.isError == difference.isError else { return false }
            best = found
            return true
        }
        _ = minimizer.minimize(difference.module)
        return best
    }

    /// The first stage after which the module does something else.
    public func firstWrongStage(_ difference: Difference) throws -> String {
        let bytes = difference.module.encode()
        if difference.other == "the interpreter" { return "the interpreter, translation or what comes before it" }
        let ways = machines.flatMap { $0.always + $0.inTurn + $0.leavingOut }
        guard let compiler = ways.first(where: { $0.name == difference.other })?.compiler else { return "unknown" }
        guard case .lines(let expected) = interpreter.run(difference.module, bytes) else { return "unknown: the interpreter gave up" }
        return Bisection(interpreter: interpreter, module: difference.module, bytes: bytes, expected: expected).firstWrongStage(compiler)
    }

    /// What the engines here say, the most trusted first.
    private mutating func answer(_ module: FuzzModule, _ bytes: [UInt8]) -> [(String, [String])] {
        summary.modules += 1
        summary.bytes += bytes.count
        var answers: [(String, [String])] = []
        switch interpreter.run(module, bytes) {
        case .lines(let lines): answers.append(("the interpreter", lines))
        case .gaveUp(let reason):
            summary.gaveUp += 1
            summary.reasons[reason, default: 0] += 1
        }
        for machine in machines {
            for (name, compiler) in machine.ways(seed: module.seed) { answers.append((name, machine.engine.run(module, bytes, compiler))) }
        }
        return answers
    }

    private mutating func compare(_ module: FuzzModule, _ answers: [(name: String, lines: [String])]) -> Difference? {
        guard let reference = answers.first else { return nil }
        for line in reference.lines where line.hasPrefix("call ") {
            if let trap = line.firstRange(of: " trap ") {
                summary.trapped += 1
                summary.traps[String(line[trap.upperBound...]), default: 0] += 1
            } else {
                summary.returned += 1
            }
        }
        if let error = reference.lines.first, error.hasPrefix("error: ") {
            return Difference(module: module, reference: reference.name, other: reference.name, expected: "results", found: error)
        }
        // With Wasmtime the traps of `alike` are compared as one; without it, exactly.
        if outside != nil, answers.count > 1, let difference = compare(module, (reference.name, reference.lines.map(alike)), (answers[1].name, answers[1].lines.map(alike))) {
            return difference
        }
        for other in answers.dropFirst(outside == nil ? 1 : 2) {
            let reference = answers[outside == nil ? 0 : 1], tears = other.name.hasSuffix(CompiledConfiguration.tearsStores)
            let difference = tears ? compare(module, untilStoreTears(reference), untilStoreTears(other)) : compare(module, reference, other)
            if let difference { return difference }
        }
        return nil
    }
    /// The lines up to the first access out of bounds: AArch64 lets a store that reaches into an inaccessible page write its first bytes before it traps,
    /// which the lines after may show.
    private func untilStoreTears(_ answer: (name: String, lines: [String])) -> (name: String, lines: [String]) {
        guard let last = answer.lines.firstIndex(where: { $0.hasSuffix(" trap out of bounds memory access") }) else { return answer }
        return (answer.name, Array(answer.lines[...last]))
    }
    /// Wasmtime has one message for two traps of tables, and an atomic access that is unaligned and out of bounds traps for either reason.
    private func alike(_ line: String) -> String {
        if line.hasSuffix("trap undefined element") { return line.replacing("undefined element", with: "out of bounds table access") }
        if line.hasSuffix("trap unaligned atomic") { return line.replacing("unaligned atomic", with: "out of bounds memory access") }
        return line
    }
    private mutating func compare(_ module: FuzzModule, _ reference: (name: String, lines: [String]), _ other: (name: String, lines: [String])) -> Difference? {
        summary.comparisons += 1
        if other.lines == reference.lines { return nil }
        let (expected, found) = firstDifference(reference.lines, other.lines)
        return Difference(module: module, reference: reference.name, other: other.name, expected: expected, found: found)
    }

    private func firstDifference(_ a: [String], _ b: [String]) -> (String, String) {
        for i in 0..<max(a.count, b.count) {
            let (x, y) = (i < a.count ? a[i] : "nothing", i < b.count ? b[i] : "nothing")
            if x != y { return (x, y) }
        }
        return ("", "")
    }
}
