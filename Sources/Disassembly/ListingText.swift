/// How a listing is written.
public struct ListingOptions {
    /// The bytes of instructions beside them.
    public var showsBytes = true
    /// Where code comes from.
    public var showsLocations = true
    /// The text of the operator at an offset in the module's binary, of a function. Must be safe to print.
    public var operatorText: (_ function: UInt32, _ offset: UInt32) -> String? = { _, _ in nil }
    /// The source line of an offset in the module's binary. Must be safe to print.
    public var sourceLine: (_ offset: UInt32) -> String? = { _ in nil }
    /// What a function of the index space is called. Must be safe to print.
    public var functionName: (_ index: UInt32) -> String = { "function \($0)" }
    public init() {}
}

extension FunctionCode {
    /// The function as text: a heading, then a line for each instruction or datum, with lines between them that say where the code comes from.
    public func text(_ options: ListingOptions) -> String {
        var out = heading + "\n"
        var last: Int?, lastSource: String?
        for line in lines {
            if let label = line.label { out += "\(label):\n" }
            if options.showsLocations, !line.isData, line.chain != last {
                if let chain = line.chain {
                    let source = options.sourceLine(chains[chain][0].offset)
                    if let source, source != lastSource { out += "  ; \(source)\n" }
                    lastSource = source ?? lastSource
                    out += "  ; \(location(chains[chain], options))\n"
                } else {
                    out += "  ; no operator\n"
                }
                last = line.chain
            }
            out += text(line, options) + "\n"
        }
        return out
    }

    /// `0000000000001000 <name>: function 3, 220 bytes`
    public var heading: String {
        let what =
            switch record.kind {
            case .function: "function \(record.functionIndex)"
            case .entryTrampoline: "trampoline from the host"
            case .hostTrampoline: "trampoline to the host"
            case nil: "code"
            }
        let frame = record.isFrameless ? ", no frame" : ", frame of \(record.frameSize) bytes"
        return "\(padded(String(address, radix: 16), 16)) <\(name)>: \(what), \(record.byteCount) bytes\(frame)"
    }

    /// `0x89 i32.add`, then where it was inlined.
    private func location(_ chain: [Frame], _ options: ListingOptions) -> String {
        var text = ""
        for (n, frame) in chain.enumerated() {
            if n == 0 {
                text = hexadecimal(UInt64(frame.offset))
                if let operatorText = options.operatorText(frame.function, frame.offset) { text += " " + operatorText }
                if chain.count > 1 { text += "  (of \(options.functionName(frame.function))" }
            } else {
                text += ", inlined at \(hexadecimal(UInt64(frame.offset)))"
                if n < chain.count - 1 { text += " of \(options.functionName(frame.function))" }
            }
        }
        return chain.count > 1 ? text + ")" : text
    }

    private func text(_ line: Line, _ options: ListingOptions) -> String {
        var text = "  " + leftPadded(String(line.address, radix: 16), 6) + ":  "
        if options.showsBytes {
            text += rightPadded(line.bytes.map { padded(String($0, radix: 16), 2) }.joined(separator: " "), 30) + " "
        }
        text += line.operands.isEmpty ? line.mnemonic : rightPadded(line.mnemonic, 7) + " " + line.operands
        if line.comments.isEmpty { return text }
        return rightPadded(text, options.showsBytes ? 80 : 50) + " ; " + line.comments.joined(separator: "; ")
    }
}

private func leftPadded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
private func rightPadded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
