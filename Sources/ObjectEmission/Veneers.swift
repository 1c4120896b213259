import PrecastArtifactFormat
import PrecastMachineCode

/// Stepping stones for calls that do not reach their function (AArch64: 128 MiB): code behind every few functions that goes on to any address.
///
/// A text that is small enough has none. In a larger one each run of functions is followed by a veneer for every function outside the run that it calls;
/// which of the calls take theirs is known once all functions have their places.
struct Veneers {
    /// Distance from a call's place to its function: `-reach ..< reach`.
    let reach: Int
    private let isNeeded: Bool
    /// Run of each function, by number.
    private var runs: [UInt32]
    /// By run: offset in the text of the veneer for a function.
    private(set) var offsets: [[UInt32: UInt32]] = []
    private var members = Set<UInt32>()
    private var targets: [UInt32] = []
    private var runStart = 0

    /// adrp x16, …; add x16, x16, …; br x16
    private static let code: [UInt32] = [0x9000_0010, 0x9100_0210, 0xd61f_0200]

    init(_ module: LinkedModule, textSize: Int, callReach: Int?) {
        reach = callReach ?? (module.target.machine == .aarch64 ? 1 << 27 : .max)
        isNeeded = module.target.machine == .aarch64 && textSize >= reach
        runs = isNeeded ? Array(repeating: 0, count: module.functions.count) : []
    }

    /// Takes note of a function that was just put at the end of the text; puts veneers behind it where it is time.
    mutating func add(_ number: Int, _ compiled: CompiledFunction, to bytes: inout [UInt8]) {
        if !isNeeded { return }
        runs[number] = UInt32(offsets.count)
        members.insert(UInt32(number))
        for relocation in compiled.relocations where relocation.kind == .aarch64Call26 && relocation.target.kind == .function {
            targets.append(relocation.target.index)
        }
        if bytes.count - runStart > reach / 4 { finish(&bytes) }
    }

    /// Ends the last run.
    mutating func finish(_ bytes: inout [UInt8]) {
        if !isNeeded || members.isEmpty { return }
        bytes.pad(to: 4)
        var made: [UInt32: UInt32] = [:]
        for target in targets where !members.contains(target) && made[target] == nil {
            made[target] = UInt32(bytes.count)
            for word in Self.code { bytes.append32(word) }
        }
        offsets.append(made)
        members.removeAll()
        targets.removeAll()
        runStart = bytes.count
    }

    /// Offset of the veneer that calls of `target` from function `number` can take.
    func offset(from number: Int, to target: UInt32) -> UInt32? { isNeeded ? offsets[Int(runs[number])][target] : nil }
}
