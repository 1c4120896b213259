public import PrecastMachineCode
public import PrecastWasmModel
import PrecastArtifactFormat
import PrecastEntities

/// Why a section `.precast.locals` cannot be read.
public enum LocalPlacesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The section headers of the file cannot be read.
    case notELF
    case version(UInt8)
    case invalid(offset: Int, what: String)

    public var description: String {
        switch self {
        case .notELF: "this is no ELF file of a 64-bit machine, or its section headers are damaged"
        case .version(let found): "\(SectionNames.locals) has version \(found), this version reads \(LocalPlaces.version)"
        case .invalid(let offset, let what): "\(SectionNames.locals), offset \(offset): \(what)"
        }
    }
}

/// Where the locals of a module's functions and their instance contexts are, by code: the section `.precast.locals`, byte by byte in docs/artifact-format.md.
public struct LocalPlaces: @unchecked Sendable {
    static let version: UInt8 = 1
    /// More than a valid function has.
    static let mostLocals: UInt64 = 1 << 20

    /// Locals one after the other that have the same type.
    public struct TypeRun: Hashable, Sendable {
        public var count: UInt32
        public var type: LocalType
        public init(count: UInt32, type: LocalType) {
            self.count = count
            self.type = type
        }
    }
    /// A local's type, by its code in the binary format; all references are one.
    public enum LocalType: UInt8, Hashable, Sendable {
        case i32 = 0x7f, i64 = 0x7e, f32 = 0x7d, f64 = 0x7c, v128 = 0x7b, reference = 0x70
    }

    /// A function's code, or what was inlined into it at a call. The first of a function is the function itself.
    struct Scope: Hashable {
        var parent: UInt32
        /// Of the call, in the module's binary.
        var callOffset: UInt32
        var function: UInt32
    }

    /// What is known of one function.
    public struct Function: Sendable {
        /// Parameters first.
        public fileprivate(set) var types: [TypeRun] = []
        fileprivate var scopes: [Scope] = []
        /// `inlinedAt` is the number of a scope.
        fileprivate var ranges: [VariableRange] = []

        /// The places of the function's own variables, and of those of functions that were inlined.
        public struct Site: Hashable, Sendable { fileprivate var scopes: [UInt32] }
        public var outermost: Site { Site(scopes: [0]) }
        /// Where `function` was inlined at the call at `offset` of the module's binary.
        public func inlined(_ function: UInt32, at offset: UInt32, in site: Site) -> Site {
            Site(scopes: scopes.indices.dropFirst().map { UInt32($0) }.filter {
                let scope = scopes[Int($0)]
                return scope.callOffset == offset && scope.function == function && site.scopes.contains(scope.parent)
            })
        }
        /// Where a variable is at an offset of the function's code; nil where nobody knows. Linear in the function's ranges.
        public func place(of subject: VariableRange.Subject, in site: Site, at offset: UInt32) -> VariableRange.Place? {
            let found = ranges.filter { $0.subject == subject && $0.offsets.contains(offset) && site.scopes.contains($0.inlinedAt) }
            guard let first = found.first, found.allSatisfy({ $0.place == first.place }) else { return nil }
            return first.place
        }
    }

    private let bytes: ModuleBytes
    private let section: UnsafeRawBufferPointer
    /// By function index.
    private var functions: [(index: UInt32, range: Range<Int>)] = []

    /// The section of an artifact or debug file; nil: it has none. Linear in the number of functions.
    public init?(elf file: ModuleBytes) throws(LocalPlacesError) {
        guard let sections = elfSections(file.buffer) else { throw .notELF }
        guard let section = sections[SectionNames.locals] else { return nil }
        bytes = file
        self.section = section
        try readIndex()
    }

    init(section bytes: [UInt8]) throws(LocalPlacesError) {
        self.bytes = ModuleBytes(bytes)
        section = self.bytes.buffer
        try readIndex()
    }

    private mutating func readIndex() throws(LocalPlacesError) {
        var cursor = ByteCursor(section)
        let version = cursor.byte()
        if version != Self.version { throw .version(version) }
        var next: UInt64 = 0
        while !cursor.isAtEnd {
            let index = next &+ cursor.uleb()
            let size = cursor.uleb()
            let start = cursor.position
            cursor.skip(size)
            if cursor.hasFailed { throw .invalid(offset: start, what: "a function of \(size) bytes reaches beyond the end") }
            guard let number = UInt32(exactly: index) else { throw .invalid(offset: start, what: "function \(index)") }
            functions.append((number, start..<cursor.position))
            next = index + 1
        }
    }

