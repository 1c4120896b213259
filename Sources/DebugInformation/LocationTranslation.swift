import PrecastEntities
import PrecastMachineCode

/// Where a variable is over a stretch of a function's code.
struct NativeLocation: Equatable {
    enum Content: Equatable {
        /// It is what is there.
        case place(VariableRange.Place)
        case expression([UInt8])
    }
    var code: CodeRange
    var content: Content

    /// The operations of DWARF.
    var expression: [UInt8] {
        switch content {
        case .place(let place): LocationTranslation.operations(of: place)
        case .expression(let bytes): bytes
        }
    }
}

/// Turns guest expressions into native ones, stretch by stretch of a function's code.
struct LocationTranslation {
    let places: VariablePlaces
    let instance: Int
    let context: ContextPlaces
    /// Bytes of a guest address.
    let addressSize: UInt8
    /// DWARF's number of the first register that holds no addresses.
    let firstVectorRegister: UInt8

    /// The native locations of an expression over ascending stretches of code; where one of the things that it needs has no place, there is none.
    func locations(of expression: GuestExpression, over code: [CodeRange]) -> [NativeLocation] {
        var result: [NativeLocation] = []
        let locals = expression.locals
        for range in code {
            var cursors = locals.map { LocalCursor($0, self, from: range.start) }
            // An inlined function has its caller's instance.
            var base = PlaceCursor(self.places.ranges(.memoryBase, in: 0), from: range.start)
            var instanceContext = PlaceCursor(self.places.ranges(.instanceContext, in: 0), from: range.start)
            var at = range.start
            while at < range.end {
                var until = range.end
                var places = Places()
                for i in locals.indices {
                    let (local, end) = cursors[i].local(at: at)
                    places.locals.append(local)
                    until = min(until, end)
                }
                var end: UInt32
                (places.base, end) = base.place(at: at)
                until = min(until, end)
                (places.context, end) = instanceContext.place(at: at)
                until = min(until, end)
                if let bytes = operations(of: expression, places) {
                    Self.append(NativeLocation(code: CodeRange(start: at, end: until), content: .expression(bytes)), to: &result)
                }
                at = until
            }
        }
        return expression.usesMemory ? upToDate(result) : result
    }
    /// Without the stretches over which memory is stale.
    private func upToDate(_ locations: [NativeLocation]) -> [NativeLocation] {
        if places.staleMemory.isEmpty { return locations }
        var result: [NativeLocation] = []
        for location in locations {
            var rest = location
            var next = places.staleMemory.partitionPoint { $0.upperBound <= rest.code.start }
            while next < places.staleMemory.count, places.staleMemory[next].lowerBound < rest.code.end {
                let stale = places.staleMemory[next]
                if rest.code.start < stale.lowerBound {
                    result.append(NativeLocation(code: CodeRange(start: rest.code.start, end: stale.lowerBound), content: rest.content))
                }
                rest.code.start = min(stale.upperBound, rest.code.end)
                next += 1
            }
            if rest.code.start < rest.code.end { result.append(rest) }
        }
        return result
    }

    /// The usual case: the variable is a local.
    func locations(ofLocal index: UInt32, over code: [CodeRange]) -> [NativeLocation] {
        let ranges = places.ranges(.local(index), in: instance)
        if !places.ranges(.localAddress(index), in: instance).isEmpty { return locations(of: GuestExpression(local: index), over: code) }
        if ranges.isEmpty { return [] }
        var result: [NativeLocation] = []
        for range in code {
            var cursor = PlaceCursor(ranges, from: range.start)
            var at = range.start
            while at < range.end {
                let (place, end) = cursor.place(at: at)
                let until = min(end, range.end)
                if let place { Self.append(NativeLocation(code: CodeRange(start: at, end: until), content: .place(place)), to: &result) }
                at = until
            }
        }
        return result
    }

    private static func append(_ location: NativeLocation, to result: inout [NativeLocation]) {
        if let last = result.last, last.code.end == location.code.start, last.content == location.content {
            result[result.count - 1].code.end = location.code.end
        } else {
            result.append(location)
        }
    }

    private struct Local {
        var index: UInt32
        var place: VariableRange.Place?
        /// Of the address that it means in memory 0.
        var addressPlace: VariableRange.Place?
    }
    private struct LocalCursor {
        private let index: UInt32
        private var places: PlaceCursor
        private var addressPlaces: PlaceCursor

