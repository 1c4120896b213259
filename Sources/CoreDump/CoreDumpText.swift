/// What a core dump is printed with.
public struct CoreDumpNames {
    /// A function's name and where its body is in the module's binary, by module name and index. Must be safe to print.
    public var function: (_ module: String, _ index: UInt32) -> (name: String?, bodyOffset: UInt32?) = { _, _ in (nil, nil) }
    /// What a local is called, by function index and its own. Must be safe to print.
    public var local: (_ function: UInt32, _ index: UInt32) -> String? = { _, _ in nil }
    /// Where in the source an offset of the module's binary comes from. Must be safe to print.
    public var sourcePlace: (_ offset: UInt32) -> String? = { _ in nil }
    /// Bytes of the dump as text that is safe to print.
    public var printable: ([UInt8]) -> String

    public init(printable: @escaping ([UInt8]) -> String) { self.printable = printable }
}

extension CoreDump {
    /// Threads with their frames, instances, globals and memory ranges, as lines.
    public func text(_ names: CoreDumpNames) -> String {
        var lines = ["core dump of \(names.printable(executable))"]
        for thread in threads { lines += text(thread, names) }
        lines.append("instances:" + (instances.isEmpty ? " none" : ""))
        for (number, instance) in instances.enumerated() {
            lines.append("  \(number): module \(moduleName(instance.module, names)), memories \(list(instance.memories)), globals \(list(instance.globals))")
        }
        lines.append("globals:" + (globals.isEmpty ? " none" : ""))
        for (number, global) in globals.enumerated() {
            lines.append("  \(number): " + (global.value.hasPrefix(global.type.description) ? global.value : "\(global.type.description) \(global.value)"))
        }
        lines.append("memories:" + (memories.isEmpty ? " none" : ""))
        for (number, memory) in memories.enumerated() {
            let own = ranges.filter { $0.memory == number }
            let (size, isHuge) = memory.limits.minimum.multipliedReportingOverflow(by: memory.pageSize)
            lines.append("  \(number): \(memory.limits.minimum) pages, \(isHuge ? "too many" : "\(size)") bytes" + (own.isEmpty ? ", all zero" : ""))
            for range in own {
                lines.append("     \(hexadecimal(range.address))..<\(hexadecimal(range.address &+ UInt64(range.contents.count))), \(range.contents.count) bytes")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func text(_ thread: Thread, _ names: CoreDumpNames) -> [String] {
        var lines = ["thread \(names.printable(thread.name)), \(thread.frames.count) frames:"]
        for (number, frame) in thread.frames.enumerated() {
            let module = Int(frame.instance) < instances.count ? moduleName(instances[Int(frame.instance)].module, names) : ""
            let (name, body) = names.function(module, frame.function)
            var line = "  \(number): " + (name.map { "\($0) (function \(frame.function))" } ?? "function \(frame.function)")
            if let body {
                line += " at \(hexadecimal(UInt64(body &+ frame.codeOffset)))"
                if let place = names.sourcePlace(body &+ frame.codeOffset) { line += ", \(place)" }
            } else {
                line += " at +\(hexadecimal(UInt64(frame.codeOffset)))"
            }
            if instances.count > 1 { line += ", instance \(frame.instance)" + (frame.isInstanceCertain ? "" : " or another of its module") }
            lines.append(line)
            if frame.isCompleted {
                lines += localLines(frame, names)
                continue
            }
            for (what, values) in [("locals", frame.locals), ("operands", frame.stack)] where !values.isEmpty {
                let isMissing = values.allSatisfy { $0 == .missing }
                lines.append("     \(what): " + (isMissing ? "\(values.count), values missing" : values.map(\.description).joined(separator: ", ")))
            }
        }
        return lines
    }

    /// A line for each local: index, name, type, value.
    private func localLines(_ frame: Frame, _ names: CoreDumpNames) -> [String] {
        zip(frame.types, frame.locals).enumerated().map { index, local in
            let name = names.local(frame.function, UInt32(index)).map { " \($0)" } ?? ""
            let (type, value) = local
            if value == .missing { return "     local \(index)\(name): \(type), optimized out" }
            // References have no type of their own here.
            return "     local \(index)\(name): " + (type == .reference && value == .reference(0) ? "reference null" : value.description)
        }
    }

    private func moduleName(_ index: UInt32, _ names: CoreDumpNames) -> String {
        guard Int(index) < modules.count else { return "\(index)" }
        return modules[Int(index)].isEmpty ? "\(index)" : names.printable(modules[Int(index)])
    }

    private func list(_ numbers: [UInt32]) -> String { numbers.isEmpty ? "none" : numbers.map { "\($0)" }.joined(separator: " ") }
}

func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }

/// Bytes of a memory as lines of sixteen, in hexadecimal and as ASCII.
public func memoryText(_ bytes: [UInt8], at address: UInt64) -> String {
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 16) {
        let row = bytes[start..<min(start + 16, bytes.count)]
        let digits = row.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        let characters = String(decoding: row.map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
        text += "\(hexadecimal(address &+ UInt64(start)))  \(digits + String(repeating: " ", count: 47 - digits.utf8.count))  \(characters)\n"
    }
    return text
}
