import CHostCPU

/// A CPU feature beyond the x86-64 baseline (SSE2). Raw values are the bits that artifacts store: fixed, and never reused.
@frozen public enum CPUFeature: UInt8, Sendable, CaseIterable {
    case sse3 = 0, ssse3, sse41, sse42, popcnt, cx16, lahf
    case avx = 7, avx2, bmi1, bmi2, lzcnt, movbe, fma, f16c
    case avx512f = 15, avx512bw, avx512cd, avx512dq, avx512vl
    case avx512vbmi = 20, avx512vbmi2, avx512bitalg, avx512vpopcntdq, avx512vnni
    case adx = 25, gfni, vaes, vpclmulqdq, pclmulqdq, aes, sha, erms, fsrm, avxvnni

    /// The name that `--cpu-features` takes.
    public var name: String {
        switch self {
        case .sse41: "sse4.1"
        case .sse42: "sse4.2"
        case .bmi1: "bmi"
        default: String(describing: self)
        }
    }

    /// Features without which this one cannot be used.
    var requirements: CPUFeatures {
        switch self {
        case .ssse3: [.sse3]
        case .sse41: [.ssse3]
        case .sse42: [.sse41]
        case .avx, .aes, .pclmulqdq, .sha: [.sse42]
        case .avx2, .fma, .f16c, .avxvnni: [.avx]
        case .vaes: [.avx, .aes]
        case .vpclmulqdq: [.avx, .pclmulqdq]
        case .avx512f: [.avx2, .fma, .f16c]
        case .avx512bw, .avx512cd, .avx512dq, .avx512vl: [.avx512f]
        case .avx512vbmi, .avx512vbmi2, .avx512bitalg: [.avx512bw]
        case .avx512vpopcntdq, .avx512vnni: [.avx512f]
        default: []
        }
    }
}

/// A set of CPU features, one bit each (`CPUFeature.rawValue`).
@frozen public struct CPUFeatures: Hashable, Sendable, BitwiseCopyable, ExpressibleByArrayLiteral {
    public var bits: UInt64
    @inlinable public init(bits: UInt64) { self.bits = bits }
    @inlinable public init(arrayLiteral features: CPUFeature...) {
        bits = 0
        for f in features { insert(f) }
    }
    @inlinable public func contains(_ f: CPUFeature) -> Bool { bits >> UInt64(f.rawValue) & 1 != 0 }
    @inlinable public func isSuperset(of other: CPUFeatures) -> Bool { other.bits & ~bits == 0 }
    @inlinable public mutating func insert(_ f: CPUFeature) { bits |= 1 << UInt64(f.rawValue) }
    @inlinable public mutating func remove(_ f: CPUFeature) { bits &= ~(1 << UInt64(f.rawValue)) }
    @inlinable public func union(_ other: CPUFeatures) -> CPUFeatures { CPUFeatures(bits: bits | other.bits) }
    /// In bit order.
    public var names: [String] { CPUFeature.allCases.filter { contains($0) }.map(\.name) }

    // MARK: CPUs by name

    /// The psABI's levels.
    public static let v1: CPUFeatures = []
    public static let v2: CPUFeatures = [.sse3, .ssse3, .sse41, .sse42, .popcnt, .cx16, .lahf]
    public static let v3 = v2.union([.avx, .avx2, .bmi1, .bmi2, .lzcnt, .movbe, .fma, .f16c])
    public static let v4 = v3.union([.avx512f, .avx512bw, .avx512cd, .avx512dq, .avx512vl])

    /// What `--cpu` takes, besides `native`.
    public static let levels: [(name: String, features: CPUFeatures)] = [
        ("x86-64", v1), ("x86-64-v2", v2), ("x86-64-v3", v3), ("x86-64-v4", v4),
    ]

