import PrecastArtifactFormat
public import PrecastRuntime

/// What a guest is given: its name, arguments, environment, directories and limits, and the function to call.
///
/// Both `precast run` and `precast-run` read their options into it, so that a guest sees the same world under either.
public struct GuestOptions: Sendable {
    public struct Directory: Sendable, Equatable {
        public var host: String
        public var guest: String
        public var isReadOnly: Bool

        public init(host: String, guest: String, isReadOnly: Bool) {
            self.host = host
            self.guest = guest
            self.isReadOnly = isReadOnly
        }

        /// `HOST` or `HOST::GUEST`; the guest sees `HOST` under its own name.
        public init(parsing text: String, isReadOnly: Bool) {
            let bytes = text.bytes
            var at = 0
            while at + 1 < bytes.count, bytes[at] != UInt8(ascii: ":") || bytes[at + 1] != UInt8(ascii: ":") { at += 1 }
            if at + 1 < bytes.count {
                self.init(host: String(bytes: Array(bytes[..<at])), guest: String(bytes: Array(bytes[(at + 2)...])), isReadOnly: isReadOnly)
            } else {
                self.init(host: text, guest: text, isReadOnly: isReadOnly)
            }
        }
    }

    /// The module's or artifact's file, as the user named it: the guest's own name, too.
    public var file = ""
    /// The guest's arguments, without its name.
    public var arguments: [String] = []
    public var directories: [Directory] = []
    public var environment: [(name: String, value: String)] = []
    /// The exported function to call with `arguments`; nil: `_start`.
    public var invokedFunction: String?
    /// Bytes of linear memory that the guest may have at most.
    public var maximumMemory: UInt64?
    public var engine = EngineConfiguration()
    /// What makes of the report of a trap one with more in it; nil: a note says which command does.
    public var explainsTrap: (@Sendable (String) -> String)?
    /// Called when the guest has ended, however it did, while its code is still loaded.
    public var whenEnded: (@Sendable () -> Void)?
    /// Where a core dump goes, if a call traps or a host function fails.
    public var coreDumpFile: String?
    /// Called with the name of a core dump that was written.
    public var completesCoreDump: (@Sendable (String) -> Void)?

    public init() {}

    /// Takes what follows the file: all of it is the guest's, but one leading `--` is dropped.
    public mutating func setArguments(_ rest: some Sequence<String>) {
        arguments = Array(rest)
        if let first = arguments.first, first.isSame("--") { arguments.removeFirst() }
    }

    /// Adds the variable of `--env`: `NAME=VALUE`.
    public mutating func addVariable(parsing text: String) throws(UsageError) {
        guard let (name, value) = text.divided(at: UInt8(ascii: "=")), !name.isEmpty else {
            throw UsageError("--env takes NAME=VALUE, not " + escaped(text))
        }
        environment.append((name, value))
    }

    /// Sets the limit of `--max-memory`: a number of bytes; K, M and G are powers of 1024.
    public mutating func setMaximumMemory(parsing text: String) throws(UsageError) {
        guard let bytes = byteCount(text) else {
            throw UsageError("--max-memory takes a number of bytes (K, M, G may follow), not " + escaped(text))
        }
        maximumMemory = bytes
    }
}

/// A command line that says nothing sensible.
public struct UsageError: Error {
    public var message: String
    public init(_ message: String) { self.message = message }
}

extension Trust {
    /// What `--trust` says: `immutable-file`, or `sha256:` and 64 hexadecimal digits.
    public init(parsing text: String) throws(UsageError) {
        if text.isSame("immutable-file") {
            self = .immutableFile
        } else if let (kind, digits) = text.divided(at: UInt8(ascii: ":")), kind.isSame("sha256"), let digest = Bytes32(hex: digits) {
            self = .sha256(digest)
        } else {
            throw UsageError("--trust takes immutable-file or sha256: with 64 hexadecimal digits, not " + escaped(text))
        }
    }
}

private func byteCount(_ text: String) -> UInt64? {
    var number: UInt64 = 0
    var digits = 0
    var shift: UInt64?
    for byte in text.bytes {
        guard shift == nil else { return nil }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            number = sum
            digits += 1
        case UInt8(ascii: "K"), UInt8(ascii: "k"): shift = 10
        case UInt8(ascii: "M"), UInt8(ascii: "m"): shift = 20
        case UInt8(ascii: "G"), UInt8(ascii: "g"): shift = 30
        default: return nil
        }
    }
    let (result, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    return digits > 0 && !overflow ? result : nil
}
