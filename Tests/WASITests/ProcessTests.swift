import Foundation
import Testing
@testable import PrecastWASI

/// Everything that is not a file, and the edges of guest memory.
@Suite(.serialized) struct ProcessTests {
    @Test func argumentsAndEnvironment() throws {
        let guest = try Guest {
            $0.arguments = [Array("program".utf8), [], [0xFF, 0xFE]]
            $0.environment = [Array("A=1".utf8)]
        }
        #expect(guest.call("args_sizes_get", 0, 4) == .success)
        #expect(guest.get(0, UInt32.self) == 3 && guest.get(4, UInt32.self) == 12)
        #expect(guest.call("args_get", 16, 64) == .success)
        #expect(guest.get(16, UInt32.self) == 64 && guest.get(20, UInt32.self) == 72 && guest.get(24, UInt32.self) == 73)
        #expect(guest.text(64, 9) == "program\0\0" && guest.bytes[73] == 0xFF && guest.bytes[75] == 0)
        #expect(guest.call("environ_sizes_get", 0, 4) == .success)
        #expect(guest.get(0, UInt32.self) == 1 && guest.get(4, UInt32.self) == 4)
        #expect(guest.call("environ_get", 16, 64) == .success)
        #expect(guest.text(64, 4) == "A=1\0")
        #expect(guest.call("args_get", 65536 - 12, 65536 - 12) == .success)
        #expect(guest.call("args_get", 65536 - 11, 0) == .fault)
        #expect(guest.call("args_get", 0, 65536 - 11) == .fault)
        #expect(guest.call("args_get", 0, UInt32.max) == .fault)
    }

    @Test func clocks() throws {
        let guest = try Guest()
        for clock in 0..<4 {
            #expect(guest.call("clock_time_get", clock, 0, 0) == .success)
            #expect(guest.get(0, UInt64.self) > 0)
            #expect(guest.call("clock_res_get", clock, 0) == .success)
            #expect((1...1_000_000_000).contains(guest.get(0, UInt64.self)))
        }
        #expect(guest.call("clock_time_get", 4, 0, 0) == .inval)
        #expect(guest.call("clock_res_get", UInt32.max, 0) == .inval)
        #expect(guest.call("clock_time_get", 0, 0, 0) == .success)
        #expect(abs(Double(guest.get(0, UInt64.self)) / 1e9 - Date().timeIntervalSince1970) < 60)
    }

    @Test func random() throws {
        let guest = try Guest { $0.limits.randomBytes = 50000 }
        #expect(guest.call("random_get", 0, 50000) == .success)
        #expect(Set(guest.bytes[0..<4096]).count > 200)
        #expect(guest.bytes[50000] == 0xAA)
        #expect(guest.call("random_get", 0, 50001) == .inval)
        #expect(guest.call("random_get", 65536, 0) == .success)
        #expect(guest.call("random_get", 65537, 0) == .fault)
        #expect(guest.call("random_get", 60000, 6000) == .fault)
    }

    @Test func endings() throws {
        let guest = try Guest()
        #expect(guest.outcome("proc_exit", [42]) == .exit(42))
        #expect(guest.outcome("proc_exit", [UInt32.max]) == .exit(-1))
        #expect(guest.outcome("proc_raise", [0]) == .returned(.success))
        #expect(guest.outcome("proc_raise", [6]) == .exit(134))
        #expect(guest.outcome("proc_raise", [9]) == .exit(137))
        #expect(guest.outcome("proc_raise", [16]) == .returned(.success))
        #expect(guest.outcome("proc_raise", [18]) == .returned(.notsup))
        #expect(guest.outcome("proc_raise", [24]) == .exit(128 + 25))
        #expect(guest.outcome("proc_raise", [31]) == .returned(.inval))
        #expect(guest.call("sched_yield") == .success)
    }

    @Test func theTableIsWhole() {
        #expect(WASIFunction.all.count == 46)
        #expect(Set(WASIFunction.all.map(\.name)).count == 46)
        #expect(WASIFunction.all.map(\.name) == WASIFunction.all.map(\.name).sorted())
        #expect(WASIFunction.all.filter { !$0.hasResult }.map(\.name) == ["proc_exit"])
    }

