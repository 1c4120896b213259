import PrecastArtifactFormat
import PrecastMachineCode

/// `.symtab` and `.strtab`: a local symbol with a size for every piece of code, so that debuggers, disassemblers and profilers name it.
struct SymbolTable {
    /// 24-byte ELF64 symbols, the null symbol first.
    private(set) var symbols: [UInt8] = [UInt8](repeating: 0, count: 24)
    private(set) var strings: [UInt8] = [0]
    var count: Int { symbols.count / 24 }

    /// Names longer than this are cut, with a mark.
    static let maximumNameLength = 4096

    init(_ module: LinkedModule, _ text: TextSection, textAddress: UInt64, textSectionIndex: Int) throws(EmissionError) {
        let mapsData = module.target.machine == .aarch64
        var isCode = false
        for number in text.order {
            let function = module.functions[number]
            if mapsData { addMapping(function.compiled, at: textAddress + UInt64(text.offsets[number]), textSectionIndex, &isCode) }
            let size = UInt64(function.compiled.code.count)
            guard let name = UInt32(exactly: strings.count) else {
                throw .tooLarge(what: "the symbol names", byteCount: UInt64(strings.count), limit: UInt64(UInt32.max))
            }
            strings += Self.symbolName(function, module.metadata)
            strings.append(0)
            symbols.append32(name)
            symbols.append(2)                            // local function
            symbols.append(0)
            symbols.append16(UInt16(textSectionIndex))
            symbols.append64(textAddress + UInt64(text.offsets[number]))
            symbols.append64(size)
        }
    }

    /// Mapping symbols, which tell disassemblers where code ends and data begins (ELF for the Arm 64-bit Architecture, section 5.5.4).
    private mutating func addMapping(_ compiled: CompiledFunction, at address: UInt64, _ section: Int, _ isCode: inout Bool) {
        func add(_ name: String, _ address: UInt64) {
            symbols.append32(UInt32(strings.count))
            symbols.append32(UInt32(section) << 16)      // local, no type
            symbols.append64(address)
            symbols.append64(0)
            strings += Array(name.utf8) + [0]
        }
        if !isCode { add("$x", address) }
        isCode = compiled.dataOffset >= compiled.code.count
        if !isCode { add("$d", address + UInt64(compiled.dataOffset)) }
    }

    private static func symbolName(_ function: EmittedFunction, _ metadata: ModuleMetadata) -> [UInt8] {
        switch function.kind {
        case .function:
            let index = Int(function.functionIndex)
            if index < metadata.functionNames.count, let name = metadata.functionNames[index], !name.isEmpty { return escaped(name) }
            return Array("function[\(index)]".utf8)
        case .entryTrampoline: return Array("entry_trampoline[type \(function.typeIndex)]".utf8)
        case .hostTrampoline: return Array("host_trampoline[type \(function.typeIndex)]".utf8)
        }
    }

    /// `name` in printable ASCII: other bytes, spaces and the backslash become `\xHH`.
    static func escaped(_ name: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(name.count)
        let digits = Array("0123456789abcdef".utf8)
        for byte in name {
            guard result.count < maximumNameLength else {
                result += Array("...".utf8)
                break
            }
            if byte > 0x20, byte < 0x7f, byte != 0x5c {
                result.append(byte)
            } else {
                result += [0x5c, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return result
    }
}
