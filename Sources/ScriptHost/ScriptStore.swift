// Doing what scripts ask for: in this process, or on behalf of another one.
//
// Input: requests, one after the other. Output: an answer for each. Embedded-safe: `precast-script-host` is built from it as a static binary.
import PrecastArtifactFormat
import PrecastRuntime
import PrecastWasmTypes

/// Why there is no store to run scripts in.
public struct ScriptStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
}

/// The modules and instances of a script, in a store of their own. Belongs to one thread at a time.
public final class ScriptStore {
    /// Another script may have the same one: it finds the address space of this one's memories there.
    let engine: Engine
    private let store: Store<Void>
    private let linker: Linker<Void>
    private var modules: [UInt32: Module] = [:]
    private var instances: [UInt32: Instance] = [:]

    /// An empty store with an engine of its own, in which modules find `spectest`.
    public convenience init() throws(ScriptStoreError) {
        let engine: Engine
        do throws(ConfigurationError) { engine = try Engine() } catch { throw ScriptStoreError(description: error.description) }
        try self.init(engine)
    }

    /// An empty store, in which modules find `spectest`.
    init(_ engine: Engine) throws(ScriptStoreError) {
        self.engine = engine
        do throws(ResourceError) { store = try Store(engine) } catch { throw ScriptStoreError(description: error.description) }
        linker = Linker(engine)
        linker.allowsShadowing = true
        do throws(InstantiationError) { try defineSpectest(linker, store) } catch { throw ScriptStoreError(description: error.description) }
    }

    /// An empty store, for another thread, in which `numbers` name the same instances as here.
    public func sharing(_ numbers: [UInt32]) throws(ScriptStoreError) -> ScriptStore {
        let other = try ScriptStore(engine)
        for number in numbers {
            guard let instance = instances[number] else { throw ScriptStoreError(description: "no instance \(number)") }
            other.instances[number] = instance
        }
        return other
    }

    /// Does what is asked.
    public func answer(_ request: ScriptRequest) -> ScriptAnswer {
        do throws(NotDone) {
            switch request {
            case .open(let module, let artifact): return try open(artifact, as: module)
            case .instantiate(let module, let instance): return try instantiate(module, as: instance)
            case .resolve(let module): return try resolve(module)
            case .register(let name, let instance): return try register(name, instance)
            case .invoke(let instance, let function, let arguments): return try invoke(instance, function, arguments)
            case .get(let instance, let global): return .values([PlainValue(try self.global(instance, global).value)])
            case .set(let instance, let global, let value): return try set(try self.global(instance, global), value)
            case .readMemory(let instance, let memory, let offset, let count): return try readMemory(instance, memory, offset, count)
            case .readTable(let instance, let table): return try readTable(instance, table)
            }
        } catch {
            return error.answer
        }
    }

    // MARK: Modules

    private func open(_ artifact: [UInt8], as module: UInt32) throws(NotDone) -> ScriptAnswer {
        do throws(LoadError) {
            let image = try ArtifactImage.open(copying: artifact, trust: .vouched)
            modules[module] = try Module(engine, LoadedModule(image))
            return .done
        } catch {
            throw NotDone(error.description)
        }
    }

    private func instantiate(_ module: UInt32, as instance: UInt32) throws(NotDone) -> ScriptAnswer {
        let module = try self.module(module)
        do throws(InstantiationError) {
            instances[instance] = try linker.instantiate(module, in: store)
            return .done
        } catch {
            switch error {
            case .link(let error): throw NotDone(error)
            case .call(let error): throw NotDone(error)
            default: throw NotDone(error.description)
            }
        }
    }

    private func resolve(_ module: UInt32) throws(NotDone) -> ScriptAnswer {
        let module = try self.module(module)
        do throws(LinkError) { _ = try linker.resolve(module) } catch { throw NotDone(error) }
        return .done
    }

    private func register(_ name: String, _ instance: UInt32) throws(NotDone) -> ScriptAnswer {
        let instance = try self.instance(instance)
        do throws(LinkError) { try linker.define(name, instance) } catch { throw NotDone(error) }
        return .done
    }

    private func module(_ number: UInt32) throws(NotDone) -> Module {
        guard let module = modules[number] else { throw NotDone("no module \(number)") }
        return module
    }

    private func instance(_ number: UInt32) throws(NotDone) -> Instance {
        guard let instance = instances[number] else { throw NotDone("no instance \(number)") }
        return instance
    }

    // MARK: Instances

    private func invoke(_ number: UInt32, _ name: String, _ arguments: [PlainValue]) throws(NotDone) -> ScriptAnswer {
        guard let function = try instance(number).function(name) else { throw NotDone("no function " + name) }
        let parameters = function.type.parameters
        var values: [Value] = []
        for index in arguments.indices {
            guard let value = Value(arguments[index], for: index < parameters.count ? parameters[index] : nil) else {
                throw NotDone("argument \(index): a reference that means nothing outside its store")
            }
            values.append(value)
        }
        do throws(CallError) {
            return .values(try function.call(values).map { PlainValue($0) })
        } catch {
            throw NotDone(error)
        }
    }

    private func global(_ number: UInt32, _ name: String) throws(NotDone) -> Global {
        guard let global = try instance(number).global(name) else { throw NotDone("no global " + name) }
        return global
    }

    private func set(_ global: Global, _ value: PlainValue) throws(NotDone) -> ScriptAnswer {
        guard let value = Value(value, for: global.type.valueType), global.set(value) else {
            throw NotDone("the global is immutable, or of another type")
        }
        return .done
    }

    private func readMemory(_ number: UInt32, _ name: String, _ offset: UInt64, _ count: UInt32) throws(NotDone) -> ScriptAnswer {
        guard let memory = try instance(number).memory(name) else { throw NotDone("no memory " + name) }
        let size = memory.byteCount
        let taken = min(UInt64(count), UInt64(MessageStream.byteLimit / 2), size - min(offset, size))
        guard let bytes = memory.read(at: min(offset, size), count: taken) else { throw NotDone("no such bytes in the memory") }
        return .memory(byteCount: size, bytes: bytes)
    }

    private func readTable(_ number: UInt32, _ name: String) throws(NotDone) -> ScriptAnswer {
        guard let table = try instance(number).table(name) else { throw NotDone("no table " + name) }
        guard table.count <= UInt64(MessageStream.byteLimit / 2) else { throw NotDone("a table of \(table.count) elements is too large to read") }
        var nulls: [Bool] = []
        for index in 0..<table.count { nulls.append(table[index]?.isNull ?? true) }
        return .table(nulls: nulls)
    }
}

/// The answer of a request that was not done.
private struct NotDone: Error {
    let answer: ScriptAnswer

    init(_ text: String) { answer = .failure(text) }

    init(_ error: LinkError) {
        if case .unknownImport(let module, _, _) = error {
            answer = .unlinkable(error.description, unknownModule: module)
        } else {
            answer = .unlinkable(error.description, unknownModule: nil)
        }
    }

    init(_ error: CallError) {
        switch error {
        case .trap(let trap): answer = .trap(message: trap.message, description: trap.description)
        case .exception: answer = .exception(error.description)
        default: answer = .failure(error.description)
        }
    }
}
