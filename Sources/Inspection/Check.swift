import FoundationEssentials
import Glibc
public import PrecastArtifactFormat

/// Whether an artifact will load on a host, with every reason against: the answer of `precast check`.
public struct CheckReport: Sendable {
    /// What the stamp asks for and the host lacks.
    public var mismatches: [Mismatch]
    /// What is wrong with the file itself: the first fault of header or tables, and digests that do not match.
    public var faults: [ArtifactError]

    public var loads: Bool { mismatches.isEmpty && faults.isEmpty }

    public var text: String {
        if loads { return "loads\n" }
        return "does not load:\n" + (mismatches.map(\.text) + faults.map(\.text)).map { "  " + $0 + "\n" }.joined()
    }

    public var json: String {
        jsonText(CheckSummary(self))
    }
}

/// Checks the artifact in `bytes` against `host`, and its own soundness: header, every table, both digests.
public func check(_ bytes: [UInt8], on host: HostDescription) -> CheckReport {
    bytes.withUnsafeBytes { bytes in
        var report = CheckReport(mismatches: [], faults: [])
        do throws(ArtifactError) {
            let prefix = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, ArtifactHeader.limit)])
            let header = try ArtifactHeader(prefix: prefix, fileSize: UInt64(bytes.count))
            report.mismatches = mismatches(of: header.stamp, on: host)
            guard header.stamp.formatVersion == .current else { return report }
            let view = try ArtifactView(header: header, image: bytes)
            collect(&report) { () throws(ArtifactError) in try verifyTables(view) }
            collect(&report) { () throws(ArtifactError) in try view.verifyFileDigest(bytes) }
        } catch {
            report.faults.append(error)
        }
        return report
    }
}

private func collect(_ report: inout CheckReport, _ verify: () throws(ArtifactError) -> Void) {
    do throws(ArtifactError) { try verify() } catch { report.faults.append(error) }
}

/// Whether `bytes` (a whole file, or its first ``ArtifactHeader/limit`` bytes) are an artifact or a container of artifacts, of any version.
public func detectPrecompiled(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { PrecastArtifactFormat.detectPrecompiled(UnsafeRawBufferPointer(rebasing: $0[..<min($0.count, ArtifactHeader.limit)])) }
}

/// Whether the file at `path` is one. Reads its first bytes. - Throws: when the file cannot be read.
public func detectPrecompiled(file path: String) throws -> Bool {
    guard let file = fopen(path, "rbe") else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { fclose(file) }
    let start = [UInt8](unsafeUninitializedCapacity: ArtifactHeader.limit) { buffer, count in count = fread(buffer.baseAddress, 1, buffer.count, file) }
    if ferror(file) != 0 { throw POSIXError(.EIO) }
    return detectPrecompiled(start)
}
