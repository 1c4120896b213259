@testable import PrecastArtifactFormat
import Testing

/// What the builder writes is what look-ups find; any bytes give an answer.
@Suite struct AddressMapTests {
    /// Calls `body` with the map of an image that holds just these tables.
    static func withMap<R>(_ builder: AddressMapBuilder, steps: [UInt8]? = nil, _ body: (AddressMap) throws -> R) rethrows -> R {
        var heads = [UInt8](repeating: 0, count: builder.runs.count * AddressRecord.size)
        heads.withUnsafeMutableBytes { bytes in
            for (index, run) in builder.runs.enumerated() { run.store(RecordBuffer(bytes.baseAddress! + index * AddressRecord.size)) }
        }
        return try heads.withUnsafeBytes { heads in
            try (steps ?? builder.steps).withUnsafeBytes { steps in
                try body(AddressMap(runs: TableView(base: heads.baseAddress, count: builder.runs.count, kind: .addressMap), steps: SendableBytes(steps)))
            }
        }
    }

    static func entries(_ count: Int) -> [(UInt32, CodeLocation)] {
        var generator = SeededGenerator(seed: 7)
        var text: UInt32 = 16
        return (0..<count).map { index in
            text += index % 50 == 0 ? 100_000 : UInt32.random(in: 1...9, using: &generator)
            let location: CodeLocation = switch Int.random(in: 0..<8, using: &generator) {
            case 0: .unknown
            case 1, 2: .inlined(row: UInt32.random(in: 0..<1 << 30, using: &generator))
            case 3: .wasm(offset: (1 << 31) - 2)
            default: .wasm(offset: UInt32(index) * 3)
            }
            return (text, location)
        }
    }

    @Test(arguments: [1, 2, 64, 65, 500]) func roundTrip(count: Int) {
        let entries = Self.entries(count)
        var builder = AddressMapBuilder()
        for (offset, location) in entries { builder.add(offset, location) }
        Self.withMap(builder) { map in
            #expect(map.location(0) == .unknown)
            for (index, (offset, location)) in entries.enumerated() {
                #expect(map.location(offset) == location)
                let end = index + 1 < entries.count ? entries[index + 1].0 : offset + 1000
                #expect(map.location(end - 1) == location)
            }
        }
    }

    @Test func repeatedLocationsTakeNoSpace() {
        var builder = AddressMapBuilder()
        for offset in 0..<100 { builder.add(UInt32(offset), .wasm(offset: 5)) }
        #expect(builder.runs.count == 1 && builder.steps.isEmpty)
    }

    @Test func brokenStepsEndTheRun() {
        var builder = AddressMapBuilder()
        for offset in 0..<10 { builder.add(UInt32(offset) * 4, .wasm(offset: UInt32(offset) * 3)) }
        for at in builder.steps.indices {
            for value: UInt8 in [0, 3, 0x7f, 0x80, 0xff] {
                var steps = builder.steps
                steps[at] = value
                Self.withMap(builder, steps: steps) { map in
                    var cursor = map.cursor(run: 0)
                    var previous = cursor.textOffset, count = 1
                    while cursor.advance() {
                        #expect(cursor.textOffset > previous)
                        previous = cursor.textOffset
                        count += 1
                    }
                    #expect(count <= 10 && (cursor.isBroken || count > 1))
                    _ = map.location(.max)
                }
            }
        }
    }
}
