import PrecastArtifactFormat
import PrecastMachineCode
import PrecastObjectEmission
import PrecastWasmTypes

/// A small module by hand, with x86-64 code that could run: two functions (one with a frame that calls the other and reads a constant), an entry
/// trampoline, a memory with an image, a table, globals, segments, names that need escaping.
func sampleModule() -> LinkedModule {
    var leaf = CompiledFunction()
    leaf.code = [0x8d, 0x04, 0x16, 0x0f, 0x0b, 0xc3]                       // lea eax, [rsi+rdx]; ud2; ret
    leaf.isFrameless = true
    leaf.traps = [TrapSite(offset: 3, code: TrapCode.unreachable.rawValue)]
    leaf.sourceRanges = [SourceRange(offset: 0, location: 0), SourceRange(offset: 3, location: 2)]

    var caller = CompiledFunction()
    caller.code = [
        0x55,                                                              // push rbp
        0x48, 0x89, 0xe5,                                                  // mov rbp, rsp
        0x48, 0x83, 0xec, 0x10,                                            // sub rsp, 16
        0x48, 0x89, 0x5d, 0xf8,                                            // mov [rbp-8], rbx
        0x8b, 0x1d, 0, 0, 0, 0,                                            // mov ebx, [rip+constant]
        0xe8, 0, 0, 0, 0,                                                  // call leaf
        0x01, 0xd8,                                                        // add eax, ebx
        0x48, 0x8b, 0x5d, 0xf8,                                            // mov rbx, [rbp-8]
        0xc9,                                                              // leave
        0xc3,                                                              // ret
    ]
    caller.relocations = [
        Relocation(offset: 14, kind: .x86PCRelative32, target: RelocationTarget(.readOnlyData, 8), addend: -4),
        Relocation(offset: 19, kind: .x86PCRelative32, target: RelocationTarget(.function, 0), addend: -4),
    ]
    caller.unwind = [
        UnwindStep(offset: 1, rule: .defineCFA(register: 7, offset: 16)),
        UnwindStep(offset: 1, rule: .saved(register: 6, offset: -16)),
        UnwindStep(offset: 4, rule: .defineCFA(register: 6, offset: 16)),
        UnwindStep(offset: 12, rule: .saved(register: 3, offset: -24)),
        UnwindStep(offset: 29, rule: .restored(register: 3)),
        UnwindStep(offset: 30, rule: .defineCFA(register: 7, offset: 8)),
    ]
    caller.frameSize = 16
    caller.sourceRanges = [SourceRange(offset: 0, location: 0), SourceRange(offset: 18, location: 1), SourceRange(offset: 23, location: 0)]

    var entry = CompiledFunction()
    entry.code = [0x55, 0x48, 0x89, 0xe5, 0xff, 0xd6, 0x5d, 0xc3]
    entry.unwind = [
        UnwindStep(offset: 1, rule: .defineCFA(register: 7, offset: 16)),
        UnwindStep(offset: 1, rule: .saved(register: 6, offset: -16)),
        UnwindStep(offset: 4, rule: .defineCFA(register: 6, offset: 16)),
        UnwindStep(offset: 7, rule: .defineCFA(register: 7, offset: 8)),
    ]

    var module = LinkedModule()
    module.functions = [
        EmittedFunction(leaf, functionIndex: 1, typeIndex: 0, locations: [
            SourceLocation(wasmOffset: 100, functionIndex: 1),
            SourceLocation(wasmOffset: 110, functionIndex: 1),
            SourceLocation(wasmOffset: 300, functionIndex: 3, caller: 1),
        ]),
        EmittedFunction(caller, functionIndex: 2, typeIndex: 0, locations: [
            SourceLocation(wasmOffset: 200, functionIndex: 2), SourceLocation(wasmOffset: 210, functionIndex: 2),
        ]),
        EmittedFunction(entry, kind: .entryTrampoline, typeIndex: 0),
    ]
    module.layoutOrder = [1, 2, 0]
    module.readOnlyData = [UInt8](repeating: 0, count: 8) + [42, 0, 0, 0] + [UInt8](repeating: 0, count: 12)
    module.readOnlyFixups = [
        ReadOnlyFixup(offset: 0, kind: .relative(base: 0), function: 0),
        ReadOnlyFixup(offset: 12, kind: .textOffset, function: 1),
    ]
    module.metadata = sampleMetadata()
    module.target.requiredFeatures = .x86_64v2
    module.target.requestedFeatures = .x86_64v2
    module.target.cpuName = "x86-64-v2"
    return module
}

private func sampleMetadata() -> ModuleMetadata {
    var metadata = ModuleMetadata()
    metadata.name = Array("sample".utf8)
    metadata.types = [
        .function(parameters: [.i32, .i32], results: [.i32]), .function(parameters: [], results: []),
        .function(parameters: [.i32, .i32], results: [.i32]),
    ]
    metadata.imports = [.init(module: Array("env".utf8), name: Array("log".utf8), type: .function(typeIndex: 1))]
    metadata.exports = [
        .init(name: Array("run".utf8), kind: .function, index: 2), .init(name: Array("memory".utf8), kind: .memory, index: 0),
        .init(name: Array("add".utf8), kind: .function, index: 1),
    ]
    metadata.functionNames = [nil, Array("add two\u{1b}[31m\\é".utf8), Array("run".utf8), Array("inlined".utf8)]
    metadata.definedFunctionCount = 3
    metadata.memories = [.init(type: .memory(minimum: 2, maximum: 10), reservation: 4 << 30, guardBefore: 0, guardAfter: 32 << 20, isMovable: false)]
    var readOnly = ModuleMetadata.Table(type: .table(.funcref, minimum: 1, maximum: 1))
    readOnly.readOnlyData = (0, 1)
    metadata.tables = [.init(type: .table(.funcref, minimum: 4, maximum: nil)), readOnly]
    metadata.globals = [
        .init(type: .global(.i32, mutable: true), initializer: [ConstantOperatorRecord(.i32Constant, low: 0xffff_ffff)]),
        .init(type: .global(.funcref, mutable: false), initializer: [ConstantOperatorRecord(.functionReference, index: 1)]),
    ]
    metadata.functionReferences = [.init(functionIndex: 1, typeIndex: 0), .init(functionIndex: 2, typeIndex: 0), .init(functionIndex: 0, typeIndex: 1)]
    let zero = [ConstantOperatorRecord(.i32Constant, low: 0)]
    metadata.elementSegments = [
        .init(mode: .active, table: 0, offset: zero, elementType: .funcref, elements: [.function(reference: 0), .null, .function(reference: 2)]),
        .init(mode: .passive, elementType: .funcref, elements: [.expression([ConstantOperatorRecord(.functionReference, index: 0)]), .globalGet(1)]),
    ]
    metadata.dataSegments = [
        .init(mode: .active, offset: [ConstantOperatorRecord(.i32Constant, low: 5000)], bytes: [UInt8](repeating: 7, count: 9000)),
        .init(mode: .passive, bytes: Array("passive".utf8)),
        .init(mode: .active, offset: [ConstantOperatorRecord(.i32Constant, low: 6000)], bytes: [1, 2, 3]),
    ]
    metadata.producers = [.init(field: Array("language".utf8), name: Array("WAT".utf8), version: Array("1".utf8))]
    metadata.wasmFeatures = FeatureSet(.bulkMemory, .referenceTypes).rawValue
    return metadata
}
