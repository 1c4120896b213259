// Opening an artifact.
//
// Input: a file or bytes, and why they are to be trusted. Output: a mapped image whose code may run on this host. Of a container of artifacts for
// several targets, one member is chosen by the members' stamps; the bytes of the others are not mapped.
// Invariants: nothing is executable before every check has passed; no page is ever writable and executable; the file is
// opened once and never by its path again. The number of system calls does not depend on how much code there is.
//
// The checks, in order, each with its own error: header and stamp within bounds; ours; format version; ABI version; machine,
// system, byte order, page size; processor features; tunables; authenticity; extents of every table.
import CLoaderSupport
public import PrecastArtifactFormat

/// Why an artifact file may be run. Compiled code is code: whoever can forge an artifact runs code in the host.
public enum Trust: Sendable {
    /// Mapped in place. The caller promises that the file is what it should be and does not change while it is loaded.
    case immutableFile
    /// A snapshot in sealed memory is loaded, after its SHA-256 (as `sha256sum` prints it) was found to be this.
    case sha256(Bytes32)
}

/// Why artifact bytes in memory may be run. They are copied first.
public enum BytesTrust: Sendable {
    /// The caller made them itself, or otherwise vouches for them.
    case vouched
    /// Their SHA-256 must be this.
    case sha256(Bytes32)
}

/// A mapped artifact that this host can run. Thread-safe; unmapped when nothing refers to it any more.
public final class ArtifactImage: @unchecked Sendable {
    public let header: ArtifactHeader
    public var stamp: Stamp { header.stamp }
    let view: ArtifactView
    /// For mapping memory images.
    let file: Int32
    /// Where in ``file`` the image starts: not 0 in a container that is mapped in place.
    let fileOffset: UInt64
    /// No other image of this process has the same number.
    let serial: UInt64
    /// Where the image is mapped.
    let base: UInt64
    private let mappedBytes: UInt64

    /// Opens the artifact at `path`, or the member for this host of a container of several.
    ///
    /// `host`: what to check against, this host unless the caller knows better (a minimum compiler, no signal handlers …).
    /// - Throws: ``LoadError``, for the first check that fails.
    public static func open(_ path: String, trust: Trust, host: HostDescription = .current) throws(LoadError) -> ArtifactImage {
        var size: UInt64 = 0
        let file = precast_open(path.zeroTerminated, &size)
        guard file >= 0 else { throw .file(path: path, errorNumber: -file) }
        let source = ArtifactSource.file(file, path: path, byteCount: size)
        switch trust {
        case .immutableFile:
            let part: ArtifactSource.Part
            do throws(LoadError) { part = try source.part(for: host) } catch {
                precast_close(file)
                throw error
            }
            return try ArtifactImage(file: file, at: part.range.lowerBound, bytes: part.header.stamp.imageSize, part.header, host: host)
        case .sha256(let digest):
            defer { precast_close(file) }
            return try openSnapshot(of: source, digest: digest, host: host)
        }
    }

    /// Opens an artifact from bytes, which are copied; of a container's, those of the member for this host.
    public static func open(copying bytes: UnsafeRawBufferPointer, trust: BytesTrust, host: HostDescription = .current) throws(LoadError) -> ArtifactImage {
        var digest: Bytes32?
        if case .sha256(let expected) = trust { digest = expected }
        return try openSnapshot(of: .memory(bytes), digest: digest, host: host)
    }

    /// Opens an artifact from bytes, which are copied; of a container's, those of the member for this host.
    public static func open(copying bytes: [UInt8], trust: BytesTrust, host: HostDescription = .current) throws(LoadError) -> ArtifactImage {
        try bytes.withUnsafeBufferPointer { (bytes) throws(LoadError) in
            try open(copying: UnsafeRawBufferPointer(bytes), trust: trust, host: host)
        }
    }

    private static func openSnapshot(of source: ArtifactSource, digest: Bytes32?, host: HostDescription) throws(LoadError) -> ArtifactImage {
        let part = try source.part(for: host), byteCount = part.range.upperBound - part.range.lowerBound
        let snapshot = try makeSnapshot(bytes: byteCount) { (target) throws(LoadError) in try source.copy(part.range, to: target) }
        // What was read to choose the part may have changed since; the snapshot does not.
        let header: ArtifactHeader
        do throws(LoadError) {
            header = try ArtifactSource.file(snapshot, path: "snapshot", byteCount: byteCount).wholeHeader()
        } catch {
            precast_close(snapshot)
            throw error
        }
        guard let digest else { return try ArtifactImage(file: snapshot, at: 0, bytes: header.stamp.imageSize, header, host: host) }
        return try ArtifactImage(file: snapshot, at: 0, bytes: byteCount, header, host: host) { (bytes) throws(LoadError) in
            try source.check(digest, of: part, copied: bytes)
        }
    }

