import Foundation
import PrecastArtifactFormat
import Testing

/// Containers: where members are, which one a host takes, and what is refused.
@Suite struct ContainerTests {
    static let digest = Bytes32(words: SIMD4(1, 2, 3, 4))

    /// A container of artifacts that are only their sizes.
    static func file(sizes: [UInt64]) throws -> (container: Container, bytes: [UInt8]) {
        let container = try Container(artifacts: sizes.map { ($0, digest) })
        var bytes = [UInt8](repeating: 0, count: Int(container.fileSize))
        bytes.withUnsafeMutableBytes { if let base = $0.baseAddress { container.store(RecordBuffer(base)) } }
        return (container, bytes)
    }

    static func read(_ bytes: [UInt8], size: UInt64? = nil) throws -> Container {
        try bytes.withUnsafeBytes { try Container(prefix: UnsafeRawBufferPointer(rebasing: $0[..<min($0.count, ArtifactHeader.limit)]), fileSize: size ?? UInt64(bytes.count)) }
    }

    /// Why the changed file is refused.
    static func refusal(_ change: (inout [UInt8]) -> Void) throws -> ArtifactError? {
        var (_, bytes) = try file(sizes: [10, 65536, 3])
        change(&bytes)
        do {
            _ = try read(bytes)
            return nil
        } catch {
            return error as? ArtifactError
        }
    }

    @Test func layout() throws {
        let (container, bytes) = try Self.file(sizes: [10, 65536, 3])
        #expect(container.members.map(\.offset) == [65536, 131072, 196608])
        #expect(container.fileSize == 196611 && bytes.count == 196611)
        #expect(try Self.read(bytes) == container)
        #expect(bytes.withUnsafeBytes { ArtifactHeader.isContainer($0) && detectPrecompiled($0) })
        // Header and members of the most there may be lie in what a loader reads.
        #expect(Container.headerSize + Container.maximumMembers * Container.memberSize <= ArtifactHeader.limit)
        #expect(try Self.read(Self.file(sizes: Array(repeating: 1, count: 32)).bytes).members.count == 32)
        #expect(throws: ArtifactError.invalid(field: "number of container members", found: 33)) { try Self.file(sizes: Array(repeating: 1, count: 33)) }
        #expect(throws: ArtifactError.invalid(field: "number of container members", found: 0)) { try Self.file(sizes: []) }
    }

    @Test func everyTruncation() throws {
        let (_, bytes) = try Self.file(sizes: [10, 20])
        for count in Array(0..<300) + [65535, 65536, 65545, 65546, 131072, bytes.count - 1] {
            #expect(throws: ArtifactError.self, "cut to \(count)") { try Self.read(Array(bytes[..<count])) }
        }
        #expect(throws: ArtifactError.truncated(part: "container", needed: 131092, found: 131091)) { try Self.read(Array(bytes.dropLast())) }
        #expect(throws: ArtifactError.invalid(field: "container size", found: 131092)) { try Self.read(bytes + [0]) }
        #expect(throws: ArtifactError.truncated(part: "container members", needed: 192, found: 191)) { try Self.read(Array(bytes[..<191]), size: 131092) }
    }

    @Test func badHeaders() throws {
        func put(_ bytes: inout [UInt8], _ at: Int, _ value: UInt64) { bytes.replaceSubrange(at..<at + 8, with: withUnsafeBytes(of: value.littleEndian, Array.init)) }
        #expect(try Self.refusal { _ in } == nil)
        #expect(try Self.refusal { $0[7] = 0 } == .notAnArtifact)
        #expect(try Self.refusal { $0[8] = 2 } == .invalid(field: "container version", found: 2))
        #expect(try Self.refusal { $0[12] = 0 } == .invalid(field: "number of container members", found: 0))
        #expect(try Self.refusal { $0[15] = 0x80 } == .invalid(field: "number of container members", found: 0x8000_0003))
        // A member less or more.
        #expect(try Self.refusal { $0[12] = 2 } == .invalid(field: "end of the last container member", found: 196608))
        #expect(try Self.refusal { $0[12] = 4 } == .invalid(field: "offset of a container member", found: 0))
        #expect(try Self.refusal { put(&$0, 16, .max) } == .truncated(part: "container", needed: .max, found: 196611))
    }