    /// This processor's, as far as the operating system saves the registers they need. Empty on another machine.
    public static var native: CPUFeatures {
        let basic = precast_host_cpuid(1, 0)
        let structured = precast_host_cpuid(7, 0)
        let structured1 = precast_host_cpuid(7, 1)
        let extended = precast_host_cpuid(0x8000_0001, 0)
        var found: CPUFeatures = []
        func take(_ word: UInt32, _ bits: [(Int, CPUFeature)]) {
            for (bit, feature) in bits where word >> UInt32(bit) & 1 != 0 { found.insert(feature) }
        }
        take(basic.ecx, [
            (0, .sse3), (1, .pclmulqdq), (9, .ssse3), (12, .fma), (13, .cx16), (19, .sse41), (20, .sse42), (22, .movbe), (23, .popcnt),
            (25, .aes), (28, .avx), (29, .f16c),
        ])
        take(structured.ebx, [
            (3, .bmi1), (5, .avx2), (8, .bmi2), (9, .erms), (16, .avx512f), (17, .avx512dq), (19, .adx), (28, .avx512cd), (29, .sha),
            (30, .avx512bw), (31, .avx512vl),
        ])
        take(structured.ecx, [
            (1, .avx512vbmi), (6, .avx512vbmi2), (8, .gfni), (9, .vaes), (10, .vpclmulqdq), (11, .avx512vnni), (12, .avx512bitalg),
            (14, .avx512vpopcntdq),
        ])
        take(structured.edx, [(4, .fsrm)])
        take(structured1.eax, [(4, .avxvnni)])
        take(extended.ecx, [(0, .lahf), (5, .lzcnt)])
        // XCR0: bits 1 and 2 for ymm, 5 to 7 besides for zmm and masks.
        let state = precast_host_xcr0()
        if state & 0x6 != 0x6 { found.remove(.avx) }
        if state & 0xe6 != 0xe6 { found.remove(.avx512f) }
        return found.closed
    }

    /// Without the features whose requirements are missing.
    var closed: CPUFeatures {
        var result = self
        var changed = true
        while changed {
            changed = false
            for f in CPUFeature.allCases where result.contains(f) && !result.isSuperset(of: f.requirements) {
                result.remove(f)
                changed = true
            }
        }
        return result
    }

    // MARK: Command-line options

    /// The features of the CPU that `--cpu` and `--cpu-features` describe.
    ///
    /// - Parameters:
    ///   - cpu: a level of ``levels``, or `native`.
    ///   - changes: `+name` and `-name`, separated by commas, in order. Adding a feature adds what it requires, removing one removes what requires it.
    public static func parse(cpu: String, changes: String = "") throws(CPUFeatureError) -> CPUFeatures {
        var result: CPUFeatures
        if cpu == "native" {
            result = native
        } else if let level = levels.first(where: { $0.name == cpu }) {
            result = level.features
        } else {
            throw .unknownCPU(cpu, nearest: nearest(cpu, levels.map(\.name) + ["native"]))
        }
        for change in changes.split(separator: ",") {
            guard let sign = change.first, sign == "+" || sign == "-" else { throw .missingSign(String(change)) }
            let name = String(change.dropFirst())
            guard let feature = CPUFeature.allCases.first(where: { $0.name == name }) else {
                throw .unknownFeature(name, nearest: nearest(name, CPUFeature.allCases.map(\.name)))
            }
            if sign == "+" { result.add(feature) } else { result.drop(feature) }
        }
        return result
    }
    private mutating func add(_ feature: CPUFeature) {
        insert(feature)
        for f in CPUFeature.allCases where feature.requirements.contains(f) && !contains(f) { add(f) }
    }
    private mutating func drop(_ feature: CPUFeature) {
        remove(feature)
        self = closed
    }

    /// The known name with the smallest edit distance, if it is near.
    private static func nearest(_ name: String, _ known: [String]) -> String? {
        let ranked = known.map { ($0, distance(Array(name.utf8), Array($0.utf8))) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, name.utf8.count / 3) else { return nil }
        return best.0
    }
    /// Levenshtein's distance.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
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
}

/// Why CPU options were refused.
public enum CPUFeatureError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownCPU(String, nearest: String?)
    case unknownFeature(String, nearest: String?)
    /// A change that starts with neither `+` nor `-`.
    case missingSign(String)

    public var description: String {
        switch self {
        case .unknownCPU(let name, let nearest):
            "unknown CPU '\(name)' for x86_64" + Self.hint(nearest) + "; known: " + (CPUFeatures.levels.map(\.name) + ["native"]).joined(separator: ", ")
        case .unknownFeature(let name, let nearest):
            "unknown CPU feature '\(name)' for x86_64" + Self.hint(nearest)
        case .missingSign(let change):
            "CPU feature '\(change)' needs '+' or '-' in front"
        }
    }
    private static func hint(_ nearest: String?) -> String { nearest.map { ", did you mean '\($0)'?" } ?? "" }
}
