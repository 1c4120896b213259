import Dispatch
import PrecastIR
import PrecastCodeGeneration
import PrecastOptimizer
import Synchronization

/// Which functions to show after which stages.
public struct DumpRequest: Sendable {
    public enum Point: Hashable, Sendable {
        case translate
        /// After all of the optimizer.
        case optimize
        /// After one pass.
        case pass(String)
        case lower, allocate, assembly
        /// Where variables are.
        case variables

        /// As `--dump` names it: `translate`, `opt`, `opt:<pass>`, `lower`, `regalloc`, `asm`, `variables`.
        public init?(name: String) {
            switch name {
            case "translate": self = .translate
            case "opt": self = .optimize
            case "lower": self = .lower
            case "regalloc": self = .allocate
            case "asm": self = .assembly
            case "variables": self = .variables
            default:
                guard name.hasPrefix("opt:"), Self.passNames.contains(String(name.dropFirst(4))) else { return nil }
                self = .pass(String(name.dropFirst(4)))
            }
        }
        /// The names that may follow `opt:`.
        public static var passNames: [String] { Optimization.all.filter { $0.stage == .optimizer }.map(\.name) }
        var heading: String {
            switch self {
            case .translate: "translate"
            case .optimize: "opt"
            case .pass(let name): "opt:\(name)"
            case .lower: "lower"
            case .allocate: "regalloc"
            case .assembly: "asm"
            case .variables: "variables"
            }
        }
    }
    public var points: Set<Point>
    /// Number of the only function to show; nil: all.
    public var function: Int?
    /// Takes a function after a stage: its number and its text. May be called from any thread.
    public var receive: @Sendable (Point, Int, String) -> Void

    public init(points: Set<Point>, function: Int?, receive: @escaping @Sendable (Point, Int, String) -> Void) {
        self.points = points
        self.function = function
        self.receive = receive
    }
    /// Each function comes with a heading that names it and the stage.
    public init(points: Set<Point>, function: Int?, output: @escaping @Sendable (String) -> Void) {
        self.init(points: points, function: function) { point, number, text in
            output("; function \(number) after \(point.heading)\n\(text)\n")
        }
    }

    func wants(_ point: Point, _ number: Int) -> Bool { points.contains(point) && (function == nil || function == number) }
    func write(_ point: Point, _ number: Int, _ text: () -> String) {
        if wants(point, number) { receive(point, number, text()) }
    }
    func write(_ point: Point, _ function: borrowing Function) {
        let number = Int(function.number)
        if wants(point, number) { receive(point, number, PrecastIR.print(function)) }
    }
}

/// Times the stages of one function and dumps what was asked for.
struct FunctionObserver: StageObserver {
    let timing: Timing
    let dump: DumpRequest?
    let number: Int
    private let start = StartTime()
    private final class StartTime { var value: UInt64 = 0 }

    init(timing: Timing, dump: DumpRequest?, number: Int) {
        self.timing = timing
        self.dump = dump
        self.number = number
    }
    func begin(_ stage: CodeGenerationStage) { start.value = DispatchTime.now().uptimeNanoseconds }
    func end(_ stage: CodeGenerationStage, _ text: () -> String) {
        let amount = DispatchTime.now().uptimeNanoseconds - start.value
        switch stage {
        case .lower:
            timing.add(.lower, amount)
            dump?.write(.lower, number, text)
        case .allocate:
            timing.add(.allocate, amount)
            dump?.write(.allocate, number, text)
        case .emit:
            timing.add(.emit, amount)
            dump?.write(.assembly, number, text)
        }
    }
}

/// A number that threads add to.
final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func add(_ amount: Int) -> Int { value.wrappingAdd(amount, ordering: .relaxed).newValue }
}