    @Test func badMembers() throws {
        func put(_ bytes: inout [UInt8], _ at: Int, _ value: UInt64) { bytes.replaceSubrange(at..<at + 8, with: withUnsafeBytes(of: value.littleEndian, Array.init)) }
        let second = Container.headerSize + Container.memberSize
        // Misaligned, over the header, over the first member (twice the same place), behind a hole, outside the file, at the end of the number range.
        for offset in [131073, 135168, 0, 64, 65536, 196608, 1 << 40, .max, .max - 65535] as [UInt64] {
            #expect(try Self.refusal { put(&$0, second, offset) } == .invalid(field: "offset of a container member", found: offset))
        }
        for size in [0, 65540, 1 << 40, .max, .max - 131072] as [UInt64] {
            #expect(try Self.refusal { put(&$0, second + 8, size) } == .invalid(field: "size of a container member", found: size))
        }
        #expect(try Self.refusal { put(&$0, second + 8, 65537) } == .invalid(field: "offset of a container member", found: 196608))
        #expect(try Self.refusal { put(&$0, second + 64 + 8, 2) } == .invalid(field: "end of the last container member", found: 196610))
    }

    /// Whatever the header says: an error, or members that lie one behind the other within the file.
    @Test func randomChanges() throws {
        let (_, bytes) = try Self.file(sizes: [10, 70000, 3])
        var generator = SeededGenerator(seed: 77)
        var accepted = 0
        for _ in 0..<20_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                changed[Int.random(in: 8..<Container.headerSize + 3 * Container.memberSize, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let container = try? Self.read(changed) else { continue }
            accepted += 1
            var end = 0
            for member in container.members {
                #expect(member.range.lowerBound >= end && member.range.lowerBound % 65536 == 0 && member.range.upperBound <= changed.count)
                end = member.range.upperBound
            }
        }
        #expect(accepted > 0, "changes of digests and reserved bytes are not the container's business")
    }

    // MARK: Which member

    static func stamp(_ machine: Machine, _ cpu: String, required: CPUFeatures? = nil) throws -> Stamp {
        var stamp = Stamp()
        stamp.machine = machine
        stamp.cpuName = cpu
        stamp.requestedFeatures = try #require(CPUFeatures.named(cpu, on: machine))
        stamp.requiredFeatures = required ?? stamp.requestedFeatures
        if machine == .aarch64 { stamp.pageSizeLog2 = 16 }
        return stamp
    }
    static func host(_ machine: Machine, _ cpu: String) throws -> HostDescription {
        var host = HostDescription()
        host.machine = machine
        host.features = try #require(CPUFeatures.named(cpu, on: machine))
        return host
    }

    @Test(arguments: [
        (Machine.x86_64, "x86-64", nil), (.x86_64, "x86-64-v2", 1), (.x86_64, "x86-64-v3", 3), (.x86_64, "x86-64-v4", 3), (.riscv64, "generic", nil),
        (.aarch64, "generic", 2), (.aarch64, "cortex-a72", 2), (.aarch64, "neoverse-n1", 0), (.aarch64, "neoverse-n2", 0),
    ])
    func theMostSpecificThatTheHostSatisfies(machine: Machine, cpu: String, member: Int?) throws {
        let stamps = [
            try Self.stamp(.aarch64, "neoverse-n1"), try Self.stamp(.x86_64, "x86-64-v2"), try Self.stamp(.aarch64, "generic"),
            try Self.stamp(.x86_64, "x86-64-v3"),
        ]
        #expect(try Container.best(of: stamps, on: try Self.host(machine, cpu)) == member)
    }

    /// What code executes decides whether it can be loaded, what it was compiled for, whether it is preferred; the first of equals is taken.
    @Test func preference() throws {
        let host = try Self.host(.x86_64, "x86-64-v2")
        let stamps = [try Self.stamp(.x86_64, "x86-64-v2"), try Self.stamp(.x86_64, "x86-64-v4", required: .x86_64v2), try Self.stamp(.x86_64, "x86-64-v3")]
        #expect(try Container.best(of: stamps, on: host) == 1)
        var first = try Self.stamp(.x86_64, "x86-64-v2"), second = first
        first.requestedFeatures.insert(.bmi1)
        second.requestedFeatures.insert(.bmi2)
        #expect(try Container.best(of: [first, second], on: host) == 0)
        #expect(try Container.best(of: [second, first], on: host) == 0)
        #expect(try Container.best(of: [], on: host) == nil)
    }

    @Test func membersForTheSameTarget() throws {
        let stamps = [try Self.stamp(.x86_64, "x86-64-v2"), try Self.stamp(.aarch64, "generic"), try Self.stamp(.x86_64, "x86-64-v2")]
        #expect(throws: ArtifactError.repeatedMember(first: 0, second: 2)) { try Container.best(of: stamps, on: try Self.host(.x86_64, "x86-64-v3")) }
        var other = stamps[2]
        other.formatVersion = FormatVersion(number: 9)
        #expect(try Container.best(of: [stamps[0], stamps[1], other], on: try Self.host(.x86_64, "x86-64-v3")) == 0)
    }
}
