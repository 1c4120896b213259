// The Firefox Profiler's processed profile format, version 70: https://profiler.firefox.com opens it. Its tables are columns of one length; stacks and
// frames are shared by all threads; strings are numbers of a table.

extension GuestProfile {
    /// The profile as JSON for https://profiler.firefox.com. `product` names what was profiled. Linear in the profile.
    public func firefoxJSON(product: String) -> String { FirefoxProfile(self, product).json }
}

struct FirefoxProfile {
    static let version = 70
    private static let categories: [(name: String, color: String, kinds: [GuestProfile.Frame.Kind])] = [
        ("Other", "grey", [.cut]), ("WebAssembly", "blue", [.guest]), ("Inlined", "lightblue", [.inlined]), ("Host", "yellow", [.host]),
    ]

    private let profile: GuestProfile
    private let product: String
    private var strings: [String] = []
    private var stringNumbers: [String: Int] = [:]

    private struct Function: Hashable {
        var name: Int
        var file: Int?
        var resource: Int
    }
    private var functions: [Function] = []
    private var functionNumbers: [Function: Int] = [:]
    private var sources: [Int] = []
    private var sourceNumbers: [Int: Int] = [:]
    /// The function of each frame.
    private var frameFunctions: [Int] = []

    init(_ profile: GuestProfile, _ product: String) {
        self.profile = profile
        self.product = product
        // The resources: what functions are of.
        _ = string(product)
        _ = string("host")
        for frame in profile.frames {
            let file = frame.file.map { source(string($0)) }
            let function = Function(name: string(frame.name), file: file, resource: frame.kind == .host ? 1 : frame.kind == .cut ? -1 : 0)
            frameFunctions.append(number(of: function))
        }
    }

    private mutating func string(_ text: String) -> Int {
        if let number = stringNumbers[text] { return number }
        stringNumbers[text] = strings.count
        strings.append(text)
        return strings.count - 1
    }

    private mutating func source(_ file: Int) -> Int {
        if let number = sourceNumbers[file] { return number }
        sourceNumbers[file] = sources.count
        sources.append(file)
        return sources.count - 1
    }

    private mutating func number(of function: Function) -> Int {
        if let number = functionNumbers[function] { return number }
        functionNumbers[function] = functions.count
        functions.append(function)
        return functions.count - 1
    }

    // MARK: Writing

    var json: String {
        var json = JSONText()
        json.object {
            $0.member("meta") { meta(&$0) }
            $0.member("libs") { $0.array {} }
            $0.member("shared") { shared(&$0) }
            $0.member("threads") { json in
                json.array { json in
                    for (number, thread) in profile.threads.enumerated() { json.element { self.thread(number, thread, &$0) } }
                }
            }
        }
        return json.text
    }

    private func meta(_ json: inout JSONText) {
        json.object {
            $0.member("interval", Double(profile.interval) / 1e6)
            $0.member("startTime", profile.startTime)
            $0.member("profilingStartTime", 0)
            $0.member("profilingEndTime", Double(profile.duration) / 1e6)
            $0.member("processType", 0)
            $0.member("product", product)
            $0.member("importedFrom", "Precast")
            $0.member("stackwalk", 1)
            $0.member("debug", false)
            $0.member("version", 36)
            $0.member("preprocessedProfileVersion", Self.version)
            $0.member("symbolicated", true)
            $0.member("symbolicationNotSupported", true)
            $0.member("usesOnlyOneStackType", true)
            $0.member("sourceCodeIsNotOnSearchfox", true)
            $0.member("platform", "Linux")
            $0.member("markerSchema") { $0.array {} }
            $0.member("sampleUnits") {
                $0.object {
                    $0.member("time", "ms")
                    $0.member("eventDelay", "ms")
                    $0.member("threadCPUDelta", "µs")
                }
            }
            $0.member("categories") { json in
                json.array { json in
                    for category in Self.categories {
                        json.element {
                            $0.object {
                                $0.member("name", category.name)
                                $0.member("color", category.color)
                                $0.member("subcategories") { $0.array { $0.element("Other") } }
                            }
                        }
                    }
                }
            }
        }
    }

