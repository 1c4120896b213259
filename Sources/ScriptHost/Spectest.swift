import PrecastRuntime
import PrecastWasmTypes

/// Defines the host module that the test suite's scripts import from. What its functions print is dropped.
func defineSpectest(_ linker: Linker<Void>, _ store: Store<Void>) throws(InstantiationError) {
    do throws(LinkError) {
        try defineFunctions(linker)
        try defineGlobals(linker, store)
    } catch {
        throw .link(error)
    }
    let tableLimits = Limits(minimum: 10, maximum: 20), memoryLimits = Limits(minimum: 1, maximum: 2)
    let table = try Table(TableType(element: .function, limits: tableLimits), in: store)
    let table64 = try Table(TableType(element: .function, limits: tableLimits, is64: true), in: store)
    let memory = try Memory(MemoryType(limits: memoryLimits), in: store)
    let shared = try SharedMemory(MemoryType(limits: memoryLimits, isShared: true), engine: linker.engine)
    do throws(LinkError) {
        try linker.define("spectest", "table", .table(table))
        try linker.define("spectest", "table64", .table(table64))
        try linker.define("spectest", "memory", .memory(memory))
        try linker.define("spectest", "shared_memory", .sharedMemory(shared))
    } catch {
        throw .link(error)
    }
}

private func defineFunctions(_ linker: Linker<Void>) throws(LinkError) {
    let functions: [(String, [ValueType])] = [
        ("print", []), ("print_i32", [.i32]), ("print_i64", [.i64]), ("print_f32", [.f32]), ("print_f64", [.f64]),
        ("print_i32_f32", [.i32, .f32]), ("print_f64_f64", [.f64, .f64]),
    ]
    for (name, parameters) in functions {
        try linker.define("spectest", name, type: FunctionType(parameters: parameters, results: [])) { _, _ throws(HostError) in [] }
    }
}

private func defineGlobals(_ linker: Linker<Void>, _ store: Store<Void>) throws(LinkError) {
    let globals: [(String, Value)] = [
        ("global_i32", .i32(666)), ("global_i64", .i64(666)), ("global_f32", .f32(666.6)), ("global_f64", .f64(666.6)),
    ]
    for (name, value) in globals {
        if let global = Global(value, isMutable: false, in: store) { try linker.define("spectest", name, .global(global)) }
    }
}
