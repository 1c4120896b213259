import PrecastWasmModel
import PrecastWasmTypes

/// An operator whose row says all that it takes to use it.
struct CatalogEntry {
    let opcode: Opcode
    let code: [UInt8]
    /// From the first operand; nil: an address.
    let operands: [ValueType?]
    let result: ValueType?
    let immediates: Immediates
    /// Numbers below it name a lane; 0 if none is named.
    let lanes: Int
    /// The result may hold NaNs whose bits the specification leaves open, and these can be seen.
    let needsCanonicalResult: Bool
    /// Operands whose NaNs' bits show in the result or in memory.
    let needsCanonicalOperands: Bool
    let traps: Bool
    let isAtomic: Bool

    init?(_ opcode: Opcode, _ features: FeatureSet) {
        guard let (operands, result) = Self.types(opcode), FeatureSet(rawValue: opcode.requiredFeatures).isSubset(of: features) else { return nil }
        switch opcode.immediates {
        case .none, .lane, .memoryArgument, .memoryArgumentAndLane, .shuffle, .zeroByte: break
        default: return nil
        }
        let name = opcode.mnemonic
        if opcode == .nop || name.contains(".wait") { return nil }
        // The deterministic profile rounds the product (specification 3.0, frelaxedmadd, its first alternative); Wasmtime's does not.
        if name.hasSuffix("madd") { return nil }
        self.opcode = opcode
        code = opcode.prefix.map { [$0] + Bytes.unsigned(Int(opcode.code)) } ?? [UInt8(opcode.code)]
        self.operands = operands
        self.result = result
        immediates = opcode.immediates
        lanes = Self.lanes(opcode)
        let operation = name.split(separator: ".").last.map(String.init) ?? name
        let computes = [
            "ceil", "floor", "trunc", "nearest", "sqrt", "add", "sub", "mul", "div", "min", "max", "demote_f64x2_zero", "promote_low_f32x4",
            "relaxed_min", "relaxed_max",
        ]
        needsCanonicalResult = (name.hasPrefix("f32x4") || name.hasPrefix("f64x2")) && computes.contains(operation)
        needsCanonicalOperands = name.contains("reinterpret") || name.hasSuffix("copysign") || name == "f32.store" || name == "f64.store"
            || ["f32x4.splat", "f64x2.splat", "f32x4.replace_lane", "f64x2.replace_lane"].contains(name)
        traps = [.i32DivS, .i32DivU, .i32RemS, .i32RemU, .i64DivS, .i64DivU, .i64RemS, .i64RemU].contains(opcode)
            || name.hasPrefix("i") && name.contains(".trunc_f")
        isAtomic = name.contains("atomic")
    }

    /// Operands, an address as nil, and the result; nil for an operator whose types are not fixed.
    private static func types(_ opcode: Opcode) -> (operands: [ValueType?], result: ValueType?)? {
        let signature = opcode.signature
        if signature.isSpecial { return laneTypes(opcode) }
        let operands = (0..<signature.operandCount).reversed().map { depth in
            let code = signature.operandCode(depth: depth)
            return code == Signature.addressCode ? nil : Signature.type(ofCode: code)
        }
        return (operands, signature.resultCode == 0 ? nil : Signature.type(ofCode: signature.resultCode))
    }
    /// Operators that name lanes have fixed types too; their rows leave them to the validator, which looks at the lanes.
    private static func laneTypes(_ opcode: Opcode) -> (operands: [ValueType?], result: ValueType?)? {
        let name = opcode.mnemonic
        let scalar: ValueType = switch name.prefix(5) {
        case "i64x2": .i64
        case "f32x4": .f32
        case "f64x2": .f64
        default: .i32
        }
        if opcode.immediates == .shuffle { return ([.v128, .v128], .v128) }
        if opcode.immediates == .memoryArgumentAndLane { return ([nil, .v128], name.contains("load") ? .v128 : nil) }
        guard opcode.immediates == .lane else { return nil }
        return name.contains("replace") ? ([.v128, scalar], .v128) : ([.v128], scalar)
    }

    private static func lanes(_ opcode: Opcode) -> Int {
        switch opcode.immediates {
        case .lane:
            switch opcode.mnemonic.prefix(5) {
            case "i8x16": 16
            case "i16x8": 8
            case "i32x4", "f32x4": 4
            default: 2
            }
        case .memoryArgumentAndLane: 16 >> Int(opcode.naturalAlignment)
        default: 0
        }
    }
}

/// All operators with fixed types that a set of features has, by result.
struct OperatorCatalog {
    private(set) var producing: [ValueType: [CatalogEntry]] = [:]
    /// Stores and fences.
    private(set) var effects: [CatalogEntry] = []

    init(_ features: FeatureSet) {
        for opcode in Opcode.allCases {
            guard let entry = CatalogEntry(opcode, features) else { continue }
            if let result = entry.result { producing[result, default: []].append(entry) } else { effects.append(entry) }
        }
    }
}
