import PrecastEntities
import PrecastMachineCode

/// Turns guest expressions into native ones, stretch by stretch of a function's code.
struct LocationTranslation {
    let places: VariablePlaces
    /// Handle of the inlined call whose callee's locals expressions mean; all ones: the function's own. nil: nobody knows where these are.
    let call: UInt32?
    let context: ContextPlaces
    /// Bytes of a guest address.
    let addressSize: UInt8
    /// DWARF's number of the first register that holds no addresses.
    let firstVectorRegister: UInt8

    // MARK: Stretches

    /// The usual case: the variable is a local. - Parameter code: ascending, apart.
    func locate(local index: UInt32, over code: [CodeRange], _ result: inout NativeLocations) {
        if let call, !places.cursor(.localAddress(index), of: call).isAtEnd { return locate(GuestExpression(local: index), over: code, &result) }
        var cursor = cursor(.local(index))
        for range in code {
            if cursor.isAtEnd { return }
            cursor.seek(range.start, in: places)
            var at = range.start
            while at < range.end {
                var until = range.end
                if let place = cursor.place(at: at, until: &until, in: places) {
                    result.add(CodeRange(start: at, end: until)) { bytes in
                        Self.write(place, to: &bytes)
                        return true
                    }
                }
                at = until
            }
        }
    }

    /// The native locations of an expression; where one of the things that it needs has no place, there is none. - Parameter code: ascending, apart.
    func locate(_ expression: GuestExpression, over code: [CodeRange], _ result: inout NativeLocations) {
        walk(expression.locals, over: code, exceptStale: expression.usesMemory) { stretch, found in
            result.add(stretch) { write(expression, found, to: &$0) }
        }
    }

    /// The address of linear memory over stretches of code.
    func locateMemory(over code: CodeRange, _ result: inout NativeLocations) {
        walk([], over: [code], exceptStale: false) { stretch, found in
            result.add(stretch) { writeMemoryBase(found, to: &$0) }
        }
    }

    private func cursor(_ local: VariableRange.Subject) -> PlaceCursor { call.map { places.cursor(local, of: $0) } ?? PlaceCursor(0..<0) }

    /// What an expression may need, where it is over one stretch.
    private struct Places {
        let indices: [UInt32]
        var locals: [VariableRange.Place?]
        /// Of the addresses that locals mean in memory 0.
        var addresses: [VariableRange.Place?]
        var base: VariableRange.Place?
        var context: VariableRange.Place?

        func local(_ index: UInt32) -> VariableRange.Place? {
            for i in indices.indices where indices[i] == index { return locals[i] }
            return nil
        }
        /// nil where the local itself has a place.
        func address(_ index: UInt32) -> VariableRange.Place? {
            for i in indices.indices where indices[i] == index { return locals[i] == nil ? addresses[i] : nil }
            return nil
        }
    }

    /// Calls `visit` with the stretches over which no place changes.
    private func walk(_ locals: [UInt32], over code: [CodeRange], exceptStale: Bool, _ visit: (CodeRange, borrowing Places) -> Void) {
        var cursors = locals.map { cursor(.local($0)) }, addresses = locals.map { cursor(.localAddress($0)) }
        // An inlined function has its caller's instance.
        var base = places.cursor(.memoryBase, of: .max), instanceContext = places.cursor(.instanceContext, of: .max)
        let nowhere = [VariableRange.Place?](repeating: nil, count: locals.count)
        var found = Places(indices: locals, locals: nowhere, addresses: nowhere)
        for range in code {
            for i in cursors.indices {
                cursors[i].seek(range.start, in: places)
                addresses[i].seek(range.start, in: places)
            }
            base.seek(range.start, in: places)
            instanceContext.seek(range.start, in: places)
            var stale = exceptStale ? places.staleMemory.partitionPoint { $0.upperBound <= range.start } : places.staleMemory.count
            var at = range.start
            while at < range.end {
                var until = range.end
                if stale < places.staleMemory.count {
                    let next = places.staleMemory[stale]
                    if next.lowerBound <= at {
                        at = next.upperBound
                        stale += 1
                        continue
                    }
                    until = min(until, next.lowerBound)
                }
                for i in cursors.indices {
                    found.locals[i] = cursors[i].place(at: at, until: &until, in: places)
                    found.addresses[i] = addresses[i].place(at: at, until: &until, in: places)
                }
                found.base = base.place(at: at, until: &until, in: places)
                found.context = instanceContext.place(at: at, until: &until, in: places)
                visit(CodeRange(start: at, end: until), found)
                at = until
            }
        }
    }