    /// An immutable file in memory that `fill` wrote.
    private static func makeSnapshot(bytes: UInt64, _ fill: (Int32) throws(LoadError) -> Void) throws(LoadError) -> Int32 {
        let file = precast_memory_file("precast")
        guard file >= 0 else { throw .resource(ResourceError(.snapshot, bytes: bytes, error: Int64(file))) }
        do throws(LoadError) {
            try fill(file)
        } catch {
            precast_close(file)
            throw error
        }
        let error = precast_seal(file)
        guard error == 0 else {
            precast_close(file)
            throw .resource(ResourceError(.snapshot, bytes: bytes, error: Int64(error)))
        }
        return file
    }

    /// Takes over `file`, in which the artifact with `header` starts at `offset`. `bytes` of it are mapped, and `verify` is called with them.
    private init(
        file: Int32, at offset: UInt64, bytes: UInt64, _ header: ArtifactHeader, host: HostDescription,
        verify: ((UnsafeRawBufferPointer) throws(LoadError) -> Void)? = nil
    ) throws(LoadError) {
        var mapping: Mapping?
        do throws(LoadError) {
            // The address space is asked for when a memory is made, and its error then says how much is wanted.
            var host = host
            host.addressSpace = nil
            if let mismatch = mismatches(of: header.stamp, on: host).first { throw .mismatch(mismatch) }
            let mapped = try Mapping(file, at: offset, bytes: bytes)
            mapping = mapped
            try verify?(mapped.bytes)
            do throws(ArtifactError) {
                view = try ArtifactView(header: header, image: mapped.bytes)
                try Self.checkExtents(view)
            } catch {
                throw .artifact(error)
            }
            try Self.makeExecutable(header.textRange, base: mapped.address, header.stamp.tunables.flags)
            self.header = header
            self.file = file
            fileOffset = offset
            serial = precast_next_serial()
            base = mapped.address
            mappedBytes = mapped.byteCount
        } catch {
            if let mapping { _ = precast_unmap(mapping.address, mapping.byteCount) }
            precast_close(file)
            throw error
        }
    }

    deinit {
        _ = precast_unmap(base, mappedBytes)
        precast_close(file)
    }

    /// The file's bytes, readable.
    private struct Mapping {
        let address: UInt64
        let byteCount: UInt64
        let bytes: UnsafeRawBufferPointer

        init(_ file: Int32, at offset: UInt64, bytes: UInt64) throws(LoadError) {
            let mapped = precast_map_file(0, bytes, PRECAST_READ, file, offset)
            guard mapped > 0, let start = UnsafeRawPointer(bitPattern: Int(mapped)) else {
                throw .resource(ResourceError(.code, bytes: bytes, error: mapped))
            }
            address = UInt64(mapped)
            byteCount = bytes
            self.bytes = UnsafeRawBufferPointer(start: start, count: Int(bytes))
        }
    }

    /// Every table lies within the image; code lies within the executable segment.
    private static func checkExtents(_ view: ArtifactView) throws(ArtifactError) {
        let rows = view.directoryRows, imageSize = view.stamp.imageSize, code = view.header.textRange
        for index in 0..<rows.count {
            let row = rows[unchecked: index]
            guard let kind = row.kind else { continue }
            guard row.address <= imageSize, row.byteCount <= imageSize - row.address else {
                throw .outsideImage(table: kind, address: row.address, byteCount: row.byteCount, imageSize: imageSize)
            }
            if kind == .text, row.byteCount > 0, row.address < code.lowerBound || row.address + row.byteCount > code.upperBound {
                throw .outsideImage(table: kind, address: row.address, byteCount: row.byteCount, imageSize: code.upperBound)
            }
        }
    }

    private static func makeExecutable(_ text: Range<UInt64>, base: UInt64, _ flags: Tunables.Flags) throws(LoadError) {
        guard !text.isEmpty else { return }
        let protection = PRECAST_READ | PRECAST_EXECUTE | (flags.contains(.branchTargets) ? PRECAST_BRANCH_TARGETS : 0)
        let error = precast_protect(base + text.lowerBound, pageRounded(text.upperBound - text.lowerBound), protection)
        guard error == 0 else {
            let number = -error
            if number == precast_error_no_memory() { throw .resource(ResourceError(.code, bytes: text.upperBound - text.lowerBound, error: Int64(number))) }
            throw .notExecutable(errorNumber: number)
        }
    }
}
