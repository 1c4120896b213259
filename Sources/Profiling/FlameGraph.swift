// A flame graph as one HTML page that needs nothing else. What comes from the guest is in one JSON object, and the page's script shows it as text only.

extension GuestProfile {
    /// The profile as a page for a browser: a flame graph and a table of functions. `title` names what was profiled. Linear in the profile.
    public func flameGraphHTML(title: String) -> String {
        let data = FlameGraph(self, title).json
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>\(htmlText(title)): profile</title>
            <style>
            \(FlameGraphPage.style)
            </style>
            </head>
            <body>
            \(FlameGraphPage.body)
            <script type="application/json" id="profile">\(data)</script>
            <script>
            \(FlameGraphPage.script)
            </script>
            </body>
            </html>

            """
    }
}

private func htmlText(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// A profile by functions: places in one function are one.
struct FlameGraph {
    private struct Function: Hashable {
        var name: String
        var kind: GuestProfile.Frame.Kind
        var file: String?
    }
    private var functions: [Function] = []
    /// Parents come first; no parent: -1.
    private var parents: [Int] = []
    private var nodeFunctions: [Int] = []
    private var samples: [(thread: Int, node: Int, cpu: UInt64)] = []
    private let profile: GuestProfile
    private let title: String

    init(_ profile: GuestProfile, _ title: String) {
        self.profile = profile
        self.title = title
        var functionNumbers: [Function: Int] = [:]
        let numbers = profile.frames.map { frame in
            let function = Function(name: frame.name, kind: frame.kind, file: frame.file)
            if let number = functionNumbers[function] { return number }
            functionNumbers[function] = functions.count
            functions.append(function)
            return functions.count - 1
        }
        struct Place: Hashable { var parent: Int, function: Int }
        var known: [Place: Int] = [:]
        var renumbered: [Int] = []
        for node in profile.nodes {
            let place = Place(parent: node.parent.map { renumbered[$0] } ?? -1, function: numbers[node.frame])
            if let number = known[place] {
                renumbered.append(number)
            } else {
                known[place] = parents.count
                renumbered.append(parents.count)
                parents.append(place.parent)
                nodeFunctions.append(place.function)
            }
        }
        samples = profile.samples.map { (thread: $0.thread, node: $0.node.map { renumbered[$0] } ?? -1, cpu: $0.cpu) }
    }

    var json: String {
        var json = JSONText()
        json.object { json in
            json.member("title", title)
            json.member("interval", Double(profile.interval) / 1e6)
            json.member("duration", Double(profile.duration) / 1e6)
            json.member("lost", Int(clamping: profile.lostCount))
            json.member("functions") { json in
                json.array { json in
                    for function in functions {
                        json.element {
                            $0.object {
                                $0.member("name", function.name)
                                $0.member("kind", function.kind.rawValue)
                                if let file = function.file { $0.member("file", file) }
                            }
                        }
                    }
                }
            }
            json.column("parents", parents)
            json.column("nodes", nodeFunctions)
            json.member("threads") { json in
                json.array { json in
                    for (number, thread) in profile.threads.enumerated() {
                        let own = samples.filter { $0.thread == number }
                        json.element {
                            $0.object {
                                $0.member("name", thread.isMain ? "main thread" : "thread \(thread.number)")
                                $0.column("samples", own.map { $0.node })
                                $0.numbers("times", own.map { Double($0.cpu / 1000) / 1000 })
                            }
                        }
                    }
                }
            }
        }
        return json.text
    }
}
