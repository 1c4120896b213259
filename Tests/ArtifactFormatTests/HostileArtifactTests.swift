import Foundation
import PrecastArtifactFormat
import Testing

/// Cut and changed artifacts give a typed error or a clean open; no read leaves the bytes given (they end at an inaccessible page).
@Suite struct HostileArtifactTests {
    static func sample() throws -> [UInt8] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../testsuite/artifact/sample.pwasm")
        return [UInt8](try Data(contentsOf: url))
    }

    /// Reads everything a loader reads. Returns whether the tables verify.
    static func readAll(_ bytes: UnsafeRawBufferPointer) -> ArtifactError? {
        do throws(ArtifactError) {
            let view = try ArtifactView(image: bytes)
            _ = mismatches(of: view.stamp, on: HostDescription())
            let functions = try? view.table(.functions, of: FunctionRecord.self)
            _ = functions?.containing(40)
            _ = (try? AddressMap(view))?.location(51)
            _ = (try? view.table(.trapOffsets, of: WordRecord.self))?.row(of: 51)
            try verifyTables(view)
            return nil
        } catch {
            #expect(!error.text.isEmpty)
            return error
        }
    }

    @Test func everyTruncation() throws {
        let sample = try Self.sample()
        let imageSize = try sample.withUnsafeBytes { try ArtifactView(image: $0).stamp.imageSize }
        let guarded = GuardedBytes(capacity: sample.count)
        for count in 0...sample.count {
            let error = guarded.with(sample[..<count]) { Self.readAll($0) }
            if count < Int(imageSize) { #expect(error != nil, "cut to \(count)") } else { #expect(error == nil, "cut to \(count)") }
            if count >= Int(imageSize), count < sample.count {
                let digest = guarded.with(sample[..<count]) { bytes in
                    Result { try ArtifactView(image: bytes).verifyFileDigest(bytes) }
                }
                #expect(throws: ArtifactError.digestMismatch("file digest")) { try digest.get() }
            }
        }
    }

    @Test func randomChanges() throws {
        let sample = try Self.sample()
        var generator = SeededGenerator(seed: 2026)
        let guarded = GuardedBytes(capacity: sample.count)
        var refused = 0
        for round in 0..<20_000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                // Mostly header, stamp and tables, which end before the memory image.
                let limit = round % 8 == 0 ? sample.count - 8 : 0xb58
                let at = Int.random(in: 0..<limit, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: for i in 0..<4 { bytes[(at & ~3) + i] = 0xff }
                case 2: for i in 0..<8 { bytes[(at & ~7) + i] = i == 7 ? 0x7f : 0xff }
                case 3: for i in 0..<4 { bytes[(at & ~3) + i] = 0 }
                default: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                }
            }
            if guarded.with(bytes[...], { Self.readAll($0) }) != nil { refused += 1 }
        }
        #expect(refused > 10_000)
    }

    @Test func everyBitOfTheStamp() throws {
        let sample = try Self.sample()
        let offset = try sample.withUnsafeBytes { try ArtifactView(image: $0).header.stampOffset }
        let guarded = GuardedBytes(capacity: sample.count)
        for bit in 0..<Stamp.size * 8 {
            var bytes = sample
            bytes[offset + bit / 8] ^= 1 << UInt8(bit % 8)
            _ = guarded.with(bytes[...]) { Self.readAll($0) }
        }
    }

    @Test func digestsNoticeEveryByte() throws {
        let sample = try Self.sample()
        let offset = try sample.withUnsafeBytes { try ArtifactView(image: $0).header.stampOffset }
        for at in stride(from: 0, to: sample.count, by: 97) where !(offset + 256..<offset + 352).contains(at) {
            var bytes = sample
            bytes[at] ^= 0x10
            #expect(throws: ArtifactError.self, "byte \(at)") {
                try bytes.withUnsafeBytes { bytes in
                    let view = try ArtifactView(image: bytes)
                    try view.verifyFileDigest(bytes)
                }
            }
        }
    }

    @Test func countsNearTheLimit() throws {
        let sample = try Self.sample()
        let entry = try sample.withUnsafeBytes { bytes in
            let view = try ArtifactView(image: bytes)
            return try #require(try view.entry(.modules))
        }
        // Every 32-bit word of the module's record.
        for offset in stride(from: 0, to: ModuleRecord.size, by: 4) {
            for value: UInt32 in [0, 1, 0x7fff_ffff, 0xffff_fffe, 0xffff_ffff] {
                var bytes = sample
                bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: Int(entry.address) + offset, as: UInt32.self) }
                _ = bytes.withUnsafeBytes { Self.readAll($0) }
            }
        }
    }

    @Test func detection() throws {
        let sample = try Self.sample()
        func detect(_ bytes: some Sequence<UInt8>) -> Bool { Array(bytes).withUnsafeBytes { detectPrecompiled($0) } }
        #expect(detect(sample))
        #expect(detect(sample.prefix(4096)))
        #expect(detect(ContainerMagic.bytes + [0, 0]))
        #expect(!detect([]))
        #expect(!detect([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))
        #expect(!detect(sample.prefix(64)))
        // The test's own executable is ELF too.
        let own = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/exe")).read(upToCount: 4096)
        #expect(!detect(try #require(own)))
        #expect(throws: ArtifactError.container) {
            try (ContainerMagic.bytes + [0]).withUnsafeBytes { try ArtifactHeader(prefix: $0, fileSize: 9) }
        }
    }
}

/// Memory whose end is an inaccessible page: a read past the bytes given kills the test.
private final class GuardedBytes {
    private let base: UnsafeMutableRawPointer
    private let pages: Int

    init(capacity: Int) {
        pages = (capacity + 4095) & ~4095
        base = mmap(nil, pages + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(mprotect(base + pages, 4096, PROT_NONE) == 0)
    }
    deinit { munmap(base, pages + 4096) }

    func with<T>(_ bytes: ArraySlice<UInt8>, _ body: (UnsafeRawBufferPointer) -> T) -> T {
        let start = base + pages - bytes.count
        bytes.withUnsafeBytes { if let from = $0.baseAddress { start.copyMemory(from: from, byteCount: $0.count) } }
        return body(UnsafeRawBufferPointer(start: start, count: bytes.count))
    }
}
