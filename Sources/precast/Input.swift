import Glibc
import PrecastCompiler
import PrecastInspection
import PrecastSymbolication

/// What messages call the input at `path`.
func inputName(_ path: String) -> String { path == "-" ? "standard input" : printable(path) }

/// A file that cannot be read.
struct InputError: Error {
    let errorNumber: Int32
    /// What a file of the kind may have, where it is larger.
    var limit: Int?
    func failure(_ path: String, status: Int32 = 1) -> CommandFailure {
        CommandFailure("\(inputName(path)): \(String(cString: strerror(errorNumber)))\(limit.map { ": the limit is \($0) bytes" } ?? "")", status: status)
    }
}

/// The largest file that is read as an artifact.
let artifactLimit = 4 << 30

/// The bytes of a file, or of standard input for "-".
///
/// - Parameter limit: more bytes are an error; nil: more than a module may have.
func readInput(_ path: String, limit: Int? = nil) throws(InputError) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw InputError(errorNumber: errno) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw InputError(errorNumber: errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw InputError(errorNumber: EISDIR) }
    let limit = limit ?? CompilerConfiguration().limits.moduleSize
    var bytes: [UInt8] = []
    if Int(status.st_size) > limit { throw InputError(errorNumber: EFBIG, limit: limit) }
    if status.st_mode & S_IFMT == S_IFREG { bytes.reserveCapacity(Int(status.st_size)) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw InputError(errorNumber: errno) }
        if count == 0 { return bytes }
        if count > limit - bytes.count { throw InputError(errorNumber: EFBIG, limit: limit) }
        bytes.append(contentsOf: buffer[0..<count])
    }
}

/// The bytes of a file that a command reads, or a failure with the exit status 1.
func readFile(_ path: String, limit: Int? = nil) throws(CommandFailure) -> [UInt8] {
    do throws(InputError) { return try readInput(path, limit: limit) } catch { throw error.failure(path) }
}

/// Why `bytes` are no module, if that can be told before decoding or parsing.
func reasonAgainstModule(_ bytes: [UInt8], _ path: String) -> String? {
    if detectPrecompiled(bytes) { return "this is a compiled artifact already: run it with precast-run" }
    if bytes.starts(with: [0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0]) { return "components are not supported yet" }
    return nil
}
