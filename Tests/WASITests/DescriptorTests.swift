import Foundation
import Testing
@testable import PrecastWASI

/// Calls on open files.
@Suite(.serialized) struct DescriptorTests {
    @Test func standardStreamsAreTheHosts() throws {
        var input: [Int32] = [0, 0], output: [Int32] = [0, 0]
        #expect(pipe(&input) == 0 && pipe(&output) == 0)
        do {
            let guest = try Guest { [input, output] in ($0.standardInput, $0.standardOutput, $0.standardError) = (input[0], output[1], nil) }
            #expect(Foundation.write(input[1], "typed", 5) == 5)
            #expect(guest.read(0) == .success("typed"))
            #expect(guest.write(1, "shown") == .success(5))
            var shown = [UInt8](repeating: 0, count: 5)
            #expect(Foundation.read(output[0], &shown, 5) == 5 && shown == Array("shown".utf8))
            #expect(guest.write(2, "x") == .failure(.badf))
            #expect(guest.read(1) == .failure(.notcapable))
            #expect(guest.write(0, "x") == .failure(.notcapable))
            #expect(guest.call("fd_seek", 1, 0, 0, At.result) == .spipe)
            #expect(guest.call("fd_tell", 0, At.result) == .spipe)
            // A C library takes for a terminal what is a character device and cannot seek.
            #expect(guest.call("fd_fdstat_get", 1, At.result) == .success)
            #expect(guest.get(At.result, UInt8.self) == 0)
            #expect(guest.get(At.result + 8, UInt64.self) & (Rights.fdSeek.rawValue | Rights.fdTell.rawValue) == 0)
            // Non-blocking for the guest, not for those who share the pipe.
            #expect(guest.call("fd_fdstat_set_flags", 0, 4) == .success)
            #expect(guest.read(0) == .failure(.again))
            #expect(fcntl(input[0], F_GETFL) & O_NONBLOCK == 0)
            #expect(guest.call("fd_fdstat_set_flags", 1, 1) == .notsup)
            // A reader gone is an error, not the end of the process.
            close(output[0])
            #expect(guest.write(1, "x") == .failure(.pipe))
            #expect(guest.call("fd_close", 1) == .success)
            #expect(guest.call("fd_close", 1) == .badf)
        }
        #expect(fcntl(output[1], F_GETFD) >= 0)
        for file in [input[0], input[1], output[1]] { close(file) }
    }

    @Test func positions() throws {
        let guest = try Guest()
        let file = try guest.open("f", flags: 1, rights: Rights.file.rawValue).get()
        #expect(guest.write(file, "0123456789") == .success(10))
        let seek = { (offset: Int64, whence: Int) -> Int64 in
            guest.call("fd_seek", file, offset, whence, At.result) == .success ? guest.get(At.result) : -1
        }
        #expect(seek(3, 0) == 3 && seek(2, 1) == 5 && seek(-1, 2) == 9 && seek(0, 1) == 9 && seek(5, 2) == 15)
        #expect(guest.call("fd_seek", file, -20, 1, At.result) == .inval)
        #expect(guest.call("fd_seek", file, 0, 3, At.result) == .inval)
        #expect(guest.call("fd_tell", file, At.result) == .success)
        #expect(guest.get(At.result, Int64.self) == 15)
        #expect(guest.call("fd_fdstat_set_rights", file, Rights.fdTell.rawValue, 0) == .success)
        #expect(guest.call("fd_tell", file, At.result) == .success)
        #expect(guest.call("fd_seek", file, 1, 1, At.result) == .notcapable)
        #expect(guest.call("fd_seek", 3, 0, 0, At.result) == .badf)
    }

    @Test func scatteredTransfers() throws {
        let guest = try Guest()
        let file = try guest.create("f").get()
        _ = guest.put("abcdef", at: At.buffer)
        for (index, (address, count)) in [(At.buffer + 4, 2), (At.buffer, 0), (At.buffer, 3)].enumerated() {
            guest.set(At.vectors + index * 8, UInt32(address))
            guest.set(At.vectors + index * 8 + 4, UInt32(count))
        }
        #expect(guest.call("fd_write", file, At.vectors, 3, At.result) == .success)
        #expect(guest.get(At.result, UInt32.self) == 5)
        #expect(guest.content("f") == "efabc")
        #expect(guest.call("fd_pwrite", file, At.vectors, 3, 7, At.result) == .success)
        #expect(guest.content("f") == "efabc\0\0efabc")
        let reader = try guest.open("f").get()
        #expect(guest.call("fd_pread", reader, At.vectors, 3, 8, At.result) == .success)
        #expect(guest.get(At.result, UInt32.self) == 4)
        #expect(guest.text(At.buffer + 4, 2) == "fa" && guest.text(At.buffer, 2) == "bc")
        #expect(guest.call("fd_read", reader, At.vectors, 1, At.result) == .success)
        #expect(guest.text(At.buffer + 4, 2) == "ef")
        #expect(guest.call("fd_pread", reader, At.vectors, 1, UInt64.max, At.result) == .inval)
        #expect(guest.call("fd_pwrite", file, At.vectors, 1, UInt64(1) << 63, At.result) == .inval)
        #expect(guest.call("fd_write", file, At.vectors, 0, At.result) == .success)
        #expect(guest.get(At.result, UInt32.self) == 0)
        #expect(guest.call("fd_write", file, At.vectors, 1025, At.result) == .inval)
        #expect(guest.call("fd_read", 3, At.vectors, 1, At.result) == .badf)
        #expect(guest.write(reader, "x") == .failure(.notcapable))
    }

