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
            for relocation in module.functions[number].compiled.relocations { try resolve(relocation, in: number, &text) }
        }
        for veneers in text.veneers.offsets {
            for (function, offset) in veneers { fillAddress(at: Int(offset), textAddress + UInt64(text.offsets[Int(function)]), &text) }
        }
    }

    private func resolve(_ relocation: Relocation, in number: Int, _ text: inout TextSection) throws(EmissionError) {
        guard relocation.kind.machine == module.target.machine else { throw .unsupportedRelocation(relocation.kind, function: number) }
        let target = try address(of: relocation, in: number, text)
        guard UInt64(relocation.offset) + 4 <= UInt64(module.functions[number].compiled.code.count) else {
            throw .invalidRelocation(function: number, offset: relocation.offset)
        }
        let field = Int(text.offsets[number]) + Int(relocation.offset)
        let place = textAddress + UInt64(field)
        var displacement = Int64(target) + Int64(relocation.addend) - Int64(place)
        switch relocation.kind {
        case .x86PCRelative32:
            guard let value = Int32(exactly: displacement) else {
                throw .relocationOutOfRange(function: number, offset: relocation.offset, displacement: displacement)
            }
            text.patch32(at: field, UInt32(bitPattern: value))
        case .aarch64Call26:
            let reach = Int64(text.veneers.reach)
            if !(-reach..<reach).contains(displacement), let veneer = text.veneers.offset(from: number, to: relocation.target.index) {
                displacement = Int64(veneer) - Int64(field)
            }
            guard (-reach..<reach).contains(displacement), displacement & 3 == 0 else {
                throw .relocationOutOfRange(function: number, offset: relocation.offset, displacement: displacement)
            }
            text.fill32(at: field, UInt32(truncatingIfNeeded: displacement >> 2) & 0x3ff_ffff)
        case .aarch64Page21: fillPage(at: field, target, &text)
        case .aarch64PageOffset12: fillPageOffset(at: field, target, &text)
        case .riscvCall: throw .unsupportedRelocation(relocation.kind, function: number)
        }
    }

    // MARK: AArch64 (ELF for the Arm 64-bit Architecture, section 5.7)

    /// `adrp` and `add` of an address. All addresses of an image are within 4 GiB.
    private func fillAddress(at field: Int, _ target: UInt64, _ text: inout TextSection) {
        fillPage(at: field, target, &text)
        fillPageOffset(at: field + 4, target, &text)
    }
    private func fillPage(at field: Int, _ target: UInt64, _ text: inout TextSection) {
        let pages = UInt32(truncatingIfNeeded: Int64(target >> 12) - Int64((textAddress + UInt64(field)) >> 12))
        text.fill32(at: field, (pages & 3) << 29 | (pages >> 2 & 0x7_ffff) << 5)
    }
    private func fillPageOffset(at field: Int, _ target: UInt64, _ text: inout TextSection) {
        text.fill32(at: field, UInt32(target & 0xfff) << 10)
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

extension Relocation.Kind {
    /// The machine whose instructions have such a field.
    fileprivate var machine: Machine {
        switch self {
        case .x86PCRelative32: .x86_64
        case .aarch64Call26, .aarch64Page21, .aarch64PageOffset12: .aarch64
        case .riscvCall: .riscv64
        }
    }
}
