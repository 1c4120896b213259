#if canImport(PrecastWASI)
import PrecastRuntime
import PrecastWASI

extension Guest {
    /// A store whose data is the guest's WASI, and a linker that knows it.
    static func environment(_ engine: Engine, _ options: Options, _ limits: StoreLimits) throws(GuestError) -> (Store<WASIContext>, Linker<WASIContext>) {
        var configuration = WASIConfiguration()
        configuration.arguments = ([options.file] + options.guestArguments).map { [UInt8]($0.utf8) }
        configuration.environment = options.environment.map { [UInt8]($0.name.utf8) + [UInt8(ascii: "=")] + [UInt8]($0.value.utf8) }
        configuration.preopens = options.directories.map { Preopen(host: $0.host, guest: $0.guest, isReadOnly: $0.isReadOnly) }
        let context: WASIContext
        do throws(WASISetupError) { context = try WASIContext(configuration) } catch { throw .setup(error.description) }
        let linker = Linker<WASIContext>(engine)
        do throws(LinkError) { try linker.defineWASI { $0 } } catch { throw .setup(error.description) }
        do throws(ResourceError) { return (try Store(engine, data: context, limits: limits), linker) } catch { throw .setup(error.description) }
    }
}
#endif
