import Foundation
import Testing
@testable import PrecastWASI

/// A guest of one page of memory with a directory of its own, in a directory that it must not leave.
///
///     outer/secret            outside
///     outer/root/...          preopened as fd 3, "/work"
final class Guest {
    let outer: String
    var root: String { outer + "/root" }
    let context: WASIContext
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)

    init(_ resolution: WASIConfiguration.PathResolution = .automatic, readOnly: Bool = false, configure: (inout WASIConfiguration) -> Void = { _ in }) throws {
        var template = Array((NSTemporaryDirectory() + "/wasi-XXXXXX").utf8CString)
        let path = try #require(mkdtemp(&template).flatMap { realpath($0, nil) })
        outer = String(cString: path)
        free(path)
        mkdir(outer + "/root", 0o755)
        #expect(FileManager.default.createFile(atPath: outer + "/secret", contents: Data("secret".utf8)))
        var configuration = WASIConfiguration()
        configuration.preopens = [Preopen(host: outer + "/root", guest: "/work", isReadOnly: readOnly)]
        configuration.pathResolution = resolution
        configure(&configuration)
        context = try WASIContext(configuration)
        bytes.initializeMemory(as: UInt8.self, repeating: 0xAA)
    }

    deinit {
        bytes.deallocate()
        try? FileManager.default.removeItem(atPath: outer)
    }

    var memory: GuestMemory { GuestMemory(bytes) }

    /// Calls a function by its name, through the table that modules are linked with.
    @discardableResult
    func call(_ name: String, _ arguments: any BinaryInteger...) -> Errno {
        guard case .returned(let errno) = outcome(name, arguments) else {
            Issue.record("\(name) ended the guest")
            return .success
        }
        return errno
    }

    func outcome(_ name: String, _ arguments: [any BinaryInteger]) -> WASIFunction.Outcome {
        let function = WASIFunction.all.first { $0.name == name }!
        precondition(function.parameters.utf8CodeUnitCount == arguments.count, name)
        var slots: [UInt64] = []
        for argument in arguments { slots += [UInt64(truncatingIfNeeded: argument), 0] }
        slots.append(0)
        return slots.withUnsafeBytes { function(context, memory, WASIArguments($0.baseAddress!)) }
    }

    // MARK: Memory

    func get<I: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: I.Type = I.self) -> I { bytes.get(offset) }
    func set<I: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ value: I) { bytes.set(offset, value) }
    func text(_ offset: Int, _ count: Int) -> String { String(decoding: bytes[offset..<(offset + count)], as: UTF8.self) }
    func clear(_ offset: Int, _ count: Int) { for index in offset..<(offset + count) { bytes[index] = 0 } }
    func put(_ text: String, at offset: Int) -> Int {
        let utf8 = Array(text.utf8)
        for (index, byte) in utf8.enumerated() { bytes[offset + index] = byte }
        return utf8.count
    }

    /// Where fixture calls put paths, vectors, buffers and results.
    enum At {
        static let path = 0x1000, otherPath = 0x2000, vectors = 0x3000, result = 0x4000, buffer = 0x5000
    }

    // MARK: Calls that tests make often

    static let everything: UInt64 = (Rights.file.union(.directory)).rawValue
    static let readRights: UInt64 = Rights.file.union(.directory).subtracting([.fdWrite, .fdAllocate, .fdSetSize, .fdDatasync]).rawValue

    func open(_ path: String, in fd: Int = 3, follow: Bool = true, flags: Int = 0, rights: UInt64 = Guest.readRights,
              inheriting: UInt64 = Guest.everything, fdflags: Int = 0) -> Result<UInt32, Errno> {
        let count = put(path, at: At.path)
        let errno = call("path_open", fd, follow ? 1 : 0, At.path, count, flags, rights, inheriting, fdflags, At.result)
        return errno == .success ? .success(get(At.result)) : .failure(errno)
    }

    func create(_ path: String, in fd: Int = 3, fdflags: Int = 0, flags: Int = 1) -> Result<UInt32, Errno> {
        open(path, in: fd, flags: flags, rights: Rights.file.rawValue, fdflags: fdflags)
    }

    func onPath(_ name: String, _ path: String, fd: Int = 3) -> Errno { call(name, fd, At.path, put(path, at: At.path)) }

    func stat(_ path: String, follow: Bool = true, fd: Int = 3) -> Result<FileType, Errno> {
        let errno = call("path_filestat_get", fd, follow ? 1 : 0, At.path, put(path, at: At.path), At.result)
        return errno == .success ? .success(FileType(code: get(At.result + 16))) : .failure(errno)
    }

    func symlink(_ target: String, _ path: String) -> Errno {
        call("path_symlink", At.otherPath, put(target, at: At.otherPath), 3, At.path, put(path, at: At.path))
    }

    func readlink(_ path: String, room: Int = 512) -> Result<String, Errno> {
        let errno = call("path_readlink", 3, At.path, put(path, at: At.path), At.buffer, room, At.result)
        return errno == .success ? .success(text(At.buffer, Int(get(At.result, UInt32.self)))) : .failure(errno)
    }

    func rename(_ old: String, _ new: String, from: Int = 3, to: Int = 3) -> Errno {
        call("path_rename", from, At.path, put(old, at: At.path), to, At.otherPath, put(new, at: At.otherPath))
    }

    func link(_ old: String, _ new: String, follow: Bool = false, from: Int = 3, to: Int = 3) -> Errno {
        call("path_link", from, follow ? 1 : 0, At.path, put(old, at: At.path), to, At.otherPath, put(new, at: At.otherPath))
    }

    func write(_ fd: UInt32, _ text: String) -> Result<Int, Errno> {
        set(At.vectors, UInt32(At.buffer))
        set(At.vectors + 4, UInt32(put(text, at: At.buffer)))
        let errno = call("fd_write", fd, At.vectors, 1, At.result)
        return errno == .success ? .success(Int(get(At.result, UInt32.self))) : .failure(errno)
    }

    func read(_ fd: UInt32, _ count: Int = 4096) -> Result<String, Errno> {
        set(At.vectors, UInt32(At.buffer))
        set(At.vectors + 4, UInt32(count))
        let errno = call("fd_read", fd, At.vectors, 1, At.result)
        return errno == .success ? .success(text(At.buffer, Int(get(At.result, UInt32.self)))) : .failure(errno)
    }

    /// What the host put at a path below the root, or outside it.
    func make(_ path: String, _ content: String) { #expect(FileManager.default.createFile(atPath: root + "/" + path, contents: Data(content.utf8))) }
    func hostLink(_ target: String, _ path: String) { #expect(Foundation.symlink(target, root + "/" + path) == 0) }
    func content(_ path: String) -> String? { (try? Data(contentsOf: URL(fileURLWithPath: root + "/" + path))).map { String(decoding: $0, as: UTF8.self) } }
}

typealias Resolution = WASIConfiguration.PathResolution
typealias At = Guest.At

/// How many descriptors of this process lead into a directory.
func openFiles(under directory: String) -> Int {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return all.count { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0))?.hasPrefix(directory + "/") == true }
}
