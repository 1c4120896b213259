import PrecastMachineCode

/// How `CodeBuffer` sizes and writes AArch64 instructions that hold a distance. The record's word is the instruction without it.
enum Branches {
    /// Both the `kind` and the `form` of a record.
    enum Form: UInt8, CaseIterable {
        /// `b`: 26 bits in words.
        case jump
        /// `b.cond`, `cbz`, `cbnz`: 19 bits. Out of reach: inverted, over a `b`.
        case conditional
        /// `tbz`, `tbnz`: 14 bits, likewise.
        case bit
        /// `ldr` of a float register from the literal pool: 19 bits. Out of reach: by a register.
        case literal
        /// `adr`: 21 bits in bytes. Out of reach: with an addition.
        case address

        var bits: Int {
            switch self {
            case .jump: 28
            case .conditional, .literal, .address: 21
            case .bit: 16
            }
        }
        var longSize: UInt8 {
            switch self {
            case .jump: 4
            case .conditional, .bit: 8
            case .literal, .address: 16
            }
        }
    }

    /// `reach`: how many bytes branches are taken to reach at most; nil: as the architecture says.
    static func forms(reach: Int?) -> [CodeBuffer.BranchForm] {
        Form.allCases.map { form in
            let end = min(1 << (form.bits - 1), form == .jump ? .max : reach ?? .max)
            return CodeBuffer.BranchForm(shortSize: 4, longSize: form.longSize, shortReach: -end...end - 4)
        }
    }

    static func write(_ kind: UInt8, _ isLong: Bool, _ displacement: Int, _ word: UInt32, _ p: UnsafeMutablePointer<UInt8>) {
        guard let form = Form(rawValue: kind) else { preconditionFailure("no such branch") }
        if !isLong { return store([word | field(form, displacement)], p) }
        switch form {
        case .jump: store([word | field(.jump, displacement)], p)
        case .conditional, .bit:
            // A condition is inverted by its lowest bit, the others by the operation's.
            let inverted = word >> 24 == 0x54 ? word ^ 1 : word ^ 1 << 24
            store([inverted | field(form, 8), jumpWord | field(.jump, displacement - 4)], p)
        case .literal:
            // ldr t, [x17, w16, sxtw]
            let width: UInt32 = word >> 30 == 0 ? 2 << 30 : word >> 30 == 1 ? 3 << 30 : 2 << 22
            let load = 0x3c60_c800 | width | 16 << 16 | 17 << 5 | word & 31
            store([addressWord | 17] + distance(displacement) + [load], p)
        case .address:
            // add d, x17, w16, sxtw
            store([addressWord | 17] + distance(displacement) + [0x8b30_c220 | word & 31], p)
        }
    }
    /// movz w16, …; movk w16, …, lsl 16
    private static func distance(_ displacement: Int) -> [UInt32] {
        let bits = UInt32(truncatingIfNeeded: displacement)
        return [0x5280_0010 | (bits & 0xffff) << 5, 0x72a0_0010 | (bits >> 16) << 5]
    }
    static let jumpWord: UInt32 = 0x1400_0000
    static let addressWord: UInt32 = 0x1000_0000
    static let nopWord: UInt32 = 0xd503_201f

    private static func field(_ form: Form, _ displacement: Int) -> UInt32 {
        let words = UInt32(truncatingIfNeeded: displacement >> 2)
        switch form {
        case .jump: return words & 0x3ff_ffff
        case .conditional, .literal: return (words & 0x7_ffff) << 5
        case .bit: return (words & 0x3fff) << 5
        case .address: return (words & 0x7_ffff) << 5 | UInt32(truncatingIfNeeded: displacement & 3) << 29
        }
    }
    private static func store(_ words: [UInt32], _ p: UnsafeMutablePointer<UInt8>) {
        for (n, word) in words.enumerated() { UnsafeMutableRawPointer(p).storeBytes(of: word.littleEndian, toByteOffset: 4 * n, as: UInt32.self) }
    }
    static func pad(_ count: Int, _ p: UnsafeMutablePointer<UInt8>) {
        for n in stride(from: 0, to: count, by: 4) { UnsafeMutableRawPointer(p).storeBytes(of: nopWord.littleEndian, toByteOffset: n, as: UInt32.self) }
    }

    // MARK: Words

    static func form(_ test: Test) -> Form {
        switch test {
        case .bitClear, .bitSet: .bit
        default: .conditional
        }
    }
    static func word(_ test: Test) -> UInt32 {
        switch test {
        case .flags(let c): 0x5400_0000 | UInt32(c.rawValue)
        case .zero(let r, let size): 0x3400_0000 | (size == .x ? 1 << 31 : 0) | r.bits & 31
        case .nonzero(let r, let size): 0x3500_0000 | (size == .x ? 1 << 31 : 0) | r.bits & 31
        case .bitClear(let r, let n): 0x3600_0000 | bit(n) | r.bits & 31
        case .bitSet(let r, let n): 0x3700_0000 | bit(n) | r.bits & 31
        }
    }
    private static func bit(_ n: UInt8) -> UInt32 { UInt32(n >> 5) << 31 | UInt32(n & 31) << 19 }
    static func text(_ test: Test) -> String {
        let printer = InstructionPrinter()
        return switch test {
        case .flags(let c): "b.\(c)"
        case .zero(let r, let size): "cbz \(printer.name(r, size))"
        case .nonzero(let r, let size): "cbnz \(printer.name(r, size))"
        case .bitClear(let r, let n): "tbz \(printer.name(r, .x)), #\(n)"
        case .bitSet(let r, let n): "tbnz \(printer.name(r, .x)), #\(n)"
        }
    }
}
