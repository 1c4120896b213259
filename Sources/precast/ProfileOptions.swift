import ArgumentParser
import Glibc
import PrecastGuestRunner
import PrecastDemangling
import PrecastProfiling
import PrecastSymbolication

/// What `precast run` is told about profiling.
struct ProfileOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("""
        Take samples of the guest's stack while it runs, and write them for https://profiler.firefox.com; as a flame graph, a page for the browser, where the \
        name ends in .html.
        """, valueName: "file"))
    var profile: String?
    @Option(name: .customLong("profile-frequency"), help: ArgumentHelp("Samples a second.", valueName: "n"))
    var frequency = 1000

    /// Runs the guest, under the profiler if there is to be a profile, which is written whatever comes of the guest.
    func profile(_ guest: inout GuestOptions, _ source: DeferredSourceMap, _ run: (GuestOptions) -> Int32) throws -> Int32 {
        guard let path = profile else { return run(guest) }
        let profiler: GuestProfiler
        do throws(ProfilerError) { profiler = try GuestProfiler(frequency: frequency) } catch { throw CommandFailure.usage("\(error)") }
        guest.engine.marksHostCalls = true
        guest.whenEnded = { _ = profiler.stop() }
        let status = run(guest)
        let profile = profiler.stop().replacingFrames { explained($0, source) }, name = printable(guest.file)
        try writeOutput(Array((path.hasSuffix(".html") ? profile.flameGraphHTML(title: name) : profile.firefoxJSON(product: name)).utf8), to: path)
        return status
    }
}

/// The functions of a guest's frame: those that the guest's own compiler inlined, innermost first, then the one whose code it is.
private func explained(_ frame: GuestProfile.Frame, _ source: DeferredSourceMap) -> [GuestProfile.Frame] {
    guard frame.functionIndex != nil else { return [] }
    let found = frame.wasmOffset.map { source.frames(at: $0) } ?? []
    var own = frame
    own.name = readableName(frame.name)
    let inlined = found.filter { $0.isInlined }.map { inner in
        GuestProfile.Frame(kind: .inlined, name: inner.name, wasmOffset: frame.wasmOffset, file: inner.file, line: inner.line, column: inner.column)
    }
    if let last = found.last, !last.isInlined { (own.file, own.line, own.column) = (last.file, last.line, last.column) }
    return inlined + [own]
}
