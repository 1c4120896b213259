import CHostCPU
public import PrecastMachineCode

/// A CPU feature beyond the x86-64 baseline (SSE2): what code generation asks for.
///
/// Raw values are the bits that artifacts store. The artifact format's own table says the same (a test compares them): back ends know no artifacts,
/// and the loader has no back end.
@frozen public enum CPUFeature: UInt8, Sendable, CaseIterable {
    case sse3 = 0, ssse3, sse41, sse42, popcnt, cx16, lahf
    case avx = 7, avx2, bmi1, bmi2, lzcnt, movbe, fma, f16c
    case avx512f = 15, avx512bw, avx512cd, avx512dq, avx512vl
    case avx512vbmi = 20, avx512vbmi2, avx512bitalg, avx512vpopcntdq, avx512vnni
    case adx = 25, gfni, vaes, vpclmulqdq, pclmulqdq, aes, sha, erms, fsrm, avxvnni

    /// The name that artifacts and command lines have for it.
    public var name: String {
        switch self {
        case .sse41: "sse4.1"
        case .sse42: "sse4.2"
        case .bmi1: "bmi"
        default: String(describing: self)
        }
    }

    /// Features without which this one cannot be used.
    public var requirements: CPUFeatures {
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

/// A set of x86-64's features.
@frozen public struct CPUFeatures: CPUFeatureSet {
    public typealias Feature = CPUFeature
    public var bits: UInt64
    @inlinable public init(bits: UInt64) { self.bits = bits }
    /// In bit order.
    public var names: [String] { CPUFeature.allCases.filter { contains($0) }.map(\.name) }

    /// The psABI's levels.
    public static let v1: CPUFeatures = []
    public static let v2: CPUFeatures = [.sse3, .ssse3, .sse41, .sse42, .popcnt, .cx16, .lahf]
    public static let v3 = v2.union([.avx, .avx2, .bmi1, .bmi2, .lzcnt, .movbe, .fma, .f16c])
    public static let v4 = v3.union([.avx512f, .avx512bw, .avx512cd, .avx512dq, .avx512vl])

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
}
