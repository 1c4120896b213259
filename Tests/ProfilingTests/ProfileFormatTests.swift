import Foundation
import Testing
@testable import PrecastProfiling

/// The formats that profiles are written in.
@Suite struct ProfileFormatTests {
    private static let hostile = "</script><img src=x onerror=alert(1)>\"'&\u{2028}\u{0}"

    private func sample() -> GuestProfile {
        var profile = GuestProfile(interval: 1_000_000, startTime: 1_700_000_000_000)
        profile.duration = 9_000_000
        typealias Frame = GuestProfile.Frame
        let main = profile.number(of: Frame(kind: .guest, name: "main", functionIndex: 1, wasmOffset: 64, file: "main.c", line: 3, column: 7))
        let inlined = profile.number(of: Frame(kind: .inlined, name: Self.hostile, functionIndex: 2, wasmOffset: 90))
        let host = profile.number(of: Frame(kind: .host, name: "[host] fd_write"))
        let elsewhere = profile.number(of: Frame(kind: .guest, name: "main", functionIndex: 1, wasmOffset: 70, file: "main.c", line: 4, column: 1))
        let first = profile.thread(11, isMain: true), second = profile.thread(12, isMain: false)
        for (thread, time, stack) in [(first, 1, [main, inlined]), (second, 2, [main]), (first, 3, [main, host]), (first, 4, [elsewhere]), (second, 5, [])] {
            let node = profile.node(of: stack)
            profile.samples.append(GuestProfile.Sample(thread: thread, time: UInt64(time) * 1_000_000, cpu: 1_000_000, node: node))
        }
        return profile
    }

    private typealias Object = [String: Any]

