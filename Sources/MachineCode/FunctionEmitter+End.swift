public import PrecastRegisterAllocation

/// What follows a function's body: out-of-line traps, jump tables, the literal pool.
extension FunctionEmitter {
    @inlinable mutating func emitStubs() {
        if !stubs.isEmpty, !isFrameless { describeFrame(true) }
        for stub in stubs {
            setLocation(stub.location)
            bind(stub.label)
            let isPrologue = stub.code == options.stackOverflowTrap
            if isPrologue { describePrologue() }
            if stub.raises, let raise = options.raise {
                Target.emitRaise(stub.code, raise, &self)
            } else {
                Target.emitTrap(stub.code, &self)
            }
            if isPrologue { buffer.unwind(.restoreState) }
        }
    }

    /// The label of a constant of the literal pool.
    @inlinable public mutating func label(ofConstant number: Int) -> UInt32 {
        if constantLabels[number] == .max { constantLabels[number] = buffer.makeLabel() }
        return constantLabels[number]
    }
    @inlinable public mutating func label(ofTable number: Int) -> UInt32 {
        if tableLabels[number] == .max { tableLabels[number] = buffer.makeLabel() }
        return tableLabels[number]
    }
    /// The number of a constant that emission itself needs.
    @inlinable public mutating func pooled(_ constant: PoolConstant) -> UInt32 {
        if let known = constants.firstIndex(of: constant) { return UInt32(known) }
        constants.append(constant)
        constantLabels.append(.max)
        return UInt32(constants.count - 1)
    }

    @inlinable mutating func emitTables(_ vcode: borrowing VCode<Target.Instruction>) {
        var isFirst = true
        for (n, run) in vcode.jumpTables.enumerated() where tableLabels[n] != .max {
            if isFirst { beginData(alignment: 4) }
            isFirst = false
            let label = tableLabels[n]
            buffer.bind(label)
            for t in run {
                let target = blocks.target(vcode.tableTargets[Int(t)].rawValue)
                buffer.mark(to: target, ".long table\(n)")
                buffer.appendDistance(to: target, from: label)
            }
        }
    }
    /// Largest constants first, so that one alignment serves all.
    @inlinable mutating func emitConstants() {
        var isFirst = true
        for size in [16, 8, 4] as [UInt8] {
            for (n, constant) in constants.enumerated() where constant.size == size && constantLabels[n] != .max {
                if isFirst { beginData(alignment: UInt32(size)) }
                isFirst = false
                buffer.bind(constantLabels[n])
                buffer.mark("constant\(n)")
                if size == 4 {
                    buffer.append(littleEndian: UInt32(truncatingIfNeeded: constant.low))
                } else {
                    buffer.append(littleEndian: constant.low)
                }
                if size == 16 { buffer.append(littleEndian: constant.high) }
            }
        }
    }
    @inlinable mutating func beginData(alignment: UInt32) {
        setLocation(.max)
        buffer.align(alignment)
    }
}

/// A trap out of line.
@usableFromInline struct TrapStub {
    @usableFromInline var code: UInt8
    @usableFromInline var location: UInt32
    @usableFromInline var label: UInt32
    /// Calls `raise` instead of faulting.
    @usableFromInline var raises: Bool
    @usableFromInline init(code: UInt8, location: UInt32, label: UInt32, raises: Bool) {
        self.code = code
        self.location = location
        self.label = label
        self.raises = raises
    }
}
