import PrecastArtifactFormat
import PrecastMachineCode

/// `.eh_frame` with one common information entry and an entry per function, and its sorted index `.eh_frame_hdr` (Linux Standard Base, "Exception Frames").
///
/// Written by hand: code addresses are relative to the field (pcrel, sdata4), so the section is the same wherever the image is mapped.
struct UnwindTable {
    /// `.eh_frame`, with a zero terminator. Its size is final; addresses are filled in by ``place(unwind:index:text:)``.
    private(set) var frames: [UInt8] = []
    private(set) var index: [UInt8] = []
    /// Where each function's entry and its address field are, by ascending text offset.
    private var entries: [(textOffset: UInt32, entry: Int, field: Int)] = []

    /// A machine's call frame conventions in DWARF numbers.
    private struct Conventions {
        var codeAlignment: UInt64
        var returnRegister: UInt8
        var stackPointer: UInt8
        /// CFA less stack pointer at a function's first instruction.
        var entryOffset: UInt64
        /// Whether the call pushed the return address just below the CFA.
        var returnOnStack: Bool

        init(_ machine: Machine) {
            switch machine {
            case .aarch64: self.init(codeAlignment: 4, returnRegister: 30, stackPointer: 31, entryOffset: 0, returnOnStack: false)
            case .riscv64: self.init(codeAlignment: 2, returnRegister: 1, stackPointer: 2, entryOffset: 0, returnOnStack: false)
            default: self.init(codeAlignment: 1, returnRegister: 16, stackPointer: 7, entryOffset: 8, returnOnStack: true)
            }
        }
        init(codeAlignment: UInt64, returnRegister: UInt8, stackPointer: UInt8, entryOffset: UInt64, returnOnStack: Bool) {
            self.codeAlignment = codeAlignment
            self.returnRegister = returnRegister
            self.stackPointer = stackPointer
            self.entryOffset = entryOffset
            self.returnOnStack = returnOnStack
        }
    }

    private enum Operation {
        static let advance: UInt8 = 0x40, offset: UInt8 = 0x80, restore: UInt8 = 0xc0
        static let advance1: UInt8 = 0x02, advance2: UInt8 = 0x03, advance4: UInt8 = 0x04
        static let offsetExtendedSigned: UInt8 = 0x11, restoreExtended: UInt8 = 0x06
        static let rememberState: UInt8 = 0x0a, restoreState: UInt8 = 0x0b
        static let defineCFA: UInt8 = 0x0c, defineCFASigned: UInt8 = 0x12
        static let negateReturnAddressState: UInt8 = 0x2d
        static let defineCFARegister: UInt8 = 0x0d, defineCFAOffset: UInt8 = 0x0e
    }
    /// Data is in units of -8 bytes.
    private static let dataAlignment: Int64 = -8

    init(_ module: LinkedModule, _ text: TextSection) throws(EmissionError) {
        let conventions = Conventions(module.target.machine)
        addCommonEntry(conventions)
        for number in text.order {
            try addEntry(module.functions[number].compiled, at: text.offsets[number], number: number, conventions)
        }
        frames.append32(0)
        index = [UInt8](repeating: 0, count: 12 + 8 * entries.count)
    }

    private mutating func addCommonEntry(_ conventions: Conventions) {
        frames.append32(0)
        frames.append32(0)
        frames += [1, 0x7a, 0x52, 0]                     // version 1, "zR"
        frames.appendULEB128(conventions.codeAlignment)
        frames.appendSLEB128(Self.dataAlignment)
        frames.append(conventions.returnRegister)
        frames += [1, 0x1b]                              // one byte of augmentation: pcrel | sdata4
        frames += [Operation.defineCFA, conventions.stackPointer]
        frames.appendULEB128(conventions.entryOffset)
        if conventions.returnOnStack { frames += [Operation.offset | conventions.returnRegister, 1] }
        close(entryAt: 0)
    }

