@testable import PrecastDebugInformation
import PrecastArtifactFormat
import PrecastMachineCode
@testable import PrecastObjectEmission

/// A module with two functions, `outer` (body 0x20..<0x40) and `inner` (0x50..<0x60), of which the text says which lines they are on.
enum Sample {
    static let codeStart: UInt32 = 0x10
    static let code = GuestCode(start: codeStart, bodies: [0x20..<0x40, 0x50..<0x60], importedFunctionCount: 3)
    static let listing = TextListing(
        path: Array("old/app.wat".utf8), directory: Array("/old/home".utf8),
        functions: [
            TextListing.Function(
                name: Array("outer".utf8), line: 2, body: 0x20..<0x40, parameterCount: 1, locals: [(Array("p".utf8), .i32), (Array("v".utf8), .f64)],
                rows: [.init(offset: 0x22, line: 3), .init(offset: 0x25, line: 4), .init(offset: 0x30, line: 5)]),
            TextListing.Function(
                name: Array("inner".utf8), line: 8, body: 0x50..<0x60, parameterCount: 1, locals: [(Array("q".utf8), .i64)],
                rows: [.init(offset: 0x52, line: 9), .init(offset: 0x55, line: 10)]),
        ])

    /// `outer` with `inner` inlined at its operator of line 4, and `inner` itself.
    static var module: LinkedModule {
        var outer = CompiledFunction()
        outer.code = [UInt8](repeating: 0x90, count: 64)
        outer.prologueEnd = 4
        outer.sourceRanges = [
            .init(offset: 4, location: 0), .init(offset: 10, location: 2), .init(offset: 20, location: 3), .init(offset: 30, location: .max),
            .init(offset: 34, location: 1), .init(offset: 40, location: 4), .init(offset: 50, location: 0),
        ]
        outer.variables = [
            VariableRange(offsets: 4..<30, inlinedAt: .max, subject: .local(0), place: .register(3)),
            VariableRange(offsets: 30..<60, inlinedAt: .max, subject: .local(0), place: .frame(-24)),
            VariableRange(offsets: 0..<64, inlinedAt: .max, subject: .local(1), place: .register(18)),
            VariableRange(offsets: 4..<64, inlinedAt: .max, subject: .instanceContext, place: .register(5)),
            VariableRange(offsets: 10..<25, inlinedAt: 1, subject: .local(0), place: .constant(77, high: 0)),
        ]
        let locations = [
            SourceLocation(wasmOffset: 0x22, functionIndex: 3), SourceLocation(wasmOffset: 0x25, functionIndex: 3),
            SourceLocation(wasmOffset: 0x52, functionIndex: 4, caller: 1), SourceLocation(wasmOffset: 0x55, functionIndex: 4, caller: 1),
            SourceLocation(wasmOffset: 0x30, functionIndex: 3),
        ]
        var inner = CompiledFunction()
        inner.code = [UInt8](repeating: 0x90, count: 16)
        inner.sourceRanges = [.init(offset: 0, location: 0)]
        var module = LinkedModule()
        module.functions = [
            EmittedFunction(outer, functionIndex: 3, typeIndex: 0, locations: locations),
            EmittedFunction(inner, functionIndex: 4, typeIndex: 0, locations: [SourceLocation(wasmOffset: 0x52, functionIndex: 4)]),
        ]
        return module
    }

    static func context() throws -> ContextPlaces {
        var counts = ContextCounts()
        counts.memories = 1
        counts.importedGlobals = 1
        counts.globals = 1
        return ContextPlaces(try ContextLayout(counts))
    }

    /// The sections with the functions 0x1000 bytes apart, and the warnings.
    static func translated(
        _ sections: GuestSections? = nil, _ settings: DebugSettings = DebugSettings()
    ) throws -> (sections: [(name: String, bytes: [UInt8])], warnings: [DebugWarning]) {
        let guest = sections ?? GuestSections(listing, codeStart: codeStart)
        let (found, warnings) = translateDebugInformation(guest, code, try context(), module, settings)
        return (try found.map { ($0.name, try $0.resolved(text: 0x1000, offsets: [0, 0x1000])) }, warnings)
    }
}
