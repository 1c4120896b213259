import CLoaderSupport
public import PrecastArtifactFormat

extension HostDescription {
    /// The host this process runs on: what its processor and its kernel let code use. Found once.
    public static let current = HostDescription(detecting: ())

    private init(detecting: Void) {
        self.init()
        pageSize = precast_page_size()
        let limit = precast_address_space_limit()
        if limit != .max { addressSpace = limit }
        #if arch(x86_64)
        features = detectX86Features()
        cpuName = processorName()
        #elseif arch(arm64)
        features = CPUFeatures(hwcap: precast_hwcap(0), hwcap2: precast_hwcap(1))
        cpuName = coreName(precast_main_id())
        #else
        features = detectRISCVFeatures()
        #endif
    }
}

#if arch(x86_64)
/// The features of the processor whose state the kernel saves.
private func detectX86Features() -> CPUFeatures {
    var features = CPUFeatures()
    func add(_ word: UInt32, _ bits: [(UInt32, X86Feature)]) {
        for (bit, feature) in bits where word >> bit & 1 != 0 { features.insert(feature) }
    }
    let basic = precast_cpuid(1, 0), structured = precast_cpuid(7, 0), more = precast_cpuid(7, 1), extended = precast_cpuid(0x8000_0001, 0)
    add(basic.ecx, [(0, .sse3), (9, .ssse3), (19, .sse41), (20, .sse42), (23, .popcnt), (13, .cx16), (22, .movbe), (1, .pclmulqdq), (25, .aes)])
    add(structured.ebx, [(3, .bmi1), (8, .bmi2), (19, .adx), (29, .sha), (9, .erms)])
    add(structured.ecx, [(8, .gfni)])
    add(structured.edx, [(4, .fsrm)])
    add(extended.ecx, [(0, .lahf), (5, .lzcnt)])
    // Wider registers need the kernel to save them: XMM and YMM state, then opmask and both halves of ZMM.
    let state = precast_xcr0()
    if state & 0x6 == 0x6 {
        add(basic.ecx, [(28, .avx), (12, .fma), (29, .f16c)])
        if features.contains(.avx) {
            add(structured.ebx, [(5, .avx2)])
            add(structured.ecx, [(9, .vaes), (10, .vpclmulqdq)])
            add(more.eax, [(4, .avxvnni)])
        }
    }
    if state & 0xE6 == 0xE6, features.contains(.avx2) {
        add(structured.ebx, [(16, .avx512f), (30, .avx512bw), (28, .avx512cd), (17, .avx512dq), (31, .avx512vl)])
        add(structured.ecx, [(1, .avx512vbmi), (6, .avx512vbmi2), (12, .avx512bitalg), (14, .avx512vpopcntdq), (11, .avx512vnni)])
    }
    return features
}

/// The processor's own name for itself, printable ASCII only.
private func processorName() -> String {
    guard precast_cpuid(0x8000_0000, 0).eax >= 0x8000_0004 else { return "" }
    var bytes: [UInt8] = []
    for leaf in UInt32(0x8000_0002)...0x8000_0004 {
        let part = precast_cpuid(leaf, 0)
        for word in [part.eax, part.ebx, part.ecx, part.edx] {
            for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
    }
    let isWanted = { (byte: UInt8) in byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C }
    let kept = bytes.filter(isWanted)
    guard let first = kept.firstIndex(where: { $0 != 0x20 }), let last = kept.lastIndex(where: { $0 != 0x20 }) else { return "" }
    return String(bytes: Array(kept[first...last]))
}
#endif

#if arch(arm64)
/// The name of the core that a main ID register tells of: implementer in bits 24–31, part in bits 4–15. Empty for a word of 0.
private func coreName(_ identification: UInt64) -> String {
    let implementer = identification >> 24 & 0xFF, part = identification >> 4 & 0xFFF
    switch (implementer, part) {
    case (0, 0): return ""
    case (0x41, 0xD03): return "cortex-a53"
    case (0x41, 0xD04): return "cortex-a35"
    case (0x41, 0xD05): return "cortex-a55"
    case (0x41, 0xD07): return "cortex-a57"
    case (0x41, 0xD08): return "cortex-a72"
    case (0x41, 0xD09): return "cortex-a73"
    case (0x41, 0xD0A): return "cortex-a75"
    case (0x41, 0xD0B): return "cortex-a76"
    case (0x41, 0xD0C): return "neoverse-n1"
    case (0x41, 0xD40): return "neoverse-v1"
    case (0x41, 0xD49): return "neoverse-n2"
    case (0x41, 0xD4F): return "neoverse-v2"
    case (0xC0, 0xAC3): return "ampere-1"
    default: return "implementer 0x" + hexadecimal(implementer) + ", part 0x" + hexadecimal(part)
    }
}
#endif

#if arch(riscv64)
/// What the kernel's hwprobe tells of (the bits of its key IMA_EXT_0), or, before Linux 6.4, the letters of its capabilities.
private func detectRISCVFeatures() -> CPUFeatures {
    var features = CPUFeatures()
    let extensions = precast_riscv_extensions()
    let bits: [(UInt64, RISCVFeature)] = [
        (2, .v), (3, .zba), (4, .zbb), (5, .zbs), (7, .zbc), (8, .zbkb), (27, .zfh), (32, .zfa), (34, .zacas), (35, .zicond), (44, .zcb), (48, .zawrs),
    ]
    for (bit, feature) in bits where extensions >> bit & 1 != 0 { features.insert(bit: feature.rawValue) }
    let letters = precast_hwcap(0), v = UInt64(UInt8(ascii: "V") - UInt8(ascii: "A"))
    if letters >> v & 1 != 0 { features.insert(bit: RISCVFeature.v.rawValue) }
    return features
}
#endif
