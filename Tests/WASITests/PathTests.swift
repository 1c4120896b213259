import Foundation
import Testing
@testable import PrecastWASI

/// Paths: what they reach, and what they never do. Each by the kernel's resolution and by ours.
@Suite(.serialized) struct PathTests {
    @Test(arguments: Resolution.allCases) func opensReadsAndWrites(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        let file = try guest.create("a").get()
        #expect(file == 4)
        #expect(guest.write(file, "hello") == .success(5))
        #expect(guest.content("a") == "hello")
        #expect(guest.call("fd_close", file) == .success)
        #expect(guest.read(try guest.open("a").get()) == .success("hello"))
        #expect(guest.open("b") == .failure(.noent))
        #expect(guest.open("a/b") == .failure(.notdir))
        #expect(guest.open("") == .failure(.noent))
        #expect(guest.open("a\0b") == .failure(.inval))
        #expect(guest.open(String(repeating: "x", count: 300)) == .failure(.nametoolong))
        #expect(guest.open("a", in: 9) == .failure(.badf))
        #expect(guest.open("a", in: 4) == .failure(.notdir))
        #expect(guest.create("a", flags: 1 | 4) == .failure(.exist))
        #expect(guest.create("a", flags: 1 | 2) == .failure(.inval))
        #expect(guest.open("a", flags: 2) == .failure(.notdir))
        #expect(guest.create("a", flags: 8).map { _ in 0 } == .success(0))
        #expect(guest.content("a") == "")
    }

