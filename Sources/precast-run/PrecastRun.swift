// precast-run: loads an artifact and runs it. Links the runtime and WASI, no compiler.
import CLoaderSupport
import PrecastArtifactFormat
import PrecastGuestRunner
import PrecastRuntime

private let reporter = Reporter(prefix: "precast-run: ")

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
            reporter.report(error.message + "; see --help")
            return ExitStatus.loaderError
        }
        switch options.action {
        case .help: writeText(usage, to: 1)
        case .version:
            writeText("precast-run \(CompilerVersion.current.text) (format \(FormatVersion.current.number), ABI \(ABIVersion.current.number))\n", to: 1)
        case .describeHost: writeText(HostDescription.current.json, to: 1)
        case .run: return run(options)
        }
        return 0
    }

    private static func run(_ options: Options) -> Int32 {
        let image: ArtifactImage
        do throws(LoadError) { image = try ArtifactImage.open(options.guest.file, trust: options.trust) } catch {
            return reporter.report(error, about: options.guest.file)
        }
        return runGuest(image, options.guest, reporter)
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
