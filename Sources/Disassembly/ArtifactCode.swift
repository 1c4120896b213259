public import PrecastArtifactFormat
import PrecastInspection

/// The code of an artifact, function by function, disassembled and explained.
///
/// Borrows the artifact's bytes. Every read is checked: a damaged artifact gives an error, or odd text.
public struct ArtifactCode {
    public let view: ArtifactView
    let functions: TableView<FunctionRecord>
    let names: CodeNames
    private let text: UnsafeRawBufferPointer
    /// Of the text in the image.
    private let textAddress: UInt64
    private let disassembler: Disassembler
    private let addresses: AddressMap
    private let inlineFrames: TableView<InlineFrameRecord>
    private let traps: TableView<WordRecord>
    private let trapCodes: TableView<ByteRecord>
    private let sites: TableView<ExceptionSiteRecord>
    private let handlers: TableView<ExceptionHandlerRecord>

    /// Opens the artifact at the start of `image`, for whatever machine that can be disassembled.
    public init(image: UnsafeRawBufferPointer, syntax: AssemblySyntax = .intel) throws(DisassemblyError) {
        do throws(ArtifactError) {
            let view = try ArtifactView(image: image)
            self.view = view
            functions = try view.table(.functions)
            text = try view.region(.text)
            textAddress = try view.entry(.text)?.address ?? 0
            names = try CodeNames(view, textAddress: textAddress)
            addresses = try AddressMap(view)
            inlineFrames = try view.table(.inlineFrames)
            traps = try view.table(.trapOffsets)
            trapCodes = try view.table(.trapCodes)
            sites = try view.table(.exceptionSites)
            handlers = try view.table(.exceptionHandlers)
        } catch {
            throw .artifact(error)
        }
        disassembler = try Disassembler(view.stamp.machine, syntax: syntax)
    }

    /// Functions and trampolines.
    public var functionCount: Int { functions.count }

    /// - Precondition: `row` is one of `0 ..< functionCount`.
    public func record(_ row: Int) -> FunctionRecord { functions[unchecked: row] }
    /// What a function or trampoline is called. Escaped, and cut if it is very long.
    public func name(_ row: Int) -> String { names.name(of: functions[unchecked: row]) }
    /// What the function of an index is called, whether any code is left of it or not.
    public func functionName(_ index: UInt32) -> String { names.function(index) }

    /// How many functions the module's index space has.
    public var indexedFunctionCount: Int { names.functionCount }
    /// What else people may call a function: its exports. Escaped.
    public func aliases(_ index: UInt32) -> [String] { names.exportNames(index) }
    /// Whether a function is called so, or has that index.
    public func hasFunction(_ name: String) -> Bool {
        if let index = UInt32(name) { return index < indexedFunctionCount }
        return (0..<UInt32(indexedFunctionCount)).contains { functionName($0) == name || aliases($0).contains(name) }
    }

    /// Disassembles one function. Linear in its size, but for how often a block's state changes.
    ///
    /// - Precondition: `row` is one of `0 ..< functionCount`.
    public func disassemble(_ row: Int) throws(DisassemblyError) -> FunctionCode {
        let record = functions[unchecked: row]
        let end = UInt64(record.textOffset) + UInt64(record.byteCount)
        guard end <= UInt64(text.count) else {
            throw .artifact(.indexOutOfRange(table: .text, index: end, count: UInt64(text.count)))
        }
        let code = UnsafeRawBufferPointer(rebasing: text[Int(record.textOffset)..<Int(end)])
        var builder = FunctionCodeBuilder(record, row, code, textAddress: textAddress, names)
        builder.read(disassembler)
        for offset in landingPads(record) { builder.addLandingPad(offset) }
        builder.addInstructions(
            trap: { traps.row(of: $0).flatMap { $0 < trapCodes.count ? TrapCode(rawValue: trapCodes[unchecked: $0].value)?.message : nil } ?? "" },
            chain: chain)
        return builder.finish()
    }

    /// Text offsets of a function's landing pads.
    private func landingPads(_ record: FunctionRecord) -> Set<UInt32> {
        var result = Set<UInt32>()
        let end = UInt64(record.textOffset) + UInt64(record.byteCount)
        var index = sites.partitionPoint { $0.textOffset <= record.textOffset }
        while index < sites.count, UInt64(sites[unchecked: index].textOffset) <= end {
            if let rows = try? handlers.rows(sites[unchecked: index].handlers) {
                for n in 0..<rows.count { result.insert(rows[unchecked: n].textOffset) }
            }
            index += 1
        }
        return result
    }

    /// Where the code at a text offset comes from, innermost first; empty: nobody knows.
    private func chain(_ offset: UInt32, _ function: UInt32) -> [FunctionCode.Frame] {
        var location = addresses.location(offset), frames: [FunctionCode.Frame] = []
        while let row = location.inlineRow, Int(row) < inlineFrames.count {
            let inlined = inlineFrames[unchecked: Int(row)]
            frames.append(.init(function: inlined.functionIndex, offset: inlined.wasmOffset))
            if let next = inlined.caller.inlineRow, next >= row { break }
            location = inlined.caller
        }
        if let own = location.wasmOffset { frames.append(.init(function: function, offset: own)) }
        return frames
    }
}