    @Test(arguments: Resolution.allCases) func resolvesDotsSlashesAndLinks(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        for directory in ["d", "d/e", "d/e/f"] { #expect(guest.onPath("path_create_directory", directory) == .success) }
        guest.make("d/e/x", "deep")
        #expect(guest.symlink("d/e", "l") == .success)
        #expect(guest.symlink("l", "ll") == .success)
        #expect(guest.symlink("../x", "d/e/f/up") == .success)
        #expect(guest.symlink("x", "d/e/self") == .success)
        for path in ["d/e/x", "./d//e/./x", "d/../d/e/x", "l/x", "ll/x", "ll/f/../x", "l/f/up", "ll/self", "d/e/f/../../e/x", "l/../e/x"] {
            let file = guest.open(path)
            #expect(try guest.read(file.get()) == .success("deep"), "\(path)")
        }
        // A link's `..` is its target's parent.
        #expect(guest.open("l/../x") == .failure(.noent))
        for path in [".", "./", "d", "d/", "d/.", "d/..", "l/", "l/.", "ll//", "d/e/f/.."] {
            #expect(guest.stat(path) == .success(.directory), "\(path)")
            #expect(guest.open(path, flags: 2).map { _ in 0 } == .success(0), "\(path)")
        }
        #expect(guest.stat("l", follow: false) == .success(.symbolicLink))
        #expect(guest.stat("l/", follow: false) == .success(.directory))
        #expect(guest.stat("l") == .success(.directory))
        #expect(guest.open("l", follow: false) == .failure(.loop))
        #expect(guest.open("d/e/x/") == .failure(.notdir))
        #expect(guest.open("new/", flags: 1) == .failure(.isdir))
        #expect(guest.readlink("ll") == .success("l"))
        #expect(guest.readlink("d") == .failure(.inval))
        #expect(guest.readlink("nothing") == .failure(.noent))
        #expect(guest.readlink("l", room: 2) == .success("d/"))
        #expect(guest.readlink("l", room: 0) == .success(""))
    }

    @Test(arguments: Resolution.allCases) func loopsAndDangling(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        #expect(guest.symlink("b", "a") == .success)
        #expect(guest.symlink("a", "b") == .success)
        #expect(guest.symlink("missing", "dangling") == .success)
        #expect(guest.open("a") == .failure(.loop))
        #expect(guest.open("a/x") == .failure(.loop))
        #expect(guest.stat("a", follow: false) == .success(.symbolicLink))
        #expect(guest.stat("dangling") == .failure(.noent))
        #expect(guest.create("dangling", flags: 1 | 4) == .failure(.exist))
        #expect(guest.create("dangling").map { _ in 0 } == .success(0))
        #expect(guest.content("missing") == "")
    }

    @Test(arguments: Resolution.allCases) func nothingLeadsOutside(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        mkdir(guest.root + "/d", 0o755)
        guest.hostLink("../secret", "out")
        guest.hostLink("out", "out2")
        guest.hostLink("out2", "d/../out3")
        guest.hostLink("..", "parent")
        guest.hostLink("parent", "parent2")
        guest.hostLink("/", "slash")
        guest.hostLink(guest.outer + "/secret", "absolute")
        guest.hostLink(guest.root + "/d", "absoluteInside")
        guest.hostLink("../d/../../secret", "d/sneaky")
        guest.hostLink("../../secret", "d/twice")
        let escapes = ["../secret", "..", "../", "../root", "../root/d", "/etc/passwd", "/", "d/../../secret", "d/../..", "d/../../root/d", "./../secret",
                       "out", "out2", "out3", "parent", "parent/secret", "parent2/secret", "parent/root/d", "slash", "slash/etc/passwd", "absolute",
                       "absoluteInside", "absoluteInside/x", "d/sneaky", "d/twice", "slash/", "parent/"]
        for path in escapes {
            #expect(guest.open(path) == .failure(.perm), "open \(path)")
            #expect(guest.open(path, flags: 2) == .failure(.perm), "open directory \(path)")
            #expect(guest.create(path) == .failure(.perm), "create \(path)")
            #expect(guest.stat(path) == .failure(.perm), "stat \(path)")
            #expect(guest.call("path_filestat_set_times", 3, 1, At.path, guest.put(path, at: At.path), 0, 0, 5) == .perm, "times \(path)")
            #expect(guest.link(path, "linked", follow: true) == .perm, "link \(path)")
        }
        let outside = ["../made", "/tmp/wasi-made", "d/../../made", "parent/made", "parent2/made", "slash/tmp/wasi-made", "..", "d/../.."]
        guest.make("mine", "mine")
        for path in outside {
            for name in ["path_create_directory", "path_remove_directory", "path_unlink_file"] { #expect(guest.onPath(name, path) == .perm, "\(name) \(path)") }
            #expect(guest.symlink("mine", path) == .perm, "symlink \(path)")
            #expect(guest.rename("mine", path) == .perm, "rename to \(path)")
            #expect(guest.rename(path, "stolen") == .perm, "rename from \(path)")
            #expect(guest.link("mine", path) == .perm, "link to \(path)")
            #expect(guest.readlink(path) == .failure(.perm), "readlink \(path)")
        }
        #expect(guest.symlink("/etc", "planted") == .perm)
        #expect(try FileManager.default.contentsOfDirectory(atPath: guest.outer).sorted() == ["root", "secret"])
        // A directory opened in the tree is a root of its own.
        let inner = Int(try guest.open("d", flags: 2).get())
        #expect(guest.open("../mine", in: inner) == .failure(.perm))
        #expect(guest.open("sneaky", in: inner) == .failure(.perm))
    }

    @Test(arguments: Resolution.allCases) func magicLinksLeadNowhere(_ resolution: Resolution) throws {
        let secret = Foundation.open("/etc/passwd", O_RDONLY | O_CLOEXEC), directory = Foundation.open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(secret); close(directory) }
        let guest = try Guest(resolution) { $0.preopens = [Preopen(host: "/proc", guest: "/proc", isReadOnly: true)] }
        for path in ["self/root", "self/root/etc/passwd", "self/cwd", "self/cwd/.", "self/exe", "self/fd/\(secret)", "self/fd/\(directory)", "self/fd/\(directory)/passwd",
                     "self/task/../fd/\(directory)/passwd", "thread-self/root/etc/passwd"] {
            guard case .failure(let errno) = guest.open(path) else {
                Issue.record("opened \(path)")
                continue
            }
            #expect([.perm, .loop, .noent, .notdir].contains(errno), "\(path): \(errno)")
            #expect(guest.open(path + "/", flags: 2) != .success(4), "\(path)/")
        }
        // An ordinary link of the same file system is followed.
        #expect(guest.open("self/status").map { _ in 0 } == .success(0))
    }

    @Test(arguments: Resolution.allCases) func aNameSwappedForALinkIsNotFollowed(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        mkdir(guest.outer + "/target", 0o755)
        _ = FileManager.default.createFile(atPath: guest.outer + "/target/f", contents: Data("secret".utf8))
        mkdir(guest.root + "/real", 0o755)
        guest.make("real/f", "inside")
        guest.make("file", "inside")
        guest.hostLink("../target", "link")
        guest.hostLink("../secret", "fileLink")
        let root = guest.root
        let isOver = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
        isOver.initialize(to: false)
        nonisolated(unsafe) let over = isOver
        let thread = Thread {
            // `real` is now the directory, now the link out.
            while !over.pointee {
                exchange(root + "/real", root + "/link")
                exchange(root + "/file", root + "/fileLink")
            }
        }
        thread.start()
        var inside = 0, refused = 0
        for round in 0..<10_000 {
            switch guest.open(round & 1 == 0 ? "real/f" : "file") {
            case .success(let file):
                #expect(guest.read(file) == .success("inside"))
                guest.call("fd_close", file)
                inside += 1
            case .failure(let errno):
                #expect([.perm, .loop].contains(errno), "\(errno)")
                refused += 1
            }
        }
        isOver.pointee = true
        while !thread.isFinished { usleep(1000) }
        isOver.deallocate()
        #expect(inside > 0 && refused > 0, "\(inside) opened, \(refused) refused")
    }

    @Test(arguments: Resolution.allCases) func aDirectoryMovedAwayTakesNothingAlong(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        mkdir(guest.root + "/a", 0o755)
        mkdir(guest.root + "/a/b", 0o755)
        mkdir(guest.root + "/a/b/c", 0o755)
        mkdir(guest.outer + "/away", 0o755)
        _ = FileManager.default.createFile(atPath: guest.outer + "/away/secret", contents: Data("secret".utf8))
        let root = guest.root, outer = guest.outer
        nonisolated(unsafe) let over = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
        over.initialize(to: false)
        let thread = Thread {
            // While `a/b/c/../../` is walked, `b` goes outside and comes back.
            while !over.pointee {
                Foundation.rename(root + "/a/b", outer + "/away/b")
                Foundation.rename(outer + "/away/b", root + "/a/b")
            }
        }
        thread.start()
        for _ in 0..<4_000 {
            for path in ["a/b/c/../../secret", "a/b/../../../secret", "a/b/c/../../../../secret"] {
                if case .success = guest.open(path) { Issue.record("\(path) left the tree") }
            }
        }
        over.pointee = true
        while !thread.isFinished { usleep(1000) }
        over.deallocate()
    }

    @Test(arguments: Resolution.allCases) func makesMovesAndRemoves(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        #expect(guest.onPath("path_create_directory", "d/") == .success)
        #expect(guest.onPath("path_create_directory", "d") == .exist)
        #expect(guest.onPath("path_create_directory", ".") == .exist)
        #expect(guest.onPath("path_create_directory", "x/y") == .noent)
        guest.make("d/f", "1")
        guest.make("g", "2")
        #expect(guest.onPath("path_remove_directory", "d") == .notempty)
        #expect(guest.onPath("path_remove_directory", "g") == .notdir)
        #expect(guest.onPath("path_remove_directory", "g/") == .notdir)
        #expect(guest.onPath("path_unlink_file", "d") == .isdir)
        #expect(guest.onPath("path_unlink_file", "d/") == .isdir)
        #expect(guest.onPath("path_unlink_file", "g/") == .notdir)
        #expect(guest.link("g", "d/g") == .success)
        #expect(guest.link("g", "d/g") == .exist)
        #expect(guest.link("g", "new/") == .noent)
        #expect(guest.link("d", "e") == .perm)
        #expect(guest.symlink("g", "new/") == .noent)
        #expect(guest.symlink("g", "d/") == .exist)
        #expect(guest.rename("g", "h") == .success)
        #expect(guest.rename("g", "h") == .noent)
        #expect(guest.rename("h", "new/") == .notdir)
        #expect(guest.rename("h/", "new") == .notdir)
        #expect(guest.rename("d", "e/") == .success)
        #expect(guest.rename("e/", "d") == .success)
        #expect(guest.rename("h", "d") == .isdir)
        #expect(guest.rename("d", "h") == .notdir)
        #expect(guest.content("d/g") == "2")
        #expect(guest.symlink("d", "l") == .success)
        #expect(guest.onPath("path_remove_directory", "l") == .notdir)
        #expect(guest.onPath("path_remove_directory", "l/") == .notdir)
        #expect(guest.onPath("path_unlink_file", "l") == .success)
        #expect(guest.link("d/f", "hard", follow: true) == .success)
        for path in ["d/f", "d/g"] { #expect(guest.onPath("path_unlink_file", path) == .success) }
        #expect(guest.onPath("path_remove_directory", "d/") == .success)
        #expect(guest.stat("d") == .failure(.noent))
    }

    @Test(arguments: Resolution.allCases) func setsTimes(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        guest.make("f", "x")
        guest.hostLink("f", "l")
        let set = { (path: String, follow: Int, flags: Int) in
            guest.call("path_filestat_set_times", 3, follow, At.path, guest.put(path, at: At.path), 1_000_000_001, 2_000_000_002, flags)
        }
        #expect(set("l", 1, 1 | 4) == .success)
        #expect(guest.stat("f") == .success(.regularFile))
        #expect(guest.get(At.result + 40, UInt64.self) == 1_000_000_001)
        #expect(guest.get(At.result + 48, UInt64.self) == 2_000_000_002)
        #expect(set("l", 0, 4) == .success)
        #expect(guest.stat("l", follow: false) == .success(.symbolicLink))
        #expect(guest.get(At.result + 48, UInt64.self) == 2_000_000_002)
        #expect(set("f", 0, 2 | 8) == .success)
        #expect(guest.stat("f") == .success(.regularFile))
        #expect(guest.get(At.result + 48, UInt64.self) > 1_600_000_000_000_000_000)
        for flags in [3, 12, 16, 15] { #expect(set("f", 0, flags) == .inval) }
        #expect(set("nothing", 0, 1) == .noent)
        #expect(set("f", 2, 1) == .inval)
    }

    @Test(arguments: Resolution.allCases) func devicesAndFIFOsStayShut(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        #expect(mkfifo(guest.root + "/fifo", 0o644) == 0)
        guest.hostLink("fifo", "link")
        for path in ["fifo", "link"] {
            #expect(guest.open(path) == .failure(.notcapable))
            #expect(guest.create(path, flags: 0) == .failure(.notcapable))
            #expect(guest.open(path, flags: 2) == .failure(.notdir))
        }
        #expect(guest.stat("fifo") == .success(.unknown))
        let devices = try Guest(resolution) { $0.preopens = [Preopen(host: "/dev", guest: "/dev")] }
        #expect(devices.open("null") == .failure(.notcapable))
        #expect(devices.stat("null") == .success(.characterDevice))
        let allowed = try Guest(resolution) {
            $0.preopens = [Preopen(host: "/dev", guest: "/dev")]
            $0.allowsSpecialFiles = true
        }
        let null = try allowed.create("null", flags: 0).get()
        #expect(allowed.write(null, "gone") == .success(4))
        #expect(allowed.read(null) == .success(""))
        #expect(allowed.call("fd_seek", null, 0, 0, At.result) == .spipe)
    }

    @Test(arguments: Resolution.allCases) func readOnlyTreesDoNotChange(_ resolution: Resolution) throws {
        let guest = try Guest(resolution, readOnly: true) { $0.preopens.append(Preopen(host: $0.preopens[0].host, guest: Array("/writable".utf8))) }
        guest.make("f", "x")
        mkdir(guest.root + "/d", 0o755)
        #expect(try guest.read(guest.open("f").get()) == .success("x"))
        #expect(guest.create("f", flags: 0) == .failure(.rofs))
        #expect(guest.create("new") == .failure(.rofs))
        #expect(guest.open("f", flags: 8) == .failure(.rofs))
        for name in ["path_create_directory", "path_remove_directory"] { #expect(guest.onPath(name, "d") == .rofs) }
        #expect(guest.onPath("path_unlink_file", "f") == .rofs)
        #expect(guest.symlink("f", "l") == .rofs)
        #expect(guest.rename("f", "g") == .rofs)
        // Nor by way of another tree.
        #expect(guest.rename("f", "g", from: 3, to: 4) == .rofs)
        #expect(guest.rename("f", "g", from: 4, to: 3) == .rofs)
        #expect(guest.link("f", "g", from: 3, to: 4) == .rofs)
        #expect(guest.call("path_filestat_set_times", 3, 0, At.path, guest.put("f", at: At.path), 1, 1, 5) == .rofs)
        // What is opened in it can change nothing either.
        let file = try guest.open("f").get()
        #expect(guest.write(file, "y") == .failure(.rofs))
        #expect(guest.call("fd_filestat_set_size", file, 0) == .rofs)
        #expect(guest.call("fd_filestat_set_times", file, 0, 0, 5) == .rofs)
        #expect(guest.call("fd_allocate", file, 0, 10) == .rofs)
        let directory = Int(try guest.open("d", flags: 2).get())
        #expect(guest.create("new", in: directory) == .failure(.rofs))
        #expect(guest.onPath("path_create_directory", "n", fd: directory) == .rofs)
        // As a C library opens for writing: without the rights that the tree withholds.
        #expect(guest.open("f", rights: Guest.everything & ~Rights.changing.rawValue) == .failure(.rofs))
        #expect(guest.open("f", rights: Guest.everything & ~Rights.changing.union(.fdRead).rawValue) == .failure(.rofs))
        #expect(guest.content("f") == "x")
    }

    @Test(arguments: Resolution.allCases) func rightsAreHandedOnNeverGained(_ resolution: Resolution) throws {
        let guest = try Guest(resolution)
        guest.make("f", "x")
        mkdir(guest.root + "/d", 0o755)
        guest.make("d/f", "x")
        let readOnly = Rights([.fdRead, .fdSeek, .fdTell, .fdFilestatGet])
        let directory = Int(try guest.open("d", flags: 2, rights: Rights([.pathOpen, .pathFilestatGet]).rawValue, inheriting: readOnly.rawValue).get())
        #expect(guest.create("f", in: directory, flags: 0) == .failure(.notcapable))
        #expect(guest.create("n", in: directory) == .failure(.notcapable))
        #expect(guest.onPath("path_unlink_file", "f", fd: directory) == .notcapable)
        let file = try guest.open("f", in: directory).get()
        #expect(guest.call("fd_fdstat_get", file, At.result) == .success)
        #expect(guest.get(At.result + 8, UInt64.self) == readOnly.rawValue)
        #expect(guest.get(At.result + 16, UInt64.self) == 0)
        #expect(guest.write(file, "y") == .failure(.notcapable))
        #expect(guest.read(file) == .success("x"))
        // Giving up, and not getting back.
        #expect(guest.call("fd_fdstat_set_rights", file, Rights.fdSeek.rawValue, 0) == .success)
        #expect(guest.read(file) == .failure(.notcapable))
        #expect(guest.call("fd_fdstat_set_rights", file, readOnly.rawValue, 0) == .notcapable)
        #expect(guest.call("fd_fdstat_set_rights", file, Rights.fdSeek.rawValue, 1) == .notcapable)
    }

    @Test(arguments: Resolution.allCases) func descriptorsAreBoundedAndClosed(_ resolution: Resolution) throws {
        var outer = ""
        do {
            let guest = try Guest(resolution) { $0.limits.descriptors = 6 }
            outer = guest.outer
            for directory in ["a", "a/b", "a/b/c"] { mkdir(guest.root + "/" + directory, 0o755) }
            guest.make("a/b/c/f", "x")
            guest.hostLink("a/b", "l")
            #expect(guest.open("a/b/c/f") == .success(4))
            #expect(guest.open("l/c/../c/f") == .success(5))
            #expect(guest.open("l/c/f") == .failure(.mfile))
            #expect(guest.create("made") == .failure(.mfile))
            #expect(guest.content("made") == nil)
            for path in ["a/b/x", "a/b/c/f/x", "a/../../x", "l/../../..", "a/b/c/../nope/y"] { _ = guest.stat(path) }
            #expect(openFiles(under: outer) == 3)
            #expect(guest.call("fd_close", 4) == .success)
            #expect(guest.open("l/c/f") == .success(4))
            // None would survive an exec.
            for file in guest.context.descriptors.compactMap({ $0 }) where file.isOwned { #expect(fcntl(file.file, F_GETFD) == FD_CLOEXEC) }
        }
        #expect(openFiles(under: outer) == 0)
    }

    @Test func theWalkBoundsDepthLengthAndLinks() throws {
        let guest = try Guest(.componentWise)
        var path = guest.root
        for _ in 0..<300 {
            path += "/d"
            mkdir(path, 0o755)
        }
        #expect(guest.stat(Array(repeating: "d", count: 200).joined(separator: "/")) == .success(.directory))
        #expect(guest.stat(Array(repeating: "d", count: 300).joined(separator: "/")) == .failure(.nametoolong))
        #expect(guest.stat(String(repeating: "d/../", count: 800) + "d") == .success(.directory))
        #expect(guest.stat(String(repeating: "./", count: 2500)) == .failure(.nametoolong))
        for index in 0..<45 { guest.hostLink(index == 0 ? "d" : "l\(index - 1)", "l\(index)") }
        #expect(guest.stat("l39/d") == .success(.directory))
        #expect(guest.stat("l44/d") == .failure(.loop))
        #expect(guest.stat("l44") == .failure(.loop))
        #expect(openFiles(under: guest.outer) == 1)
    }
}

/// Swaps two names in one step: `renameat2` with RENAME_EXCHANGE, which the C library's headers hide from Swift.
private func exchange(_ a: String, _ b: String) {
    typealias Call = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
    let call = unsafeBitCast(dlsym(nil, "renameat2")!, to: Call.self)
    #expect(call(AT_FDCWD, a, AT_FDCWD, b, 2) == 0)
}
