import PrecastArtifactFormat
import PrecastObjectEmission

// Where variables are.
extension DebugTranslation {
    private func translation(_ places: VariablePlaces, _ instance: Int, addressSize: UInt8) -> LocationTranslation {
        LocationTranslation(
            places: places, instance: instance, context: context, addressSize: addressSize,
            firstVectorRegister: module.target.machine == .x86_64 ? 17 : 32)
    }

    // MARK: Variables

    /// Adds the location of a variable to its entry. - Parameter function: the function whose machine code it is in; nil: the variable is global.
    mutating func addLocation(of entry: Entry, in function: Int?, _ instance: Int) {
        guard let attribute = table.attribute(AttributeName.location, of: entry) else { return }
        let unit = table.units[Int(entry.unit)]
        let guest = plan.lists.locations(attribute, unit)
        guard let function, let native = plan.natives[function] else { return addGlobalLocation(guest, unit) }
        if native.places.isEmpty { return }
        let translation = translation(native.places, instance, addressSize: unit.addressSize)
        var found: [NativeLocation] = []
        for location in guest {
            let local = GuestExpression.local(location.section, location.expression)
            let expression = local == nil ? expression(location, unit, instance, native) : nil
            if local == nil && expression == nil { continue }
            let code = if let range = location.range {
                native.code(of: [range], in: instance)
            } else {
                instance == 0 ? [CodeRange(start: 0, end: native.size)] : native.code(of: instance)
            }
            if let local { found += translation.locations(ofLocal: local, over: code) }
            if let expression { found += translation.locations(of: expression, over: code) }
        }
        write(apart(found), native)
    }

    private mutating func expression(_ location: GuestLists.Location, _ unit: Unit, _ instance: Int, _ native: NativeFunction) -> GuestExpression? {
        let base = plan.entry(of: instance, native).flatMap { frameBase(of: table.entries[$0]) }
        return GuestExpression(location.section, location.expression, unit, table, frameBase: base)
    }

    /// By ascending code. Where two claim the same code, neither is certain to be right: there is none.
    private func apart(_ locations: [NativeLocation]) -> [NativeLocation] {
        if zip(locations, locations.dropFirst()).allSatisfy({ $0.code.end <= $1.code.start }) { return locations }
        let sorted = locations.sorted { ($0.code.start, $0.code.end) < ($1.code.start, $1.code.end) }
        var result: [NativeLocation] = []
        var claimed: UInt32 = 0
        for var location in sorted {
            let end = location.code.end
            if location.code.start < claimed {
                if let last = result.last, last.code.end > location.code.start {
                    result[result.count - 1].code.end = location.code.start
                    if last.code.start >= location.code.start { result.removeLast() }
                }
                location.code.start = claimed
            }
            if location.code.start < end { result.append(location) }
            claimed = max(claimed, end)
        }
        return result
    }

    /// A list, or a single expression where that holds in the whole function.
    private mutating func write(_ locations: [NativeLocation], _ native: NativeFunction) {
        guard let first = locations.first else { return }
        if locations.count == 1, first.code == CodeRange(start: 0, end: native.size) {
            return writer.expression(AttributeName.location, first.expression)
        }
        writer.sectionOffset(AttributeName.location, UInt32(locationLists.bytes.count))
        append(locations, of: native.number)
        locationLists.bytes.append(ListEntry.end)
    }

    private mutating func append(_ locations: [NativeLocation], of function: Int) {
        locationLists.bytes.append(ListEntry.locationBaseAddress)
        locationLists.appendAddress(function: function)
        for location in locations {
            locationLists.bytes.append(ListEntry.offsetPair)
            locationLists.bytes.appendUnsigned(UInt64(location.code.start))
            locationLists.bytes.appendUnsigned(UInt64(location.code.end))
            let expression = location.expression
            locationLists.bytes.appendUnsigned(UInt64(expression.count))
            locationLists.bytes += expression
        }
    }

