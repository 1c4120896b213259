public import PrecastWasmModel
public import PrecastWasmTypes

/// Why bytes are not a module that this front end reads.
public struct DecodeError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The bytes break the binary format. The message contains the specification's wording.
        case malformed
        /// A part is larger than ``ImplementationLimits`` allows.
        case limitExceeded
        /// The module uses a feature that its reader left disabled.
        case featureDisabled(Feature)
        /// The module uses a feature that is enabled, and that its reader said it cannot make use of.
        case featureUnsupported(Feature)
    }

    public var kind: Kind
    /// What is wrong: the specification's wording, then what was expected and found.
    public var message: String
    /// Where, in bytes from the module's start.
    public var offset: Int
    /// The function whose body it is in, if it is in one.
    public var function: FunctionIndex?

    public init(_ message: String, at offset: Int, kind: Kind = .malformed, function: FunctionIndex? = nil) {
        self.kind = kind
        self.message = message
        self.offset = offset
        self.function = function
    }

    static func limit(_ what: String, found: UInt64, maximum: Int, at offset: Int) -> DecodeError {
        DecodeError("\(what): \(found), and the limit is \(maximum)", at: offset, kind: .limitExceeded)
    }
}

extension DecodeError: CustomStringConvertible {
    public var description: String {
        let place = function.map { " in function \($0.rawValue)" } ?? ""
        return "\(message) (at offset 0x\(String(offset, radix: 16))\(place))"
    }
}