        init(_ index: UInt32, _ translation: borrowing LocationTranslation, from start: UInt32) {
            self.index = index
            places = PlaceCursor(translation.places.ranges(.local(index), in: translation.instance), from: start)
            addressPlaces = PlaceCursor(translation.places.ranges(.localAddress(index), in: translation.instance), from: start)
        }
        mutating func local(at offset: UInt32) -> (Local, end: UInt32) {
            let (place, end) = places.place(at: offset), (addressPlace, addressEnd) = addressPlaces.place(at: offset)
            return (Local(index: index, place: place, addressPlace: addressPlace), min(end, addressEnd))
        }
    }
    private struct Places {
        var locals: [Local] = []
        var base: VariableRange.Place?
        var context: VariableRange.Place?

        func local(_ index: UInt32) -> VariableRange.Place? { locals.first { $0.index == index }?.place }
        /// nil where the local itself has a place.
        func address(_ index: UInt32) -> VariableRange.Place? { locals.first { $0.index == index && $0.place == nil }?.addressPlace }
    }

    /// The address of linear memory over stretches of code.
    func memoryBases(over code: CodeRange) -> [NativeLocation] {
        var result: [NativeLocation] = []
        var base = PlaceCursor(places.ranges(.memoryBase, in: 0), from: code.start)
        var instanceContext = PlaceCursor(places.ranges(.instanceContext, in: 0), from: code.start)
        var at = code.start
        while at < code.end {
            var found = Places(), end: UInt32, until = code.end
            (found.base, end) = base.place(at: at)
            until = min(until, end)
            (found.context, end) = instanceContext.place(at: at)
            until = min(until, end)
            if let bytes = memoryBase(found) {
                Self.append(NativeLocation(code: CodeRange(start: at, end: until), content: .expression(bytes)), to: &result)
            }
            at = until
        }
        return result
    }

    /// nil: something has no place.
    private func operations(of expression: GuestExpression, _ places: Places) -> [UInt8]? {
        var result: [UInt8] = []
        var hasAny = false
        for piece in expression.pieces {
            let bytes = operations(of: piece, places)
            if let bytes {
                hasAny = hasAny || !bytes.isEmpty
                result += bytes
            } else if piece.size == 0 {
                return nil
            }
            if piece.size != 0 {
                result.append(0x93)
                result.appendUnsigned(piece.size)
            }
        }
        return hasAny ? result : nil
    }

    private func operations(of piece: GuestExpression.Piece, _ places: Places) -> [UInt8]? {
        switch piece.kind {
        case .absent: return []
        case .implicit(let bytes):
            var result: [UInt8] = [0x9e]
            result.appendUnsigned(UInt64(bytes.count))
            return result + bytes
        case .value:
            if piece.steps.count == 1, case .local(let index) = piece.steps[0], let place = places.local(index) { return Self.operations(of: place) }
            return computed(piece.steps, places).map { $0 + [0x9f] }
        case .memory:
            guard !startsFromNull(piece.steps, places), let base = memoryBase(places) else { return nil }
            if let address = hostAddress(piece.steps, places) { return address }
            if let address = localAddress(piece.steps, places) { return address + base + [0x22] }
            guard let address = computed(piece.steps, places) else { return nil }
            return address + mask(piece.steps) + base + [0x22]
        }
    }

    /// Locals are 0 until they are set. An address that is made from one that still is, such as the frame base in a function's first instructions, is none.
    private func startsFromNull(_ steps: [GuestExpression.Step], _ places: Places) -> Bool {
        steps.contains { step in
            if case .local(let index) = step, case .constant(0, 0)? = places.local(index) { true } else { false }
        }
    }

    /// The variable is what is in the place.
    static func operations(of place: VariableRange.Place) -> [UInt8] {
        switch place {
        case .register(let number): return number < 32 ? [0x50 + number] : [0x90, number]
        case .frame(let offset): return Self.frameAddress(offset)
        case .constant(let low, let high):
            if high == 0 { return Self.constant(low) + [0x9f] }
            var bytes: [UInt8] = [0x9e, 16]
            bytes.appendInteger(low)
            bytes.appendInteger(high)
            return bytes
        }
    }

