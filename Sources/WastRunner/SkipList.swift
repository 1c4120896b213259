/// What is not expected to work, each with its reason.
///
/// A line is `path: reason` or `path:line: reason`; `#` starts a comment. The path is matched against the end of a script's path, at a
/// folder's border. An entry for a whole script skips the modules in it that the compiler refuses because it does not translate them yet, and what
/// needs their instances; all else is still asserted. An entry with a line skips the command that starts there. An entry that skips nothing, or a command
/// that succeeds, is out of date, and that counts as a failure.
public struct SkipList: Sendable {
    struct Entry: Sendable {
        var path: String
        var line: Int?
        var reason: String
    }

    private var entries: [Entry] = []

    /// Nothing is skipped.
    public init() {}

    /// - Throws: ``SkipListError`` for a line without a reason.
    public init(parsing text: String) throws(SkipListError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop { $0 == " " }
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: ":", maxSplits: 2).map { String($0).trimmed }
            if parts.count == 3, let number = Int(parts[1]) {
                entries.append(Entry(path: parts[0], line: number, reason: parts[2]))
            } else if parts.count >= 2, !parts[1].isEmpty {
                entries.append(Entry(path: parts[0], line: nil, reason: parts[1...].joined(separator: ": ")))
            } else {
                throw SkipListError(line: index + 1)
            }
        }
    }

    /// The entries for one script.
    func entries(for path: String) -> ScriptSkips {
        var skips = ScriptSkips()
        for entry in entries where path == entry.path || path.hasSuffix("/" + entry.path) {
            if let line = entry.line { skips.lines.insert(line) } else { skips.skipsUntranslated = true }
        }
        return skips
    }
}

/// A line of a skip list that cannot be read.
public struct SkipListError: Error, CustomStringConvertible {
    /// Counted from one.
    public let line: Int
    public var description: String { "line \(line) of the skip list: expected `path: reason` or `path:line: reason`" }
}

/// What is skipped of one script.
struct ScriptSkips {
    /// Modules that the compiler does not translate yet are skipped.
    var skipsUntranslated = false
    var lines: Set<Int> = []
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