    @Test func appendAndFlags() throws {
        let guest = try Guest()
        let file = try guest.create("f", fdflags: 1).get()
        _ = guest.write(file, "abc")
        guest.call("fd_seek", file, 0, 0, At.result)
        _ = guest.write(file, "def")
        #expect(guest.content("f") == "abcdef")
        #expect(guest.call("fd_fdstat_get", file, At.result) == .success)
        #expect(guest.get(At.result, UInt8.self) == 4 && guest.get(At.result + 2, UInt16.self) == 1)
        #expect(guest.call("fd_fdstat_set_flags", file, 0) == .success)
        guest.call("fd_seek", file, 0, 0, At.result)
        _ = guest.write(file, "X")
        #expect(guest.content("f") == "Xbcdef")
        #expect(guest.call("fd_fdstat_set_flags", file, 16) == .notsup)
        #expect(guest.call("fd_fdstat_set_flags", file, 32) == .inval)
        let synced = try guest.create("g", fdflags: 16).get()
        #expect(fcntl(guest.context.descriptors[Int(synced)]!.file, F_GETFL) & O_SYNC == O_SYNC)
        #expect(guest.call("fd_fdstat_set_flags", synced, 16 | 4) == .success)
    }

    @Test func sizesTimesAndSync() throws {
        let guest = try Guest()
        let file = try guest.create("f").get()
        #expect(guest.call("fd_filestat_set_size", file, 100) == .success)
        #expect(guest.call("fd_filestat_set_times", file, 5_000_000_007, 6_000_000_008, 5) == .success)
        #expect(guest.call("fd_filestat_get", file, At.result) == .success)
        var expected = stat()
        #expect(lstat(guest.root + "/f", &expected) == 0)
        #expect(guest.get(At.result, UInt64.self) == expected.st_dev && guest.get(At.result + 8, UInt64.self) == expected.st_ino)
        #expect(guest.get(At.result + 16, UInt64.self) == 4 && guest.get(At.result + 24, UInt64.self) == 1 && guest.get(At.result + 32, UInt64.self) == 100)
        #expect(guest.get(At.result + 40, UInt64.self) == 5_000_000_007 && guest.get(At.result + 48, UInt64.self) == 6_000_000_008)
        #expect(guest.call("fd_filestat_set_size", file, UInt64.max) == .inval)
        #expect(guest.call("fd_filestat_set_times", file, 0, 0, 3) == .inval)
        #expect(guest.call("fd_allocate", file, 50, 150) == .success)
        #expect(guest.call("fd_filestat_get", file, At.result) == .success)
        #expect(guest.get(At.result + 32, UInt64.self) == 200)
        #expect(guest.call("fd_allocate", file, 0, 0) == .inval)
        #expect(guest.call("fd_allocate", file, UInt64.max, 1) == .inval)
        #expect(guest.call("fd_advise", file, 0, 100, 3) == .success)
        #expect(guest.call("fd_advise", file, 0, 100, 6) == .inval)
        #expect(guest.call("fd_advise", 3, 0, 100, 0) == .badf)
        for name in ["fd_sync", "fd_datasync"] {
            #expect(guest.call(name, file) == .success)
            #expect(guest.call(name, 3) == .success)
            #expect(guest.call(name, 77) == .badf)
        }
    }

    @Test func renumberAndClose() throws {
        let guest = try Guest()
        let a = try guest.create("a").get(), b = try guest.create("b").get()
        #expect(guest.call("fd_renumber", a, b) == .success)
        #expect(guest.write(b, "to a") == .success(4))
        #expect(guest.content("a") == "to a")
        #expect(guest.write(a, "x") == .failure(.badf))
        #expect(guest.call("fd_renumber", a, b) == .badf)
        #expect(guest.call("fd_renumber", b, 500) == .badf)
        #expect(guest.call("fd_renumber", b, b) == .success)
        #expect(guest.create("c") == .success(a))
        #expect(guest.call("fd_close", UInt32.max) == .badf)
        #expect(guest.call("fd_close", 3) == .success)
        #expect(guest.stat("a") == .failure(.badf))
    }

