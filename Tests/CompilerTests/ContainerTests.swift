import Foundation
import PrecastArtifactFormat
import PrecastCompiler
import PrecastRuntime
import PrecastWasmTestSupport
import PrecastWasmText
import Testing

/// Files for several targets, from the compiler through the loader's door.
@Suite struct ContainerTests {
    private static let targets = ["x86_64-linux:x86-64-v2", "x86_64-linux:x86-64-v3", "x86_64-linux:x86-64-v4"]

    /// A module whose code uses BMI2 where it may; it has a memory image.
    private static func module() throws -> [UInt8] {
        try parseText(Array("""
            (module (memory 1) (data (i32.const 65000) "image") (global $g (mut i32) (i32.const 3))
              (func (export "f") (param i32 i32) (result i32)
                (i32.add (i32.shl (local.get 0) (local.get 1)) (i32.load8_u (i32.const 65001)))))
            """.utf8))
    }
    private static func container(_ targets: [String] = targets) throws -> [UInt8] {
        try Compiler().compile(try module(), for: try targets.map { try Target(parsing: $0) })
    }
    private static func alone(_ target: String) throws -> [UInt8] {
        var configuration = CompilerConfiguration()
        configuration.target = try Target(parsing: target)
        return try Compiler(configuration).compile(try module())
    }
    private static func host(_ features: CPUFeatures) -> HostDescription {
        var host = HostDescription.current
        host.features = features
        return host
    }
    private static func members(_ file: [UInt8]) throws -> [Container.Member] {
        try file.withUnsafeBytes { try Container(prefix: UnsafeRawBufferPointer(rebasing: $0[..<4096]), fileSize: UInt64($0.count)).members }
    }
    private func digest(_ bytes: [UInt8]) -> Bytes32 { bytes.withUnsafeBytes { SHA256.digest($0) } }

    @Test func membersAreWhatCompilingForEachAloneGives() throws {
        let file = try Self.container(), members = try Self.members(file)
        #expect(members.count == 3)
        for (member, target) in zip(members, Self.targets) {
            let artifact = try Self.alone(target)
            #expect(Array(file[member.range]) == artifact, "\(target)")
            #expect(member.digest == digest(artifact))
        }
        #expect(try Self.container() == file)
    }

    @Test(arguments: [(CPUFeatures.x86_64v1, 0), (.x86_64v2, 0), (CPUFeatures(.bmi2), 2)])
    func theHostsChoice(added: CPUFeatures, member: Int) throws {
        let file = try Self.container()
        let image = try ArtifactImage.open(copying: file, trust: .vouched, host: Self.host(CPUFeatures(bits: added.bits | CPUFeatures.x86_64v2.bits)))
        #expect(image.stamp == (try ArtifactImage.open(copying: Self.alone(Self.targets[member]), trust: .vouched).stamp))
    }

    private func runs(_ image: ArtifactImage) throws {
        let engine = try Engine()
        for _ in 0..<2 {
            let instance = try Linker<Void>(engine).instantiate(try Module(engine, LoadedModule(image)), in: try Store(engine, data: ()))
            let values = try #require(instance.function("f")).call([.i32(5), .i32(2)])
            #expect(values.map(\.description) == ["\(20 + Int(UInt8(ascii: "m")))"])
        }
    }

    /// In place and from a snapshot, memory image included, whatever the file's digest or the member's own says.
    @Test func everyTrustLoadsAndRuns() throws {
        let file = try Self.container()
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("precast-container-\(UUID().uuidString).pwasm")
        try Data(file).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        for host in [Self.host(.x86_64v2), HostDescription.current] {
            try runs(try ArtifactImage.open(url.path, trust: .immutableFile, host: host))
            try runs(try ArtifactImage.open(url.path, trust: .sha256(digest(file)), host: host))
            try runs(try ArtifactImage.open(copying: file, trust: .vouched, host: host))
            try runs(try ArtifactImage.open(copying: file, trust: .sha256(digest(file)), host: host))
        }
        let first = try Self.members(file)[0]
        try runs(try ArtifactImage.open(url.path, trust: .sha256(first.digest), host: Self.host(.x86_64v2)))
        // The digest of a member that is not the one for this host.
        #expect(throws: LoadError.self) { try ArtifactImage.open(url.path, trust: .sha256(first.digest), host: Self.host(.x86_64v4)) }
    }

