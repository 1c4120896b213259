import PrecastEntities
import PrecastWasmText

/// The printed text of a module: what there is to show for an instruction where there is no debug information.
struct TextLines {
    private let text: [UInt8]
    /// Where each line begins.
    private let starts: [Int]
    private let functions: [PrintedFunction]

    /// Nil for a module that cannot be printed. Linear in the module.
    init?(_ binary: [UInt8]) {
        guard let printed = try? printModuleWithLines(binary) else { return nil }
        (text, functions) = (printed.text, printed.functions)
        var starts = [0]
        for (index, byte) in text.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
        self.starts = starts
    }

    /// The operator at an offset of the binary, and its line. Linear in the functions, logarithmic in the operators of one.
    func frame(at offset: UInt32) -> SourceFrame? {
        guard let function = functions.first(where: { $0.body.contains(offset) }) else { return nil }
        let next = function.operators.partitionPoint { $0.offset <= offset }
        guard next > 0 else { return nil }
        let line = function.operators[next - 1].line
        guard line > 0, Int(line) <= starts.count else { return nil }
        // What closes the function around the operator is not shown.
        var depth = 0
        let bytes = text[starts[Int(line) - 1]...].prefix { byte in
            if byte == UInt8(ascii: "(") { depth += 1 } else if byte == UInt8(ascii: ")") { depth -= 1 }
            return depth >= 0 && byte != UInt8(ascii: "\n")
        }
        let shown = String(decoding: bytes.drop { $0 == UInt8(ascii: " ") }.prefix(200), as: UTF8.self)
        return SourceFrame(name: "", line: line, isInlined: false, text: shown)
    }
}