    private func shared(_ json: inout JSONText) {
        json.object {
            $0.member("stackTable") { stackTable(&$0) }
            $0.member("frameTable") { frameTable(&$0) }
            $0.member("funcTable") { functionTable(&$0) }
            $0.member("resourceTable") {
                $0.object {
                    $0.column("name", [0, 1])
                    $0.column("host", [nil, nil])
                    $0.column("type", [1, 1]) // libraries
                    $0.member("length", 2)
                }
            }
            $0.member("nativeSymbols") {
                $0.object {
                    for name in ["libIndex", "address", "name", "functionSize"] { $0.column(name, []) }
                    $0.member("length", 0)
                }
            }
            $0.member("stringArray") { json in json.array { json in for text in strings { json.element(text) } } }
            $0.member("sources") { sourceTable(&$0) }
            $0.member("sourceLocationTable") {
                $0.object {
                    for name in ["source", "line", "column"] { $0.column(name, []) }
                    $0.member("length", 0)
                }
            }
        }
    }

    private func stackTable(_ json: inout JSONText) {
        json.object {
            $0.column("frame", profile.nodes.map { $0.frame })
            $0.column("prefixOffset", profile.nodes.enumerated().map { number, node in node.parent.map { number - $0 } ?? 0 })
            $0.member("length", profile.nodes.count)
        }
    }

    private func frameTable(_ json: inout JSONText) {
        let frames = profile.frames, nothing = [Int?](repeating: nil, count: frames.count)
        json.object {
            $0.column("address", frames.map { $0.wasmOffset.map { Int($0) } ?? -1 })
            $0.column("lib", frames.map { _ in -1 })
            $0.column("inlineDepth", frames.map { $0.kind == .inlined ? 1 : 0 })
            $0.column("category", frames.map { frame in Self.categories.firstIndex { $0.kinds.contains(frame.kind) } })
            $0.column("subcategory", frames.map { _ in 0 })
            $0.column("func", frameFunctions)
            $0.column("nativeSymbol", nothing)
            $0.column("innerWindowID", nothing)
            $0.column("line", frames.map { $0.line.map { Int($0) } })
            $0.column("column", frames.map { $0.column.map { Int($0) } })
            $0.column("originalLocation", nothing)
            $0.member("length", frames.count)
        }
    }

    private func functionTable(_ json: inout JSONText) {
        let nothing = [Int?](repeating: nil, count: functions.count)
        json.object {
            $0.column("name", functions.map { $0.name })
            $0.flags("isJS", functions.map { _ in false })
            $0.flags("relevantForJS", functions.map { _ in false })
            $0.column("resource", functions.map { $0.resource })
            $0.column("source", functions.map { $0.file })
            $0.column("lineNumber", nothing)
            $0.column("columnNumber", nothing)
            $0.column("originalLocation", nothing)
            $0.member("length", functions.count)
        }
    }

    private func sourceTable(_ json: inout JSONText) {
        let nothing = [Int?](repeating: nil, count: sources.count)
        json.object {
            $0.member("length", sources.count)
            $0.column("id", nothing)
            $0.column("filename", sources)
            $0.column("startLine", sources.map { _ in 1 })
            $0.column("startColumn", sources.map { _ in 1 })
            $0.column("sourceMapURL", nothing)
            $0.column("content", nothing)
        }
    }

    private func thread(_ number: Int, _ thread: GuestProfile.Thread, _ json: inout JSONText) {
        let samples = profile.samples.filter { $0.thread == number }
        json.object {
            $0.member("processType", "default")
            $0.member("processName", product)
            $0.member("processStartupTime", 0)
            $0.member("processShutdownTime", Double(profile.duration) / 1e6)
            $0.member("registerTime", 0)
            $0.member("unregisterTime", Double(profile.duration) / 1e6)
            $0.member("pausedRanges") { $0.array {} }
            $0.member("name", thread.isMain ? "main thread" : "thread \(thread.number)")
            $0.member("isMainThread", thread.isMain)
            $0.member("pid", "1")
            $0.member("tid", Int(thread.number))
            $0.member("samples") {
                $0.object {
                    $0.column("stack", samples.map { $0.node })
                    $0.numbers("time", samples.map { Double($0.time) / 1e6 })
                    // A sample stands for the CPU time since the one before.
                    $0.numbers("weight", samples.map { Double($0.cpu) / 1e6 })
                    $0.member("weightType", "tracing-ms")
                    $0.column("threadCPUDelta", samples.map { Int($0.cpu / 1000) })
                    $0.member("length", samples.count)
                }
            }
            $0.member("markers") {
                $0.object {
                    for name in ["data", "name", "startTime", "endTime", "phase", "category"] { $0.column(name, []) }
                    $0.member("length", 0)
                }
            }
        }
    }
}
