// Names of machines, CPUs and features, as command lines have them.
//
// Bytes are compared, not characters: those would pull Unicode tables into the loader.

/// Why a target, a CPU or a feature was refused.
public enum TargetError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownTarget(String)
    case unknownCPU(String, Machine)
    case unknownFeature(String, Machine)
    /// A change of features that starts with neither `+` nor `-`.
    case missingSign(String)
    /// `native` for another machine than this one.
    case notNative(Machine)

    public var description: String {
        switch self {
        case .unknownTarget(let name):
            // A machine alone is a target, too, and near to nothing longer.
            Self.unknown("target '" + name + "'", nearest(name, Machine.all.flatMap { [$0.triple, $0.name] }), Machine.all.map { $0.triple })
        case .unknownCPU(let name, let machine):
            Self.unknown("CPU '" + name + "' for " + machine.name, nearest(name, machine.cpuNames), machine.cpuNames)
        case .unknownFeature(let name, let machine):
            Self.unknown("CPU feature '" + name + "' for " + machine.name, nearest(name, machine.featureNames), machine.featureNames)
        case .missingSign(let change): "CPU feature '" + change + "' needs '+' or '-' in front"
        case .notNative(let machine):
            "CPU 'native' means the machine that compiles, which is \(Machine.host.name), not \(machine.name); known: " + list(machine.cpuNames)
        }
    }

    private static func unknown(_ what: String, _ nearest: String?, _ known: [String]) -> String {
        "unknown " + what + (nearest.map { ", did you mean '" + $0 + "'?" } ?? "") + "; known: " + list(known)
    }
}

extension Machine {
    /// The canonical triple.
    public var triple: String { name + "-unknown-linux-gnu" }

    /// The machine of a target triple: `aarch64-unknown-linux-gnu`, without vendor, with `musl` for `gnu`, or the machine's name alone, in any case.
    ///
    /// Artifacts call no C library, so code for `gnu` and for `musl` is the same.
    public init(triple: String) throws(TargetError) {
        let lowercase = lowercased(triple)
        let (name, rest) = Self.split(lowercase)
        guard let machine = Self.named(name), rest.isEmpty || Self.isLinux(rest) else { throw .unknownTarget(triple) }
        self = machine
    }

    /// A triple's machine, and its other words. One spelling of x86-64 has a dash of its own.
    private static func split(_ triple: String) -> (String, [String]) {
        let words = parts(triple, UInt8(ascii: "-"))
        if words.count > 1, isSame(words[0], "x86"), isSame(words[1], "64") { return ("x86_64", Array(words[2...])) }
        return (words[0], Array(words[1...]))
    }

    /// The machine called `name`, or an alias of it that is common.
    public static func named(_ name: String) -> Machine? {
        for (alias, machine) in [
            ("x86_64", Machine.x86_64), ("amd64", .x86_64), ("x86-64", .x86_64), ("aarch64", .aarch64), ("arm64", .aarch64), ("riscv64gc", .riscv64),
            ("riscv64", .riscv64),
        ] where isSame(name, alias) {
            return machine
        }
        return nil
    }

    /// Whether the words of a triple after its machine say Linux: an optional vendor, `linux`, and an optional C library.
    private static func isLinux(_ words: [String]) -> Bool {
        let system = isSame(words[0], "linux") ? 0 : 1
        guard system < words.count, isSame(words[system], "linux") else { return false }
        return system + 1 == words.count || system + 2 == words.count && (isSame(words[system + 1], "gnu") || isSame(words[system + 1], "musl"))
    }

    /// The CPUs that have names, from common to special, with their features. The first is the least.
    public var cpus: [(name: String, features: CPUFeatures)] {
        switch self {
        case .x86_64:
            [("x86-64", .x86_64v1), ("x86-64-v1", .x86_64v1), ("x86-64-v2", .x86_64v2), ("x86-64-v3", .x86_64v3), ("x86-64-v4", .x86_64v4)]
        case .aarch64:
            [
                ("generic", CPUFeatures()), ("cortex-a53", CPUFeatures(.crc)), ("cortex-a55", .neoverseN1), ("cortex-a57", CPUFeatures(.crc)),
                ("cortex-a72", CPUFeatures(.crc)), ("cortex-a76", .neoverseN1), ("cortex-a78", .neoverseN1),
                ("neoverse-n1", .neoverseN1), ("neoverse-v1", .neoverseV1), ("neoverse-n2", .neoverseN2), ("neoverse-v2", .neoverseN2),
                ("ampere1", CPUFeatures(bits: CPUFeatures.armv85.bits | CPUFeatures(.i8mm, .bf16).bits)), ("apple-m1", .armv85),
            ]
        case .riscv64: [("generic", CPUFeatures())]
        default: []
        }
    }

