public import PrecastWasmModel
public import PrecastWasmTypes

/// Decodes a module in the binary format.
///
/// - Input: the bytes of a file. Output: a ``Module`` over a copy of them; bodies and data are ranges, names and producers are read.
/// - Errors: the first thing that breaks the format, needs a feature that is off, or exceeds `limits`. Function bodies are decoded
///   later, by ``OperatorReader``; name and producer sections that break their own format are kept as far as they make sense.
/// - Parameters:
///   - features: what the module may use. The use of another feature is an error that names it.
///   - supported: what the caller can make use of. The use of an enabled feature that is none of these is an error of its own kind.
/// - Complexity: linear in the size of `bytes`, in time and in memory; nothing is reserved on the word of a count.
/// - Source: WebAssembly core specification, section 5.5.
public func decodeModule(
    _ bytes: [UInt8], features: FeatureSet = .default, supported: FeatureSet = .all,
    limits: ImplementationLimits = ImplementationLimits()
) throws(DecodeError) -> Module {
    if bytes.count > min(limits.moduleSize, Int(Int32.max)) {
        throw .limit("module too large", found: UInt64(bytes.count), maximum: limits.moduleSize, at: 0)
    }
    var decoder = ModuleDecoder(ModuleBytes(bytes), FeatureGate(enabled: features, supported: supported), limits)
    do throws(DecodeError) {
        try decoder.readSections()
    } catch {
        throw decoder.earlierErrorInBodies() ?? error
    }
    return decoder.module
}

/// The state of ``decodeModule(_:features:limits:)``: the module so far, and the sections to come.
struct ModuleDecoder {
    var module: Module
    var sections: SectionReader
    var gate: FeatureGate
    let limits: ImplementationLimits
    /// The branch hints so far, with offsets from the start of their bodies, which come later.
    var branchHints: [BranchHint] = []
    var branchHintSection: Section?
    /// How many types the function section lists.
    var definedFunctionCount = 0

    init(_ bytes: ModuleBytes, _ gate: FeatureGate, _ limits: ImplementationLimits) {
        module = Module(bytes: bytes)
        module.features = gate.enabled
        module.unsupportedFeatures = gate.unsupported
        module.limits = limits
        sections = SectionReader(ByteReader(bytes))
        self.gate = gate
        self.limits = limits
    }

    private mutating func readHeader() throws(DecodeError) {
        guard module.bytes.count >= 4 else { throw DecodeError("unexpected end of the magic header", at: module.bytes.count) }
        guard try sections.reader.readFixed32() == 0x6D73_6100 else { throw DecodeError("magic header not detected", at: 0) }
        let version = try sections.reader.readFixed32()
        if version == 0x0001_000D { throw DecodeError("unknown binary version: this is a component, and not a module", at: 4) }
        guard version == 1 else { throw DecodeError("unknown binary version \(version), expected 1", at: 4) }
    }

    mutating func readSections() throws(DecodeError) {
        try readHeader()
        while let section = try sections.next() { try read(section) }
        try checkCounts()
        resolveBranchHints()
        module.usedFeatures = gate.used
    }

    private mutating func read(_ section: Section) throws(DecodeError) {
        switch section.id {
        case .custom: try readCustomSection(section)
        case .type: try readSection(section) { (this, reader) throws(DecodeError) in try this.readTypes(&reader) }
        case .import: try readSection(section) { (this, reader) throws(DecodeError) in try this.readImports(&reader) }
        case .function: try readSection(section) { (this, reader) throws(DecodeError) in try this.readFunctions(&reader) }
        case .table: try readSection(section) { (this, reader) throws(DecodeError) in try this.readTables(&reader) }
        case .memory: try readSection(section) { (this, reader) throws(DecodeError) in try this.readMemories(&reader) }
        case .global: try readSection(section) { (this, reader) throws(DecodeError) in try this.readGlobals(&reader) }
        case .export: try readSection(section) { (this, reader) throws(DecodeError) in try this.readExports(&reader) }
        case .start: try readSection(section) { (this, reader) throws(DecodeError) in try this.readStart(&reader) }
        case .element: try readSection(section) { (this, reader) throws(DecodeError) in try this.readElements(&reader) }
        case .dataCount: try readSection(section) { (this, reader) throws(DecodeError) in try this.readDataCount(&reader) }
        case .code: try readSection(section) { (this, reader) throws(DecodeError) in try this.readBodies(&reader) }
        case .data: try readSection(section) { (this, reader) throws(DecodeError) in try this.readData(&reader) }
        case .tag:
            try gate.require(.exceptions, "malformed section id 13", at: section.offset)
            try readSection(section) { (this, reader) throws(DecodeError) in try this.readTags(&reader) }
        }
    }

    /// The first thing that is malformed in the bodies. What follows the code section often looks wrong just because a body was.
    func earlierErrorInBodies() -> DecodeError? {
        var reader = OperatorReader(module)
        for position in module.bodies.indices {
            do throws(DecodeError) {
                try reader.begin(module.definedFunction(position))
                while !reader.isAtEnd { _ = try reader.next() }
            } catch {
                return error.kind == .malformed ? error : nil
            }
        }
        return nil
    }

    /// Reads the content of a section, which must be used up exactly.
    private mutating func readSection(
        _ section: Section, _ body: (inout ModuleDecoder, inout ByteReader) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(module.bytes, section.payload)
        try body(&self, &reader)
        if !reader.isAtEnd {
            throw DecodeError("section size mismatch: \(reader.remaining) bytes left in the \(section.id) section", at: reader.position)
        }
    }

    /// The checks across sections, once all are read.
    private func checkCounts() throws(DecodeError) {
        let end = module.bytes.count
        if module.bodies.count != definedFunctionCount {
            throw DecodeError(
                "function and code section have inconsistent lengths: \(definedFunctionCount) and \(module.bodies.count)",
                at: module.codeSection.map { Int($0.start) } ?? end)
        }
        if let count = module.dataCount, Int(count) != module.data.count {
            throw DecodeError("data count and data section have inconsistent lengths: \(count) and \(module.data.count)", at: end)
        }
    }
}