    @Test func preopens() throws {
        let guest = try Guest()
        #expect(guest.call("fd_prestat_get", 3, At.result) == .success)
        #expect(guest.get(At.result, UInt32.self) == 0 && guest.get(At.result + 4, UInt32.self) == 5)
        #expect(guest.call("fd_prestat_dir_name", 3, At.buffer, 5) == .success)
        #expect(guest.text(At.buffer, 5) == "/work")
        #expect(guest.call("fd_prestat_dir_name", 3, At.buffer, 4) == .nametoolong)
        for fd in [0, 4, 1000] { #expect(guest.call("fd_prestat_get", fd, At.result) == .badf) }
        #expect(Preopen(parsing: Array("a:b::/c::d".utf8)).guest == Array("/c::d".utf8))
        #expect(Preopen(parsing: Array("a:b".utf8)).guest == Array("a:b".utf8))
        #expect(throws: WASISetupError.self) { _ = try WASIContext(WASIConfiguration(preopens: [Preopen(host: "/nowhere-at-all", guest: "/")])) }
        #expect(throws: WASISetupError.self) { _ = try WASIContext(WASIConfiguration(arguments: [[65, 0, 66]])) }
        // A directory lent as a standard stream is not a way in.
        let directory = Foundation.open("/", O_RDONLY | O_CLOEXEC)
        defer { close(directory) }
        let lent = try Guest { $0.standardInput = directory }
        #expect(lent.stat("etc", fd: 0) == .failure(.notcapable))
    }

    @Test func directories() throws {
        let guest = try Guest()
        var expected: Set<String> = [".", "..", "sub", "link"]
        for index in 0..<200 {
            let name = "file-" + String(repeating: "n", count: index % 90) + "\(index)"
            guest.make(name, "")
            expected.insert(name)
        }
        mkdir(guest.root + "/sub", 0o755)
        guest.hostLink("sub", "link")
        for room in [8, 24, 25, 30, 100, 150, 4096, 16000] {
            #expect(entries(guest, room) == expected, "with room for \(room) bytes")
        }
        #expect(guest.call("fd_readdir", 3, At.buffer, 100, UInt64.max, At.result) == .inval)
        let file = try guest.create("f").get()
        #expect(guest.call("fd_readdir", file, At.buffer, 100, 0, At.result) == .notdir)
        #expect(guest.call("fd_readdir", 3, At.buffer, 0, 0, At.result) == .success)
        #expect(guest.get(At.result, UInt32.self) == 0)
        // Back to a cookie met before, in any order.
        let first = page(guest, cookie: 0, room: 4096).entries
        for entry in first.reversed() { #expect(page(guest, cookie: entry.next, room: 200).entries.first?.name == first.first { $0.index == entry.index + 1 }?.name || entry.index == first.count - 1) }
        // Removing what was read loses nothing of the rest.
        var removed = 0, cookie: UInt64 = 0
        while let entry = page(guest, cookie: cookie, room: 300).entries.first {
            if entry.name.hasPrefix("file-") {
                #expect(guest.onPath("path_unlink_file", entry.name) == .success)
                removed += 1
            }
            cookie = entry.next
        }
        #expect(removed == 200)
    }

    private struct Entry { var index: Int, next: UInt64, name: String, type: UInt8 }

    /// One call: its whole entries, and whether the buffer was filled.
    private func page(_ guest: Guest, cookie: UInt64, room: Int) -> (entries: [Entry], isFull: Bool) {
        #expect(guest.call("fd_readdir", 3, At.buffer, room, cookie, At.result) == .success)
        let used = Int(guest.get(At.result, UInt32.self))
        var entries: [Entry] = [], offset = 0
        while offset + 24 <= used {
            let count = Int(guest.get(At.buffer + offset + 16, UInt32.self))
            guard offset + 24 + count <= used else { break }
            entries.append(Entry(index: entries.count, next: guest.get(At.buffer + offset), name: guest.text(At.buffer + offset + 24, count), type: guest.get(At.buffer + offset + 20)))
            offset += 24 + count
        }
        return (entries, used == room)
    }

    /// All names, as a C library reads them: a buffer that grows when one entry does not fit.
    private func entries(_ guest: Guest, _ room: Int) -> Set<String> {
        var names: Set<String> = [], cookie: UInt64 = 0, room = room
        while true {
            let (entries, isFull) = page(guest, cookie: cookie, room: room)
            for entry in entries {
                #expect(names.insert(entry.name).inserted, "twice: \(entry.name)")
                let type: UInt8 = ["sub", ".", ".."].contains(entry.name) ? 3 : entry.name == "link" ? 7 : 4
                #expect(entry.type == type)
                cookie = entry.next
            }
            if !isFull { return names }
            if entries.isEmpty { room *= 2 }
        }
    }
}
