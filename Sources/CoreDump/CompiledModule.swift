import PrecastArtifactFormat
public import PrecastDebugInformation
import PrecastUnwindAnalysis
import PrecastWasmModel

/// Why a core dump cannot be completed.
public enum CompletionError: Error, CustomStringConvertible {
    case artifact(String)
    case locals(LocalPlacesError)
    case noLocals
    /// Build ids, in hexadecimal.
    case otherBuild(artifact: String, debugFile: String)
    case unwinding(String)
    case dump(CoreDumpError)
    /// Another runtime wrote the dump, or a host that did not ask for it.
    case noRecording
    /// None of the artifacts is of code that the dump has.
    case otherArtifact(found: [String], expected: [String])

    public var description: String {
        switch self {
        case .artifact(let text): text
        case .locals(let error): "\(error)"
        case .noLocals: "it does not say where locals are: compile it with -g, or name its debug file"
        case .otherBuild(let artifact, let debugFile): "the debug file belongs to an artifact with build id \(debugFile), this one has \(artifact)"
        case .unwinding(let text): text
        case .dump(let error): "\(error)"
        case .noRecording: "the dump has no section \"\(RecordedFrames.sectionName)\": nothing more can be known of its frames"
        case .otherArtifact(let found, let expected):
            "the dump is of an artifact with build id \(expected.joined(separator: " or ")), not \(found.joined(separator: " or "))"
        }
    }
}

/// An artifact as far as frames of its code are concerned: where it came from, how frames are laid out, where locals are.
public final class CompiledModule {
    private let artifact: ModuleBytes
    private let functions: TableView<FunctionRecord>
    private let inlineFrames: TableView<InlineFrameRecord>
    private let bodies: TableView<FunctionBodyRecord>
    private let importedFunctions: UInt32
    private let addressMap: AddressMap
    private let locals: LocalPlaces
    let unwinder: FrameUnwinder
    let machine: Machine
    /// Hexadecimal; the beginning of the image digest.
    public let buildID: String

    /// - Parameter debugFile: what says where locals are, if not the artifact itself.
    public init(artifact bytes: [UInt8], debugFile: [UInt8]? = nil) throws(CompletionError) {
        artifact = ModuleBytes(bytes)
        let view: ArtifactView
        do throws(ArtifactError) {
            view = try ArtifactView(image: artifact.buffer)
            functions = try view.table(.functions)
            inlineFrames = try view.table(.inlineFrames)
            bodies = try view.table(.functionBodies)
            importedFunctions = try view.table(.modules, of: ModuleRecord.self).record(0).importedFunctions
            addressMap = try AddressMap(view)
            machine = view.stamp.machine
            buildID = view.stamp.buildID
        } catch { throw .artifact(error.text) }
        do throws(UnwindCheckError) { unwinder = try FrameUnwinder(view) } catch { throw .unwinding(error.text) }
        let debug = debugFile.map { ModuleBytes($0) } ?? artifact
        if debugFile != nil, let found = elfBuildID(debug.buffer), found != buildID { throw .otherBuild(artifact: buildID, debugFile: found) }
        let found: LocalPlaces?
        do throws(LocalPlacesError) { found = try LocalPlaces(elf: debug) } catch { throw .locals(error) }
        guard let found else { throw .noLocals }
        locals = found
    }

    /// Whether a debug file was made with an artifact.
    public static func belongs(_ debugFile: [UInt8], to artifact: [UInt8]) -> Bool {
        let id = debugFile.withUnsafeBytes { elfBuildID($0) }
        return id != nil && id == artifact.withUnsafeBytes { elfBuildID($0) }
    }

    /// A function that the code at a place is of, by itself or as it was inlined into the next one.
    struct Function {
        var index: UInt32
        var wasmOffset: UInt32?
        /// From the start of the function's body, as core dumps have it.
        var codeOffset: UInt32
    }
    /// The function whose machine code is at an offset of the text, with those inlined there before it; none for a trampoline's.
    func functions(at textOffset: UInt32) -> [Function] {
        guard let record = functions.containing(textOffset), record.kind == .function else { return [] }
        var result: [Function] = []
        var location = addressMap.location(textOffset)
        while let row = location.inlineRow, Int(row) < inlineFrames.count {
            let inlined = inlineFrames[unchecked: Int(row)]
            result.append(function(inlined.functionIndex, inlined.wasmOffset))
            // Callers come before.
            if let next = inlined.caller.inlineRow, next >= row { break }
            location = inlined.caller
        }
        return result + [function(record.functionIndex, location.wasmOffset)]
    }
    private func function(_ index: UInt32, _ offset: UInt32?) -> Function {
        let body = index >= importedFunctions ? try? bodies.record(index - importedFunctions) : nil
        return Function(index: index, wasmOffset: offset, codeOffset: offset.map { $0 &- (body?.wasmOffset ?? $0) } ?? 0)
    }

    /// The offset of a text offset in its function's code.
    func offsetInFunction(_ textOffset: UInt32) -> UInt32 { functions.containing(textOffset).map { textOffset - $0.textOffset } ?? 0 }

    /// Where the locals of a function are, by code. - Throws: where the section is damaged.
    func places(_ function: UInt32) throws(CompletionError) -> LocalPlaces.Function? {
        do throws(LocalPlacesError) { return try locals.function(function) } catch { throw .locals(error) }
    }
}
