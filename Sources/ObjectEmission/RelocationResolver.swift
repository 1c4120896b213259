import PrecastArtifactFormat
import PrecastMachineCode

/// Fills in what depends on where code and read-only data are. Nothing is left for load time: all distances within an image are fixed.
struct RelocationResolver {
    let module: LinkedModule
    let textAddress: UInt64
    let readOnlyAddress: UInt64

    /// Resolves every relocation of the text.
    func resolve(_ text: inout TextSection) throws(EmissionError) {
        for number in module.functions.indices {
            let compiled = module.functions[number].compiled
            let start = text.offsets[number]
            for relocation in compiled.relocations {
                let target = try address(of: relocation, in: number, text)
                switch relocation.kind {
                case .x86PCRelative32:
                    guard UInt64(relocation.offset) + 4 <= UInt64(compiled.code.count) else {
                        throw .invalidRelocation(function: number, offset: relocation.offset)
                    }
                    let field = UInt64(start) + UInt64(relocation.offset)
                    let displacement = Int64(target) + Int64(relocation.addend) - Int64(textAddress + field)
                    guard let value = Int32(exactly: displacement) else {
                        throw .relocationOutOfRange(function: number, offset: relocation.offset, displacement: displacement)
                    }
                    text.patch32(at: Int(field), UInt32(bitPattern: value))
                case .aarch64Call26, .aarch64Page21, .aarch64PageOffset12, .riscvCall:
                    throw .unsupportedRelocation(relocation.kind, function: number)
                }
            }
        }
    }

    private func address(of relocation: Relocation, in number: Int, _ text: TextSection) throws(EmissionError) -> UInt64 {
        let index = Int(relocation.target.index)
        switch relocation.target.kind {
        case .function where index < text.offsets.count: return textAddress + UInt64(text.offsets[index])
        case .readOnlyData where index <= module.readOnlyData.count: return readOnlyAddress + UInt64(index)
        default: throw .invalidRelocation(function: number, offset: relocation.offset)
        }
    }

    /// The read-only data with its references to code filled in.
    func resolvedReadOnlyData(_ text: TextSection) throws(EmissionError) -> [UInt8] {
        var bytes = module.readOnlyData
        for fixup in module.readOnlyFixups {
            guard UInt64(fixup.offset) + 4 <= UInt64(bytes.count), Int(fixup.function) < text.offsets.count,
                  Int(fixup.addend) <= module.functions[Int(fixup.function)].compiled.code.count
            else { throw .invalidReadOnlyFixup(offset: fixup.offset) }
            let target = UInt64(text.offsets[Int(fixup.function)]) + UInt64(fixup.addend)
            switch fixup.kind {
            case .textOffset: bytes.patch32(at: Int(fixup.offset), UInt32(target))
            case .relative(let base):
                guard Int(base) <= bytes.count else { throw .invalidReadOnlyFixup(offset: fixup.offset) }
                let distance = Int64(textAddress + target) - Int64(readOnlyAddress + UInt64(base))
                guard let value = Int32(exactly: distance) else { throw .invalidReadOnlyFixup(offset: fixup.offset) }
                bytes.patch32(at: Int(fixup.offset), UInt32(bitPattern: value))
            }
        }
        return bytes
    }
}
