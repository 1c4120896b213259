import PrecastArtifactFormat
public import PrecastMachineCode

/// Why an artifact cannot be written. Function numbers count ``LinkedModule/functions``.
public enum EmissionError: Error, Hashable, Sendable {
    /// This relocation has no resolver for the target yet.
    case unsupportedRelocation(Relocation.Kind, function: Int)
    /// The distance does not fit the field.
    case relocationOutOfRange(function: Int, offset: UInt32, displacement: Int64)
    /// A relocation's field or target lies outside the code, the functions or the read-only data.
    case invalidRelocation(function: Int, offset: UInt32)
    case invalidReadOnlyFixup(offset: UInt32)
    /// A step that call frame information cannot express.
    case invalidUnwindStep(function: Int, offset: UInt32)
    case invalidAlignment(function: Int, alignment: UInt32)
    /// Metadata that contradicts itself; `what` says which.
    case invalidMetadata(String)
    /// More bytes than the format can address.
    case tooLarge(what: String, byteCount: UInt64, limit: UInt64)
    case contextTooLarge(byteCount: UInt64)
    /// libelf or the file in memory failed.
    case elf(String)

    public var text: String {
        switch self {
        case .unsupportedRelocation(let kind, let function): "function \(function): relocation \(kind) is not supported for this target"
        case .relocationOutOfRange(let function, let offset, let displacement):
            "function \(function), code offset \(offset): a displacement of \(displacement) bytes does not fit"
        case .invalidRelocation(let function, let offset): "function \(function), code offset \(offset): the relocation points outside"
        case .invalidReadOnlyFixup(let offset): "read-only data, offset \(offset): the fixup points outside"
        case .invalidUnwindStep(let function, let offset): "function \(function), code offset \(offset): the unwind step cannot be expressed"
        case .invalidAlignment(let function, let alignment): "function \(function): alignment \(alignment) is not a power of two up to 4096"
        case .invalidMetadata(let what): "metadata: \(what)"
        case .tooLarge(let what, let byteCount, let limit): "\(what) takes \(byteCount), the limit is \(limit)"
        case .contextTooLarge(let byteCount): "the instance context takes \(byteCount) bytes, over the limit of 2 GiB"
        case .elf(let message): "writing ELF: \(message)"
        }
    }
}

extension EmissionError: CustomStringConvertible {
    public var description: String { text }
}
