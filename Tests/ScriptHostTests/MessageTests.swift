import PrecastScriptHost
import Testing

@Suite struct MessageTests {
    static let values: [PlainValue] = [
        .i32(0xffff_fffe), .i64(.max), .f32(0x7fc0_0001), .f64(0xfff8_0000_0000_0002), .v128(low: 1, high: 1 << 63), .reference(.function, .null),
        .reference(.extern, .host(7)), .reference(.any, .i31(-1)), .reference(.exception, .other),
    ]
    static let requests: [HostRequest] = [
        .hello, .reset, .end, .thread(channel: 3, sharing: [1, 0xffff_ffff]), .thread(channel: 1, sharing: []),
        .store(.open(module: 1, artifact: [1, 2, 3])), .store(.open(module: 1, artifact: [])), .store(.instantiate(module: 1, instance: 2)),
        .store(.resolve(module: 9)), .store(.register(name: "Mö", instance: 2)), .store(.invoke(instance: 2, function: "f", arguments: values)),
        .store(.invoke(instance: 2, function: "", arguments: [])), .store(.get(instance: 2, global: "g")),
        .store(.set(instance: 2, global: "g", value: .i64(5))), .store(.readMemory(instance: 2, memory: "m", offset: 1 << 40, count: 16)),
        .store(.readTable(instance: 2, table: "t")),
    ]
    static let answers: [ScriptAnswer] = [
        .ready(version: 1), .done, .values(values), .values([]), .trap(message: "unreachable", description: "wasm trap: unreachable\n  at 1"),
        .exception("e"), .unlinkable("unknown import", unknownModule: "m"), .unlinkable("incompatible import type", unknownModule: nil), .failure("no"),
        .memory(byteCount: 65_536, bytes: [0, 255]), .table(nulls: [true, false]),
    ]

    @Test func `every request and answer comes back as it was`() throws {
        for request in Self.requests { #expect(try HostRequest(message: request.message) == request) }
        for answer in Self.answers { #expect(try ScriptAnswer(message: answer.message) == answer) }
    }

    @Test func `a message that is cut off anywhere is refused, and so is one with more to it`() {
        for message in Self.requests.map(\.message) {
            for count in 0..<message.count { #expect(throws: MalformedMessage.self, "\(message), \(count)") { try HostRequest(message: Array(message.prefix(count))) } }
            #expect(throws: MalformedMessage.self) { try HostRequest(message: message + [0]) }
        }
        for message in Self.answers.map(\.message) {
            for count in 0..<message.count { #expect(throws: MalformedMessage.self, "\(message), \(count)") { try ScriptAnswer(message: Array(message.prefix(count))) } }
            #expect(throws: MalformedMessage.self) { try ScriptAnswer(message: message + [0]) }
        }
    }

    /// Unknown kinds of requests, values, hierarchies and referents; counts of more than there is.
    @Test(arguments: [
        [4], [255], [20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 6], [22, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 0], [22, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 4],
        [16, 0, 0, 0, 0, 255, 255, 255, 255], [2, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0], [20, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255],
    ] as [[UInt8]])
    func `what the protocol does not have is refused, with the place`(_ message: [UInt8]) throws {
        let error = #expect(throws: MalformedMessage.self) { try HostRequest(message: message) }
        #expect(try #require(error).offset <= message.count)
        #expect(try #require(error).description.contains("expected"))
    }
}
