public import PrecastWasmBinary
import PrecastWasmModel
public import PrecastWasmTypes

/// How a module is printed.
public struct PrintOptions: Hashable, Sendable {
    /// Whether operands are written in the parentheses of the operator that takes them.
    public var isFolded: Bool
    /// Whether the name section's names are used; they are dropped otherwise.
    public var usesNames: Bool
    /// What the module may use.
    public var features: FeatureSet

    public init(isFolded: Bool = false, usesNames: Bool = true, features: FeatureSet = .all) {
        self.isFolded = isFolded
        self.usesNames = usesNames
        self.features = features
    }
}

/// Why a module could not be printed.
public enum PrintError: Error, Hashable, Sendable, CustomStringConvertible {
    case decode(DecodeError)
    /// The binary format can say this, the text format cannot.
    case unprintable(String, offset: Int)

    public var description: String {
        switch self {
        case .decode(let error): error.description
        case .unprintable(let message, let offset): "\(message) (at offset 0x\(String(offset, radix: 16)))"
        }
    }
}

extension PrintError {
    /// The feature that the module uses and that the options leave disabled, if that is what is wrong.
    public var disabledFeature: Feature? {
        if case .decode(let error) = self, case .featureDisabled(let feature) = error.kind { feature } else { nil }
    }
}

/// Prints a module of the binary format in the text format.
///
/// Parsing the text gives a module with the same meaning; the same bytes, if they were laid out as ``parseText(_:_:)-([UInt8],_)`` does
/// and as compilers do (shortest numbers, no empty sections). The module must be well formed, but need not be valid. Names become
/// identifiers, made unique; custom sections and branch hints become annotations. Time and space are linear in the module.
public func printModule(_ bytes: [UInt8], _ options: PrintOptions = PrintOptions()) throws(PrintError) -> [UInt8] {
    try printModuleWithLines(bytes, options).text
}

/// A function of printed text.
public struct PrintedFunction: Sendable {
    public var index: UInt32
    /// Its body in the binary.
    public var body: Range<UInt32>
    public var name: [UInt8]?
    public var line: UInt32
    public var parameterCount: Int
    /// Parameters and locals: at most ``maximumLocals``.
    public var locals: [(name: [UInt8]?, type: ValueType)]
    /// The line of each operator, by its offset in the binary. Not of folded text.
    public var operators: [(offset: UInt32, line: UInt32)]

    /// A few bytes declare as many locals as one likes; nobody looks at more.
    public static let maximumLocals = 1000
}

/// Prints a module as ``printModule(_:_:)`` does, and says on which line each function and operator is.
public func printModuleWithLines(_ bytes: [UInt8], _ options: PrintOptions = PrintOptions()) throws(PrintError) -> (text: [UInt8], functions: [PrintedFunction]) {
    let module: Module
    do throws(DecodeError) { module = try decodeModule(bytes, features: options.features) } catch { throw .decode(error) }
    var printer = Printer(module, options)
    try printer.printModule()
    return (printer.out.bytes, printer.functions)
}

/// The printer of modules.
///
/// In: a decoded module. Out: its text, one field a line, in the order of the sections. Function bodies are read once, operator by
/// operator; folded text goes over a tree of each body, walked with a stack.
struct Printer {
    let module: Module
    let options: PrintOptions
    let names: PrinterNames
    var out = TextBuffer()
    /// The functions printed so far.
    var functions: [PrintedFunction] = []
    /// The hints of the module not yet printed.
    var hintPosition = 0
    /// Whether the section with the names, or with the hints, can be told from the text.
    let hasUsableHints: Bool

    init(_ module: Module, _ options: PrintOptions) {
        self.module = module
        self.options = options
        names = PrinterNames(module, isUsed: options.usesNames)
        hasUsableHints = !module.customSectionErrors.contains { $0.section == BranchHint.sectionName }
    }

    mutating func printModule() throws(PrintError) {
        out.write("(module")
        if let name = names.module {
            out.bytes.append(0x20)
            if name.isEmpty || firstMalformedUTF8(name[...]) != nil { writeNameAnnotation(name) } else { out.writeIdentifier(name) }
        }
        let customSections = placedCustomSections()
        printCustomSections(customSections, after: nil)
        for kind in SectionKind.allCases {
            try printSection(kind)
            printCustomSections(customSections, after: kind)
        }
        out.write(")\n")
    }