    /// The usual case, a 32-bit local with a distance: what is in a register has its upper half zero, and no address that is used wraps around.
    private func localAddress(_ steps: [GuestExpression.Step], _ places: Places) -> [UInt8]? {
        guard let (index, distance) = localAndDistance(steps), let place = places.local(index) else { return nil }
        switch place {
        case .register(let number): return number < firstVectorRegister ? [0x70 + number, 0] + distance : nil
        case .frame(let offset): return Self.frameAddress(offset) + [0x94, 4] + distance
        case .constant(let low, _): return Self.constant(low & 0xffff_ffff) + distance
        }
    }
    /// The same where only the address that the local means is somewhere.
    private func hostAddress(_ steps: [GuestExpression.Step], _ places: Places) -> [UInt8]? {
        guard let (index, distance) = localAndDistance(steps), let place = places.address(index) else { return nil }
        return value(place).map { $0 + distance }
    }
    private func localAndDistance(_ steps: [GuestExpression.Step]) -> (local: UInt32, distance: [UInt8])? {
        guard addressSize == 4, steps.count <= 2, case .local(let index)? = steps.first else { return nil }
        if steps.count == 1 { return (index, []) }
        guard case .operations(let bytes) = steps[1], bytes.first == 0x23 || bytes.first == 0x11, Self.isDistance(bytes) else { return nil }
        return (index, bytes)
    }
    /// Whether operations are one addition of a constant.
    private static func isDistance(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.dropFirst().firstIndex(where: { $0 < 0x80 }) else { return false }
        return bytes[0] == 0x23 ? end == bytes.count - 1 : end == bytes.count - 2 && bytes[end + 1] == 0x22
    }

    /// Operations that push what the steps give, of which only the low bytes of a guest address are sure; nil: something has no place.
    private func computed(_ steps: [GuestExpression.Step], _ places: Places) -> [UInt8]? {
        var result: [UInt8] = []
        for (i, step) in steps.enumerated() {
            switch step {
            case .local(let index):
                guard let bytes = places.local(index).flatMap(value) ?? difference(index, places) else { return nil }
                result += bytes
            case .global(let index):
                guard let place = places.context, let address = value(place), let load = context.global(index, size: addressSize) else { return nil }
                result += address + load
            case .operations(let bytes): result += bytes
            case .load(let size):
                guard let base = memoryBase(places) else { return nil }
                result += mask(Array(steps[..<i])) + base + [0x22, 0x94, size]
            }
        }
        return result
    }

    /// A local, from the address that it means.
    private func difference(_ local: UInt32, _ places: Places) -> [UInt8]? {
        guard let address = places.address(local).flatMap(value), let base = memoryBase(places) else { return nil }
        return address + base + [0x1c] + (addressSize == 4 ? Self.lowHalf : [])
    }

    /// What makes a guest's address of steps' result; nothing where that is one already.
    private func mask(_ steps: [GuestExpression.Step]) -> [UInt8] {
        if addressSize == 8 { return [] }
        if steps.count == 1 {
            if case .operations(let bytes) = steps[0], bytes.first == 0x10 { return bytes.count <= 5 ? [] : Self.lowHalf }
            if case .global = steps[0] { return [] }
            if case .load(let size) = steps[0], size <= 4 { return [] }
        }
        return Self.lowHalf
    }
    private static let lowHalf: [UInt8] = [0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a]

    private func memoryBase(_ places: Places) -> [UInt8]? {
        guard context.hasMemory else { return nil }
        if let base = places.base, let bytes = value(base) { return bytes }
        guard let place = places.context, let bytes = value(place) else { return nil }
        return bytes + context.memoryBase
    }

    /// Pushes the eight bytes of a place; nil for vector registers.
    private func value(_ place: VariableRange.Place) -> [UInt8]? {
        switch place {
        case .register(let number): return number < firstVectorRegister ? [0x70 + number, 0] : nil
        case .frame(let offset): return Self.frameAddress(offset) + [0x06]
        case .constant(let low, let high): return high == 0 ? Self.constant(low) : nil
        }
    }
    private static func frameAddress(_ offset: Int32) -> [UInt8] {
        var bytes: [UInt8] = [0x91]
        bytes.appendSigned(Int64(offset))
        return bytes
    }
    private static func constant(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = [0x10]
        bytes.appendUnsigned(value)
        return bytes
    }
}
