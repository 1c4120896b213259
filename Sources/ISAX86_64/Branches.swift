import PrecastMachineCode

/// How `CodeBuffer` sizes and writes x86-64 branches and padding.
enum Branches {
    /// `kind` of an unconditional branch; a conditional one is 16 plus its condition.
    static let jump: UInt8 = 0
    static func conditional(_ cc: Condition) -> UInt8 { 16 + cc.rawValue }

    static let jumpForm: UInt8 = 0
    static let conditionalForm: UInt8 = 1
    /// A short displacement counts from the end of two bytes.
    static let forms = [
        CodeBuffer.BranchForm(shortSize: 2, longSize: 5, shortReach: -126...129),
        CodeBuffer.BranchForm(shortSize: 2, longSize: 6, shortReach: -126...129),
    ]

    static func write(_ kind: UInt8, _ isLong: Bool, _ displacement: Int, _ p: UnsafeMutablePointer<UInt8>) {
        let condition = kind & 15
        if !isLong {
            p[0] = kind == jump ? 0xeb : 0x70 + condition
            p[1] = UInt8(truncatingIfNeeded: displacement - 2)
            return
        }
        var at = p
        if kind == jump {
            at[0] = 0xe9
            at += 1
        } else {
            at[0] = 0x0f
            at[1] = 0x80 + condition
            at += 2
        }
        let field = Int32(truncatingIfNeeded: displacement - (at - p) - 4)
        UnsafeMutableRawPointer(at).storeBytes(of: field.littleEndian, as: Int32.self)
    }

    /// The recommended multi-byte no-operations (Intel manual, volume 2, NOP), longest first.
    static func pad(_ count: Int, _ p: UnsafeMutablePointer<UInt8>) {
        var left = count
        var at = p
        while left > 0 {
            let n = min(left, longestNop)
            nop(n, at)
            at += n
            left -= n
        }
    }
    static let longestNop = 9

    private static func nop(_ n: Int, _ p: UnsafeMutablePointer<UInt8>) {
        for i in 0..<n { p[i] = 0 }
        switch n {
        case 1: p[0] = 0x90
        case 2:
            p[0] = 0x66
            p[1] = 0x90
        default:
            // 0F 1F /0 with a memory operand of n − 3 more bytes; 6 and 9 bytes take a 66 prefix in front.
            var at = p
            if n == 6 || n == 9 {
                at[0] = 0x66
                at += 1
            }
            at[0] = 0x0f
            at[1] = 0x1f
            switch n - (at - p) {
            case 3: at[2] = 0x00
            case 4: at[2] = 0x40
            case 5: at[2] = 0x44
            case 7: at[2] = 0x80
            default: at[2] = 0x84
            }
        }
    }
}
