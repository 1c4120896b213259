public import PrecastArtifactFormat

/// Writes artifacts for several targets to one file, in the given order. Each is there as it is: its bytes are a part of the file's.
///
/// - Throws: when there are none or too many, when one is no artifact, or when two are for the same target.
public func writeContainer(_ artifacts: [[UInt8]]) throws(ArtifactError) -> [UInt8] {
    var stamps: [Stamp] = []
    var places: [(byteCount: UInt64, digest: Bytes32)] = []
    for artifact in artifacts {
        let (stamp, digest) = try artifact.withUnsafeBufferPointer { (bytes) throws(ArtifactError) in
            let bytes = UnsafeRawBufferPointer(bytes)
            let prefix = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, ArtifactHeader.limit)])
            return (try ArtifactHeader(prefix: prefix, fileSize: UInt64(bytes.count)).stamp, SHA256.digest(bytes))
        }
        stamps.append(stamp)
        places.append((UInt64(artifact.count), digest))
    }
    try Container.checkDistinct(stamps)
    let container = try Container(artifacts: places)
    return [UInt8](unsafeUninitializedCapacity: Int(container.fileSize)) { buffer, count in
        let file = UnsafeMutableRawBufferPointer(buffer)
        file.initializeMemory(as: UInt8.self, repeating: 0)
        if let base = file.baseAddress { container.store(RecordBuffer(base)) }
        for (member, artifact) in zip(container.members, artifacts) {
            UnsafeMutableRawBufferPointer(rebasing: file[member.range]).copyBytes(from: artifact)
        }
        count = file.count
    }
}
