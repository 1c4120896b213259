/// The machine that code is for: ELF's `e_machine` numbers.
@frozen public struct Machine: Hashable, Sendable, BitwiseCopyable {
    public var elfMachine: UInt16
    @inlinable public init(elfMachine: UInt16) { self.elfMachine = elfMachine }
    @inlinable public static var x86_64: Machine { Machine(elfMachine: 62) }
    @inlinable public static var aarch64: Machine { Machine(elfMachine: 183) }
    @inlinable public static var riscv64: Machine { Machine(elfMachine: 243) }
    /// Every machine this version knows.
    public static var all: [Machine] { [.x86_64, .aarch64, .riscv64] }

    /// The first word of a target triple, or "machine 40" for an unknown one.
    public var name: String {
        switch self {
        case .x86_64: "x86_64"
        case .aarch64: "aarch64"
        case .riscv64: "riscv64gc"
        default: "machine \(elfMachine)"
        }
    }

    /// The machine this code runs on.
    public static var host: Machine {
        #if arch(x86_64)
        .x86_64
        #elseif arch(arm64)
        .aarch64
        #else
        .riscv64
        #endif
    }

    /// Segments of artifacts start at multiples of this: the largest page a host of this machine may have.
    @inlinable public var segmentAlignment: UInt64 { self == .aarch64 ? 65536 : 4096 }
}

/// The operating system that code is for.
@frozen public struct OperatingSystem: Hashable, Sendable, BitwiseCopyable {
    public var number: UInt8
    @inlinable public init(number: UInt8) { self.number = number }
    @inlinable public static var linux: OperatingSystem { OperatingSystem(number: 1) }
    public var name: String { self == .linux ? "linux" : "system \(number)" }
}

/// A set of CPU features of one machine, by bit number. The numbers are part of the format: fixed, and never reused.
@frozen public struct CPUFeatures: Hashable, Sendable, BitwiseCopyable {
    public var bits: UInt64
    @inlinable public init(bits: UInt64) { self.bits = bits }
    @inlinable public init() { bits = 0 }
    @inlinable public init(_ features: X86Feature...) {
        bits = 0
        for feature in features { bits |= 1 << UInt64(feature.rawValue) }
    }
    @inlinable public func contains(_ feature: X86Feature) -> Bool { bits >> UInt64(feature.rawValue) & 1 != 0 }
    @inlinable public mutating func insert(_ feature: X86Feature) { bits |= 1 << UInt64(feature.rawValue) }
    @inlinable public mutating func remove(_ feature: X86Feature) { bits &= ~(1 << UInt64(feature.rawValue)) }
    @inlinable public func subtracting(_ other: CPUFeatures) -> CPUFeatures { CPUFeatures(bits: bits & ~other.bits) }
    @inlinable public var isEmpty: Bool { bits == 0 }

    /// The name of feature `bit` of `machine`, or nil for a bit without meaning.
    public static func name(of bit: UInt8, on machine: Machine) -> String? {
        switch machine {
        case .x86_64: X86Feature(rawValue: bit)?.name
        case .aarch64: AArch64Feature(rawValue: bit)?.name
        case .riscv64: RISCVFeature(rawValue: bit)?.name
        default: nil
        }
    }

    /// The bit of the feature called `name` on `machine`.
    public static func bit(named name: String, on machine: Machine) -> UInt8? {
        for bit in UInt8(0)..<64 {
            // By bytes: comparing characters would pull Unicode tables into the loader.
            if let known = Self.name(of: bit, on: machine), known.utf8.elementsEqual(name.utf8) { return bit }
        }
        return nil
    }

    /// The names of all features in the set, in bit order; an unknown bit is "feature 40".
    public func names(on machine: Machine) -> [String] {
        var names: [String] = []
        for bit in UInt8(0)..<64 where bits >> UInt64(bit) & 1 != 0 {
            names.append(Self.name(of: bit, on: machine) ?? "feature \(bit)")
        }
        return names
    }
}

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

    /// The features of the CPU called `name` in `--cpu`, or nil for an unknown one. `native` is the caller's business.
    public static func named(_ name: String, on machine: Machine) -> CPUFeatures? {
        switch (machine, name) {
        case (.x86_64, "x86-64"), (.x86_64, "x86-64-v1"): x86_64v1
        case (.x86_64, "x86-64-v2"): x86_64v2
        case (.x86_64, "x86-64-v3"): x86_64v3
        case (.x86_64, "x86-64-v4"): x86_64v4
        case (.aarch64, "generic"), (.riscv64, "generic"): CPUFeatures()
        default: nil
        }
    }
}

/// Features of AArch64 beyond Armv8.0.
public enum AArch64Feature: UInt8, Sendable, CaseIterable {
    case lse = 0, crc, rdm, fp16, dotprod, jscvt, rcpc, pauth, bti, flagm, sve, sve2, i8mm, bf16, cssc, mte
    public var name: String {
        switch self {
        case .lse: "lse"
        case .crc: "crc"
        case .rdm: "rdm"
        case .fp16: "fp16"
        case .dotprod: "dotprod"
        case .jscvt: "jscvt"
        case .rcpc: "rcpc"
        case .pauth: "pauth"
        case .bti: "bti"
        case .flagm: "flagm"
        case .sve: "sve"
        case .sve2: "sve2"
        case .i8mm: "i8mm"
        case .bf16: "bf16"
        case .cssc: "cssc"
        case .mte: "mte"
        }
    }
}

/// Features of 64-bit RISC-V beyond RV64GC.
public enum RISCVFeature: UInt8, Sendable, CaseIterable {
    case zba = 0, zbb, zbc, zbs, zbkb, zicond, zfa, zfh, zcb, zacas, zawrs, v
    public var name: String {
        switch self {
        case .zba: "zba"
        case .zbb: "zbb"
        case .zbc: "zbc"
        case .zbs: "zbs"
        case .zbkb: "zbkb"
        case .zicond: "zicond"
        case .zfa: "zfa"
        case .zfh: "zfh"
        case .zcb: "zcb"
        case .zacas: "zacas"
        case .zawrs: "zawrs"
        case .v: "v"
        }
    }
}
