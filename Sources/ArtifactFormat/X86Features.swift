/// Features of x86-64 beyond its baseline (SSE2). Raw values are bits of ``CPUFeatures``.
public enum X86Feature: UInt8, Sendable, CaseIterable {
    case sse3 = 0, ssse3, sse41, sse42, popcnt, cx16, lahf
    case avx = 7, avx2, bmi1, bmi2, lzcnt, movbe, fma, f16c
    case avx512f = 15, avx512bw, avx512cd, avx512dq, avx512vl
    case avx512vbmi = 20, avx512vbmi2, avx512bitalg, avx512vpopcntdq, avx512vnni
    case adx = 25, gfni, vaes, vpclmulqdq, pclmulqdq, aes, sha, erms, fsrm, avxvnni

    /// The name that `--cpu-features` takes.
    public var name: String {
        switch self {
        case .sse3: "sse3"
        case .ssse3: "ssse3"
        case .sse41: "sse4.1"
        case .sse42: "sse4.2"
        case .popcnt: "popcnt"
        case .cx16: "cx16"
        case .lahf: "lahf"
        case .avx: "avx"
        case .avx2: "avx2"
        case .bmi1: "bmi"
        case .bmi2: "bmi2"
        case .lzcnt: "lzcnt"
        case .movbe: "movbe"
        case .fma: "fma"
        case .f16c: "f16c"
        case .avx512f: "avx512f"
        case .avx512bw: "avx512bw"
        case .avx512cd: "avx512cd"
        case .avx512dq: "avx512dq"
        case .avx512vl: "avx512vl"
        case .avx512vbmi: "avx512vbmi"
        case .avx512vbmi2: "avx512vbmi2"
        case .avx512bitalg: "avx512bitalg"
        case .avx512vpopcntdq: "avx512vpopcntdq"
        case .avx512vnni: "avx512vnni"
        case .adx: "adx"
        case .gfni: "gfni"
        case .vaes: "vaes"
        case .vpclmulqdq: "vpclmulqdq"
        case .pclmulqdq: "pclmulqdq"
        case .aes: "aes"
        case .sha: "sha"
        case .erms: "erms"
        case .fsrm: "fsrm"
        case .avxvnni: "avxvnni"
        }
    }

    /// Features without which this one cannot be used.
    public var requirements: CPUFeatures {
        switch self {
        case .ssse3: CPUFeatures(.sse3)
        case .sse41: CPUFeatures(.ssse3)
        case .sse42: CPUFeatures(.sse41)
        case .avx, .aes, .pclmulqdq, .sha: CPUFeatures(.sse42)
        case .avx2, .fma, .f16c, .avxvnni: CPUFeatures(.avx)
        case .vaes: CPUFeatures(.avx, .aes)
        case .vpclmulqdq: CPUFeatures(.avx, .pclmulqdq)
        case .avx512f: CPUFeatures(.avx2, .fma, .f16c)
        case .avx512bw, .avx512cd, .avx512dq, .avx512vl: CPUFeatures(.avx512f)
        case .avx512vbmi, .avx512vbmi2, .avx512bitalg: CPUFeatures(.avx512bw)
        case .avx512vpopcntdq, .avx512vnni: CPUFeatures(.avx512f)
        default: CPUFeatures()
        }
    }
}

extension CPUFeatures {
    // The x86-64 levels of the psABI.
    public static var x86_64v1: CPUFeatures { CPUFeatures() }
    public static var x86_64v2: CPUFeatures { CPUFeatures(.sse3, .ssse3, .sse41, .sse42, .popcnt, .cx16, .lahf) }
    public static var x86_64v3: CPUFeatures {
        CPUFeatures(bits: x86_64v2.bits | CPUFeatures(.avx, .avx2, .bmi1, .bmi2, .lzcnt, .movbe, .fma, .f16c).bits)
    }
    public static var x86_64v4: CPUFeatures {
        CPUFeatures(bits: x86_64v3.bits | CPUFeatures(.avx512f, .avx512bw, .avx512cd, .avx512dq, .avx512vl).bits)
    }
}