    /// Every column of the table has its length.
    private func check(_ table: Any?, _ name: String, _ columns: [String], optional: Set<String> = []) throws -> Int {
        let table = try #require(table as? Object, "\(name)")
        let length = try #require(table["length"] as? Int, "\(name)")
        for column in columns { #expect((table[column] as? [Any])?.count == length, "\(name).\(column)") }
        #expect(Set(table.keys).subtracting(columns).subtracting(optional) == ["length"], "\(name)")
        return length
    }

    /// The column's numbers are rows of a table with `count`, or nothing where that may be.
    private func check(_ table: Any?, _ column: String, below count: Int, nothing: Set<Int> = [], orNull: Bool = false) throws {
        let values = try #require((table as? Object)?[column] as? [Any])
        for value in values {
            if let number = value as? Int { #expect((0..<count).contains(number) || nothing.contains(number), "\(column): \(number) of \(count)") }
            else { #expect(orNull && value is NSNull, "\(column)") }
        }
    }

    /// Version 70 of the format, as the Firefox Profiler's own declarations have it.
    @Test func firefoxProfile() throws {
        let text = sample().firefoxJSON(product: "app.wasm")
        let profile = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
        let meta = try #require(profile["meta"] as? Object)
        #expect(meta["preprocessedProfileVersion"] as? Int == 70)
        for required in ["interval", "startTime", "processType", "product", "stackwalk", "version", "markerSchema", "categories"] { #expect(meta[required] != nil, "\(required)") }
        #expect((profile["libs"] as? [Any])?.isEmpty == true)
        let shared = try #require(profile["shared"] as? Object)
        let strings = try #require(shared["stringArray"] as? [String])
        #expect(strings.contains(Self.hostile))
        let stacks = try check(shared["stackTable"], "stackTable", ["frame", "prefixOffset"])
        let frames = try check(
            shared["frameTable"], "frameTable",
            ["address", "lib", "inlineDepth", "category", "subcategory", "func", "nativeSymbol", "innerWindowID", "line", "column", "originalLocation"])
        let functions = try check(
            shared["funcTable"], "funcTable", ["name", "isJS", "relevantForJS", "resource", "source", "lineNumber", "columnNumber", "originalLocation"])
        let resources = try check(shared["resourceTable"], "resourceTable", ["name", "host", "type"])
        _ = try check(shared["nativeSymbols"], "nativeSymbols", ["libIndex", "address", "name", "functionSize"])
        let sources = try check(shared["sources"], "sources", ["id", "filename", "startLine", "startColumn", "sourceMapURL", "content"])
        _ = try check(shared["sourceLocationTable"], "sourceLocationTable", ["source", "line", "column"])
        try check(shared["stackTable"], "frame", below: frames)
        try check(shared["frameTable"], "func", below: functions)
        try check(shared["frameTable"], "category", below: (meta["categories"] as? [Any])?.count ?? 0)
        try check(shared["funcTable"], "name", below: strings.count)
        try check(shared["funcTable"], "resource", below: resources, nothing: [-1])
        try check(shared["funcTable"], "source", below: sources, orNull: true)
        try check(shared["resourceTable"], "name", below: strings.count)
        try check(shared["sources"], "filename", below: strings.count)
        for (index, offset) in try #require((shared["stackTable"] as? Object)?["prefixOffset"] as? [Int]).enumerated() { #expect((0...index).contains(offset)) }
        // Places in one function are frames of one function.
        #expect(frames == 4 && functions == 3 && stacks == 4)

        let threads = try #require(profile["threads"] as? [Object])
        #expect(threads.count == 2)
        for thread in threads {
            for required in ["processType", "processStartupTime", "processShutdownTime", "registerTime", "unregisterTime", "pausedRanges", "name", "isMainThread", "pid", "tid"] {
                #expect(thread[required] != nil, "\(required)")
            }
            _ = try check(thread["samples"], "samples", ["stack", "time", "weight", "threadCPUDelta"], optional: ["weightType"])
            _ = try check(thread["markers"], "markers", ["data", "name", "startTime", "endTime", "phase", "category"])
            try check(thread["samples"], "stack", below: stacks, orNull: true)
            let times = try #require((thread["samples"] as? Object)?["time"] as? [Double])
            #expect(times == times.sorted())
        }
    }

    @Test func flameGraphKeepsGuestTextOutOfTheMarkup() throws {
        let page = sample().flameGraphHTML(title: "<b>app</b>")
        #expect(!page.contains("<img") && !page.contains("<b>app"))
        #expect(page.contains("<title>&lt;b&gt;app&lt;/b&gt;: profile</title>"))
        #expect(page.components(separatedBy: "</script>").count == 3)
        #expect(!page.contains("http://") && !page.contains("https://"))
        let data = try #require(page.components(separatedBy: #"id="profile">"#).last?.components(separatedBy: "</script>").first)
        let profile = try #require(try JSONSerialization.jsonObject(with: Data(data.utf8)) as? Object)
        let functions = try #require(profile["functions"] as? [Object])
        #expect(functions.map { $0["name"] as? String } == ["main", Self.hostile, "[host] fd_write"])
        #expect(profile["parents"] as? [Int] == [-1, 0, 0])
        #expect(profile["nodes"] as? [Int] == [0, 1, 2])
        let threads = try #require(profile["threads"] as? [Object])
        #expect(threads.map { $0["samples"] as? [Int] } == [[1, 2, 0], [0, -1]])
    }

    @Test func framesAreReplacedByWhatTheyStandFor() {
        let replaced = sample().replacingFrames { frame in
            guard frame.name == "main" else { return [] }
            var inner = frame, outer = frame
            (inner.name, inner.kind) = ("helper", .inlined)
            outer.line = 1
            return [inner, outer]
        }
        let stacks = replaced.samples.map { sample in
            var names: [String] = [], node = sample.node
            while let number = node {
                names.append(replaced.frames[replaced.nodes[number].frame].name)
                node = replaced.nodes[number].parent
            }
            return names
        }
        #expect(stacks == [[Self.hostile, "helper", "main"], ["helper", "main"], ["[host] fd_write", "helper", "main"], ["helper", "main"], []])
    }
}
