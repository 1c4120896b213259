import PrecastIR
import PrecastMachineCode

extension InstructionPrinter {
    /// An operation of ``VectorOpcode``: mnemonic and operands.
    func vector(_ i: MachineInstruction) -> (String, [String]) {
        let opcode = i.vectorOpcode, size = i.size
        func sources(_ size: OperandSize) -> [String] { [i.src1, i.src2].filter(\.isSome).map { name($0, size) } }
        func lane(_ r: Register, _ number: some BinaryInteger) -> String {
            let suffix = "\(size.lane)[\(number)]"
            return r.isVirtual ? name(r, size) + "." + suffix : "v\(r.bits & 31)." + suffix
        }
        let old = i.src3 == i.dst || i.src3.isNone || opcode == .tbl2 ? [] : [name(i.src3, size.whole)]
        let general: OperandSize = size.laneLog2 == 3 ? .x : .w
        let isUpper = size.bytes == 16
        let row = VectorRow.of(opcode)
        let operands: [String]
        switch row.operands {
        case .same:
            operands = [name(i.dst, size)] + sources(size) + (row.field == .leftShift || row.field == .rightShift ? ["#\(i.amount)"] : [])
        case .bytes: operands = [name(i.dst, size)] + sources(size) + (row.field == .byte ? ["#\(i.amount)"] : [])
        case .zero: operands = [name(i.dst, size), name(i.src1, size), row.field == .float ? "#0.0" : "#0"]
        case .long: operands = [name(i.dst, size.wider)] + sources(size) + (row.field == .leftShift ? ["#\(i.amount)"] : [])
        case .pairs: operands = [name(i.dst, isUpper ? size.wider : size.wider.lowHalf), name(i.src1, size)]
        case .narrow: operands = [name(i.dst, size), name(i.src1, size.wider)]
        case .across: operands = [name(i.dst, size.lane), name(i.src1, size)]
        case .dot: operands = [name(i.dst, size), name(i.src1, .b16), name(i.src2, .b16)]
        case .table:
            let high = opcode == .tbl2 ? ", " + name(i.src3, .b16) : ""
            operands = [name(i.dst, .b16), "{\(name(i.src1, .b16))\(high)}", name(i.src2, .b16)]
        case .modified: return modified(i)
        case .duplicate: operands = [name(i.dst, size), lane(i.src1, i.amount)]
        case .scalar: operands = [name(i.dst, size.lane), lane(i.src1, i.amount)]
        case .fromGeneral: operands = [name(i.dst, size), name(i.src1, general)]
        case .insert: operands = [lane(i.dst, i.amount), lane(i.src1, i.immediate)]
        case .insertGeneral: operands = [lane(i.dst, i.amount), name(i.src1, general)]
        case .toGeneral: operands = [name(i.dst, general), lane(i.src1, i.amount)]
        }
        let doubled = (row.operands == .long || row.operands == .narrow) && isUpper ? "2" : ""
        return (mnemonic(opcode) + doubled, [operands[0]] + old + operands.dropFirst())
    }
    private func mnemonic(_ opcode: VectorOpcode) -> String {
        switch opcode {
        case .dupScalar, .dupGeneral: return "dup"
        case .insGeneral: return "ins"
        case .tbl2: return "tbl"
        case .cmeqZero, .cmgtZero, .cmgeZero, .cmleZero, .cmltZero, .fcmeqZero, .fcmgtZero, .fcmgeZero, .fcmleZero, .fcmltZero:
            return String("\(opcode)".dropLast(4))
        default: return "\(opcode)"
        }
    }
    private func modified(_ i: MachineInstruction) -> (String, [String]) {
        let constant = ModifiedImmediate(rawValue: UInt16(truncatingIfNeeded: i.immediate))
        let number = "#\(constant.byte)", mnemonic = constant.inverts ? "mvni" : "movi"
        switch constant.mode {
        case 0..<8: return (mnemonic, [name(i.dst, .s4), number, "lsl #\(constant.mode / 2 * 8)"])
        case 8..<12: return (mnemonic, [name(i.dst, .h8), number, "lsl #\(constant.mode / 2 % 2 * 8)"])
        case 12, 13: return (mnemonic, [name(i.dst, .s4), number, "msl #\(constant.mode == 12 ? 8 : 16)"])
        case 14 where constant.inverts: return ("movi", [name(i.dst, .d2), "#\(constant.expanded)"])
        case 14: return ("movi", [name(i.dst, .b16), number])
        default:
            let value = constant.inverts
                ? Double(bitPattern: constant.expanded) : Double(Float(bitPattern: UInt32(truncatingIfNeeded: constant.expanded)))
            return ("fmov", [name(i.dst, constant.inverts ? .d2 : .s4), "#\(value)"])
        }
    }

    /// `ld1r`, `ld1`, `st1`.
    func laneAccess(_ i: MachineInstruction) -> [String] {
        let register = i.opcode == .st1 ? i.src1 : i.dst
        if i.opcode == .ld1r { return ["{\(name(register, i.size))}", address(i)] }
        let vector = register.isVirtual ? name(register, i.size) : "v\(register.bits & 31)"
        let old = i.src3 == i.dst || i.src3.isNone ? [] : [name(i.src3, i.size)]
        return old + ["{\(vector).\(i.size.lane)}[\(i.amount)]", address(i)]
    }
    /// Atomic accesses: mnemonic and operands.
    func atomic(_ i: MachineInstruction) -> (String, [String]) {
        let suffix = ["b", "h", "", ""][Int(i.amount & 3)]
        let (dst, first) = (name(i.dst, i.size), name(i.src1, i.size))
        switch i.opcode {
        case .ldar, .ldaxr: return ("\(i.opcode)\(suffix)", [dst, address(i)])
        case .stlr: return ("stlr\(suffix)", [first, address(i)])
        case .stlxr: return ("stlxr\(suffix)", [name(i.dst, .w), first, address(i)])
        case .cas: return ("casal\(suffix)", [dst] + (i.src3 == i.dst ? [] : [name(i.src3, i.size)]) + [first, address(i)])
        case .updateLoop:
            let operation = AtomicOperation(rawValue: UInt8(truncatingIfNeeded: i.immediate)) ?? .add
            return ("update\(suffix).\(operation.name)", [dst, first, address(i)])
        case .compareExchangeLoop: return ("cmpxchg\(suffix)", [dst, name(i.src2, i.size), first, address(i)])
        default: return ("\(i.opcode)al\(suffix)", [first, dst, address(i)])
        }
    }
}
