import Foundation

/// Another engine in a process of its own, many modules a process: tools/wasmtime-engine, or whatever speaks like it.
///
/// ``send(_:)`` hands it a batch and returns at once; ``receive()`` waits for the results of the batch that was sent first.
public final class OutsideEngine {
    private let process = Process()
    private let input = Pipe(), output = Pipe()
    private let folder: URL
    private var sent = 0
    private var received = 0
    private var unread = Data()

    /// - Parameter command: the program and its arguments; the program is looked up in `PATH`.
    public init(_ command: [String]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("precast-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }
    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private func path(_ batch: Int) -> URL { folder.appendingPathComponent("batch\(batch)") }

    public func send(_ modules: [(module: FuzzModule, bytes: [UInt8])]) throws {
        var data = Data()
        for (module, bytes) in modules {
            let script = module.script
            data.append(contentsOf: "module \(module.seed) \(bytes.count) \(script.count)\n".utf8)
            for line in script { data.append(contentsOf: (line + "\n").utf8) }
            data.append(contentsOf: bytes)
        }
        try data.write(to: path(sent))
        try input.fileHandleForWriting.write(contentsOf: Data((path(sent).path + "\n").utf8))
        sent += 1
    }

    /// The lines of each module of the batch.
    public func receive() throws -> [[String]] {
        while !unread.contains(UInt8(ascii: "\n")) {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw FuzzingError("the outside engine ended") }
            unread.append(more)
        }
        unread.removeSubrange(unread.startIndex...(unread.firstIndex(of: UInt8(ascii: "\n")) ?? unread.startIndex))
        let file = path(received).appendingPathExtension("results")
        var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)[...]
        try FileManager.default.removeItem(at: file)
        try FileManager.default.removeItem(at: path(received))
        received += 1
        var results: [[String]] = []
        while let head = lines.popFirst(), !head.isEmpty {
            guard let count = head.split(separator: " ").last.flatMap({ Int($0) }), count <= lines.count else {
                throw FuzzingError("the outside engine answered '\(head)'")
            }
            results.append(lines.prefix(count).map(String.init))
            lines = lines.dropFirst(count)
        }
        return results
    }
}
