import PrecastIR
import PrecastMachineCode
import PrecastRegisterAllocation

/// Says where a function's variables are (docs/debug-information.md, "Where variables are"). O(instructions + ranges).
func locateVariables<Instruction>(
    _ compiled: inout CompiledFunction, _ record: EmissionRecord, _ table: VariableTable, _ code: borrowing VCode<Instruction>
) {
    compiled.prologueEnd = prologueEnd(record, code)
    if let homes = table.homes { compiled.variables = rangesAtHome(homes, compiled.prologueEnd..<record.codeEnd, record) }
}

/// The first instruction that comes from the source.
private func prologueEnd<Instruction>(_ record: EmissionRecord, _ code: borrowing VCode<Instruction>) -> UInt32 {
    var point = 1
    for b in record.blockOrder {
        for n in code.blocks[Int(b)].instructions {
            if code.locations[Int(n)] != .max { return record.points[point] }
            point += 2
        }
    }
    return record.bodyEnd
}

private func rangesAtHome(_ homes: VariableTable.Homes, _ offsets: Range<UInt32>, _ record: EmissionRecord) -> [VariableRange] {
    if offsets.isEmpty { return [] }
    let start = record.slotOffsets[homes.slot.index]
    func range(_ subject: VariableRange.Subject, _ offset: UInt32) -> VariableRange {
        VariableRange(offsets: offsets, inlinedAt: .max, subject: subject, place: .frame(start + Int32(offset)))
    }
    return (0..<homes.localCount).map { range(.local($0), homes.stride * ($0 + 1)) } + [range(.instanceContext, 0)]
}