    /// With a digest, every byte of the file counts: those of other members, of the header and between members.
    @Test func digestsNoticeEveryPart() throws {
        let file = try Self.container(), expected = digest(file)
        for at in [40, 70, 90, 4095, 5000, 65535, 65536 + 5000, 131072 + 300, file.count - 1] {
            var changed = file
            changed[at] ^= 1
            #expect(throws: LoadError.self, "byte \(at)") { try ArtifactImage.open(copying: changed, trust: .sha256(expected)) }
        }
    }

    @Test func refusalNamesEveryMember() throws {
        var host = HostDescription.current
        host.machine = .riscv64
        let file = try Self.container()
        do throws(LoadError) {
            _ = try ArtifactImage.open(copying: file, trust: .vouched, host: host)
            Issue.record("nothing fits")
        } catch {
            guard case .noMember(let members) = error else { throw error }
            #expect(error.isRefusal)
            #expect(members.map(\.target) == ["v2", "v3", "v4"].map { "x86_64-unknown-linux-gnu:x86-64-" + $0 })
            #expect(members.allSatisfy { $0.mismatches == [.machine(expected: .riscv64, found: .x86_64)] })
            #expect(error.description.split(separator: "\n").count == 7, "\(error)")
        }
    }

    @Test func badTargets() throws {
        let compiler = try Compiler()
        func refusal(_ names: [String]) throws -> PrecastCompiler.ConfigurationError? {
            let targets = try names.map { try Target(parsing: $0) }
            do throws(CompileError) {
                _ = try compiler.compile([], for: targets)
                return nil
            } catch {
                if case .configuration(let error) = error { return error }
                throw error
            }
        }
        #expect(try refusal([]) == .targetCount(0))
        #expect(try refusal(Array(repeating: "x86_64", count: 33)) == .targetCount(33))
        let plain = try Target(parsing: "amd64:x86-64"), v1 = try Target(parsing: "x86_64-linux-musl:x86-64-v1")
        #expect(try refusal(["amd64:x86-64", "x86_64:x86-64-v3", "x86_64-linux-musl:x86-64-v1"]) == .repeatedTarget(plain, v1))
        #expect(try refusal(["x86_64", "riscv64"]) == .cannotCompile(Target(baselineOf: .riscv64)))
        #expect("\(try Target(parsing: "x86_64-linux:X86-64-V2:+bmi2"))" == "x86_64-unknown-linux-gnu:x86-64-v2:+bmi2")
        #expect(throws: PrecastCompiler.ConfigurationError.self) { try Target(parsing: "x86_64-linux:") }
        #expect(throws: PrecastCompiler.ConfigurationError.self) { try Target(parsing: ":x86-64") }
    }

    /// Spoiled containers are refused with a typed error or load; what loads was for this host.
    @Test func spoiledFiles() throws {
        let file = try Self.container()
        var random = SeededGenerator(seed: 9)
        var refused = 0
        for round in 0..<2000 {
            var changed = file
            let limit = round % 2 == 0 ? 320 : file.count
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                changed[Int.random(in: 8..<limit, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            if round % 16 == 1 { changed.removeLast(Int.random(in: 1..<changed.count, using: &random)) }
            do throws(LoadError) {
                let image = try ArtifactImage.open(copying: changed, trust: .vouched)
                #expect(image.stamp.machine == .host)
            } catch {
                refused += 1
                #expect(!error.description.isEmpty)
            }
        }
        // Most changes are in the members that this host does not load.
        #expect(refused > 300)
    }
}
