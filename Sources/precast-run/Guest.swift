import CLoaderSupport
import PrecastArtifactFormat
import PrecastRuntime
import PrecastWasmTypes
#if canImport(PrecastWASI)
import PrecastWASI
#endif

/// Running a loaded module as a program, or one function of it.
enum Guest {
    static func run(_ module: Module, _ engine: Engine, _ options: Options) -> Int32 {
        var limits = StoreLimits()
        if let maximum = options.maximumMemory { limits.memoryBytes = maximum }
        do throws(GuestError) {
            let (store, linker) = try environment(engine, options, limits)
            do throws(InstantiationError) {
                let instance = try linker.instantiate(module, in: store)
                return try call(instance, options)
            } catch {
                throw .instantiation(error)
            }
        } catch {
            return exitCode(error, options.file)
        }
    }

    private static func call(_ instance: Instance, _ options: Options) throws(InstantiationError) -> Int32 {
        do throws(CallError) {
            guard let name = options.invokedFunction else {
                guard let start = instance.function("_start") else {
                    throw .mismatch("the module exports no function _start: name one with --invoke")
                }
                _ = try start.call([])
                return 0
            }
            if let initialize = instance.function("_initialize") { _ = try initialize.call([]) }
            guard let function = instance.function(name) else { throw .mismatch("the module exports no function " + escaped(name)) }
            let results = try function.call(try arguments(options.guestArguments, for: function.type))
            for result in results { write(result.description + "\n", to: 1) }
            return 0
        } catch {
            throw .call(error)
        }
    }

    /// The values that the texts stand for.
    private static func arguments(_ texts: [String], for type: FunctionType) throws(CallError) -> [Value] {
        guard texts.count == type.parameters.count else {
            throw .mismatch("the function takes \(type.parameters.count) arguments, \(texts.count) were given")
        }
        var values: [Value] = []
        for index in texts.indices {
            guard let value = value(texts[index], type.parameters[index]) else {
                throw .mismatch("argument \(index + 1): expected " + type.parameters[index].description + ", found " + escaped(texts[index]))
            }
            values.append(value)
        }
        return values
    }

    private static func value(_ text: String, _ type: ValueType) -> Value? {
        switch type {
        case .i32: return integer(text).flatMap { Int32(exactly: $0) ?? UInt32(exactly: $0).map { Int32(bitPattern: $0) } }.map { .i32($0) }
        case .i64: return integer(text).flatMap { Int64(exactly: $0) ?? UInt64(exactly: $0).map { Int64(bitPattern: $0) } }.map { .i64($0) }
        case .f32: return number(text).map { .f32(Float($0)) }
        case .f64: return number(text).map { .f64($0) }
        default: return nil
        }
    }

    /// A decimal or (`0x`) hexadecimal integer between -2^63 and 2^64.
    private static func integer(_ text: String) -> Int128? {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let isHexadecimal = digits.starts(with: "0x".utf8)
        if isHexadecimal { digits = digits.dropFirst(2) }
        guard !digits.isEmpty, digits.count <= 20 else { return nil }
        var value: Int128 = 0
        for byte in digits {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f") where isHexadecimal: digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F") where isHexadecimal: digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value * (isHexadecimal ? 16 : 10) + Int128(digit)
        }
        return isNegative ? -value : value
    }

    private static func number(_ text: String) -> Double? {
        var value = 0.0
        return precast_parse_number(text, &value) == 0 ? value : nil
    }

    private static func exitCode(_ error: GuestError, _ file: String) -> Int32 {
        switch error {
        case .setup(let text):
            report(text)
            return ExitCode.loaderError
        case .instantiation(.call(let error)):
            if let code = error.exitCode { return code }
            report(error.description, about: file)
            switch error {
            case .trap, .host: return ExitCode.trap
            case .mismatch, .resource: return ExitCode.loaderError
            }
        case .instantiation(.artifact(let error)):
            report(error.text, about: file)
            return ExitCode.refused
        case .instantiation(let error):
            report(error.description, about: file)
            return ExitCode.loaderError
        }
    }
}

enum GuestError: Error {
    /// The environment that the options ask for cannot be had.
    case setup(String)
    case instantiation(InstantiationError)
}

#if canImport(PrecastWASI)
extension Guest {
    /// A store whose data is the guest's WASI, and WASI's functions.
    static func environment(_ engine: Engine, _ options: Options, _ limits: StoreLimits) throws(GuestError) -> (Store<WASIContext>, Linker<WASIContext>) {
        var configuration = WASIConfiguration()
        configuration.arguments = ([options.file] + options.guestArguments).map { [UInt8]($0.utf8) }
        configuration.environment = options.environment.map { [UInt8](($0.name + "=" + $0.value).utf8) }
        configuration.preopens = options.directories.map { Preopen(host: $0.host, guest: $0.guest, isReadOnly: $0.isReadOnly) }
        let context: WASIContext
        do throws(WASISetupError) { context = try WASIContext(configuration) } catch { throw .setup(error.description) }
        let linker = Linker<WASIContext>(engine)
        do throws(LinkError) { try linker.defineWASI { $0 } } catch { throw .setup(error.description) }
        do throws(ResourceError) { return (try Store(engine, data: context, limits: limits), linker) } catch { throw .setup(error.description) }
    }
}
#else
extension Guest {
    /// Without WASI: a store and no imports.
    static func environment(_ engine: Engine, _ options: Options, _ limits: StoreLimits) throws(GuestError) -> (Store<Void>, Linker<Void>) {
        do throws(ResourceError) { return (try Store(engine, data: (), limits: limits), Linker<Void>(engine)) } catch { throw .setup(error.description) }
    }
}
#endif
