import PrecastArtifactFormat
import PrecastDebugInformation
import PrecastDemangling
import PrecastEntities
import PrecastWasmBinary
import PrecastWasmModel

/// A function in its source, and a place in it.
public struct SourceFrame: Hashable, Sendable {
    /// Demangled; empty where only the module's text is known.
    public var name: String
    public var file: String?
    /// From 1 on, as the column.
    public var line: UInt32?
    public var column: UInt32?
    /// Whether it was inlined into the next frame.
    public var isInlined: Bool
    /// Without a file: what is on that line of the module's printed text.
    public var text: String?

    public init(name: String, file: String? = nil, line: UInt32? = nil, column: UInt32? = nil, isInlined: Bool, text: String? = nil) {
        (self.name, self.file, self.line, self.column, self.isInlined, self.text) = (name, file, line, column, isInlined, text)
    }

    init(_ frame: SourceLocator.Frame) {
        name = readableName(frame.linkageName ?? frame.name ?? "unknown")
        (file, line, column, isInlined) = (frame.file, frame.line, frame.column, frame.isInlined)
    }

    /// `file:line:column`, as far as it is known.
    public var place: String? {
        guard let file else { return text.map { "line \(line ?? 0) of the module's text: \($0)" } }
        guard let line else { return file }
        return column.map { "\(file):\(line):\($0)" } ?? "\(file):\(line)"
    }
}

/// Why there is no source map.
public enum SourceMapError: Error, CustomStringConvertible {
    /// The module cannot be decoded.
    case module(String)
    case artifact(String)
    /// A file without section headers, or of another kind.
    case notELF
    case noDebugInformation
    /// The debug file was made with another artifact: their build ids, in hexadecimal.
    case otherBuild(artifact: String, debugFile: String)

    public var description: String {
        switch self {
        case .module(let text): text
        case .artifact(let text): text
        case .notELF: "this is no ELF file of a 64-bit machine, or its section headers are damaged"
        case .noDebugInformation: "there is no debug information (DWARF) in it"
        case .otherBuild(let artifact, let debugFile): "the debug file belongs to an artifact with build id \(debugFile), this one has \(artifact)"
        }
    }
}

/// The source of a module's instructions, from the DWARF in the module or in another one, or the module's printed text.
public final class SourceMap {
    private let binary: [UInt8]
    private lazy var textLines = TextLines(binary)
    private let locator: SourceLocator
    /// Where the functions' bodies are in the binary.
    private let bodies: [Range<UInt32>]
    private let codeStart: UInt32
    private let importedCount: UInt32
    private var known: [UInt32: [SourceFrame]] = [:]

    /// - Parameters:
    ///   - binary: a module in the binary format, which is decoded but not validated.
    ///   - debugModule: the module that has the debug information, with the same code section; nil: the module itself.
    public init(_ binary: [UInt8], debugModule: [UInt8]? = nil) throws(SourceMapError) {
        let module: Module, other: Module
        do throws(DecodeError) {
            module = try decodeModule(binary, features: .all)
            other = try debugModule.map { bytes throws(DecodeError) in try decodeModule(bytes, features: .all) } ?? module
        } catch {
            throw .module("\(error)")
        }
        self.binary = binary
        locator = SourceLocator(GuestSections(other))
        if debugModule != nil, locator.isEmpty { throw .noDebugInformation }
        codeStart = module.codeSection?.start ?? 0
        bodies = module.bodies.map { $0.range.start..<$0.range.end }
        importedCount = UInt32(module.importedFunctionCount)
    }

    /// The source of the instruction at an offset of the binary, innermost frame first; empty where nothing is known of it.
    public func frames(at offset: UInt32) -> [SourceFrame] {
        guard offset >= codeStart else { return [] }
        if let frames = known[offset] { return frames }
        let frames = locator.frames(at: offset - codeStart).map { SourceFrame($0) }
        known[offset] = frames
        return frames
    }

    /// The same, or else the operator in the module's text.
    public func framesOrText(at offset: UInt32) -> [SourceFrame] {
        let frames = frames(at: offset)
        return frames.isEmpty ? textLines?.frame(at: offset).map { [$0] } ?? [] : frames
    }

    /// The function, counted with the imported ones, whose body has the byte at `offset`. Logarithmic.
    public func function(at offset: UInt32) -> UInt32? {
        let next = bodies.partitionPoint { $0.lowerBound <= offset }
        guard next > 0, bodies[next - 1].contains(offset) else { return nil }
        return importedCount + UInt32(next - 1)
    }
}
