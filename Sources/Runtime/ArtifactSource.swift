import CLoaderSupport
import PrecastArtifactFormat

/// Where an artifact comes from: a file, or bytes in memory. It may be a container, of which one member is wanted.
enum ArtifactSource {
    case file(Int32, path: String, byteCount: UInt64)
    case memory(UnsafeRawBufferPointer)

    var byteCount: UInt64 {
        switch self {
        case .file(_, _, let byteCount): byteCount
        case .memory(let bytes): UInt64(bytes.count)
        }
    }

    /// Reads from `offset` to fill `buffer`, or to the end. Returns the number of bytes.
    private func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(LoadError) -> Int {
        guard let start = buffer.baseAddress, offset < byteCount else { return 0 }
        let wanted = min(UInt64(buffer.count), byteCount - offset)
        switch self {
        case .file(let file, let path, _):
            let count = precast_read(file, start, wanted, offset)
            guard count >= 0 else { throw .file(path: path, errorNumber: Int32(truncatingIfNeeded: 0 &- count)) }
            return Int(count)
        case .memory(let bytes):
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset + wanted)]))
            return Int(wanted)
        }
    }

    /// Copies the bytes of `part` to `target`.
    func copy(_ part: Range<UInt64>, to target: Int32) throws(LoadError) {
        let wanted = part.upperBound - part.lowerBound
        switch self {
        case .file(let file, let path, _):
            let copied = precast_copy(file, target, part.lowerBound, wanted)
            guard copied >= 0 else { throw .file(path: path, errorNumber: Int32(truncatingIfNeeded: 0 &- copied)) }
            guard UInt64(copied) == wanted else { throw .changed(expectedBytes: wanted, foundBytes: UInt64(copied)) }
        case .memory(let bytes):
            guard wanted > 0, let start = bytes.baseAddress else { return }
            let error = precast_write(target, start + Int(part.lowerBound), wanted)
            guard error == 0 else { throw .resource(ResourceError(.snapshot, bytes: wanted, error: Int64(error))) }
        }
    }

    // MARK: One artifact of it

    /// One artifact: all of a source, or a member of a container.
    struct Part {
        var range: Range<UInt64>
        var header: ArtifactHeader
        /// Of a member: what the container says of it, and the container's first bytes, which said so.
        var container: (member: Container.Member, prefix: [UInt8])?
    }

    /// The artifact that `host` loads. Of a container, that is the member of ``Container/best(of:on:)``.
    func part(for host: HostDescription) throws(LoadError) -> Part {
        try withPrefix(at: 0) { (prefix) throws(LoadError) in
            guard ArtifactHeader.isContainer(prefix) else {
                return Part(range: 0..<byteCount, header: try header(prefix, byteCount: byteCount))
            }
            let container: Container
            do throws(ArtifactError) { container = try Container(prefix: prefix, fileSize: byteCount) } catch { throw .artifact(error) }
            return try member(of: container, prefix, for: host)
        }
    }

    private func member(of container: Container, _ prefix: UnsafeRawBufferPointer, for host: HostDescription) throws(LoadError) -> Part {
        var headers: [ArtifactHeader] = []
        headers.reserveCapacity(container.members.count)
        for member in container.members { headers.append(try header(of: member)) }
        let stamps = headers.map { $0.stamp }
        let best: Int?
        do throws(ArtifactError) { best = try Container.best(of: stamps, on: host) } catch { throw .artifact(error) }
        guard let best else { throw .noMember(stamps.map { stamp in RefusedMember(stamp, on: host) }) }
        let member = container.members[best]
        return Part(
            range: member.offset..<member.offset + member.byteCount, header: headers[best],
            container: (member, Array(prefix)))
    }

    /// The header of a source that is no container.
    func wholeHeader() throws(LoadError) -> ArtifactHeader {
        try withPrefix(at: 0) { (prefix) throws(LoadError) in try header(prefix, byteCount: byteCount) }
    }

    private func header(of member: Container.Member) throws(LoadError) -> ArtifactHeader {
        try withPrefix(at: member.offset) { (prefix) throws(LoadError) in
            let own = UnsafeRawBufferPointer(rebasing: prefix[..<Int(min(UInt64(prefix.count), member.byteCount))])
            return try header(own, byteCount: member.byteCount)
        }
    }

    private func header(_ prefix: UnsafeRawBufferPointer, byteCount: UInt64) throws(LoadError) -> ArtifactHeader {
        do throws(ArtifactError) { return try ArtifactHeader(prefix: prefix, fileSize: byteCount) } catch { throw .artifact(error) }
    }

    /// Calls `body` with the first bytes from `offset`, as many as a header may take.
    private func withPrefix<Result>(at offset: UInt64, _ body: (UnsafeRawBufferPointer) throws(LoadError) -> Result) throws(LoadError) -> Result {
        try withUnsafeTemporaryAllocation(byteCount: ArtifactHeader.limit, alignment: 16) { (buffer) throws(LoadError) in
            let count = try read(buffer, at: offset)
            return try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    // MARK: Its digest

    /// Checks that `expected` is the SHA-256 of `bytes`, a copy of `part`, or, for a member, of the whole container.
    ///
    /// The container's digest covers the bytes that said where the member is, and the copy itself: nothing is read twice.
    func check(_ expected: Bytes32, of part: Part, copied bytes: UnsafeRawBufferPointer) throws(LoadError) {
        let own = SHA256.digest(bytes)
        if own == expected { return }
        guard let (member, prefix) = part.container else { throw .digest(expected: expected, found: own) }
        guard own == member.digest else { throw .artifact(.digestMismatch("container member's digest")) }
        var hash = SHA256()
        prefix.withUnsafeBytes { hash.update($0) }
        try update(&hash, from: UInt64(prefix.count)..<part.range.lowerBound)
        hash.update(bytes)
        try update(&hash, from: part.range.upperBound..<byteCount)
        let found = hash.finish()
        guard found == expected else { throw .digest(expected: expected, found: found) }
    }

    private func update(_ hash: inout SHA256, from range: Range<UInt64>) throws(LoadError) {
        var hashed = hash
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { (buffer) throws(LoadError) in
            var at = range.lowerBound
            while at < range.upperBound {
                let count = min(UInt64(try read(buffer, at: at)), range.upperBound - at)
                guard count > 0 else { throw .changed(expectedBytes: byteCount, foundBytes: at) }
                hashed.update(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
                at += count
            }
        }
        hash = hashed
    }
}

extension RefusedMember {
    init(_ stamp: Stamp, on host: HostDescription) {
        let isReadable = stamp.formatVersion == host.formatVersion
        target = isReadable ? stamp.target + ":" + escaped(stamp.cpuName) : "an artifact of another format version"
        mismatches = PrecastArtifactFormat.mismatches(of: stamp, on: host)
    }
}
