import Dispatch
import Synchronization

/// Where the time of a compilation went: nanoseconds per stage, summed over threads.
public final class Timing: Sendable {
    public enum Stage: Int, Sendable, CaseIterable {
        case decode, validate, translate, inline, optimize, lower, allocate, emit, debug, link

        public var name: String { "\(self)" }
    }
    private let nanoseconds: [Counter] = Stage.allCases.map { _ in Counter() }
    private final class Counter: Sendable { let value = Atomic<UInt64>(0) }

    public init() {}

    /// Nanoseconds of a clock that only goes forward.
    var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
    func add(_ stage: Stage, _ amount: UInt64) { nanoseconds[stage.rawValue].value.wrappingAdd(amount, ordering: .relaxed) }
    /// Measures `body` as part of `stage`.
    func measure<Result: ~Copyable, Failure: Error>(_ stage: Stage, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let start = now
        defer { add(stage, now - start) }
        return try body()
    }
    public subscript(stage: Stage) -> UInt64 { nanoseconds[stage.rawValue].value.load(ordering: .relaxed) }

    /// A line per stage with milliseconds and share.
    public var report: String {
        let total = Stage.allCases.reduce(UInt64(0)) { $0 + self[$1] }
        var text = ""
        for stage in Stage.allCases {
            let milliseconds = Double(self[stage]) / 1e6
            let share = total == 0 ? 0 : Double(self[stage]) * 100 / Double(total)
            text += "\(pad(stage.name, 10))\(pad(fixed(milliseconds, 3), 12, left: true)) ms\(pad(fixed(share, 1), 8, left: true)) %\n"
        }
        return text + "\(pad("total", 10))\(pad(fixed(Double(total) / 1e6, 3), 12, left: true)) ms\n"
    }
    private func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
        let fill = String(repeating: " ", count: max(0, width - text.count))
        return left ? fill + text : text + fill
    }
    private func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = UInt64((value * scale).rounded())
        let fraction = String(whole % UInt64(scale))
        return "\(whole / UInt64(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
