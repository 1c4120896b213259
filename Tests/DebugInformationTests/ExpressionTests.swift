@testable import PrecastDebugInformation
import PrecastMachineCode
import Testing

@Suite struct ExpressionTests {
    private func expression(_ bytes: [UInt8], addressSize: UInt8 = 4, frameBase: [GuestExpression.Step]? = nil) -> GuestExpression? {
        var warnings = WarningList()
        let table = EntryTable(GuestSections(sections: []), &warnings)
        let unit = Unit(
            offset: 0, end: 0, version: 5, addressSize: addressSize, is64: false, abbreviations: 0, stringOffsetsBase: 8, addressBase: 8, rangeListsBase: 12,
            locationListsBase: 12)
        return bytes.withUnsafeBytes { GuestExpression($0, 0..<bytes.count, unit, table, frameBase: frameBase) }
    }
    /// What becomes of an expression where local 2 is in a place, the instance context in register 5.
    private func native(
        _ bytes: [UInt8], local place: VariableRange.Place, context: VariableRange.Place? = .register(5), frameBase: [GuestExpression.Step]? = nil
    ) throws -> [UInt8]? {
        guard let expression = expression(bytes, frameBase: frameBase) else { return nil }
        var variables = [VariableRange(offsets: 0..<8, inlinedAt: .max, subject: .local(2), place: place)]
        if let context { variables.append(VariableRange(offsets: 0..<8, inlinedAt: .max, subject: .instanceContext, place: context)) }
        let translation = LocationTranslation(
            places: VariablePlaces(variables), call: .max, context: try Sample.context(), addressSize: 4, firstVectorRegister: 17)
        var found = NativeLocations()
        translation.locate(expression, over: [CodeRange(start: 0, end: 8)], &found)
        #expect(found.stretches.count <= 1)
        return found.stretches.first.map { Array(found.operations(of: $0)) }
    }
    private let local: [UInt8] = [0xed, 0, 2]
    private func base() throws -> [UInt8] { [0x75, 0] + (try Sample.context().memoryBase) + [0x22] }

    @Test func valueOfALocalIsItsPlace() throws {
        #expect(try native(local + [0x9f], local: .register(3)) == [0x53])
        #expect(try native(local + [0x9f], local: .register(40)) == [0x90, 40])
        #expect(try native(local + [0x9f], local: .frame(-8)) == [0x91, 0x78])
        #expect(try native(local + [0x9f], local: .constant(5, high: 0)) == [0x10, 5, 0x9f])
        #expect(try native(local + [0x9f], local: .constant(5, high: 1)) == [0x9e, 16, 5, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func withoutStackValueTheLocalIsAnAddress() throws {
        #expect(try native(local, local: .register(3)) == [0x73, 0] + base())
        #expect(try native(local, local: .frame(-8)) == [0x91, 0x78, 0x94, 4] + base())
        #expect(try native(local, local: .register(3), context: nil) == nil)
        #expect(try native(local, local: .register(17)) == nil)
    }

    @Test func frameBaseAndDistance() throws {
        let frame = [GuestExpression.Step.local(2)]
        #expect(try native([0x91, 12], local: .register(3), frameBase: frame) == [0x73, 0, 0x23, 12] + base())
        #expect(try native([0x91, 0x78], local: .register(3), frameBase: frame) == [0x73, 0, 0x11, 0x78, 0x22] + base())
        #expect(try native([0x91, 12], local: .register(3)) == nil)
    }

    /// Where only the address is known that a local means, things in memory are found by it, and its value by subtraction.
    @Test func addressesStandForLocals() throws {
        let variables = [
            VariableRange(offsets: 0..<4, inlinedAt: .max, subject: .local(2), place: .register(4)),
            VariableRange(offsets: 2..<8, inlinedAt: .max, subject: .localAddress(2), place: .register(3)),
            VariableRange(offsets: 0..<8, inlinedAt: .max, subject: .instanceContext, place: .register(5)),
        ]
        let translation = LocationTranslation(
            places: VariablePlaces(variables), call: .max, context: try Sample.context(), addressSize: 4, firstVectorRegister: 17)
        func operations(_ found: NativeLocations) -> [[UInt8]] { found.stretches.map { Array(found.operations(of: $0)) } }
        func found(_ bytes: [UInt8]) throws -> NativeLocations {
            var found = NativeLocations()
            translation.locate(try #require(expression(bytes, frameBase: [.local(2)])), over: [CodeRange(start: 0, end: 8)], &found)
            return found
        }
        let inMemory = try found([0x91, 12])
        #expect(inMemory.stretches.map(\.code) == [CodeRange(start: 0, end: 4), CodeRange(start: 4, end: 8)])
        #expect(operations(inMemory) == [[0x74, 0, 0x23, 12] + (try base()), [0x73, 0, 0x23, 12]])
        let memory = [0x75, 0] + (try Sample.context().memoryBase)
        let difference = [0x73, 0] + memory + [0x1c, 0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a, 0x9f]
        #expect(try operations(found(local + [0x9f])) == [[0x54], difference])
        var ofLocal = NativeLocations()
        translation.locate(local: 2, over: [CodeRange(start: 0, end: 8)], &ofLocal)
        #expect(operations(ofLocal) == [[0x54], difference])
    }

    /// What core dumps read has places of locals and of the instance context, and of nothing else.
    @Test func addressesAreNoInstanceContexts() {
        let module = Sample.module
        var more = module
        more.functions[0].compiled.variables.insert(
            VariableRange(offsets: 12..<16, inlinedAt: .max, subject: .localAddress(0), place: .register(9)), at: 4)
        func types(_ index: UInt32) -> [LocalPlaces.TypeRun] { [LocalPlaces.TypeRun(count: 2, type: .i32)] }
        #expect(localPlacesSection(more, types: types).bytes == localPlacesSection(module, types: types).bytes)
    }

    @Test func addressesOfDataThatWasLeftOutAreNone() {
        #expect(expression([0x03, 0xff, 0xff, 0xff, 0xff]) == nil)
        #expect(expression([0x03, 0xfe, 0xff, 0xff, 0xff]) == nil)
        #expect(expression([0x03, 0x90, 0x0d, 0, 0])?.staticAddress == 0xd90)
    }

    @Test(arguments: [[0xed, 2, 0], [0xa3, 1, 0x30, 0x9f], [0x30, 0x31, 0x1b, 0x9f], [0xa8, 0], [0xff], [0x9f, 0x30], [0x03, 1], [0x93, 4, 0x30]] as [[UInt8]])
    func whatIsNotCertainIsNotTranslated(_ bytes: [UInt8]) { #expect(expression(bytes) == nil) }

    @Test func piecesWithoutAPlaceStayEmpty() throws {
        #expect(try native(local + [0x9f, 0x93, 4, 0x93, 4], local: .register(3)) == [0x53, 0x93, 4, 0x93, 4])
    }

    @Test func loadsGoThroughLinearMemory() throws {
        let address = [0x73, 0, 0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a] as [UInt8]
        #expect(try native(local + [0x06, 0x9f], local: .register(3)) == address + base() + [0x94, 4, 0x9f])
    }
}
