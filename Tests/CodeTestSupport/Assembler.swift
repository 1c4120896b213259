public import Foundation

/// The GNU assembler for a machine: the independent word on encodings.
public struct Assembler: Sendable {
    private let assembler: String
    private let objcopy: String
    private let options: [String]

    /// - Parameter prefix: what the names of a cross tool begin with.
    public init(prefix: String = "", options: [String] = []) {
        (assembler, objcopy) = ("/usr/bin/\(prefix)as", "/usr/bin/\(prefix)objcopy")
        self.options = options
    }
    public var isThere: Bool { [assembler, objcopy].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) } }

    /// The text section of what `source` becomes.
    public func assemble(_ source: String) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("precast-encode-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, object, binary) = (folder.appendingPathComponent("a.s"), folder.appendingPathComponent("a.o"), folder.appendingPathComponent("a.bin"))
        try source.write(to: input, atomically: true, encoding: .utf8)
        let errors = try output(of: assembler, options + ["-o", object.path, input.path])
        if !errors.isEmpty { throw AssemblerError(message: String(decoding: errors.prefix(2000), as: UTF8.self)) }
        _ = try output(of: objcopy, ["-O", "binary", "-j", ".text", object.path, binary.path])
        return try [UInt8](Data(contentsOf: binary))
    }
}

public struct AssemblerError: Error { public let message: String }

/// Runs a program and returns what it wrote to standard output and error.
public func output(of program: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
}

/// A path in the repository that these tests belong to.
public func repositoryPath(_ path: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(path)
}

/// Compares lines of two columns with a file of the repository, which `BLESS=1` in the environment rewrites. Returns nil where they agree.
public func differenceFromGolden(_ path: String, _ lines: [(String, String)]) throws -> String? {
    let width = (lines.map(\.0.count).max() ?? 0) + 2
    let text = lines.map { $0.0.padding(toLength: width, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n") + "\n"
    let file = repositoryPath(path)
    if ProcessInfo.processInfo.environment["BLESS"] != nil { try text.write(to: file, atomically: true, encoding: .utf8) }
    return try String(contentsOf: file, encoding: .utf8) == text ? nil : "\(path) is out of date; BLESS=1 rewrites it"
}
