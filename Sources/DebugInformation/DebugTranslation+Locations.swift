import PrecastObjectEmission

// Where variables are.
extension DebugTranslation {
    /// Lays out the functions' lists in the order of their entries: readelf takes units whose lists do not ascend for holes.
    mutating func placeLists() {
        listStarts = Array(repeating: 0, count: descriptions.count)
        for function in descriptions.indices.sorted(by: { plan.entryOfFunction[$0] < plan.entryOfFunction[$1] }) {
            guard let description = descriptions[function] else { continue }
            listStarts[function] = UInt32(locationLists.bytes.count)
            locationLists.append(description.lists)
        }
    }

    /// Adds the location of a variable to its entry.
    mutating func addLocation(of entry: Entry, _ number: Int) {
        if let function = plan.functionAround(number) {
            let location = descriptions[function]?.own[number - Int(plan.entryOfFunction[function])] ?? .none
            add(location, in: function)
        } else if let attribute = table.attribute(AttributeName.location, of: entry), attribute.kind == .expression || attribute.kind == .block {
            addGlobalLocation(attribute, table.units[Int(entry.unit)])
        }
    }
    mutating func add(_ location: VariableLocation, in function: Int) {
        switch location {
        case .none: break
        case .expression(let operations): writer.expression(AttributeName.location, operations)
        case .list(let offset): writer.sectionOffset(AttributeName.location, listStarts[function] + offset)
        }
    }

    // MARK: Globals

    /// Where linear memory is, in every function of the module: one list for all units.
    mutating func writeMemoryList() {
        let offset = UInt32(locationLists.bytes.count)
        var found = NativeLocations()
        for (number, function) in module.functions.enumerated() where !function.compiled.variables.isEmpty {
            let translation = LocationTranslation(
                places: VariablePlaces(function.compiled.variables), call: nil, context: context, addressSize: 8,
                firstVectorRegister: module.target.machine.firstVectorRegister)
            found.removeAll()
            translation.locateMemory(over: CodeRange(start: 0, end: UInt32(function.compiled.code.count)), &found)
            if found.stretches.isEmpty { continue }
            memoryList = offset
            found.write(number, to: &locationLists)
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

    func hasMemory(_ function: Int) -> Bool { firstMemory != nil && descriptions[function]?.memory.isKnown ?? false }

    /// The same variable once more in a function: lldb looks only there for places that depend on the code. It has only a linkage name, so that gdb does
    /// not show it among the function's variables.
    mutating func writeMemory(of function: Int) {
        guard let firstMemory, let description = descriptions[function] else { return }
        writer.begin(Tag.variable, hasChildren: false)
        writer.string(AttributeName.linkageName, strings.add(Self.memoryName))
        writer.reference(AttributeName.type, sectionOffset: firstMemory.type)
        writer.flag(AttributeName.artificial)
        add(description.memory, in: function)
        writer.end()
    }

    /// A variable with a fixed address in linear memory: wherever that is in the frame from which it is looked at.
    private mutating func addGlobalLocation(_ attribute: Attribute, _ unit: Unit) {
        guard let memoryEntry, let address = GuestExpression(plan.sections.info, attribute.range, unit, table, frameBase: nil)?.staticAddress
        else { return }
        var bytes: [UInt8] = [0x99]
        bytes.appendInteger(memoryEntry)
        bytes.append(0x23)
        bytes.appendUnsigned(address)
        writer.expression(AttributeName.location, bytes)
    }
}
