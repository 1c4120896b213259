import PrecastArtifactFormat
import PrecastRuntime

/// What the command line asks for.
struct Options {
    struct Directory {
        var host: String
        var guest: String
        var isReadOnly: Bool
    }

    enum Action {
        case run
        case describeHost
        case help
        case version
    }

    var action = Action.run
    var file = ""
    /// The guest's arguments, without its name.
    var guestArguments: [String] = []
    var directories: [Directory] = []
    var environment: [(name: String, value: String)] = []
    var invokedFunction: String?
    var maximumMemory: UInt64?
    var trust = Trust.immutableFile

    /// Reads `arguments`, the command's name not among them. Everything after the file is the guest's; one leading `--` is dropped.
    init(_ arguments: [String]) throws(UsageError) {
        var index = 0
        func value(_ option: Substring, _ attached: Substring?) throws(UsageError) -> String {
            if let attached { return String(attached) }
            index += 1
            guard index < arguments.count else { throw UsageError(message: "\(option) needs a value") }
            return arguments[index]
        }
        while index < arguments.count, isOption(arguments[index]) {
            let (name, attached) = split(arguments[index])
            if name.isSame("--") {
                index += 1
                break
            } else if name.isSame("--help") || name.isSame("-h") {
                action = .help
                return
            } else if name.isSame("--version") {
                action = .version
                return
            } else if name.isSame("--describe-host") {
                action = .describeHost
                return
            } else if name.isSame("--dir") {
                directories.append(directory(try value(name, attached), isReadOnly: false))
            } else if name.isSame("--dir-ro") {
                directories.append(directory(try value(name, attached), isReadOnly: true))
            } else if name.isSame("--env") {
                environment.append(try variable(try value(name, attached)))
            } else if name.isSame("--invoke") {
                invokedFunction = try value(name, attached)
            } else if name.isSame("--max-memory") {
                maximumMemory = try byteCount(try value(name, attached))
            } else if name.isSame("--trust") {
                trust = try parseTrust(try value(name, attached))
            } else {
                throw UsageError(message: "unknown option " + escaped(arguments[index]))
            }
            index += 1
        }
        guard index < arguments.count else { throw UsageError(message: "no file to run") }
        file = arguments[index]
        var rest = arguments[(index + 1)...]
        if let first = rest.first, first[...].isSame("--") { rest = rest.dropFirst() }
        guestArguments = Array(rest)
    }
}

struct UsageError: Error {
    var message: String
}

extension Substring {
    /// Whether the bytes are the same; comparing strings as text would normalise them.
    func isSame(_ other: StaticString) -> Bool {
        other.withUTF8Buffer { utf8.elementsEqual($0) }
    }
}

private func isOption(_ argument: String) -> Bool { argument.utf8.first == UInt8(ascii: "-") && argument.utf8.count > 1 }

/// `--name=value` in its parts.
private func split(_ argument: String) -> (name: Substring, value: Substring?) {
    guard let equals = argument.utf8.firstIndex(of: UInt8(ascii: "=")) else { return (argument[...], nil) }
    return (argument[..<equals], argument[argument.utf8.index(after: equals)...])
}

/// `HOST` or `HOST::GUEST`; the guest sees `HOST` under its own name.
private func directory(_ text: String, isReadOnly: Bool) -> Options.Directory {
    let bytes = Array(text.utf8)
    var at = 0
    while at + 1 < bytes.count {
        if bytes[at] == UInt8(ascii: ":"), bytes[at + 1] == UInt8(ascii: ":") {
            return Options.Directory(host: String(decoding: bytes[..<at], as: UTF8.self),
                                     guest: String(decoding: bytes[(at + 2)...], as: UTF8.self), isReadOnly: isReadOnly)
        }
        at += 1
    }
    return Options.Directory(host: text, guest: text, isReadOnly: isReadOnly)
}

private func variable(_ text: String) throws(UsageError) -> (name: String, value: String) {
    let (name, value) = split(text)
    guard let value, !name.utf8.isEmpty else { throw UsageError(message: "--env takes NAME=VALUE, not " + escaped(text)) }
    return (String(name), String(value))
}

/// A number of bytes; K, M and G are powers of 1024.
private func byteCount(_ text: String) throws(UsageError) -> UInt64 {
    let error = UsageError(message: "--max-memory takes a number of bytes (K, M, G may follow), not " + escaped(text))
    var number: UInt64 = 0
    var digits = 0
    var shift: UInt64?
    for byte in text.utf8 {
        guard shift == nil else { throw error }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw error }
            number = sum
            digits += 1
        case UInt8(ascii: "K"), UInt8(ascii: "k"): shift = 10
        case UInt8(ascii: "M"), UInt8(ascii: "m"): shift = 20
        case UInt8(ascii: "G"), UInt8(ascii: "g"): shift = 30
        default: throw error
        }
    }
    let (result, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    guard digits > 0, !overflow else { throw error }
    return result
}

private func parseTrust(_ text: String) throws(UsageError) -> Trust {
    if text[...].isSame("immutable-file") { return .immutableFile }
    let prefix = "sha256:"
    if text.utf8.starts(with: prefix.utf8), let digest = Bytes32(hex: String(decoding: Array(text.utf8.dropFirst(prefix.utf8.count)), as: UTF8.self)) {
        return .sha256(digest)
    }
    throw UsageError(message: "--trust takes immutable-file or sha256: with 64 hexadecimal digits, not " + escaped(text))
}

let usage = """
    Usage: precast-run [OPTIONS] FILE [ARGUMENTS]

    Runs a Precast artifact (.pwasm): calls its `_start`, or the function named by --invoke.
    Everything after FILE belongs to the guest; one leading `--` is dropped.

    Options:
      --dir HOST[::GUEST]      let the guest use directory HOST, as GUEST
      --dir-ro HOST[::GUEST]   the same, without changing anything in it
      --env NAME=VALUE         set a variable of the guest's environment, which is empty otherwise
      --invoke NAME            call this exported function with ARGUMENTS and print its results
      --max-memory BYTES       most linear memory of the guest; K, M, G may follow
      --trust sha256:DIGEST    load only a file with this SHA-256, as a copy in sealed memory
      --describe-host          print what this host can run, for `precast check --host`
      --version                print the versions
      --help                   print this

    Exit status: the guest's own; 125 for errors of the loader, 126 for an artifact that was refused,
    127 for a file that does not exist, 134 for a trap.

    Examples:
      precast-run app.pwasm input.txt
      precast-run --dir ./data::/data --env MODE=fast app.pwasm /data/input
      precast-run --invoke add math.pwasm 2 40

    """
