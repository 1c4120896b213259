public import PrecastArtifactFormat

/// Why unwinding could not be checked.
public enum UnwindCheckError: Error, Sendable {
    case artifact(ArtifactError)
    /// Nothing is known here of code for this machine.
    case machine(Machine)
    case disassembler
    /// `.eh_frame` cannot be read from there on.
    case frames(offset: Int, String)

    public var text: String {
        switch self {
        case .artifact(let error): error.text
        case .machine(let machine): "unwinding is not checked for \(machine.name)"
        case .disassembler: "the disassembler cannot be opened"
        case .frames(let offset, let what): ".eh_frame, offset \(offset): \(what)"
        }
    }
}

/// A place where what `.eh_frame` says is not what the code does.
public struct UnwindFinding: Sendable, Hashable {
    /// In the image, as `objdump` has it.
    public var address: UInt64
    /// Row of the function table; nil: outside of all.
    public var function: Int?
    public var what: String
}

extension UnwindReport {
    /// Findings listed in ``text``.
    private static let listed = 50

    /// A line, and one for each of the first findings.
    public var text: String {
        if isExact { return "unwinding is exact: \(instructions) instructions of \(functions) functions\n" }
        var text = "unwinding is wrong, \(findingCount) findings:\n"
        for finding in findings.prefix(Self.listed) { text += "  0x\(String(finding.address, radix: 16)): \(finding.what)\n" }
        if findingCount > min(findings.count, Self.listed) { text += "  …\n" }
        return text
    }
}

/// What `.eh_frame` is worth: ``checkUnwinding(of:)``.
public struct UnwindReport: Sendable {
    public var functions = 0
    /// How many were compared.
    public var instructions = 0
    /// By ascending address; the first few of each function.
    public var findings: [UnwindFinding] = []
    /// All, those that were left out too.
    public var findingCount = 0

    public var isExact: Bool { findingCount == 0 }
}