    // MARK: Operations

    // Each of these appends operations; where it returns false, something has no place, and what it appended is worth nothing.

    private func write(_ expression: GuestExpression, _ places: borrowing Places, to bytes: inout [UInt8]) -> Bool {
        var hasAny = false
        for piece in expression.pieces {
            let start = bytes.count
            if write(piece, places, to: &bytes) {
                hasAny = hasAny || bytes.count > start
            } else {
                if piece.size == 0 { return false }
                bytes.removeLast(bytes.count - start)
            }
            if piece.size != 0 {
                bytes.append(0x93)
                bytes.appendUnsigned(piece.size)
            }
        }
        return hasAny
    }

    private func write(_ piece: GuestExpression.Piece, _ places: borrowing Places, to bytes: inout [UInt8]) -> Bool {
        switch piece.kind {
        case .absent: return true
        case .implicit(let value):
            bytes.append(0x9e)
            bytes.appendUnsigned(UInt64(value.count))
            bytes += value
            return true
        case .value:
            if piece.steps.count == 1, case .local(let index) = piece.steps[0], let place = places.local(index) {
                Self.write(place, to: &bytes)
                return true
            }
            guard compute(piece.steps, piece.steps.count, places, to: &bytes) else { return false }
            bytes.append(0x9f)
            return true
        case .memory:
            if startsFromNull(piece.steps, places) { return false }
            if writeHostAddress(piece.steps, places, to: &bytes) { return true }
            if !writeLocalAddress(piece.steps, places, to: &bytes) {
                guard compute(piece.steps, piece.steps.count, places, to: &bytes) else { return false }
                mask(piece.steps, piece.steps.count, to: &bytes)
            }
            guard writeMemoryBase(places, to: &bytes) else { return false }
            bytes.append(0x22)
            return true
        }
    }

    /// Locals are 0 until they are set. An address that is made from one that still is, such as the frame base in a function's first instructions, is none.
    private func startsFromNull(_ steps: [GuestExpression.Step], _ places: borrowing Places) -> Bool {
        for step in steps {
            if case .local(let index) = step, case .constant(0, 0)? = places.local(index) { return true }
        }
        return false
    }

    /// The variable is what is in the place.
    static func write(_ place: VariableRange.Place, to bytes: inout [UInt8]) {
        switch place {
        case .register(let number):
            if number < 32 { bytes.append(0x50 + number) } else { bytes += [0x90, number] }
        case .frame(let offset): writeFrameAddress(offset, to: &bytes)
        case .constant(let low, 0):
            writeConstant(low, to: &bytes)
            bytes.append(0x9f)
        case .constant(let low, let high):
            bytes += [0x9e, 16]
            bytes.appendInteger(low)
            bytes.appendInteger(high)
        }
    }

