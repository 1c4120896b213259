@testable import PrecastDebugInformation
import Testing

@Suite struct EntryTableTests {
    private func unit(_ abbreviations: [UInt8], _ entries: [UInt8]) -> [(name: String, bytes: [UInt8])] {
        let body = [5, 0, 1, 4, 0, 0, 0, 0] + entries
        // Two contributions to the addresses: 0x1111, and 0x2222 at offset 20.
        let header: [UInt8] = [8, 0, 0, 0, 5, 0, 4, 0]
        return [
            (".debug_info", [UInt8(body.count), 0, 0, 0] + body), (".debug_abbrev", abbreviations),
            (".debug_addr", header + [0x11, 0x11, 0, 0] + header + [0x22, 0x22, 0, 0]),
        ]
    }

    @Test func basesHoldForAttributesBeforeThem() {
        var warnings = WarningList()
        let abbreviations: [UInt8] = [1, 0x11, 0, 0x11, 0x1b, 0x73, 0x17, 0, 0, 0]
        let table = EntryTable(GuestSections(sections: unit(abbreviations, [1, 0, 20, 0, 0, 0])), &warnings)
        #expect(table.units.first?.lowPC == 0x2222)
        #expect(table.attribute(AttributeName.lowPC, of: table.entries[0])?.value == 0x2222)
        #expect(warnings.report.isEmpty)
    }

    @Test func entriesKnowTheirEnd() {
        var warnings = WarningList()
        // A unit with children: a type; a function with a variable; another type.
        let abbreviations: [UInt8] = [1, 0x11, 1, 0, 0, 2, 0x24, 0, 0, 0, 3, 0x2e, 1, 0, 0, 4, 0x34, 0, 0, 0, 0]
        let table = EntryTable(GuestSections(sections: unit(abbreviations, [1, 2, 3, 4, 0, 2, 0])), &warnings)
        #expect(table.entries.map(\.tag) == [0x11, 0x24, 0x2e, 0x34, 0x24])
        #expect(table.entries.map(\.end) == [5, 2, 4, 4, 5])
        #expect(table.entries.map(\.parent) == [.max, 0, 0, 2, 0])
    }

    @Test func unitThatIsCutKeepsWhatItHas() {
        var warnings = WarningList()
        let abbreviations: [UInt8] = [1, 0x11, 1, 0, 0, 2, 0x24, 0, 0x0b, 0x06, 0, 0, 0]
        let table = EntryTable(GuestSections(sections: unit(abbreviations, [1, 2, 4, 0, 0, 0, 2, 4])), &warnings)
        #expect(table.entries.count == 2)
        #expect(warnings.report.map(\.description) == ["debug information: an entry reaches behind its unit, unit 0x0, entry 0x12"])
    }
}
