import PrecastDemangling

/// A frame of a backtrace as traps print it: `    0: NAME (function 12) at 0x1a2b, inlined`.
public struct PrintedFrame: Hashable, Sendable {
    /// The line up to the name.
    public var prefix: String
    public var name: String?
    public var function: UInt32
    /// Offset in the module's binary.
    public var wasmOffset: UInt32?
    /// Whether the compiler inlined it into the next frame.
    public var isInlined: Bool

    /// Reads a line; nil for any other.
    public init?(_ line: Substring) {
        var rest = line.drop { $0 == " " }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, rest.dropFirst(digits.count).hasPrefix(": ") else { return nil }
        rest = rest.dropFirst(digits.count + 2)
        prefix = String(line[..<rest.startIndex])
        isInlined = rest.hasSuffix(", inlined")
        if isInlined { rest = rest.dropLast(", inlined".count) }
        if let at = rest.lastRange(of: " at 0x"), let offset = UInt32(rest[at.upperBound...], radix: 16) {
            wasmOffset = offset
            rest = rest[..<at.lowerBound]
        }
        if rest.hasPrefix("function "), let number = UInt32(rest.dropFirst("function ".count)) {
            function = number
        } else if rest.last == ")", let open = rest.lastRange(of: " (function "), let number = UInt32(rest[open.upperBound...].dropLast()) {
            function = number
            name = String(rest[..<open.lowerBound])
        } else {
            return nil
        }
    }
}

extension Substring {
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        var at = endIndex
        while at > startIndex {
            at = index(before: at)
            if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
        }
        return nil
    }
}

/// The text with the frames of backtraces in it made readable: names demangled and, where the source is known, each with its place, and with the functions that
/// the guest's own compiler inlined. All other lines stay as they are.
///
/// - Parameter sources: what is known of the frames that are printed of one machine frame, for each of them innermost first.
public func symbolicated(_ text: String, _ sources: ([PrintedFrame]) -> [[SourceFrame]]) -> String {
    var result: [String] = [], group: [PrintedFrame] = []
    func finish() {
        let found = group.isEmpty ? [] : sources(group)
        for (index, frame) in group.enumerated() { result += lines(of: frame, index < found.count ? found[index] : []) }
        group = []
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if let frame = PrintedFrame(line) {
            group.append(frame)
            if !frame.isInlined { finish() }
        } else {
            finish()
            result.append(String(line))
        }
    }
    finish()
    return result.joined(separator: "\n")
}

private func lines(of frame: PrintedFrame, _ sources: [SourceFrame]) -> [String] {
    let indentation = String(repeating: " ", count: frame.prefix.count)
    var lines: [String] = []
    func add(_ text: String, _ place: String?) {
        lines.append((lines.isEmpty ? frame.prefix : indentation) + text)
        if let place { lines.append(indentation + "    at " + place) }
    }
    for source in sources where source.isInlined { add(printable(source.name) + ", inlined", source.place.map { printable($0) }) }
    let own = sources.last { !$0.isInlined }
    let name = frame.name.map { printable(readableName($0)) } ?? own.flatMap { $0.name.isEmpty ? nil : printable($0.name) }
    let number = "function \(frame.function)", offset = frame.wasmOffset.map { " at 0x" + String($0, radix: 16) } ?? ""
    add((name.map { "\($0) (\(number))" } ?? number) + offset + (frame.isInlined ? ", inlined" : ""), own?.place.map { printable($0) })
    return lines
}

/// Text from a guest, with control and formatting characters escaped.
public func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            result += "\\u{\(String(scalar.value, radix: 16))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// The build id that a report of a trap names, in hexadecimal.
public func printedBuildID(_ text: String) -> String? {
    let label = "build id "
    for line in text.split(separator: "\n") {
        guard let at = line.firstRange(of: label) else { continue }
        let digits = line[at.upperBound...].prefix { $0.isASCII && $0.isHexDigit }
        if digits.count == 40 { return String(digits) }
    }
    return nil
}

extension Substring {
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }
}