    // MARK: Memory

    /// Every function, every pointer at every edge: an error or a success, and no byte outside the memory.
    @Test func pointersAtTheEdges() throws {
        let edges: [UInt64] = [0, 1, 65472, 65528, 65532, 65535, 65536, 65537, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FF00, 0xFFFF_FFF8, 0xFFFF_FFFF]
        var generator = SystemRandomNumberGenerator()
        let guest = try Guest {
            ($0.standardInput, $0.standardOutput, $0.standardError) = (nil, nil, nil)
            $0.arguments = [Array("x".utf8)]
        }
        guest.make("f", "content")
        var counts: [Bool: Int] = [:]
        for function in WASIFunction.all where function.name != "proc_raise" {
            let parameters = function.parameters.utf8CodeUnitCount
            for round in 0..<400 {
                var arguments: [any BinaryInteger] = []
                for index in 0..<parameters {
                    let wild = edges[Int(generator.next() % UInt64(edges.count))]
                    let tame = UInt64([3, 4, 0, 1][Int(generator.next() % 4)])
                    arguments.append(index == 0 && round % 4 != 0 ? 3 : round % 3 == 0 && generator.next() % 2 == 0 ? tame : wild)
                }
                if function.name == "poll_oneoff" { guest.bytes.initializeMemory(as: UInt8.self, repeating: 0) } // due at once
                if function.name == "fd_close" || function.name == "fd_renumber" { arguments[0] = 5 }
                counts[guest.outcome(function.name, arguments) == .returned(.success), default: 0] += 1
            }
        }
        #expect(counts[true, default: 0] > 100 && counts[false, default: 0] > 1000)
    }