    private mutating func addEntry(_ compiled: CompiledFunction, at textOffset: UInt32, number: Int, _ conventions: Conventions) throws(EmissionError) {
        let start = frames.count
        frames.append32(0)
        frames.append32(UInt32(start + 4))               // distance back to the common entry, at 0
        entries.append((textOffset, start, frames.count))
        frames.append32(0)
        frames.append32(UInt32(compiled.code.count))
        frames.append(0)
        var at: UInt32 = 0
        // What the CFA is, to name only the half that changes; nil after a restored state.
        var cfa: (register: UInt8, offset: Int32)? = (conventions.stackPointer, Int32(conventions.entryOffset))
        for step in compiled.unwind {
            guard step.offset >= at, Int(step.offset) <= compiled.code.count else {
                throw .invalidUnwindStep(function: number, offset: step.offset)
            }
            try advance(by: UInt64(step.offset - at), conventions, number: number, offset: step.offset)
            at = step.offset
            guard addRule(step.rule, &cfa) else { throw .invalidUnwindStep(function: number, offset: step.offset) }
        }
        close(entryAt: start)
    }

    private mutating func advance(by bytes: UInt64, _ conventions: Conventions, number: Int, offset: UInt32) throws(EmissionError) {
        guard bytes % conventions.codeAlignment == 0 else { throw .invalidUnwindStep(function: number, offset: offset) }
        let delta = bytes / conventions.codeAlignment
        switch delta {
        case 0: break
        case 1..<0x40: frames.append(Operation.advance | UInt8(delta))
        case 0x40..<0x100: frames += [Operation.advance1, UInt8(delta)]
        case 0x100..<0x10000:
            frames.append(Operation.advance2)
            frames.append16(UInt16(delta))
        default:
            frames.append(Operation.advance4)
            frames.append32(UInt32(delta))
        }
    }

    /// Returns whether the rule can be expressed.
    private mutating func addRule(_ rule: UnwindStep.Rule, _ cfa: inout (register: UInt8, offset: Int32)?) -> Bool {
        switch rule {
        case .defineCFA(let register, let offset):
            if let known = cfa, known.register == register, offset >= 0 {
                if known.offset != offset {
                    frames.append(Operation.defineCFAOffset)
                    frames.appendULEB128(UInt64(offset))
                }
            } else if let known = cfa, known.offset == offset {
                frames += [Operation.defineCFARegister, register]
            } else if offset >= 0 {
                frames += [Operation.defineCFA, register]
                frames.appendULEB128(UInt64(offset))
            } else {
                guard Int64(offset) % Self.dataAlignment == 0 else { return false }
                frames += [Operation.defineCFASigned, register]
                frames.appendSLEB128(Int64(offset) / Self.dataAlignment)
            }
            cfa = (register, offset)
        case .saved(let register, let offset):
            guard Int64(offset) % Self.dataAlignment == 0 else { return false }
            let factored = Int64(offset) / Self.dataAlignment
            if register < 0x40, factored >= 0 {
                frames.append(Operation.offset | register)
                frames.appendULEB128(UInt64(factored))
            } else {
                frames += [Operation.offsetExtendedSigned]
                frames.appendULEB128(UInt64(register))
                frames.appendSLEB128(factored)
            }
        case .restored(let register):
            if register < 0x40 {
                frames.append(Operation.restore | register)
            } else {
                frames.append(Operation.restoreExtended)
                frames.appendULEB128(UInt64(register))
            }
        case .rememberState: frames.append(Operation.rememberState)
        case .restoreState:
            frames.append(Operation.restoreState)
            cfa = nil
        case .negatedReturnAddressState: frames.append(Operation.negateReturnAddressState)
        }
        return true
    }

    /// Pads the entry that starts at `start` (zero is a no-op) and writes its length.
    private mutating func close(entryAt start: Int) {
        frames.pad(to: 4)
        frames.patch32(at: start, UInt32(frames.count - start - 4))
    }

    /// Fills in the addresses. - Precondition: the three are within 2 GiB of each other.
    mutating func place(unwind: UInt64, index indexAddress: UInt64, text: UInt64) {
        func distance(_ to: UInt64, _ from: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: Int64(to) - Int64(from)) }
        index[0] = 1                                     // version
        index[1] = 0x1b                                  // .eh_frame: pcrel | sdata4
        index[2] = 0x03                                  // count: udata4
        index[3] = 0x3b                                  // table: datarel | sdata4
        index.patch32(at: 4, distance(unwind, indexAddress + 4))
        index.patch32(at: 8, UInt32(entries.count))
        for (row, entry) in entries.enumerated() {
            let code = text + UInt64(entry.textOffset)
            frames.patch32(at: entry.field, distance(code, unwind + UInt64(entry.field)))
            index.patch32(at: 12 + 8 * row, distance(code, indexAddress))
            index.patch32(at: 16 + 8 * row, distance(unwind + UInt64(entry.entry), indexAddress))
        }
    }
}
