@testable import PrecastDebugInformation
import PrecastMachineCode
@testable import PrecastObjectEmission
import Testing

/// Lists that several entries of the guest's share.
@Suite struct SharedListTests {
    /// A unit of DWARF 4 with the sample's function `outer`, in which are entries: 3 is a block with a range list, 4 a variable with a location list.
    private func guest(_ codes: [UInt8], ranges: [(UInt32, UInt32)] = [], locations: [UInt8] = []) -> GuestSections {
        let abbreviations: [UInt8] = [
            1, 0x11, 1, 0, 0, 2, 0x2e, 1, 0x11, 0x01, 0x12, 0x06, 0, 0, 3, 0x0b, 0, 0x55, 0x17, 0, 0, 4, 0x34, 0, 0x02, 0x17, 0, 0, 0,
        ]
        var unit: [UInt8] = [4, 0, 0, 0, 0, 0, 4, 1, 2, 0x10, 0, 0, 0, 0x20, 0, 0, 0]
        for code in codes { unit += [code, 0, 0, 0, 0] }
        unit += [0, 0]
        var info: [UInt8] = [], list: [UInt8] = []
        info.appendInteger(UInt32(unit.count))
        for (start, end) in ranges + [(0, 0)] {
            list.appendInteger(start)
            list.appendInteger(end)
        }
        return GuestSections(sections: [
            (".debug_info", info + unit), (".debug_abbrev", abbreviations), (".debug_ranges", list), (".debug_loc", locations),
        ])
    }

    @Test func variablesShareOneNativeList() throws {
        var locations: [UInt8] = []
        locations.appendInteger(UInt32(0x12))
        locations.appendInteger(UInt32(0x13))
        locations += [4, 0, 0xed, 0, 0, 0x9f] + [UInt8](repeating: 0, count: 8)
        let (sections, warnings) = try Sample.translated(guest([4, 4], locations: locations))
        #expect(warnings.isEmpty)
        let native = GuestSections(sections: sections)
        var list = WarningList()
        let table = EntryTable(native, &list)
        let found = table.entries.filter { $0.tag == Tag.variable && $0.attributeCount == 1 }.compactMap { table.attribute(AttributeName.location, of: $0) }
        #expect(found.count == 2)
        #expect(found.first?.value == found.last?.value)
        let first = try #require(found.first)
        let places = GuestLists(sections: native, entries: table).locations(first, table.units[0])
        // The operator at 0x22 became two stretches; the local moves from a register to the frame between them.
        #expect(places.map(\.range) == [GuestRange(start: 0x1004, end: 0x100a), GuestRange(start: 0x1032, end: 0x103c)])
        #expect(places.map { Array(native.locationLists[$0.expression]) } == [[0x53], [0x91, 0x68]])
    }

    @Test func listsAscendWithTheirEntries() throws {
        // The entry of `inner` comes first, the code of `outer` does.
        var module = Sample.module
        var inner = module.functions[1].compiled
        inner.variables = [
            VariableRange(offsets: 0..<8, inlinedAt: .max, subject: .local(0), place: .register(3)),
            VariableRange(offsets: 8..<16, inlinedAt: .max, subject: .local(0), place: .frame(-24)),
        ]
        module.functions[1] = EmittedFunction(inner, functionIndex: 4, typeIndex: 0, locations: module.functions[1].locations)
        let abbreviations: [UInt8] = [
            1, 0x11, 1, 0, 0, 2, 0x2e, 1, 0x11, 0x01, 0x12, 0x06, 0, 0, 4, 0x34, 0, 0x02, 0x17, 0, 0, 0,
        ]
        let unit: [UInt8] = [4, 0, 0, 0, 0, 0, 4, 1, 2, 0x40, 0, 0, 0, 0x10, 0, 0, 0, 4, 22, 0, 0, 0, 0, 2, 0x10, 0, 0, 0, 0x20, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0]
        var locations: [UInt8] = []
        for address in [UInt32(0x12), 0x42] {
            locations.appendInteger(address)
            locations.appendInteger(address + 1)
            locations += [4, 0, 0xed, 0, 0, 0x9f] + [UInt8](repeating: 0, count: 8)
        }
        let guest = GuestSections(sections: [
            (".debug_info", [UInt8(unit.count), 0, 0, 0] + unit), (".debug_abbrev", abbreviations), (".debug_loc", locations),
        ])
        let (found, warnings) = translateDebugInformation(guest, Sample.code, try Sample.context(), module, DebugSettings())
        #expect(warnings.isEmpty)
        let native = GuestSections(sections: try found.map { ($0.name, try $0.resolved(text: 0x1000, offsets: [0, 0x1000])) })
        var list = WarningList()
        let table = EntryTable(native, &list)
        let offsets = table.entries.filter { $0.tag == Tag.variable && $0.attributeCount == 1 }.compactMap { table.attribute(AttributeName.location, of: $0)?.value }
        #expect(offsets.count == 2)
        #expect(offsets == offsets.sorted())
    }

    @Test func manyScopesWithOneLongListAreLeftOut() throws {
        let count = 6000
        let sections = guest([UInt8](repeating: 3, count: count), ranges: [(UInt32, UInt32)](repeating: (0x11, 0x12), count: count))
        let (_, warnings) = try Sample.translated(sections)
        #expect(warnings.map(\.message) == ["scopes have too many ranges: some are left out"])
    }

    @Test func usualSharingIsNoTrouble() throws {
        let sections = guest([UInt8](repeating: 3, count: 100), ranges: [(UInt32, UInt32)](repeating: (0x11, 0x12), count: 100))
        #expect(try Sample.translated(sections).warnings.isEmpty)
    }
}