    private mutating func printSection(_ kind: SectionKind) throws(PrintError) {
        switch kind {
        case .type: printTypes()
        case .import: printImports()
        case .table: try printTables()
        case .memory: printMemories()
        case .tag: printTags()
        case .global: try printGlobals()
        case .export: printExports()
        case .start: printStart()
        case .element: try printElements()
        case .code: try printFunctions()
        case .data: try printData()
        case .function, .dataCount: break
        }
    }

    /// Starts a field: `(keyword $name (;index;)`.
    mutating func begin(_ space: IndexSpace, _ index: UInt32, depth: Int = 1) {
        out.newLine(depth)
        out.write("(\(space.keyword)")
        writeBinding(names[space, index])
        out.write(" (;\(index);)")
    }

    /// An identifier, and what it stands for where that is another name.
    mutating func writeBinding(_ name: PrintedName?) {
        guard let name else { return }
        if let identifier = name.identifier {
            out.bytes.append(0x20)
            out.writeIdentifier(identifier)
        }
        if let annotation = name.annotation {
            out.bytes.append(0x20)
            writeNameAnnotation(annotation)
        }
    }

    private mutating func writeNameAnnotation(_ name: [UInt8]) {
        out.write("(@name ")
        out.writeQuoted(name: name)
        out.write(")")
    }

    /// A space and an index or identifier of that index space.
    mutating func writeIndex(_ space: IndexSpace, _ index: UInt32) {
        out.bytes.append(0x20)
        if let identifier = names[space, index]?.identifier { out.writeIdentifier(identifier) } else { out.write(index) }
    }

    // MARK: Custom sections

    /// A custom section and the section that it follows.
    private struct Placed {
        var name: [UInt8]
        var contents: ArraySlice<UInt8>
        var anchor: SectionKind?
    }

    /// The custom sections that the text has to spell out, read from the headers of all sections.
    private func placedCustomSections() -> [Placed] {
        var result: [Placed] = []
        var reader = ByteReader(module.bytes)
        var anchor: SectionKind?
        let bytes = module.bytes.copy(ByteRange(start: 0, end: UInt32(module.bytes.count)))
        do throws(DecodeError) {
            _ = try reader.readRange(count: 8)
            while !reader.isAtEnd {
                let id = try reader.readByte()
                let payload = try reader.readRange(count: Int(try reader.readU32()))
                if let kind = SectionKind.allCases.first(where: { $0.id == id }) { anchor = kind }
                guard id == 0 else { continue }
                var content = ByteReader(module.bytes, payload)
                let name = module.bytes.copy(try content.readNameRange(maximum: .max))
                if isImplied(name) { continue }
                result.append(Placed(name: name, contents: bytes[content.position..<Int(payload.end)], anchor: anchor))
            }
        } catch {
            // The decoder has read the same headers.
            assertionFailure("\(error)")
        }
        return result
    }

    /// Whether parsing the text makes the section anew.
    private func isImplied(_ name: [UInt8]) -> Bool {
        if name.elementsEqual("name".utf8) { return true }
        return hasUsableHints && name.elementsEqual(BranchHint.sectionName.utf8)
    }

    private mutating func printCustomSections(_ sections: [Placed], after kind: SectionKind?) {
        for section in sections where section.anchor == kind {
            out.newLine(1)
            out.write("(@custom ")
            out.writeQuoted(name: section.name)
            out.write(kind.map { " (after \($0.keyword))" } ?? " (before first)")
            writeData(section.contents)
            out.write(")")
        }
    }

    /// Strings of bytes, a line each where there are many.
    mutating func writeData(_ content: ArraySlice<UInt8>) {
        let width = 64
        if content.count <= width {
            out.bytes.append(0x20)
            return out.writeQuoted(bytes: content)
        }
        var start = content.startIndex
        while start < content.endIndex {
            let end = min(start + width, content.endIndex)
            out.newLine(2)
            out.writeQuoted(bytes: content[start..<end])
            start = end
        }
    }
}

extension SectionKind {
    /// What a custom section's placement calls it.
    var keyword: String {
        switch self {
        case .type: "type"
        case .import: "import"
        case .function: "func"
        case .table: "table"
        case .memory: "memory"
        case .tag: "tag"
        case .global: "global"
        case .export: "export"
        case .start: "start"
        case .element: "elem"
        case .dataCount: "datacount"
        case .code: "code"
        case .data: "data"
        }
    }
}