    /// What `--cpu` takes.
    public var cpuNames: [String] { cpus.map { $0.name } + (self == .host ? ["native"] : []) }
    /// What `--cpu-features` takes, in bit order.
    public var featureNames: [String] { CPUFeatures(bits: .max).knownNames(on: self) }
    /// The CPU that code is for when none is named.
    public var baselineCPU: String { self == .x86_64 ? "x86-64-v2" : "generic" }
}

extension CPUFeatures {
    /// The features of the CPU called `name` in `--cpu`, or nil for an unknown one. `native` is the caller's business.
    public static func named(_ name: String, on machine: Machine) -> CPUFeatures? {
        for cpu in machine.cpus where isSame(cpu.name, name) { return cpu.features }
        return nil
    }

    /// The features of `cpu` with `changes`: `+name` and `-name`, separated by commas, in order.
    /// Adding a feature adds what it requires, removing one removes what requires it.
    ///
    /// - Parameter native: what `native` stands for; nil: the machine is another one than this.
    public init(cpu: String, changes: String, on machine: Machine, native: CPUFeatures?) throws(TargetError) {
        if let known = Self.named(cpu, on: machine) {
            self = known
        } else if isSame(cpu, "native") {
            guard let native else { throw .notNative(machine) }
            self = native
        } else {
            throw .unknownCPU(cpu, machine)
        }
        for change in parts(changes, UInt8(ascii: ",")) where !change.utf8.isEmpty {
            let name = String(decoding: change.utf8.dropFirst(), as: UTF8.self)
            let sign = change.utf8.first
            guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { throw .missingSign(change) }
            guard let bit = Self.bit(named: lowercased(name), on: machine) else { throw .unknownFeature(name, machine) }
            if sign == UInt8(ascii: "+") { add(bit, on: machine) } else { drop(bit, on: machine) }
        }
    }

    private mutating func add(_ bit: UInt8, on machine: Machine) {
        insert(bit: bit)
        let requirements = Self.requirements(of: bit, on: machine)
        for other in UInt8(0)..<64 where requirements.contains(bit: other) && !contains(bit: other) { add(other, on: machine) }
    }

    private mutating func drop(_ bit: UInt8, on machine: Machine) {
        remove(bit: bit)
        for other in UInt8(0)..<64 where contains(bit: other) && Self.requirements(of: other, on: machine).contains(bit: bit) { drop(other, on: machine) }
    }

    /// The names of the features in the set that have one.
    fileprivate func knownNames(on machine: Machine) -> [String] {
        (UInt8(0)..<64).compactMap { contains(bit: $0) ? Self.name(of: $0, on: machine) : nil }
    }
}

/// A target as `--target` takes it: `x86_64-unknown-linux-gnu:x86-64-v2:+bmi2`. What `native` stands for is not spelt out.
public func targetText(_ machine: Machine, _ cpu: String, _ features: CPUFeatures) -> String {
    var text = machine.triple + ":" + cpu
    guard let known = CPUFeatures.named(cpu, on: machine), known != features else { return text }
    var changes: [String] = []
    for name in features.subtracting(known).names(on: machine) { changes.append("+" + name) }
    for name in known.subtracting(features).names(on: machine) { changes.append("-" + name) }
    for (index, change) in changes.enumerated() { text += (index == 0 ? ":" : ",") + change }
    return text
}

/// The known name with the smallest edit distance, if it is near.
public func nearest(_ name: String, _ known: [String]) -> String? {
    let name = Array(lowercased(name).utf8)
    var best: (name: String, distance: Int)?
    for candidate in known {
        let distance = editDistance(name, Array(candidate.utf8))
        if distance <= max(2, name.count / 3), distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// Levenshtein's distance.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    // A name far too long is far from everything.
    if a.count > 64 { return a.count }
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let substituted = diagonal + (x == y ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
        }
    }
    return row[b.count]
}

private func isSame(_ a: String, _ b: String) -> Bool { a.isSame(b) }

/// `text` with ASCII capitals in lower case.
private func lowercased(_ text: String) -> String {
    String(decoding: text.utf8.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }, as: UTF8.self)
}

/// What stands between the `separator`s of `text`: at least one part, which may be empty.
private func parts(_ text: String, _ separator: UInt8) -> [String] {
    text.utf8.split(separator: separator, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
}

private func list(_ names: [String]) -> String {
    var text = ""
    for name in names { text += text.utf8.isEmpty ? name : ", " + name }
    return text
}
