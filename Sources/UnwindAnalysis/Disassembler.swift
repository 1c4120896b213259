import CCapstone
import PrecastArtifactFormat

/// Capstone over a text, with what it says of an instruction brought down to ``Operation`` and ``Flow``.
/// An instruction of no interest to unwinding counts by the registers and the memory that it writes.
struct Disassembler: ~Copyable {
    let convention: MachineConvention
    let text: UnsafeRawBufferPointer
    /// Of all instructions decoded since ``forget()``.
    private(set) var operations: [Operation] = []
    /// Places in the text whose address, or whose bytes as data, an instruction takes.
    private(set) var references: Set<Int64> = []
    private let handle: csh
    private let scratch: UnsafeMutablePointer<cs_insn>
    /// Capstone's register to ours, and its width in bytes. `.max`: none that is followed.
    private let registers: [(number: RegisterNumber, width: Int)]

    /// nil: Capstone does not know the machine.
    init?(_ convention: MachineConvention, text: UnsafeRawBufferPointer) {
        var handle: csh = 0
        let isARM = convention.machine == .aarch64
        guard cs_open(isARM ? CS_ARCH_ARM64 : CS_ARCH_X86, isARM ? CS_MODE_ARM : CS_MODE_64, &handle) == CS_ERR_OK else { return nil }
        cs_option(handle, CS_OPT_DETAIL, Int(CS_OPT_ON.rawValue))
        guard let scratch = cs_malloc(handle) else {
            cs_close(&handle)
            return nil
        }
        self.convention = convention
        self.text = text
        self.handle = handle
        self.scratch = scratch
        let count = isARM ? ARM64_REG_ENDING.rawValue : X86_REG_ENDING.rawValue
        registers = (0..<UInt32(count)).map { id in
            let name = cs_reg_name(handle, id).map { String(cString: $0) } ?? ""
            return (isARM ? Self.registerAArch64(name) : Self.registerX86(name)) ?? (.max, 0)
        }
    }
    deinit {
        cs_free(scratch, 1)
        var handle = handle
        cs_close(&handle)
    }

    mutating func forget() {
        operations.removeAll(keepingCapacity: true)
        references.removeAll(keepingCapacity: true)
    }

    /// The instruction at `offset`; nil where there is none that Capstone knows.
    mutating func decode(at offset: Int) -> Instruction? {
        guard offset >= 0, offset < text.count, let base = text.baseAddress else { return nil }
        let first = operations.count
        if convention.machine == .aarch64, let trap = decodeUndefined(offset) { return trap }
        var code: UnsafePointer<UInt8>? = (base + offset).assumingMemoryBound(to: UInt8.self)
        var left = text.count - offset
        var address = UInt64(offset)
        guard cs_disasm_iter(handle, &code, &left, &address, scratch) else { return nil }
        let operands = convention.machine == .aarch64 ? operandsAArch64() : operandsX86(end: Int64(address))
        for case .text(let place) in operands.lazy.map(\.place) { references.insert(place) }
        let (flow, isPadding) = convention.machine == .aarch64 ? decodeAArch64(operands) : decodeX86(operands)
        return Instruction(size: Int(scratch.pointee.size), flow: flow, operations: first..<operations.count, isPadding: isPadding)
    }

    /// `udf`, which this Capstone does not know.
    private func decodeUndefined(_ offset: Int) -> Instruction? {
        guard text.count - offset >= 4 else { return nil }
        let word = UInt32(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        return word >> 16 == 0 ? Instruction(size: 4, flow: .stop, operations: 0..<0, isPadding: word == 0) : nil
    }

    // MARK: For the machines

    var id: UInt32 { scratch.pointee.id }
    var detail: UnsafeMutablePointer<cs_detail> { scratch.pointee.detail }
    func mnemonic(hasPrefix prefix: StaticString) -> Bool {
        withUnsafeBytes(of: scratch.pointee.mnemonic) { $0.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)) }
    }
    func register(_ id: UInt32) -> (number: RegisterNumber, width: Int)? {
        guard Int(id) < registers.count, registers[Int(id)].number != .max else { return nil }
        return registers[Int(id)]
    }
    mutating func does(_ operation: Operation) { operations.append(operation) }
    mutating func note(reference place: Int64) { references.insert(place) }

    /// All that the instruction writes becomes unknown: what Capstone lists, and its first operand, of which Capstone forgets some.
    mutating func doesAnything(_ operands: [Operand], firstIsWritten: Bool = true) {
        var read = [UInt16](repeating: 0, count: 64), written = read
        var readCount: UInt8 = 0, writtenCount: UInt8 = 0
        read.withUnsafeMutableBufferPointer { read in
            written.withUnsafeMutableBufferPointer { written in
                guard let r = read.baseAddress, let w = written.baseAddress else { return }
                if cs_regs_access(handle, scratch, r, &readCount, w, &writtenCount) != CS_ERR_OK { writtenCount = 0 }
            }
        }
        for id in written.prefix(Int(writtenCount)) {
            if let register = register(UInt32(id)) { does(.clobber(register.number)) }
        }
        for (n, operand) in operands.enumerated() {
            let isFirst = n == 0 && firstIsWritten
            if let register = operand.register {
                if isFirst || operand.isWritten { does(.clobber(register)) }
            } else if let slot = operand.slot, isFirst || operand.isWritten {
                does(.store(nil, base: slot.base, slot.displacement, bytes: operand.size > 0 ? Int64(operand.size) : 16))
            }
        }
    }
}
