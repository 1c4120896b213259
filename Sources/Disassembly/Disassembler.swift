import CCapstone
public import PrecastArtifactFormat

/// Why nothing can be disassembled.
public enum DisassemblyError: Error, Hashable, Sendable, CustomStringConvertible {
    case unsupportedMachine(String)
    /// Capstone could not be started.
    case unavailable(String)
    case artifact(ArtifactError)

    public var description: String {
        switch self {
        case .unsupportedMachine(let name): "code for \(name) cannot be disassembled"
        case .unavailable(let reason): "the disassembler cannot be used: \(reason)"
        case .artifact(let error): error.text
        }
    }
}

/// Reads machine code, one instruction at a time, with Capstone.
public struct Disassembler {
    private let engine: Engine
    /// Writes the operands, where another syntax than the engine's is asked for.
    private let writer: Engine?
    let machine: Machine

    public init(_ machine: Machine, syntax: AssemblySyntax = .intel) throws(DisassemblyError) {
        engine = try Engine(machine)
        writer = machine == .x86_64 && syntax == .att ? try Engine(machine, syntax: CS_OPT_SYNTAX_ATT) : nil
        self.machine = machine
    }

    /// The instruction at the start of `code`, which lies at `address`; nil if its bytes are none.
    public func decode(_ code: UnsafeRawBufferPointer, at address: UInt64) -> MachineInstruction? {
        if machine == .aarch64, let trap = undefinedInstruction(code, address) { return trap }
        guard let instruction = engine.decode(code, at: address), let detail = instruction.pointee.detail else { return nil }
        var result = MachineInstruction(
            address: address, byteCount: Int(instruction.pointee.size), mnemonic: text(instruction.pointee.mnemonic),
            operands: text(instruction.pointee.op_str))
        let written = engine.writtenRegisters()
        if machine == .x86_64 {
            result.written = written.map { Register(x86: $0) }
            result.describeX86(instruction.pointee.id, detail.pointee.x86)
        } else {
            result.written = written.map { Register(aarch64: $0) }
            result.describeAArch64(instruction.pointee.id, detail.pointee.arm64)
        }
        if let other = writer?.decode(code, at: address) {
            result.mnemonic = text(other.pointee.mnemonic)
            result.operands = text(other.pointee.op_str)
        }
        return result
    }

    /// AArch64's `udf`, which Capstone 4 does not know.
    private func undefinedInstruction(_ code: UnsafeRawBufferPointer, _ address: UInt64) -> MachineInstruction? {
        guard code.count >= 4, code[2] == 0, code[3] == 0 else { return nil }
        var result = MachineInstruction(address: address, byteCount: 4, mnemonic: "udf", operands: "#\(UInt16(code[0]) | UInt16(code[1]) << 8)")
        result.flow = .trap
        return result
    }
}

/// One of Capstone's handles, and the instruction that it decodes to.
private final class Engine {
    private let handle: csh
    private let instruction: UnsafeMutablePointer<cs_insn>

    init(_ machine: Machine, syntax: cs_opt_value = CS_OPT_SYNTAX_DEFAULT) throws(DisassemblyError) {
        let (architecture, mode): (cs_arch, cs_mode)
        switch machine {
        case .x86_64: (architecture, mode) = (CS_ARCH_X86, CS_MODE_64)
        case .aarch64: (architecture, mode) = (CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN)
        default: throw .unsupportedMachine(machine.name)
        }
        var opened: csh = 0
        let status = cs_open(architecture, mode, &opened)
        guard status == CS_ERR_OK else { throw .unavailable(String(cString: cs_strerror(status))) }
        cs_option(opened, CS_OPT_DETAIL, Int(CS_OPT_ON.rawValue))
        if syntax != CS_OPT_SYNTAX_DEFAULT { cs_option(opened, CS_OPT_SYNTAX, Int(syntax.rawValue)) }
        guard let memory = cs_malloc(opened) else {
            cs_close(&opened)
            throw .unavailable("out of memory")
        }
        handle = opened
        instruction = memory
    }

    deinit {
        cs_free(instruction, 1)
        var closed = handle
        cs_close(&closed)
    }

    /// The instruction at the start of `code`, until the next call.
    func decode(_ code: UnsafeRawBufferPointer, at address: UInt64) -> UnsafeMutablePointer<cs_insn>? {
        var pointer = code.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var count = code.count, place = address
        if pointer == nil { return nil }
        return cs_disasm_iter(handle, &pointer, &count, &place, instruction) ? instruction : nil
    }

    /// What the last instruction writes.
    func writtenRegisters() -> [UInt32] {
        // `cs_regs` has 64 elements.
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 128) { buffer in
            var readCount: UInt8 = 0, writtenCount: UInt8 = 0
            guard let start = buffer.baseAddress, cs_regs_access(handle, instruction, start, &readCount, start + 64, &writtenCount) == CS_ERR_OK else {
                return []
            }
            return (0..<min(Int(writtenCount), 64)).map { UInt32(buffer[64 + $0]) }
        }
    }
}

/// A C string in an array of a structure.
private func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
}