    /// The steps that give the frame base of a guest's function.
    private mutating func frameBase(of entry: Entry) -> [GuestExpression.Step]? {
        let key = Int(entry.offset)
        if let known = frameBases[key] { return known.isEmpty ? nil : known }
        let unit = table.units[Int(entry.unit)]
        var result: [GuestExpression.Step] = []
        if let attribute = table.attribute(AttributeName.frameBase, of: entry) {
            let locations = plan.lists.locations(attribute, unit)
            if locations.count == 1, locations[0].range == nil {
                result = GuestExpression.frameBase(locations[0].section, locations[0].expression, unit, table) ?? []
            }
        }
        frameBases[key] = result
        return result.isEmpty ? nil : result
    }

    // MARK: Globals

    /// Where linear memory is, in every function of the module: one list for all units.
    mutating func writeMemoryList() {
        let offset = UInt32(locationLists.bytes.count)
        memoryBases = Array(repeating: [], count: module.functions.count)
        for (number, function) in module.functions.enumerated() where !function.compiled.variables.isEmpty {
            let translation = translation(VariablePlaces(function.compiled.variables, instanceOfCall: [:]), 0, addressSize: 8)
            let found = translation.memoryBases(over: CodeRange(start: 0, end: UInt32(function.compiled.code.count)))
            if !found.isEmpty {
                memoryList = offset
                memoryBases[number] = found
                append(found, of: number)
            }
        }
        if memoryList != nil { locationLists.bytes.append(ListEntry.end) }
    }

    /// A variable for linear memory, `unsigned char __precast_memory[]`: in the first unit with all that is to say, in the others one that refers to it.
    mutating func writeMemory() {
        guard let memoryList else { return }
        if let firstMemory {
            memoryEntry = writer.offset - writer.unitOffset
            writer.begin(Tag.variable, hasChildren: false)
            writer.reference(AttributeName.abstractOrigin, sectionOffset: firstMemory.variable)
            return writer.end()
        }
        let type = writer.offset - writer.unitOffset
        writer.begin(Tag.baseType, hasChildren: false)
        writer.string(AttributeName.name, strings.add(Array("unsigned char".utf8)))
        writer.constant(AttributeName.encoding, Form.data1, 8)
        writer.constant(AttributeName.byteSize, Form.data1, 1)
        writer.end()
        let array = writer.offset - writer.unitOffset
        writer.begin(Tag.arrayType, hasChildren: true)
        writer.reference(AttributeName.type, unitOffset: type)
        writer.end()
        writer.begin(Tag.subrangeType, hasChildren: false)
        writer.end()
        writer.close()
        memoryEntry = writer.offset - writer.unitOffset
        firstMemory = (writer.offset, writer.unitOffset + array)
        writer.begin(Tag.variable, hasChildren: false)
        writer.string(AttributeName.name, strings.add(Self.memoryName))
        writer.reference(AttributeName.type, unitOffset: array)
        writer.flag(AttributeName.artificial)
        writer.sectionOffset(AttributeName.location, memoryList)
        writer.end()
    }
    private static let memoryName = Array("__precast_memory".utf8)

    func hasMemory(_ native: NativeFunction) -> Bool { firstMemory != nil && !memoryBases[native.number].isEmpty }

    /// The same variable once more in a function: lldb looks only there for places that depend on the code. It has only a linkage name, so that gdb does
    /// not show it among the function's variables.
    mutating func writeMemory(of native: NativeFunction) {
        guard let firstMemory else { return }
        writer.begin(Tag.variable, hasChildren: false)
        writer.string(AttributeName.linkageName, strings.add(Self.memoryName))
        writer.reference(AttributeName.type, sectionOffset: firstMemory.type)
        writer.flag(AttributeName.artificial)
        write(memoryBases[native.number], native)
        writer.end()
    }

    /// A variable with a fixed address in linear memory: wherever that is in the frame from which it is looked at.
    private mutating func addGlobalLocation(_ guest: [GuestLists.Location], _ unit: Unit) {
        guard let memoryEntry, guest.count == 1, guest[0].range == nil,
            let address = GuestExpression(guest[0].section, guest[0].expression, unit, table, frameBase: nil)?.staticAddress
        else { return }
        var bytes: [UInt8] = [0x99]
        bytes.appendInteger(memoryEntry)
        bytes.append(0x23)
        bytes.appendUnsigned(address)
        writer.expression(AttributeName.location, bytes)
    }
}
