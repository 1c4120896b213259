import CLoaderSupport
import CRuntimeABI
import PrecastArtifactFormat

/// Compiled frames, innermost first. Functions that were inlined have frames of their own.
public struct Backtrace: Sendable {
    public struct Frame: Sendable {
        public let module: LoadedModule
        /// In the module's function index space.
        public let functionIndex: UInt32
        /// Offset in the module's binary of the instruction that trapped or called, if the artifact knows.
        public let wasmOffset: UInt32?
        /// Whether the function was compiled into its caller, the next frame.
        public let isInlined: Bool

        /// The function's name in the module, if it has one.
        public var name: String? { module.functionName(functionIndex) }
    }

    public private(set) var frames: [Frame] = []
    /// Machine frames beyond those kept.
    public private(set) var omittedCount: UInt64 = 0

    init() {}

    /// The frames of a store whose compiled code called the host.
    init(walking state: UnsafeMutablePointer<precast_store_state>) {
        var report = precast_report()
        precast_walk(state, &report)
        guard state.pointee.context.entry != 0 else { return }
        self = withUnsafePointer(to: &report) { Backtrace($0) }
    }

    init(_ report: UnsafePointer<precast_report>) {
        let isFault = report.pointee.kind == PRECAST_REPORT_FAULT
        // A call is looked up by an address inside it: the return address may be another line's, or another function's.
        let isFrameless = add(isFault ? report.pointee.pc : report.pointee.pc &- 1)
        if isFault && isFrameless { add(report.pointee.leaf_return &- 1) }
        let count = Int(report.pointee.frame_count)
        withUnsafeBytes(of: report.pointee.frames) { bytes in
            for index in 0..<count {
                add(bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) &- 1)
            }
        }
        omittedCount = report.pointee.frame_total - UInt64(count)
    }

    /// The frames of the instruction at address `pc` alone: those inlined there, then the function that holds it. None for code that is no
    /// function of a module. The module must stay loaded during the call. Any thread.
    public static func frames(at pc: UInt64) -> [Frame] {
        var backtrace = Backtrace()
        backtrace.add(pc)
        return backtrace.frames
    }

    /// Adds the frames of the function that holds `pc`; none for code that is no module's. Returns whether it is frameless.
    @discardableResult
    private mutating func add(_ pc: UInt64) -> Bool {
        var range = precast_code_range()
        guard precast_code_find(pc, &range) != 0, let handle = UnsafeRawPointer(bitPattern: UInt(range.module)) else { return false }
        let module = Unmanaged<LoadedModule>.fromOpaque(handle).takeUnretainedValue()
        let offset = UInt32(truncatingIfNeeded: pc &- range.text)
        guard let function = module.function(at: offset) else { return false }
        guard function.kind == .function else { return function.isFrameless }
        var location = module.location(at: offset)
        // Chains end: each record's caller comes before it, or is no record.
        while let row = location.inlineRow, let inlined = module.inlineFrame(row) {
            frames.append(Frame(module: module, functionIndex: inlined.functionIndex, wasmOffset: inlined.wasmOffset, isInlined: true))
            if let next = inlined.caller.inlineRow, next >= row { break }
            location = inlined.caller
        }
        frames.append(Frame(module: module, functionIndex: function.functionIndex, wasmOffset: location.wasmOffset, isInlined: false))
        return function.isFrameless
    }

    /// The frames that are printed at most.
    private static var printed: Int { 40 }

    /// The backtrace as text to follow a message: empty without frames.
    var suffix: String { frames.isEmpty ? "" : "\n" + description }
}

extension Backtrace: CustomStringConvertible {
    /// One line a frame: number, function, offset in the binary. Names are escaped.
    public var description: String {
        var text = "wasm backtrace:"
        for (index, frame) in frames.prefix(Self.printed).enumerated() {
            var number = "\(index)"
            while number.bytes.count < 5 { number = " " + number }
            text += "\n" + number + ": "
            if let name = frame.name { text += escaped(name) + " (function \(frame.functionIndex))" }
            else { text += "function \(frame.functionIndex)" }
            if let offset = frame.wasmOffset { text += " at 0x" + hexadecimal(UInt64(offset)) }
            if frame.isInlined { text += ", inlined" }
        }
        let rest = UInt64(max(0, frames.count - Self.printed)) + omittedCount
        if rest > 0 { text += "\n       and \(rest) more" }
        return text
    }
}
