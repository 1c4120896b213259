import PrecastMachineCode

/// What is in the code on request: landing pads of indirect branches, signed return addresses, stores that are done as a whole or not at all (docs/abi.md, "AArch64").
///
/// The instructions for branches do nothing on processors without the features that they are of.
extension Emitter {
    // MARK: Indirect branches

    /// At a function's first byte.
    mutating func emitEntryTarget() {
        // Signing the return address is a landing pad, too.
        let beginsSigning = options.signsReturnAddresses && hasFrame && region.isEmpty
        if options.marksBranchTargets, !beginsSigning { put(.branchTarget(.call)) }
    }

    /// The address of the function to go to, in a register by which a jump counts as a call.
    mutating func callLikeTarget(_ target: Register) -> Register {
        guard options.marksBranchTargets, target != .x16 else { return target }
        put(.move(.x, .x16, target))
        return .x16
    }

    // MARK: Return addresses

    /// The return address in x30, with sp as it was at the function's first instruction.
    mutating func signReturnAddress() {
        guard options.signsReturnAddresses else { return }
        put(MachineInstruction(.paciasp, .x))
        buffer.unwind(.negatedReturnAddressState)
    }
    mutating func authenticateReturnAddress() {
        guard options.signsReturnAddresses else { return }
        put(MachineInstruction(.autiasp, .x))
        buffer.unwind(.negatedReturnAddressState)
    }
    /// With sp `below` bytes below where it was at the function's first instruction. Changes x16 and x17.
    mutating func authenticateReturnAddress(below: Int32) {
        guard options.signsReturnAddresses else { return }
        addConstant(.x16, .sp, Int64(below), scratch: .x17)
        put(.move(.x, .x17, .lr))
        put(MachineInstruction(.autia1716, .x))
        put(.move(.x, .lr, .x17))
        buffer.unwind(.negatedReturnAddressState)
    }

    // MARK: Stores

    /// Before a store to linear memory of more than a byte: a load of the same bytes. The architecture lets a store that reaches into an inaccessible page
    /// write its first bytes before it traps.
    mutating func probe(_ store: MachineInstruction) {
        guard options.probesStores, store.trap != 0, let kind = store.opcode.probe(store.size) else { return }
        switch kind {
        case (let load, let size): put(.load(load, size, size == .q ? .v(31) : .zr, store.memory))
        }
    }
}

extension Opcode {
    /// How as many bytes are loaded as this stores from a register of `size`; nil: no store, or of one byte.
    fileprivate func probe(_ size: OperandSize) -> (LoadKind, OperandSize)? {
        switch (self, self == .st1 ? size.lane : size) {
        case (.strh, _), (.st1, .h): (.unsigned16, .w)
        case (.str, .w), (.str, .s), (.st1, .s): (.full, .w)
        case (.str, .x), (.str, .d), (.st1, .d): (.full, .x)
        case (.str, .q): (.full, .q)
        default: nil
        }
    }
}
