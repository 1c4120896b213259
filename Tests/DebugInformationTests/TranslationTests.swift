@testable import PrecastDebugInformation
@testable import PrecastObjectEmission
import Testing

@Suite struct TranslationTests {
    private func entries(_ sections: [(name: String, bytes: [UInt8])]) -> (GuestSections, EntryTable) {
        let native = GuestSections(sections: sections)
        var warnings = WarningList()
        let table = EntryTable(native, &warnings)
        #expect(warnings.report.isEmpty)
        return (native, table)
    }
    private func name(_ entry: Entry, _ table: EntryTable, _ sections: GuestSections) -> String? {
        table.attribute(AttributeName.name, of: entry).flatMap { GuestStrings(sections, []).text($0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func machineCodeHasTheRowsOfItsPlaces() throws {
        let (sections, warnings) = try Sample.translated()
        #expect(warnings.isEmpty)
        let (native, table) = entries(sections)
        var list = WarningList()
        let lines = try #require(GuestLines(native, at: 0, unit: table.units[0], limit: .max, &list))
        let rows = lines.rows.map { "\($0.address - 0x1000):\($0.line)\($0.flags.contains(.endsSequence) ? " end" : "")\($0.flags.contains(.endsPrologue) ? " body" : "")" }
        // The prologue, line 3, both lines of the inlined function, nobody's code, the call's line, line 5, line 3 again; then the other function.
        #expect(rows == ["0:2", "4:3 body", "10:9", "20:10", "30:0", "34:4", "40:5", "50:3", "64:3 end", "4096:9 body", "4112:9 end"])
    }

    /// The lines of the sample with entries of its own.
    private func sample(abbreviations: [UInt8], entries: [UInt8]) -> GuestSections {
        let unit = [5, 0, 1, 4, 0, 0, 0, 0] + entries
        return GuestSections(sections: [
            (".debug_info", [UInt8(unit.count), 0, 0, 0] + unit), (".debug_abbrev", abbreviations),
            (".debug_line", Array(GuestSections(Sample.listing, codeStart: Sample.codeStart).line)),
        ])
    }

    @Test func functionsThatOnlyLinesKnowAreInTheirUnit() throws {
        // As assemblers write it: a unit that has nothing but its line table.
        let guest = sample(abbreviations: [1, 0x11, 0, 0x10, 0x17, 0, 0, 0], entries: [1, 0, 0, 0, 0])
        let (sections, warnings) = try Sample.translated(guest)
        #expect(warnings.isEmpty)
        let (native, table) = entries(sections)
        var list = WarningList()
        let lines = try #require(GuestLines(native, at: 0, unit: table.units[0], limit: .max, &list))
        let whole = try #require(GuestLines(GuestSections(sections: try Sample.translated().sections), at: 0, unit: table.units[0], limit: .max, &list))
        #expect(lines.rows.map { [$0.address, $0.line] } == whole.rows.map { [$0.address, $0.line] })
        let ranges = GuestLists(sections: native, entries: table).ranges(of: table.entries[0])
        #expect(ranges == [GuestRange(start: 0x1000, end: 0x1040), GuestRange(start: 0x2000, end: 0x2010)])
    }

    @Test func movedCodeIsNoStatement() throws {
        var module = Sample.module
        let outer = module.functions[0]
        var locations = outer.locations
        locations[4].isMoved = true
        module.functions[0] = EmittedFunction(outer.compiled, functionIndex: 3, typeIndex: 0, locations: locations)
        let guest = GuestSections(Sample.listing, codeStart: Sample.codeStart)
        let (found, _) = translateDebugInformation(guest, Sample.code, try Sample.context(), module, DebugSettings())
        let (native, table) = entries(try found.map { ($0.name, try $0.resolved(text: 0x1000, offsets: [0, 0x1000])) })
        var list = WarningList()
        let lines = try #require(GuestLines(native, at: 0, unit: table.units[0], limit: .max, &list))
        // Line 5 is where it was; line 0 is nobody's code.
        #expect(lines.rows.filter { !$0.flags.contains(.isStatement) }.map(\.line) == [0, 5])
    }

    @Test func entryThatEndsWithTheFunctionHasIt() throws {
        // The first entry is of a copy that the linker left out in favour of the second's.
        let abbreviations: [UInt8] = [1, 0x11, 1, 0x10, 0x17, 0, 0, 2, 0x2e, 0, 0x03, 0x08, 0x11, 0x01, 0x12, 0x0b, 0, 0, 0]
        let guest = sample(
            abbreviations: abbreviations,
            entries: [1, 0, 0, 0, 0, 2, 0x61, 0, 0x40, 0, 0, 0, 2, 2, 0x62, 0, 0x40, 0, 0, 0, 0x10, 2, 0x63, 0, 0x40, 0, 0, 0, 0x10, 0])
        let (native, table) = entries(try Sample.translated(guest).sections)
        let functions = table.entries.filter { $0.tag == Tag.subprogram && table.attribute(AttributeName.lowPC, of: $0) != nil }
        #expect(functions.map { name($0, table, native) } == ["b"])
    }

    @Test func inlinedCallIsInItsCaller() throws {
        let (native, table) = entries(try Sample.translated().sections)
        let inlined = try #require(table.entries.first { $0.tag == Tag.inlinedSubroutine })
        let caller = table.entries[Int(inlined.parent)]
        #expect(name(caller, table, native) == "outer")
        #expect(table.attribute(AttributeName.callLine, of: inlined)?.value == 4)
        #expect(table.attribute(AttributeName.lowPC, of: inlined)?.value == 0x100a)
        // Nobody's code between it and the next goes to neither.
        #expect(table.attribute(AttributeName.highPC, of: inlined)?.value == 20)
        let origin = try #require(table.attribute(AttributeName.abstractOrigin, of: inlined).flatMap { table.entry(at: $0.value) })
        #expect(name(table.entries[origin], table, native) == "inner")
        let variable = table.entries[table.entries.firstIndex { $0.offset == inlined.offset }! + 1]
        #expect(variable.tag == Tag.formalParameter)
        let lists = GuestLists(sections: native, entries: table)
        let place = try #require(table.attribute(AttributeName.location, of: variable))
        let found = lists.locations(place, table.units[0])
        #expect(found.map(\.range) == [GuestRange(start: 0x100a, end: 0x1019)])
        #expect(found.map { Array($0.section[$0.expression]) } == [[0x10, 77, 0x9f]])
    }

    @Test func variablesFollowTheirPlaces() throws {
        let (native, table) = entries(try Sample.translated().sections)
        let lists = GuestLists(sections: native, entries: table)
        let parameter = try #require(table.entries.first { $0.tag == Tag.formalParameter && name($0, table, native) == "p" })
        let found = lists.locations(try #require(table.attribute(AttributeName.location, of: parameter)), table.units[0])
        #expect(found.map(\.range) == [GuestRange(start: 0x1004, end: 0x101e), GuestRange(start: 0x101e, end: 0x103c)])
        #expect(found.map { Array($0.section[$0.expression]) } == [[0x53], [0x91, 0x68]])
        let local = try #require(table.entries.first { $0.tag == Tag.variable && name($0, table, native) == "v" })
        // In all of the function: an expression without a list.
        #expect(table.attribute(AttributeName.location, of: local)?.kind == .expression)
    }

    @Test func functionsKnowLinearMemory() throws {
        let (native, table) = entries(try Sample.translated().sections)
        let lists = GuestLists(sections: native, entries: table)
        let memories = table.entries.filter { $0.tag == Tag.variable && table.attribute(AttributeName.linkageName, of: $0) != nil }
        // The other function has no place for the instance context.
        let memory = try #require(memories.count == 1 ? memories[0] : nil)
        #expect(name(table.entries[Int(memory.parent)], table, native) == "outer")
        #expect(name(memory, table, native) == nil)
        let linkageName = table.attribute(AttributeName.linkageName, of: memory).flatMap { GuestStrings(native, []).text($0) }
        #expect(linkageName.map { String(decoding: $0, as: UTF8.self) } == "__precast_memory")
        let found = lists.locations(try #require(table.attribute(AttributeName.location, of: memory)), table.units[0])
        #expect(found.map(\.range) == [GuestRange(start: 0x1004, end: 0x1040)])
    }

    @Test func pathsAreMapped() throws {
        var settings = DebugSettings()
        settings.prefixMaps = [PathPrefixMap(old: Array("old/".utf8), new: Array("new/".utf8)), PathPrefixMap(old: Array("/old".utf8), new: [0x2e])]
        let sections = try Sample.translated(nil, settings).sections
        for section in sections { #expect(!section.bytes.contains(sequence: Array("old".utf8)), "\(section.name)") }
        #expect(sections.first { $0.name == ".debug_line_str" }?.bytes.contains(sequence: Array("new/app.wat".utf8)) == true)
    }

    @Test func brokenInputIsLeftOutWithAWarning() throws {
        let good = GuestSections(Sample.listing, codeStart: Sample.codeStart)
        let parts = [(".debug_info", good.info), (".debug_abbrev", good.abbreviations), (".debug_line", good.line)].map { ($0.0, Array($0.1)) }
        // Every byte of every section, to values that are likely to hurt.
        var warned = 0
        for section in parts.indices {
            for at in parts[section].1.indices {
                for value in [0, 0x7f, 0x80, 0xff] as [UInt8] {
                    var spoiled = parts
                    spoiled[section].1[at] = value
                    warned += try Sample.translated(GuestSections(sections: spoiled.map { (name: $0.0, bytes: $0.1) })).warnings.isEmpty ? 0 : 1
                }
            }
            for count in parts[section].1.indices {
                var cut = parts
                cut[section].1.removeSubrange(count...)
                _ = try Sample.translated(GuestSections(sections: cut.map { (name: $0.0, bytes: $0.1) }))
            }
        }
        #expect(warned > 100)
    }

    @Test func unknownFormIsNamed() throws {
        let good = GuestSections(Sample.listing, codeStart: Sample.codeStart)
        var abbreviations = Array(good.abbreviations)
        let at = try #require(abbreviations.firstIndex(of: UInt8(Form.data2)))
        abbreviations[at] = 0x7e
        let (sections, warnings) = try Sample.translated(GuestSections(sections: [
            (".debug_info", Array(good.info)), (".debug_abbrev", abbreviations), (".debug_line", Array(good.line)),
        ]))
        #expect(warnings.first?.description == "debug information: form 0x7e is unknown: the rest of the unit is left out, unit 0x0, entry 0xc")
        #expect(sections.isEmpty || !sections[0].bytes.isEmpty)
    }
}

extension [UInt8] {
    fileprivate func contains(sequence other: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: other) }
    }
}
