import CAllocation
import Glibc
import PrecastSymbolication

/// Writes a file as a whole or not at all. "-" is standard output.
///
/// What is written has no name, or a name beside its place, until it is complete; then it takes its place. An interruption leaves
/// no file. Pipes, terminals and devices are written directly.
/// - Parameter mode: of the file, as far as the process's mask lets it.
func writeOutput(_ bytes: [UInt8], to path: String, mode: mode_t = 0o666) throws(CommandFailure) {
    do throws(OutputError) {
        if path == "-" { return try writeAll(bytes, to: STDOUT_FILENO) }
        let place = resolvingLinks(path)
        var status = stat()
        if stat(place, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { throw OutputError(errorNumber: EISDIR) }
            if status.st_mode & S_IFMT != S_IFREG { return try writeInPlace(bytes, place) }
        }
        try replaceFile(bytes, place, mode)
    } catch {
        let name = path == "-" ? "standard output" : printable(path)
        throw CommandFailure("\(name): cannot write: \(String(cString: strerror(error.errorNumber)))")
    }
}

private struct OutputError: Error { let errorNumber: Int32 }

/// The file behind a chain of symbolic links; `path` itself if nothing is there.
private func resolvingLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
}

private func writeInPlace(_ bytes: [UInt8], _ path: String) throws(OutputError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    if descriptor < 0 { throw OutputError(errorNumber: errno) }
    defer { close(descriptor) }
    try writeAll(bytes, to: descriptor)
}

private func replaceFile(_ bytes: [UInt8], _ path: String, _ mode: mode_t) throws(OutputError) {
    let temporary = path + ".\(getpid()).tmp"
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    // Without a name until it is complete, where the file system can do that: then even SIGKILL leaves nothing.
    var descriptor = open(folder, O_WRONLY | O_CLOEXEC | unnamedFile, mode)
    let isUnnamed = descriptor >= 0
    Interruption.removes(temporary)
    defer { Interruption.removesNothing() }
    if !isUnnamed { descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) }
    if descriptor < 0 { throw OutputError(errorNumber: errno) }
    do throws(OutputError) {
        try writeAll(bytes, to: descriptor)
        if isUnnamed, linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) != 0 {
            // No /proc: the name has to be there from the start.
            let named = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            if named < 0 { throw OutputError(errorNumber: errno) }
            close(descriptor)
            descriptor = named
            try writeAll(bytes, to: descriptor)
        }
    } catch {
        close(descriptor)
        unlink(temporary)
        throw error
    }
    // Some file systems say only now that they are full.
    if close(descriptor) != 0 || rename(temporary, path) != 0 {
        let error = OutputError(errorNumber: errno)
        unlink(temporary)
        throw error
    }
}

/// `O_TMPFILE`.
private let unnamedFile: Int32 = 0o20000000 | O_DIRECTORY

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(OutputError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(OutputError) in
        var done = 0
        while done < buffer.count {
            let count = write(descriptor, buffer.baseAddress! + done, buffer.count - done)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw OutputError(errorNumber: errno) }
            done += count
        }
    }
}

/// What happens to an unfinished file when the process is told to end.
private enum Interruption {
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU, SIGXFSZ]

    /// From here on, until `removesNothing`, a signal that ends the process removes the file at `path` first, and so does the end of memory.
    /// A signal that the process was started to ignore stays ignored.
    static func removes(_ path: String) {
        precast_set_unfinished_file(strdup(path))
        for number in signals {
            let previous = signal(number) { number in
                precast_remove_unfinished_file()
                signal(number, SIG_DFL)
                raise(number)
            }
            if let previous, unsafeBitCast(previous, to: UInt.self) == 1 { signal(number, SIG_IGN) }
        }
    }
    static func removesNothing() {
        precast_set_unfinished_file(nil)
    }
}