    /// The usual case, a 32-bit local with a distance: what is in a register has its upper half zero, and no address that is used wraps around. False: it is another
    /// case, and nothing is appended.
    private func writeLocalAddress(_ steps: [GuestExpression.Step], _ places: borrowing Places, to bytes: inout [UInt8]) -> Bool {
        guard let (index, distance) = localAndDistance(steps), let place = places.local(index) else { return false }
        switch place {
        case .register(let number):
            guard number < firstVectorRegister else { return false }
            bytes.append(0x70 + number)
            bytes.append(0)
        case .frame(let offset):
            Self.writeFrameAddress(offset, to: &bytes)
            bytes.append(0x94)
            bytes.append(4)
        case .constant(let low, _): Self.writeConstant(low & 0xffff_ffff, to: &bytes)
        }
        bytes += distance
        return true
    }
    /// The same where only the address that the local means is somewhere.
    private func writeHostAddress(_ steps: [GuestExpression.Step], _ places: borrowing Places, to bytes: inout [UInt8]) -> Bool {
        guard let (index, distance) = localAndDistance(steps), let place = places.address(index), writeValue(place, to: &bytes) else { return false }
        bytes += distance
        return true
    }
    private func localAndDistance(_ steps: [GuestExpression.Step]) -> (local: UInt32, distance: [UInt8])? {
        guard addressSize == 4, steps.count <= 2, case .local(let index)? = steps.first else { return nil }
        if steps.count == 1 { return (index, []) }
        guard case .operations(let distance) = steps[1], Self.isDistance(distance) else { return nil }
        return (index, distance)
    }
    /// Whether operations are one addition of a constant.
    private static func isDistance(_ bytes: [UInt8]) -> Bool {
        guard bytes.first == 0x23 || bytes.first == 0x11, let end = bytes.dropFirst().firstIndex(where: { $0 < 0x80 }) else { return false }
        return bytes[0] == 0x23 ? end == bytes.count - 1 : end == bytes.count - 2 && bytes[end + 1] == 0x22
    }

    /// Operations that push what the first `count` steps give, of which only the low bytes of a guest address are sure.
    private func compute(_ steps: [GuestExpression.Step], _ count: Int, _ places: borrowing Places, to bytes: inout [UInt8]) -> Bool {
        for i in 0..<count {
            switch steps[i] {
            case .local(let index):
                if let place = places.local(index), writeValue(place, to: &bytes) { continue }
                guard writeDifference(index, places, to: &bytes) else { return false }
            case .global(let index):
                guard let place = places.context, writeValue(place, to: &bytes), let load = context.global(index, size: addressSize) else { return false }
                bytes += load
            case .operations(let operations): bytes += operations
            case .load(let size):
                mask(steps, i, to: &bytes)
                guard writeMemoryBase(places, to: &bytes) else { return false }
                bytes += [0x22, 0x94, size]
            }
        }
        return true
    }

    /// A local, from the address that it means.
    private func writeDifference(_ local: UInt32, _ places: borrowing Places, to bytes: inout [UInt8]) -> Bool {
        guard let address = places.address(local), writeValue(address, to: &bytes), writeMemoryBase(places, to: &bytes) else { return false }
        bytes.append(0x1c)
        if addressSize == 4 { bytes += Self.lowHalf }
        return true
    }

    /// What makes a guest's address of the first `count` steps' result; nothing where that is one already.
    private func mask(_ steps: [GuestExpression.Step], _ count: Int, to bytes: inout [UInt8]) {
        if addressSize == 8 { return }
        if count == 1 {
            switch steps[0] {
            case .operations(let bytes): if bytes.first == 0x10 && bytes.count <= 5 { return }
            case .global: return
            case .load(let size): if size <= 4 { return }
            case .local: break
            }
        }
        bytes += Self.lowHalf
    }
    private static let lowHalf: [UInt8] = [0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a]

    private func writeMemoryBase(_ places: borrowing Places, to bytes: inout [UInt8]) -> Bool {
        guard context.hasMemory else { return false }
        if let base = places.base, writeValue(base, to: &bytes) { return true }
        guard let place = places.context, writeValue(place, to: &bytes) else { return false }
        bytes += context.memoryBase
        return true
    }

    /// Pushes the eight bytes of a place. False, and nothing appended: it is a vector register.
    private func writeValue(_ place: VariableRange.Place, to bytes: inout [UInt8]) -> Bool {
        switch place {
        case .register(let number):
            guard number < firstVectorRegister else { return false }
            bytes.append(0x70 + number)
            bytes.append(0)
        case .frame(let offset):
            Self.writeFrameAddress(offset, to: &bytes)
            bytes.append(0x06)
        case .constant(let low, let high):
            guard high == 0 else { return false }
            Self.writeConstant(low, to: &bytes)
        }
        return true
    }
    private static func writeFrameAddress(_ offset: Int32, to bytes: inout [UInt8]) {
        bytes.append(0x91)
        bytes.appendSigned(Int64(offset))
    }
    private static func writeConstant(_ value: UInt64, to bytes: inout [UInt8]) {
        bytes.append(0x10)
        bytes.appendUnsigned(value)
    }
}
