public import PrecastArtifactFormat
import PrecastEntities

/// Walks up stacks of compiled code by an artifact's `.eh_frame`, from copies of registers and memory.
public struct FrameUnwinder: Sendable {
    /// By place.
    private let entries: [FrameEntry]
    private let convention: MachineConvention

    /// - Throws: where the machine is not known or the section cannot be read. Linear in the section.
    public init(_ view: ArtifactView) throws(UnwindCheckError) {
        guard let convention = MachineConvention(view.stamp.machine) else { throw .machine(view.stamp.machine) }
        self.convention = convention
        let section: UnsafeRawBufferPointer, address: UInt64, text: UInt64
        do throws(ArtifactError) {
            section = try view.region(.unwind)
            address = try view.entry(.unwind)?.address ?? 0
            text = try view.entry(.text)?.address ?? 0
        } catch { throw .artifact(error) }
        entries = try CallFrames(section, address: address, text: text).entries
    }

    /// A frame, and what its caller has in the registers.
    public struct Frame: Sendable {
        /// Canonical frame address.
        public var address: UInt64
        public var returnAddress: UInt64
        /// By DWARF number; nil for those that nobody saved.
        public var caller: [UInt64?]
    }

    /// The frame of the code at an offset of the text.
    ///
    /// - Parameters:
    ///   - registers: their contents at that code, by DWARF number, without vectors; nil where they are not known.
    ///   - read: the 8 bytes of memory at an address; nil where they are not known.
    /// - Returns: nil where something is needed that is not known. Logarithmic in the number of functions.
    public func frame(at offset: Int64, _ registers: [UInt64?], read: (UInt64) -> UInt64?) -> Frame? {
        let next = partitionPoint(of: entries.indices) { entries[$0].range.lowerBound <= offset }
        guard next > 0, entries[next - 1].range.contains(offset) else { return nil }
        guard let row = entries[next - 1].rows.last(where: { $0.start <= offset }), let rule = row.cfa, let base = content(rule.register, registers) else {
            return nil
        }
        let address = base &+ UInt64(bitPattern: rule.offset)
        var caller = [UInt64?](repeating: nil, count: convention.firstVectorNumber)
        for register in convention.calleeSaved { caller[Int(register)] = content(register, registers) }
        for (register, rule) in row.rules where Int(register) < caller.count {
            switch rule {
            case .same: caller[Int(register)] = content(register, registers)
            case .saved(let place): caller[Int(register)] = read(address &+ UInt64(bitPattern: place))
            case .value(let place): caller[Int(register)] = address &+ UInt64(bitPattern: place)
            case .other: caller[Int(register)] = nil
            }
        }
        let isSaved = row.rules[convention.returnAddress] != nil
        guard let returnAddress = isSaved ? caller[Int(convention.returnAddress)] : content(convention.returnAddress, registers) else { return nil }
        if !convention.calleeSaved.contains(convention.returnAddress) { caller[Int(convention.returnAddress)] = nil }
        caller[Int(convention.stackPointer)] = address
        return Frame(address: address, returnAddress: convention.stripped(returnAddress), caller: caller)
    }

    private func content(_ register: RegisterNumber, _ registers: [UInt64?]) -> UInt64? { Int(register) < registers.count ? registers[Int(register)] : nil }
}

extension MachineConvention {
    /// Registers of integers and the return address: numbers below it.
    fileprivate var firstVectorNumber: Int { Int(temporary) + (pushesReturnAddress ? 1 : 0) }
}
