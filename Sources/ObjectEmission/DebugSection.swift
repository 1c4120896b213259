import PrecastArtifactFormat

/// A section that is not loaded, with fields that depend on where code is.
public struct DebugSection: Sendable {
    public var name: String
    public var bytes: [UInt8]
    /// Ascending offsets.
    public var references: [CodeReference]
    /// Strings that end in a zero, which a linker may share.
    public var holdsStrings: Bool
    public init(name: String, bytes: [UInt8], references: [CodeReference] = [], holdsStrings: Bool = false) {
        self.name = name
        self.bytes = bytes
        self.references = references
        self.holdsStrings = holdsStrings
    }

    /// Adds the addresses of functions to the fields. - Parameter text: address of the text, where `offsets` count from.
    func resolved(text: UInt64, offsets: [UInt32]) throws(EmissionError) -> [UInt8] {
        var result = bytes
        for reference in references {
            guard Int(reference.offset) + 8 <= result.count, offsets.indices.contains(Int(reference.function)) else {
                throw .invalidMetadata("section \(name): the address at offset \(reference.offset) is none")
            }
            result.withUnsafeMutableBytes { raw in
                let addend = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: Int(reference.offset), as: UInt64.self))
                let address = text + UInt64(offsets[Int(reference.function)]) + addend
                raw.storeBytes(of: address.littleEndian, toByteOffset: Int(reference.offset), as: UInt64.self)
            }
        }
        return result
    }
}

/// An 8-byte field that holds an offset in a function's code, to become an address.
@frozen public struct CodeReference: Sendable, Hashable {
    /// Of the field in its section.
    public var offset: UInt32
    /// Number in ``LinkedModule/functions``.
    public var function: UInt32
    @inlinable public init(offset: UInt32, function: UInt32) {
        self.offset = offset
        self.function = function
    }
}

extension DebugSection {
    /// For whoever shows a loaded image to a debugger: where the fields with addresses are, which count from the image's start. For each section that
    /// has such fields: its name, ended by a zero and padded to a multiple of 4, their number, their offsets.
    static func addressList(_ sections: [DebugSection]) -> DebugSection {
        var bytes: [UInt8] = []
        for section in sections where !section.references.isEmpty {
            bytes += Array(section.name.utf8) + [0]
            bytes.pad(to: 4)
            bytes.append32(UInt32(section.references.count))
            for reference in section.references { bytes.append32(reference.offset) }
        }
        return DebugSection(name: SectionNames.debugAddresses, bytes: bytes)
    }
}
