// precast-script-host: runs scripts of the test suite for `precast wast --runner`. Links the runtime, no compiler.
import CLoaderSupport
import PrecastRuntime
import PrecastScriptHost

@main
struct PrecastScriptHost {
    static func main() {
        var count: Int32 = 0
        _ = precast_process_arguments(&count)
        if count > 1 { fail("takes no arguments: `precast wast --runner` starts it and says by its standard input what to do (docs/script-host.md)") }
        guard let stream = MessageStream(input: 0, output: 1) else { fail("no memory") }
        do throws(StreamError) { try serveScripts(stream) } catch { fail(error.description) }
        precast_exit(0)
    }

    private static func fail(_ message: String) -> Never {
        var text = "precast-script-host: " + message + "\n"
        text.withUTF8 { bytes in
            if let start = bytes.baseAddress { _ = precast_write(2, start, UInt64(bytes.count)) }
        }
        precast_exit(1)
    }
}
