import Foundation
import PrecastArtifactFormat
import PrecastModuleInterpreter
import Testing

/// Translates and verifies whole programs: the modules in the directory that `PRECAST_PROGRAMS` names (`tools/build-programs DIR`).
@Suite struct ProgramTests {
    static let directory = ProcessInfo.processInfo.environment["PRECAST_PROGRAMS"]
    static let programs: [String] = {
        guard let directory, let files = FileManager.default.enumerator(atPath: directory) else { return [] }
        return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".wasm") }.sorted()
    }()

    @Test(.enabled(if: directory != nil), arguments: programs) func translatesAndVerifies(_ name: String) throws {
        let bytes = try #require(FileManager.default.contents(atPath: Self.directory! + "/" + name))
        for variant in ExecutionTests.variants {
            let module = try TranslatedModule([UInt8](bytes), tunables: Tunables(options: variant))
            var instructions = 0
            try module.forEach { instructions += $0.dfg.instructions.count }
            #expect(instructions > module.module.bodies.count)
        }
    }
}
