import Foundation
import PrecastArtifactFormat
import PrecastMachineCode
import PrecastObjectEmission
import Testing

/// What ordinary tools make of an artifact. A word on standard error is a failure.
@Suite struct ElfTests {
    @Test func readersAcceptIt() throws {
        try withSampleFile { path in
            for tool in [["readelf", "-aW"], ["readelf", "--debug-dump=frames"], ["objdump", "-dhx"], ["nm", "-S"]] {
                let result = try run(tool + [path])
                #expect(result.status == 0, "\(tool)")
                #expect(result.errors == "", "\(tool): \(result.errors)")
                #expect(!result.output.contains("warning"), "\(tool)")
            }
        }
    }

    @Test func disassemblyNamesFunctionsAndTargets() throws {
        try withSampleFile { path in
            let text = try run(["objdump", "-d", path]).output
            #expect(text.contains("<run>:"))
            #expect(text.contains(#"<add\x20two\x1b[31m\x5c\xc3\xa9>:"#))
            #expect(text.contains(#"call"#))
            #expect(text.split(separator: "\n").contains { $0.contains("call") && $0.contains("<add") })
            let symbols = try run(["nm", "-S", path]).output
            #expect(symbols.contains("000000000000001f t run"), "\(symbols)")
        }
    }

    @Test func framesAreReadable() throws {
        try withSampleFile { path in
            let text = try run(["readelf", "--debug-dump=frames-interp", path]).output
            #expect(text.contains("zR"))
            #expect(text.contains("rbp+16"))
            #expect(text.contains("c-24"))
            #expect(text.contains("ZERO terminator"))
            #expect(text.components(separatedBy: "FDE").count - 1 == 3)
        }
    }

    @Test func segmentsAreAsTheFormatSays() throws {
        try withSampleFile { path in
            let text = try run(["readelf", "-lW", path]).output
            #expect(text.contains("GNU_EH_FRAME"))
            let stack = text.split(separator: "\n").first { $0.contains("GNU_STACK") } ?? ""
            #expect(stack.contains("RW ") && !stack.contains("E"  + " "))
            let loads = text.split(separator: "\n").filter { $0.contains(" LOAD ") }
            #expect(loads.count == 2)
            #expect(loads.allSatisfy { $0.contains("0x10000") && !$0.contains("W") })
            #expect(!text.contains("DYNAMIC"))
        }
    }

    @Test func otherMachinesAreReadableToo() throws {
        for machine in [Machine.aarch64, .riscv64] {
            var module = sampleModule()
            module.target.machine = machine
            module.functions = [EmittedFunction(sampleLeaf(machine), functionIndex: 1, typeIndex: 0)]
            module.layoutOrder = []
            module.readOnlyFixups = []
            module.metadata.functionReferences = [.init(functionIndex: 1, typeIndex: 0)]
            module.metadata.exports = []
            module.metadata.elementSegments = []
            let bytes = try writeArtifact(module)
            try withFile(bytes) { path in
                let result = try run(["readelf", "-aW", path])
                #expect(result.errors == "")
                #expect(try run(["readelf", "--debug-dump=frames", path]).errors == "")
            }
            let view = try bytes.withUnsafeBytes { try ArtifactView(image: $0).stamp }
            #expect(view.machine == machine)
            #expect(view.pageSize == machine.segmentAlignment)
        }
    }

    @Test func relocationErrors() {
        var module = sampleModule()
        module.functions[1].compiled.relocations[0].target = RelocationTarget(.function, 77)
        #expect(throws: EmissionError.invalidRelocation(function: 1, offset: 14)) { try writeArtifact(module) }
        module = sampleModule()
        module.functions[1].compiled.relocations[0].kind = .aarch64Call26
        #expect(throws: EmissionError.unsupportedRelocation(.aarch64Call26, function: 1)) { try writeArtifact(module) }
        module = sampleModule()
        module.layoutOrder = [1, 1, 0]
        #expect(throws: EmissionError.self) { try writeArtifact(module) }
    }

    @Test func sameBytesEveryTime() throws {
        let first = try writeArtifact(sampleModule())
        for _ in 0..<5 { #expect(try writeArtifact(sampleModule()) == first) }
    }

    @Test func anEmptyModule() throws {
        let bytes = try writeArtifact(LinkedModule())
        try withFile(bytes) { path in
            let result = try run(["readelf", "-aW", path])
            #expect(result.errors == "")
        }
        try bytes.withUnsafeBytes { bytes in
            let view = try ArtifactView(image: bytes)
            #expect(view.header.textRange.isEmpty)
            #expect(try view.table(.modules, of: ModuleRecord.self).count == 1)
            try view.verifyFileDigest(bytes)
        }
    }
}

private func sampleLeaf(_ machine: Machine) -> CompiledFunction {
    var function = CompiledFunction()
    // ret
    function.code = machine == .aarch64 ? [0xc0, 0x03, 0x5f, 0xd6] : [0x82, 0x80]
    function.isFrameless = true
    return function
}

func withSampleFile(_ body: (String) throws -> Void) throws {
    try withFile(writeArtifact(sampleModule()), body)
}

func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("artifact-\(UUID().uuidString).pwasm")
    try Data(bytes).write(to: url)
    if let keep = ProcessInfo.processInfo.environment["KEEP_ARTIFACT"] { try Data(bytes).write(to: URL(fileURLWithPath: keep)) }
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url.path)
}

func run(_ command: [String]) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
    let errorFile = FileManager.default.temporaryDirectory.appendingPathComponent("errors-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: errorFile.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errorFile) }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self), String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
}
