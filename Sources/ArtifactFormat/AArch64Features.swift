/// Features of AArch64 beyond Armv8.0. Raw values are bits of ``CPUFeatures``.
///
/// Source of the capability bits: Linux, Documentation/arch/arm64/elf_hwcaps.rst.
public enum AArch64Feature: UInt8, Sendable, CaseIterable {
    case lse = 0, crc, rdm, fp16, dotprod, jscvt, rcpc, pauth, bti, flagm, sve, sve2, i8mm, bf16, cssc, mte
    case aes = 16, sha2, sha3, fcma, frintts, lse2, rcpc2

    /// The name that `--cpu-features` takes.
    public var name: String { row.name }
    /// Where Linux tells of it: the word (0: `AT_HWCAP`, 1: `AT_HWCAP2`) and the bit.
    public var capability: (word: Int, bit: UInt64) { (row.word, row.bit) }

    private var row: (name: String, word: Int, bit: UInt64) {
        switch self {
        case .lse: ("lse", 0, 8)
        case .crc: ("crc", 0, 7)
        case .rdm: ("rdm", 0, 12)
        case .fp16: ("fp16", 0, 10)
        case .dotprod: ("dotprod", 0, 20)
        case .jscvt: ("jscvt", 0, 13)
        case .rcpc: ("rcpc", 0, 15)
        case .pauth: ("pauth", 0, 30)
        case .bti: ("bti", 1, 17)
        case .flagm: ("flagm", 0, 27)
        case .sve: ("sve", 0, 22)
        case .sve2: ("sve2", 1, 1)
        case .i8mm: ("i8mm", 1, 13)
        case .bf16: ("bf16", 1, 14)
        case .cssc: ("cssc", 1, 34)
        case .mte: ("mte", 1, 18)
        case .aes: ("aes", 0, 3)
        case .sha2: ("sha2", 0, 6)
        case .sha3: ("sha3", 0, 17)
        case .fcma: ("fcma", 0, 14)
        case .frintts: ("frintts", 1, 8)
        case .lse2: ("lse2", 0, 25)
        case .rcpc2: ("rcpc2", 0, 26)
        }
    }

    /// Features without which this one cannot be used.
    public var requirements: CPUFeatures {
        switch self {
        case .sve2: CPUFeatures(.sve)
        case .sve, .fcma: CPUFeatures(.fp16)
        case .sha3: CPUFeatures(.sha2)
        case .lse2: CPUFeatures(.lse)
        case .rcpc2: CPUFeatures(.rcpc)
        default: CPUFeatures()
        }
    }
}

extension CPUFeatures {
    @inlinable public init(_ features: AArch64Feature...) {
        bits = 0
        for feature in features { insert(bit: feature.rawValue) }
    }
    @inlinable public func contains(_ feature: AArch64Feature) -> Bool { contains(bit: feature.rawValue) }

    /// The features of the AArch64 processor for which Linux gives these capability words.
    public init(hwcap: UInt64, hwcap2: UInt64) {
        bits = 0
        for feature in AArch64Feature.allCases {
            let (word, bit) = feature.capability
            if (word == 0 ? hwcap : hwcap2) >> bit & 1 != 0 { insert(bit: feature.rawValue) }
        }
    }

    // What cores of each kind have. Pointer authentication, branch targets and memory tags are protections that code has only when asked for,
    // cryptography is optional in most cores: `--cpu-features` adds them.
    static var armv81: CPUFeatures { CPUFeatures(.crc, .lse, .rdm) }
    static var neoverseN1: CPUFeatures { CPUFeatures(bits: armv81.bits | CPUFeatures(.fp16, .dotprod, .rcpc).bits) }
    static var armv84: CPUFeatures { CPUFeatures(bits: neoverseN1.bits | CPUFeatures(.jscvt, .fcma, .flagm, .lse2, .rcpc2).bits) }
    static var armv85: CPUFeatures { CPUFeatures(bits: armv84.bits | CPUFeatures(.frintts).bits) }
    static var neoverseV1: CPUFeatures { CPUFeatures(bits: armv84.bits | CPUFeatures(.i8mm, .bf16, .sve).bits) }
    static var neoverseN2: CPUFeatures { CPUFeatures(bits: armv85.bits | CPUFeatures(.i8mm, .bf16, .sve, .sve2).bits) }
}
