// precast-run: loads an artifact and runs it. Links the runtime and WASI, no compiler.
import CLoaderSupport
import PrecastArtifactFormat
import PrecastRuntime
import PrecastWasmTypes

/// How the command ends.
enum ExitCode {
    static let loaderError: Int32 = 125
    static let refused: Int32 = 126
    static let notFound: Int32 = 127
    static let trap: Int32 = 134
}

@main
struct PrecastRun {
    static func main() {
        precast_exit(run(commandLineArguments()))
    }

    static func run(_ arguments: [String]) -> Int32 {
        let options: Options
        do throws(UsageError) {
            options = try Options(arguments)
        } catch {
            report(error.message + "; see --help")
            return ExitCode.loaderError
        }
        switch options.action {
        case .help: write(usage, to: 1)
        case .version:
            write("precast-run \(CompilerVersion.current.text) (format \(FormatVersion.current.number), ABI \(ABIVersion.current.number))\n", to: 1)
        case .describeHost: write(HostDescription.current.json, to: 1)
        case .run: return run(options)
        }
        return 0
    }

    private static func run(_ options: Options) -> Int32 {
        do throws(LoadError) {
            let engine: Engine
            do throws(ConfigurationError) { engine = try Engine() } catch {
                report(error.description)
                return ExitCode.loaderError
            }
            let image = try ArtifactImage.open(options.file, trust: options.trust)
            let module = try Module(engine, LoadedModule(image, registersUnwindInformation: false))
            return Guest.run(module, engine, options)
        } catch {
            if case .file = error { report(error.description) } else { report(error.description, about: options.file) }
            return error.isNotFound ? ExitCode.notFound : error.isRefusal ? ExitCode.refused : ExitCode.loaderError
        }
    }

    private static func commandLineArguments() -> [String] {
        var count: Int32 = 0
        guard let arguments = precast_process_arguments(&count) else { return [] }
        var list: [String] = []
        for index in 1..<max(1, Int(count)) {
            if let argument = arguments[index] { list.append(String(cString: argument)) }
        }
        return list
    }
}

func write(_ text: String, to file: Int32) {
    var text = text
    text.withUTF8 { bytes in
        if let start = bytes.baseAddress { _ = precast_write(file, start, UInt64(bytes.count)) }
    }
}

func report(_ message: String, about file: String? = nil) {
    write("precast-run: " + (file.map { escaped($0) + ": " } ?? "") + message + "\n", to: 2)
}