    /// What is known of the function with an index. Linear in that.
    public func function(_ index: UInt32) throws(LocalPlacesError) -> Function? {
        let next = functions.partitionPoint { $0.index < index }
        guard next < functions.count, functions[next].index == index else { return nil }
        var reader = FunctionReader(ByteCursor(section, functions[next].range))
        return try reader.read()
    }
}

private struct FunctionReader {
    private var cursor: ByteCursor
    private var function = LocalPlaces.Function()
    private var localCount: UInt64 = 0

    init(_ cursor: ByteCursor) { self.cursor = cursor }

    private func invalid(_ what: String) -> LocalPlacesError { .invalid(offset: cursor.position, what: what) }
    private mutating func number() throws(LocalPlacesError) -> UInt32 {
        let value = cursor.uleb()
        if cursor.hasFailed { throw invalid("it ends too soon") }
        guard let number = UInt32(exactly: value) else { throw invalid("a number of more than 32 bits") }
        return number
    }
    private mutating func offset() throws(LocalPlacesError) -> Int32 {
        let value = cursor.sleb()
        guard !cursor.hasFailed, let number = Int32(exactly: value) else { throw invalid("a distance of more than 32 bits") }
        return number
    }

    mutating func read() throws(LocalPlacesError) -> LocalPlaces.Function {
        for _ in 0..<(try number()) {
            let count = try number()
            let code = cursor.byte()
            guard let type = LocalPlaces.LocalType(rawValue: code) else { throw invalid("a local of unknown type \(code)") }
            localCount += UInt64(count)
            if localCount > LocalPlaces.mostLocals { throw invalid("\(localCount) locals") }
            function.types.append(LocalPlaces.TypeRun(count: count, type: type))
        }
        function.scopes = [LocalPlaces.Scope(parent: 0, callOffset: 0, function: 0)]
        let form = cursor.byte()
        switch form {
        case 0: try readHomes()
        case 1: try readRanges()
        default: throw invalid("unknown form \(form)")
        }
        return function
    }

    private mutating func range(from start: UInt32) throws(LocalPlacesError) -> Range<UInt32> {
        let (low, isFar) = start.addingReportingOverflow(try number())
        let (high, isLong) = low.addingReportingOverflow(try number())
        if isFar || isLong { throw invalid("a range of more than 4 GiB") }
        return low..<high
    }

    private mutating func readHomes() throws(LocalPlacesError) {
        let code = try range(from: 0), context = try offset(), stride = try number()
        function.ranges = [VariableRange(offsets: code, inlinedAt: 0, subject: .instanceContext, place: .frame(context))]
        for local in 0..<UInt32(localCount) {
            guard let place = Int32(exactly: Int64(context) + Int64(stride) * (Int64(local) + 1)) else { throw invalid("a frame of more than 2 GiB") }
            function.ranges.append(VariableRange(offsets: code, inlinedAt: 0, subject: .local(local), place: .frame(place)))
        }
    }

    private mutating func readRanges() throws(LocalPlacesError) {
        let count = try number()
        var last: UInt32 = 0
        for _ in 0..<count {
            let parent = try number()
            guard Int(parent) < function.scopes.count else { throw invalid("a call inlined into one that comes later") }
            last = last &+ UInt32(bitPattern: try offset())
            function.scopes.append(LocalPlaces.Scope(parent: parent, callOffset: last, function: try number()))
        }
        var scope: UInt32 = 0
        while !cursor.isAtEnd {
            let (next, isFar) = scope.addingReportingOverflow(try number())
            guard !isFar, Int(next) < function.scopes.count else { throw invalid("no such inlined call") }
            scope = next
            let number = try number()
            let subject: VariableRange.Subject = number == 0 ? .instanceContext : .local(number - 1)
            var end: UInt32 = 0
            for _ in 0...(try self.number()) {
                let code = try range(from: end)
                end = code.upperBound
                function.ranges.append(VariableRange(offsets: code, inlinedAt: scope, subject: subject, place: try place()))
            }
        }
    }

    private mutating func place() throws(LocalPlacesError) -> VariableRange.Place {
        let code = cursor.uleb(), rest = code >> 2
        switch code & 3 {
        case 0:
            guard let register = UInt8(exactly: rest) else { throw invalid("register \(rest)") }
            return .register(register)
        case 1:
            guard let offset = Int32(exactly: Int64(bitPattern: rest >> 1) ^ -Int64(bitPattern: rest & 1)) else { throw invalid("a frame of more than 2 GiB") }
            return .frame(offset)
        case 2: return .constant(cursor.uleb(), high: 0)
        default: return .constant(cursor.uleb(), high: cursor.uleb())
        }
    }
}
