public import PrecastWasmBinary
public import PrecastWasmModel
public import PrecastWasmTypes

/// Why a well-formed module is not valid.
public struct ValidationError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// A rule of the specification is broken. The message contains its wording.
        case invalid
        /// A body's blocks do not nest as the binary format demands: the module is malformed, and not just invalid.
        case malformed
        /// Something is larger than an implementation limit.
        case limitExceeded
        /// A feature is used that is disabled.
        case featureDisabled(Feature)
        /// A feature is used that is enabled, but that whoever asked for the module cannot make use of.
        case featureUnsupported(Feature)
    }

    public var kind: Kind
    /// What is wrong: the specification's wording, then details.
    public var message: String
    /// What the rule asked for, where that is a type or a number.
    public var expected: String?
    /// What the module has instead.
    public var found: String?
    /// Where, in bytes from the module's start.
    public var offset: Int
    /// The function whose body it is in, if it is in one.
    public var function: FunctionIndex?

    public init(
        _ message: String, at offset: Int, kind: Kind = .invalid, expected: String? = nil, found: String? = nil,
        function: FunctionIndex? = nil
    ) {
        self.kind = kind
        self.message = message
        self.expected = expected
        self.found = found
        self.offset = offset
        self.function = function
    }
}

extension ValidationError: CustomStringConvertible {
    public var description: String {
        let place = function.map { " in function \($0.rawValue)" } ?? ""
        return "\(message) (at offset 0x\(String(offset, radix: 16))\(place))"
    }
}

/// What the front end says of a module: it cannot be decoded, or it is not valid.
public enum ModuleError: Error, Hashable, Sendable {
    case decode(DecodeError)
    case validation(ValidationError)
}

extension ModuleError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .decode(let error): error.description
        case .validation(let error): error.description
        }
    }
}
