// Running a loaded module as a program, or one function of it.
//
// Input: a module, what its guest is given, and where to report. Output: an exit status (DESIGN: the guest's own, or one of
// `ExitStatus`). Standard output and error are the guest's, besides the results of a function that was named and the report of
// what went wrong. Embedded-safe: `precast-run` is built from it as a static binary.
import CLoaderSupport
import PrecastArtifactFormat
public import PrecastRuntime
import PrecastWASI
import PrecastWasmTypes

/// Opens the image's module for a new engine and runs it.
public func runGuest(_ image: ArtifactImage, _ options: GuestOptions, _ reporter: Reporter) -> Int32 {
    var configuration = options.engine
    if options.coreDumpFile != nil { configuration.recordsStacks = true }
    let engine: Engine
    do throws(ConfigurationError) { engine = try Engine(configuration) } catch {
        reporter.report(error.description)
        return ExitStatus.loaderError
    }
    let module: Module
    do throws(LoadError) { module = try Module(engine, LoadedModule(image)) } catch {
        return reporter.report(error, about: options.file)
    }
    do throws(GuestError) {
        let (store, linker) = try environment(engine, options)
        defer { withExtendedLifetime(module) { options.whenEnded?() } }
        do throws(InstantiationError) {
            let instance = try linker.instantiate(module, in: store)
            return try call(instance, options)
        } catch {
            if case .call(let error) = error { writeCoreDump(of: store, error, options, reporter) }
            throw .instantiation(error)
        }
    } catch {
        return exitStatus(error, image, options, reporter)
    }
}

/// Writes to standard output (1) or error (2). What cannot be written is lost.
public func writeText(_ text: String, to file: Int32) {
    text.bytes.withUnsafeBytes { bytes in
        if let start = bytes.baseAddress { _ = precast_write(file, start, UInt64(bytes.count)) }
    }
}

/// Writes the core dump that the options ask for, where a call did not just exit.
private func writeCoreDump(of store: Store<WASIContext>, _ error: CallError, _ options: GuestOptions, _ reporter: Reporter) {
    guard let path = options.coreDumpFile, let backtrace = error.backtrace, error.exitCode == nil else { return }
    let file = precast_create(path.zeroTerminated)
    var status = min(file, 0)
    if file >= 0 {
        _ = store.writeCoreDump(backtrace, name: options.file) { bytes in
            if let start = bytes.baseAddress { status = precast_write(file, start, UInt64(bytes.count)) }
            return status == 0
        }
        precast_close(file)
        if status == 0 { options.completesCoreDump?(path) }
    }
    if status != 0 { reporter.report("cannot write the core dump: " + String(cString: precast_error_text(status)), about: path) }
}

private enum GuestError: Error {
    /// The environment that the options ask for cannot be had.
    case setup(String)
    case instantiation(InstantiationError)
}

/// A store whose data is the guest's WASI, and WASI's functions.
private func environment(_ engine: Engine, _ options: GuestOptions) throws(GuestError) -> (Store<WASIContext>, Linker<WASIContext>) {
    var limits = StoreLimits()
    if let maximum = options.maximumMemory { limits.memoryBytes = maximum }
    var configuration = WASIConfiguration()
    configuration.arguments = ([options.file] + options.arguments).map { $0.bytes }
    configuration.environment = options.environment.map { ($0.name + "=" + $0.value).bytes }
    configuration.preopens = options.directories.map { Preopen(host: $0.host, guest: $0.guest, isReadOnly: $0.isReadOnly) }
    let context: WASIContext
    do throws(WASISetupError) { context = try WASIContext(configuration) } catch { throw .setup(error.description) }
    let linker = Linker<WASIContext>(engine)
    do throws(LinkError) { try linker.defineWASI { $0 } } catch { throw .setup(error.description) }
    do throws(ResourceError) { return (try Store(engine, data: context, limits: limits), linker) } catch { throw .setup(error.description) }
}

private func call(_ instance: Instance, _ options: GuestOptions) throws(InstantiationError) -> Int32 {
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
        let results = try function.call(try values(options.arguments, for: function.type))
        for result in results { writeText(result.description + "\n", to: 1) }
        return 0
    } catch {
        throw .call(error)
    }
}

private func exitStatus(_ error: GuestError, _ image: ArtifactImage, _ options: GuestOptions, _ reporter: Reporter) -> Int32 {
    let file = options.file
    switch error {
    case .setup(let text):
        reporter.report(text)
        return ExitStatus.loaderError
    case .instantiation(.call(let error)):
        if let code = error.exitCode { return code }
        switch error {
        case .trap, .host, .exception:
            reporter.report(options.explainsTrap.map { $0(error.description) } ?? error.description, about: file)
            if options.explainsTrap == nil { writeText("note: build id \(image.stamp.buildID): `precast symbolicate` shows source lines\n", to: 2) }
            return ExitStatus.trap
        case .mismatch, .resource:
            reporter.report(error.description, about: file)
            return ExitStatus.loaderError
        }
    case .instantiation(.artifact(let error)):
        reporter.report(error.text, about: file)
        return ExitStatus.refused
    case .instantiation(let error):
        reporter.report(error.description, about: file)
        return ExitStatus.loaderError
    }
}
