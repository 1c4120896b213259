import PrecastArtifactFormat
import PrecastDebugInformation
import PrecastDemangling
import PrecastWasmModel

/// The source of an artifact's code, from the DWARF that `precast compile -g` put into it or into a file beside it.
///
/// What is printed of a frame is offsets in the module's binary; the artifact's address map leads from there to the code and its DWARF.
public final class NativeSourceMap {
    private let locator: SourceLocator
    private let artifact: ModuleBytes
    private let text: UInt64
    private let textBytes: UInt64
    private let functions: TableView<FunctionRecord>
    private let inlineFrames: TableView<InlineFrameRecord>
    private let addressMap: AddressMap
    /// Hexadecimal; the beginning of the image digest.
    public let buildID: String

    /// - Parameter debugFile: where the debug information is, if not in the artifact itself.
    public init(artifact bytes: [UInt8], debugFile: [UInt8]? = nil) throws(SourceMapError) {
        artifact = ModuleBytes(bytes)
        do throws(ArtifactError) {
            let view = try ArtifactView(image: artifact.buffer)
            functions = try view.table(.functions)
            inlineFrames = try view.table(.inlineFrames)
            addressMap = try AddressMap(view)
            text = try view.entry(.text)?.address ?? 0
            textBytes = try view.entry(.text)?.byteCount ?? 0
            buildID = view.stamp.buildID
        } catch {
            throw .artifact(error.text)
        }
        let debug = debugFile.map { ModuleBytes($0) } ?? artifact
        guard let sections = GuestSections(elf: debug) else { throw .notELF }
        if debugFile != nil, let found = elfBuildID(debug.buffer), found != buildID { throw .otherBuild(artifact: buildID, debugFile: found) }
        locator = SourceLocator(sections)
        guard !locator.isEmpty else { throw .noDebugInformation }
    }

    /// The source of a machine frame, from the frames that are printed of it: those inlined by the compiler, then the function. Innermost first, one list for
    /// each printed frame; empty where nothing is known. Linear in the function's code.
    public func frames(_ printed: [PrintedFrame]) -> [[SourceFrame]] {
        var found: [SourceLocator.Frame] = []
        if let owner = printed.last {
            forEachOffset(of: printed, in: owner.function) { offset in
                let frames = locator.frames(at: UInt32(clamping: text + UInt64(offset)))
                if found.isEmpty { found = frames }
                // A prologue has the place of what follows it, but no line.
                guard let innermost = frames.first, innermost.line != nil else { return true }
                found = frames
                return false
            }
        }
        return found.isEmpty ? [[SourceFrame]](repeating: [], count: printed.count) : assigned(found.map { SourceFrame($0) }, to: printed)
    }

    /// Calls `body` for the beginning of each stretch of code that the function has of that chain of frames, until it returns false.
    private func forEachOffset(of printed: [PrintedFrame], in function: UInt32, _ body: (UInt32) -> Bool) {
        for index in 0..<functions.count {
            let row = functions[unchecked: index]
            guard row.kind == .function, row.functionIndex == function else { continue }
            let end = UInt32(clamping: min(UInt64(row.textOffset) + UInt64(row.byteCount), textBytes))
            var last = CodeLocation.unknown
            for offset in row.textOffset..<max(end, row.textOffset) {
                let location = addressMap.location(offset)
                if location == last { continue }
                last = location
                if isChain(location, printed), !body(offset) { return }
            }
        }
    }

    private func isChain(_ location: CodeLocation, _ printed: [PrintedFrame]) -> Bool {
        var location = location
        for frame in printed.dropLast() {
            guard let row = location.inlineRow, Int(row) < inlineFrames.count else { return false }
            let record = inlineFrames[unchecked: Int(row)]
            if record.functionIndex != frame.function || record.wasmOffset != frame.wasmOffset { return false }
            location = record.caller
        }
        return location.wasmOffset != nil && location.wasmOffset == printed.last?.wasmOffset
    }

    /// Each printed frame gets the frames up to the one with its name; the last all that are left.
    private func assigned(_ frames: [SourceFrame], to printed: [PrintedFrame]) -> [[SourceFrame]] {
        var rest = frames[...], result: [[SourceFrame]] = []
        for frame in printed.dropLast() {
            let name = frame.name.map { readableName($0) }
            let count = rest.dropLast().firstIndex { $0.name == name }.map { $0 - rest.startIndex + 1 } ?? min(1, max(rest.count - 1, 0))
            var own = Array(rest.prefix(count))
            if !own.isEmpty { own[own.count - 1].isInlined = false }
            result.append(own)
            rest = rest.dropFirst(count)
        }
        return result + [Array(rest)]
    }
}

/// An artifact's build id, in hexadecimal.
public func buildID(ofArtifact bytes: [UInt8]) throws(SourceMapError) -> String {
    let artifact = ModuleBytes(bytes)
    do throws(ArtifactError) { return try ArtifactView(image: artifact.buffer).stamp.buildID } catch { throw .artifact(error.text) }
}