    @Test func buffersAreCheckedBeforeAnythingHappens() throws {
        let guest = try Guest()
        let file = try guest.create("f").get()
        let write = { (vectors: Int, count: Int, result: UInt32) in guest.call("fd_write", file, vectors, count, result) }
        guest.set(65528, UInt32(65530))
        guest.set(65532, UInt32(6))
        #expect(write(65528, 1, 0) == .success)
        #expect(write(65529, 1, 0) == .fault)
        #expect(write(65528, 2, 0) == .fault)
        #expect(write(65528, 1, 65533) == .fault)
        #expect(write(65528, 1, .max) == .fault)
        guest.set(65532, UInt32(7))
        #expect(write(65528, 1, 0) == .fault)
        guest.set(65532, UInt32.max)
        #expect(write(65528, 1, 0) == .fault)
        guest.set(65528, UInt32.max)
        #expect(write(65528, 1, 0) == .fault)
        guest.set(65532, UInt32(1))
        #expect(write(65528, 1, 0) == .fault)
        #expect(guest.content("f")?.utf8.count == 6)
        #expect(guest.call("path_open", 3, 0, At.path, guest.put("made", at: At.path), 1, 0, 0, 0, 65533) == .fault)
        #expect(guest.content("made") == nil)
        #expect(guest.call("path_open", 3, 0, 65530, 7, 1, 0, 0, 0, 0) == .fault)
        #expect(guest.call("path_open", 3, 0, 0, UInt32.max, 1, 0, 0, 0, 0) == .fault)
        #expect(guest.call("path_open", 3, 0, 0, 5000, 1, 0, 0, 0, 0) == .nametoolong)
        let none = GuestMemory(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        #expect(throws: Errno.fault) { try guest.context.clockTimeGet(none, 0, 0) }
        #expect(throws: Errno.fault) { try guest.context.randomGet(none, 0, 1) }
        try guest.context.randomGet(none, 0, 0)
    }

    // MARK: Polling

    private func subscribe(_ guest: Guest, _ index: Int, data: UInt64, clock: UInt32, timeout: UInt64, absolute: Bool = false) {
        let at = 0x6000 + index * 48
        guest.clear(at, 48)
        guest.set(at, data)
        guest.set(at + 16, clock)
        guest.set(at + 24, timeout)
        guest.set(at + 40, UInt16(absolute ? 1 : 0))
    }

    private func subscribe(_ guest: Guest, _ index: Int, data: UInt64, fd: UInt32, write: Bool) {
        let at = 0x6000 + index * 48
        guest.clear(at, 48)
        guest.set(at, data)
        guest.set(at + 8, UInt8(write ? 2 : 1))
        guest.set(at + 16, fd)
    }

    private struct Event: Equatable { var data: UInt64, error: UInt16, kind: UInt8, count: UInt64, flags: UInt16 }

    private func poll(_ guest: Guest, _ count: Int) -> [Event] {
        #expect(guest.call("poll_oneoff", 0x6000, 0x7000, count, At.result) == .success)
        return (0..<Int(guest.get(At.result, UInt32.self))).map { index in
            let at = 0x7000 + index * 32
            return Event(data: guest.get(at), error: guest.get(at + 8), kind: guest.get(at + 10), count: guest.get(at + 16), flags: guest.get(at + 24))
        }
    }

    @Test func pollsClocks() throws {
        let guest = try Guest()
        let start = ContinuousClock.now
        subscribe(guest, 0, data: 7, clock: 1, timeout: 20_000_000)
        subscribe(guest, 1, data: 8, clock: 0, timeout: 10_000_000_000_000)
        #expect(poll(guest, 2) == [Event(data: 7, error: 0, kind: 0, count: 0, flags: 0)])
        #expect(start.duration(to: .now) >= .milliseconds(20))
        // Absolute: a time past is due, one to come is waited for.
        subscribe(guest, 0, data: 1, clock: 0, timeout: 5, absolute: true)
        subscribe(guest, 1, data: 2, clock: 1, timeout: .max, absolute: true)
        #expect(poll(guest, 2).map(\.data) == [1])
        #expect(guest.call("clock_time_get", 0, 0, 0) == .success)
        let now: UInt64 = guest.get(0), again = ContinuousClock.now
        subscribe(guest, 0, data: 3, clock: 0, timeout: now + 15_000_000, absolute: true)
        #expect(poll(guest, 1).map(\.data) == [3])
        #expect(again.duration(to: .now) >= .milliseconds(10))
        subscribe(guest, 0, data: 4, clock: 9, timeout: 0)
        #expect(poll(guest, 1) == [Event(data: 4, error: Errno.inval.rawValue, kind: 0, count: 0, flags: 0)])
        subscribe(guest, 0, data: 4, clock: 2, timeout: 0)
        #expect(poll(guest, 1).map(\.error) == [Errno.notsup.rawValue])
    }

    @Test func pollsDescriptors() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let guest = try Guest { [ends] in ($0.standardInput, $0.standardOutput) = (ends[0], ends[1]) }
        subscribe(guest, 0, data: 1, fd: 0, write: false)
        subscribe(guest, 1, data: 2, fd: 1, write: true)
        #expect(poll(guest, 2) == [Event(data: 2, error: 0, kind: 2, count: 0, flags: 0)])
        subscribe(guest, 1, data: 2, clock: 1, timeout: 1_000_000)
        #expect(poll(guest, 2).map(\.data) == [2])
        _ = guest.write(1, "hello")
        #expect(poll(guest, 1) == [Event(data: 1, error: 0, kind: 1, count: 5, flags: 0)])
        close(ends[1])
        #expect(poll(guest, 1) == [Event(data: 1, error: 0, kind: 1, count: 5, flags: 1)])
        guest.make("f", "abc")
        let file = try guest.open("f", rights: Guest.readRights).get()
        subscribe(guest, 0, data: 1, fd: file, write: false)
        #expect(poll(guest, 1) == [Event(data: 1, error: 0, kind: 1, count: 3, flags: 0)])
        // Errors are events, at once.
        subscribe(guest, 0, data: 5, fd: 99, write: false)
        subscribe(guest, 1, data: 6, clock: 1, timeout: .max)
        subscribe(guest, 2, data: 7, fd: file, write: true)
        #expect(poll(guest, 3) == [Event(data: 5, error: Errno.badf.rawValue, kind: 1, count: 0, flags: 0),
                                   Event(data: 7, error: Errno.notcapable.rawValue, kind: 2, count: 0, flags: 0)])
        close(ends[0])
    }

    @Test func pollRefusesWhatItCannot() throws {
        let guest = try Guest { $0.limits.subscriptions = 8 }
        #expect(guest.call("poll_oneoff", 0x6000, 0x7000, 0, At.result) == .inval)
        #expect(guest.call("poll_oneoff", 0x6000, 0x7000, 9, At.result) == .inval)
        #expect(guest.call("poll_oneoff", 0x6000, 0x7000, UInt32.max, At.result) == .inval)
        #expect(guest.call("poll_oneoff", 65536 - 47, 0x7000, 1, At.result) == .fault)
        #expect(guest.call("poll_oneoff", 0x6000, 65536 - 31, 1, At.result) == .fault)
        subscribe(guest, 0, data: 0, clock: 0, timeout: 0)
        guest.set(0x6008, UInt8(3))
        #expect(guest.call("poll_oneoff", 0x6000, 0x7000, 1, At.result) == .inval)
    }

    // MARK: Sockets

    @Test func socketsOfTheHost() throws {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let guest = try Guest()
        let socket = try guest.context.add(socket: ends[0])
        #expect(socket == 4)
        #expect(throws: Errno.notsock) { _ = try guest.context.add(socket: open("/dev/null", O_RDONLY | O_CLOEXEC)) }
        #expect(throws: Errno.badf) { _ = try guest.context.add(socket: 9999) }
        guest.set(At.vectors, UInt32(At.buffer))
        guest.set(At.vectors + 4, UInt32(guest.put("ping", at: At.buffer)))
        #expect(guest.call("sock_send", socket, At.vectors, 1, 0, At.result) == .success)
        var text = [UInt8](repeating: 0, count: 8)
        #expect(Foundation.read(ends[1], &text, 8) == 4)
        #expect(Foundation.write(ends[1], "pong", 4) == 4)
        for flags in [1, 0] {
            guest.clear(At.buffer, 4)
            #expect(guest.call("sock_recv", socket, At.vectors, 1, flags, At.result, At.result + 4) == .success)
            #expect(guest.text(At.buffer, 4) == "pong" && guest.get(At.result, UInt32.self) == 4 && guest.get(At.result + 4, UInt16.self) == 0)
        }
        #expect(guest.call("sock_recv", socket, At.vectors, 1, 4, At.result, At.result + 4) == .inval)
        #expect(guest.call("sock_send", socket, At.vectors, 1, 1, At.result) == .inval)
        #expect(guest.call("sock_send", 3, At.vectors, 1, 0, At.result) == .notsock)
        #expect(guest.call("sock_accept", 3, 0, At.result) == .notsock)
        #expect(guest.call("sock_shutdown", socket, 0) == .inval)
        #expect(guest.call("sock_shutdown", socket, 2) == .success)
        #expect(Foundation.read(ends[1], &text, 8) == 0)
        close(ends[1])
        #expect(guest.call("sock_send", socket, At.vectors, 1, 0, At.result) == .pipe)
        #expect(guest.write(socket, "x") == .failure(.pipe))
        close(ends[0])
    }

    @Test func acceptsConnections() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) == 0 && listen(listener, 4) == 0 && getsockname(listener, $0, &size) == 0 }
        }
        try #require(bound)
        let guest = try Guest()
        let server = try guest.context.add(socket: listener)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let connected = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, size) == 0 } }
        try #require(connected)
        #expect(guest.call("sock_accept", server, 2, At.result) == .inval)
        #expect(guest.call("sock_accept", server, 4, At.result) == .success)
        let accepted: UInt32 = guest.get(At.result)
        #expect(accepted == 5)
        #expect(guest.read(accepted) == .failure(.again))
        #expect(guest.write(accepted, "hi") == .success(2))
        var text = [UInt8](repeating: 0, count: 8)
        #expect(Foundation.read(client, &text, 8) == 2)
        #expect(guest.call("fd_fdstat_get", accepted, At.result) == .success)
        #expect(guest.get(At.result, UInt8.self) == 6 && guest.get(At.result + 2, UInt16.self) == 4)
        #expect(fcntl(guest.context.descriptors[Int(accepted)]!.file, F_GETFD) == FD_CLOEXEC)
        for file in [client, listener] { close(file) }
    }
}
