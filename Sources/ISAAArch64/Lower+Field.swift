import PrecastIR
import PrecastMachineCode

/// Second sources that are fields of other values: addresses in tables are made of them.
extension Lowering {
    /// As ``only(_:_:)``, also behind the widening of an i32 that only this instruction asks for: the register is the same.
    func onlyUnwidened(_ value: Value, _ opcode: PrecastIR.Opcode) -> InstructionData? {
        if let widened = only(value, .uextend) { return only(widened.valueA, opcode) }
        return only(value, opcode)
    }

    /// `(x >> n) & mask` whose mask leaves out the lowest bits: a field of `x`, moved up.
    struct ShiftedField {
        let value: Value
        let type: Type
        /// Where it is in `value`, how long it is, and where it is in the result.
        let start: UInt8, length: UInt8, place: UInt8
    }
    func shiftedField(_ value: Value) -> ShiftedField? {
        guard let masked = onlyUnwidened(value, .band), let constant = dfg.integerConstant(masked.valueB),
            let shift = only(masked.valueA, .ushr), let n = shiftAmount(shift)
        else { return nil }
        let mask = UInt64(bitPattern: bits(constant, size(masked.type))), place = UInt8(mask.trailingZeroBitCount)
        guard mask != 0, place > 0, n + place < width(masked.type) else { return nil }
        let field = mask >> UInt64(place), length = UInt8((~field).trailingZeroBitCount)
        guard field & (field &+ 1) == 0 else { return nil }
        let start = n + place
        return ShiftedField(value: shift.valueA, type: masked.type, start: start, length: min(length, width(masked.type) - start), place: place)
    }
    mutating func source(_ field: ShiftedField) -> Source {
        let r = temporary()
        code.emit(.bitfield(.unsigned, size(field.type), r, operand(field.value), rotation: field.start, last: field.start + field.length - 1))
        return .shifted(r, .lsl, field.place)
    }

    /// `(x & 0xff) << n` or `(x & 0xffff) << n`, which an addition does by itself.
    mutating func extendedField(_ value: Value) -> Source? {
        guard let shift = onlyUnwidened(value, .ishl), let n = shiftAmount(shift), n <= 4, let masked = onlyUnwidened(shift.valueA, .band) else { return nil }
        return switch dfg.integerConstant(masked.valueB) {
        case 0xff: .extended(operand(masked.valueA), .uxtb, n)
        case 0xffff: .extended(operand(masked.valueA), .uxth, n)
        default: nil
        }
    }
}
