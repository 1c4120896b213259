import ArgumentParser
import Foundation

/// A failure with a message for the user, already complete.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Text from outside, with control characters escaped so that a terminal shows it and nothing else.
func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        if scalar.value < 0x20 || scalar.value == 0x7f || (0x80..<0xa0).contains(scalar.value) {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// The bytes of a file, or of standard input for "-".
func readInput(_ path: String) throws -> [UInt8] {
    if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw CommandFailure("cannot open \(printable(path)): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { throw CommandFailure("\(printable(path)) is a directory") }
    var bytes = [UInt8]()
    bytes.reserveCapacity(max(0, Int(status.st_size)))
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw CommandFailure("cannot read \(printable(path)): \(String(cString: strerror(errno)))") }
        if count == 0 { return bytes }
        bytes.append(contentsOf: buffer[0..<count])
    }
}

/// Writes a file as a whole or not at all: beside its place, then renamed. "-" is standard output.
///
/// An interruption removes what was written so far.
func writeOutput(_ bytes: [UInt8], to path: String) throws {
    if path == "-" { return try writeAll(bytes, to: STDOUT_FILENO, name: "standard output") }
    let temporary = path + ".\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw CommandFailure("cannot write \(printable(path)): \(String(cString: strerror(errno)))") }
    TemporaryFile.register(temporary)
    defer { TemporaryFile.forget() }
    do {
        try writeAll(bytes, to: descriptor, name: path)
    } catch {
        close(descriptor)
        unlink(temporary)
        throw error
    }
    if close(descriptor) != 0 || rename(temporary, path) != 0 {
        let reason = String(cString: strerror(errno))
        unlink(temporary)
        throw CommandFailure("cannot write \(printable(path)): \(reason)")
    }
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32, name: String) throws {
    try bytes.withUnsafeBytes { buffer in
        var done = 0
        while done < buffer.count {
            let count = write(descriptor, buffer.baseAddress! + done, buffer.count - done)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw CommandFailure("cannot write \(printable(name)): \(String(cString: strerror(errno)))") }
            done += count
        }
    }
}

/// The file that an interruption must remove.
enum TemporaryFile {
    nonisolated(unsafe) private static var path: UnsafeMutablePointer<CChar>?

    static func register(_ name: String) {
        path = strdup(name)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                if let path = TemporaryFile.path { unlink(path) }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }
    static func forget() {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        free(path)
        path = nil
    }
}

/// A line on a terminal that says how far a compilation is.
final class Progress: @unchecked Sendable {
    private let isShown: Bool
    private let lock = NSLock()
    private var lastPercent = -1
    init(isShown: Bool) { self.isShown = isShown }

    func update(_ done: Int, _ total: Int) {
        if !isShown { return }
        lock.lock()
        defer { lock.unlock() }
        let percent = done * 100 / max(1, total)
        if percent <= lastPercent { return }
        lastPercent = percent
        FileHandle.standardError.write(Data("\rcompiling: \(percent) % (\(done) of \(total) functions)".utf8))
    }
    func clear() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
    }
}
