public import PrecastWasmTypes
import CRuntimeABI
import PrecastArtifactFormat

/// Something a module exports, or imports.
public enum Extern {
    case function(Function)
    case memory(Memory)
    /// A shared memory, of no store.
    case sharedMemory(SharedMemory)
    case table(Table)
    case global(Global)
    case tag(Tag)

    /// The store that alone may use it.
    var store: StoreCore? {
        switch self {
        case .function(let function): function.store
        case .memory(let memory): memory.store
        case .sharedMemory: nil
        case .table(let table): table.store
        case .global(let global): global.store
        case .tag(let tag): tag.store
        }
    }
}

/// Definitions by module and item name, from which imports are resolved. For stores whose data is a `T`.
///
/// Host functions and shared memories serve any number of stores; other definitions belong to one. A linker belongs to one task at a time.
public final class Linker<T> {
    public let engine: Engine
    /// Whether a later definition may replace an earlier one.
    public var allowsShadowing = false
    private var names = ImportNames()
    /// By the number of its name.
    private var definitions: [Definition] = []

    public init(_ engine: Engine) { self.engine = engine }

    /// Defines a host function. - Throws: ``LinkError/duplicateDefinition(module:name:)``.
    public func define(_ module: String, _ name: String, _ function: HostFunction) throws(LinkError) {
        try add(.host(function), module, name)
    }

    /// Defines a host function over values. - Throws: ``LinkError/duplicateDefinition(module:name:)``.
    public func define(_ module: String, _ name: String, type: FunctionType,
                       _ body: @escaping (borrowing Caller<T>, [Value]) throws(HostError) -> [Value]) throws(LinkError) {
        try define(module, name, HostFunction(type, body))
    }

    /// Defines what an instance exported or the host made. - Throws: ``LinkError/duplicateDefinition(module:name:)``.
    public func define(_ module: String, _ name: String, _ item: Extern) throws(LinkError) {
        if case .memory(let memory) = item, let shared = memory.shared {
            try add(.item(.sharedMemory(shared)), module, name)
        } else {
            try add(.item(item), module, name)
        }
    }

    /// Defines every export of `instance` as an item of `module`.
    public func define(_ module: String, _ instance: Instance) throws(LinkError) {
        for export in instance.module.exports {
            if let item = instance.export(export.name) { try define(module, export.name, item) }
        }
    }

    private func add(_ definition: Definition, _ module: String, _ name: String) throws(LinkError) {
        if let number = names.number(of: module, name) {
            guard allowsShadowing else { throw .duplicateDefinition(module: module, name: name) }
            definitions[number] = definition
        } else {
            _ = names.add(module, name)
            definitions.append(definition)
        }
    }

    /// Finds every import of `module` and checks its type. Do it once, instantiate often.
    ///
    /// - Throws: ``LinkError`` for the first import that is unknown or has another type.
    public func resolve(_ module: Module) throws(LinkError) -> ResolvedModule<T> {
        guard module.engine === engine else { throw .wrongEngine }
        var resolved: [Definition] = []
        for item in module.imports {
            guard let number = names.number(of: item.module, item.name) else {
                throw .unknownImport(module: item.module, name: item.name, expected: item.type.description)
            }
            let definition = definitions[number]
            if let mismatch = definition.mismatch(with: item, engine: engine) {
                throw .incompatibleImport(module: item.module, name: item.name, expected: item.type.description, found: mismatch)
            }
            if let mismatch = definition.shortcoming(for: item.type, module.loaded.image.stamp.tunables) {
                throw .incompatibleImport(module: item.module, name: item.name, expected: "a memory as the module was compiled for", found: mismatch)
            }
            resolved.append(definition)
        }
        return ResolvedModule(module: module, imports: ResolvedImports(resolved))
    }

    /// Resolves, instantiates in `store`, and runs the start function.
    public func instantiate(_ module: Module, in store: Store<T>) throws(InstantiationError) -> Instance {
        let resolved: ResolvedModule<T>
        do throws(LinkError) { resolved = try resolve(module) } catch { throw .link(error) }
        return try resolved.instantiate(in: store)
    }
}

/// A module whose imports are found and checked: instantiating it looks nothing up.
public struct ResolvedModule<T> {
    public let module: Module
    let imports: ResolvedImports

    /// Makes an instance in `store` and runs its start function.
    public func instantiate(in store: Store<T>) throws(InstantiationError) -> Instance {
        try Instance.make(module, imports, in: store.core)
    }
}

/// What stands behind a name: a host function of no particular store, or an item of one.
enum Definition {
    case host(HostFunction)
    case item(Extern)

    /// Whether it is a host function or a shared memory, of no store.
    var isStoreless: Bool {
        switch self {
        case .host: true
        case .item(let item): item.store == nil
        }
    }

    /// What is there instead of `wanted`, or nil when it matches by the specification's rules (§4.5.3).
    func mismatch(with wanted: Module.Import, engine: Engine) -> String? {
        let found = type
        let matches =
            switch wanted.type {
            case .function: functionTypeID(engine).map { engine.relations.extends($0, wanted.typeID) } ?? false
            case .tag: tagTypeID(engine) == wanted.typeID
            case .memory, .table, .global: found.matches(wanted.type, engine.relations)
            }
        if matches { return nil }
        return found == wanted.type ? found.description + " (of another type that looks the same)" : found.description
    }

    /// The canonical id of a function's type.
    private func functionTypeID(_ engine: Engine) -> UInt32? {
        switch self {
        case .host(let function): engine.canonicalID(of: function.type)
        case .item(.function(let function)): function.store.engine === engine ? function.typeID : nil
        default: nil
        }
    }

    private func tagTypeID(_ engine: Engine) -> UInt32? {
        guard case .item(.tag(let tag)) = self, tag.store.engine === engine else { return nil }
        return tag.typeID
    }

    /// What a memory lacks that code with these tunables counts on, or nil.
    func shortcoming(for wanted: ExternalType, _ tunables: Tunables) -> String? {
        guard case .memory(let wanted) = wanted else { return nil }
        switch self {
        case .item(.memory(let memory)): return memory.record.shortcoming(for: wanted, tunables)
        case .item(.sharedMemory(let memory)): return memory.record.shortcoming(for: wanted, tunables)
        default: return nil
        }
    }

    /// The definition's type as it is now: memories and tables by their current size.
    var type: ExternalType {
        switch self {
        case .host(let function): .function(function.type)
        case .item(.function(let function)): .function(function.type)
        case .item(.memory(let memory)): .memory(memory.currentType)
        case .item(.sharedMemory(let memory)): .memory(memory.record.currentType)
        case .item(.table(let table)): .table(table.currentType)
        case .item(.global(let global)): .global(global.type)
        case .item(.tag(let tag)): .tag(tag.type)
        }
    }
}

/// Definitions in the order of a module's imports.
final class ResolvedImports {
    let definitions: [Definition]
    /// Those that belong to no store. Instances keep them alive.
    let storeless: [Definition]

    init(_ definitions: [Definition]) {
        self.definitions = definitions
        storeless = definitions.filter { $0.isStoreless }
    }
}
