public import PrecastCompiler
import PrecastArtifactFormat
public import PrecastDisassembly
import PrecastInspection
public import PrecastWasmText
import Synchronization

/// Why no page could be made.
public enum ExplorationError: Error, Sendable, CustomStringConvertible {
    case compile(CompileError)
    case print(PrintError)
    case disassembly(DisassemblyError)
    case noFunction(String)

    public var description: String {
        switch self {
        case .compile(let error): "\(error)"
        case .print(let error): "\(error)"
        case .disassembly(let error): "\(error)"
        case .noFunction(let name): "no function '\(name)' in the module"
        }
    }
}

extension ExplorationError {
    public var compileError: CompileError? { if case .compile(let error) = self { error } else { nil } }
}

/// A line of the guest's source.
public struct SourcePlace: Hashable, Sendable {
    public var file: String
    public var line: Int
    /// The line itself, where it is at hand.
    public var text: String?
    public init(file: String, line: Int, text: String? = nil) {
        self.file = file
        self.line = line
        self.text = text
    }
}

public struct ExploreOptions {
    public var title = "module"
    /// Names or indices of the functions to show; empty: all.
    public var functions: [String] = []
    /// Where the operator at an offset in the module's binary comes from.
    public var sourcePlace: (UInt32) -> SourcePlace? = { _ in nil }
    public init() {}
}

/// Compiles a module and makes a page of it: one HTML file in which each function stands as WebAssembly text, IR before and after optimization, and machine code,
/// with what belongs together linked.
///
/// The page loads nothing, runs one script, whose hash its policy names, and takes everything of the module as text.
/// - Parameter module: in the binary format.
/// - Complexity: linear in the module and its code; the page is many times as large as the module.
public func explorePage(_ module: [UInt8], _ compiler: Compiler, _ options: ExploreOptions) throws(ExplorationError) -> [UInt8] {
    let stages = StageTexts()
    var compiler = compiler
    compiler.dump = DumpRequest(points: [.translate, .optimize], function: nil, receive: stages.add)
    let artifact: [UInt8]
    do throws(CompileError) { artifact = try compiler.compile(module) } catch { throw .compile(error) }
    var lister: FunctionLister
    do throws(PrintError) { lister = try FunctionLister(module) } catch { throw .print(error) }
    return try withCode(artifact) { (code) throws(ExplorationError) in
        var page = PageWriter(options, code, level: compiler.configuration.optimizationLevel.rawValue)
        let defined = lister.definedFunctions
        let chosen = try choose(options.functions, defined, code)
        for index in defined where chosen?.contains(index) ?? true {
            let text: FunctionText
            do throws(PrintError) { text = try lister.function(index) } catch { throw .print(error) }
            try page.add(index, text, stages.take(Int(index - defined.lowerBound)), firstDefined: defined.lowerBound, code, options.sourcePlace)
        }
        return page.finish()
    }
}

private func withCode(_ artifact: [UInt8], _ body: (ArtifactCode) throws(ExplorationError) -> [UInt8]) throws(ExplorationError) -> [UInt8] {
    try artifact.withUnsafeBufferPointer { (bytes) throws(ExplorationError) in
        let code: ArtifactCode
        do throws(DisassemblyError) { code = try ArtifactCode(image: UnsafeRawBufferPointer(bytes)) } catch { throw .disassembly(error) }
        return try body(code)
    }
}

/// The functions that are asked for by name, export or index; nil: all.
private func choose(_ names: [String], _ defined: Range<UInt32>, _ code: ArtifactCode) throws(ExplorationError) -> Set<UInt32>? {
    if names.isEmpty { return nil }
    var result = Set<UInt32>()
    for name in names {
        let found = defined.filter { "\($0)" == name || code.functionName($0) == name || code.aliases($0).contains(name) }
        if found.isEmpty { throw .noFunction(name) }
        result.formUnion(found)
    }
    return result
}

/// Functions after translation and after optimization, by number.
private final class StageTexts: Sendable {
    private let texts = Mutex<[Int: FunctionStages]>([:])

    func add(_ point: DumpRequest.Point, _ number: Int, _ text: String) {
        texts.withLock { texts in
            if point == .translate { texts[number, default: FunctionStages()].translated = text } else { texts[number, default: FunctionStages()].optimized = text }
        }
    }
    func take(_ number: Int) -> FunctionStages { texts.withLock { $0.removeValue(forKey: number) } ?? FunctionStages() }
}

struct FunctionStages {
    var translated = ""
    var optimized = ""
}
