public import PrecastArtifactFormat

/// What is in a container of artifacts for several targets, and which of them a host loads: the answer of `precast inspect`.
public struct ContainerReport: Sendable {
    public struct Member: Sendable {
        public var place: Container.Member
        public var artifact: ArtifactReport
        /// Whether its bytes have the digest that the container says.
        public var digestMatches: Bool
        /// What keeps the host from loading it.
        public var mismatches: [Mismatch]
    }

    public var members: [Member]
    /// The member that the host loads, from 0.
    public var chosen: Int?
    public var fileSize: UInt64
}

/// Whether an artifact or a member of a container will load on a host, with every reason against: the answer of `precast check` for a container.
public struct ContainerCheckReport: Sendable {
    /// Target and report of each member.
    public var members: [(target: String, report: CheckReport)]
    /// The member that the host loads, from 0.
    public var chosen: Int?
    /// What is wrong with the container itself.
    public var faults: [ArtifactError]

    /// Whether the host loads a member, and nothing is wrong with any.
    public var loads: Bool { chosen != nil && faults.isEmpty && members.allSatisfy(\.report.faults.isEmpty) }
}

/// Whether `bytes` start as a container.
public func isContainer(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { ArtifactHeader.isContainer($0) } }

/// Reads the container in `bytes`. - Throws: ``ArtifactError`` for what is none, or damaged.
public func inspectContainer(_ bytes: [UInt8], on host: HostDescription) throws(ArtifactError) -> ContainerReport {
    let container = try readContainer(bytes)
    var members: [ContainerReport.Member] = []
    for place in container.members {
        let artifact = Array(bytes[place.range]), report = try inspect(artifact)
        members.append(.init(
            place: place, artifact: report, digestMatches: digest(artifact) == place.digest, mismatches: mismatches(of: report.stamp, on: host)))
    }
    let chosen = try Container.best(of: members.map(\.artifact.stamp), on: host)
    return ContainerReport(members: members, chosen: chosen, fileSize: UInt64(bytes.count))
}

/// Checks the container in `bytes`, and every member, against `host`.
public func checkContainer(_ bytes: [UInt8], on host: HostDescription) -> ContainerCheckReport {
    var report = ContainerCheckReport(members: [], faults: [])
    do throws(ArtifactError) {
        let container = try readContainer(bytes)
        var stamps: [Stamp] = [], end = Container.headerSize + container.members.count * Container.memberSize
        for place in container.members {
            let artifact = Array(bytes[place.range])
            let stamp = try header(of: artifact).stamp
            stamps.append(stamp)
            var member = check(artifact, on: host)
            if digest(artifact) != place.digest { member.faults.append(.digestMismatch("container member's digest")) }
            report.members.append((targetText(stamp), member))
            if let at = bytes[end..<place.range.lowerBound].firstIndex(where: { $0 != 0 }) {
                report.faults.append(.invalid(field: "padding between container members, at", found: UInt64(at)))
            }
            end = place.range.upperBound
        }
        report.chosen = try Container.best(of: stamps, on: host)
    } catch {
        report.faults.append(error)
    }
    return report
}

/// Why no artifact is taken out of a container.
public enum ExtractionError: Error, Hashable, Sendable, CustomStringConvertible {
    case artifact(ArtifactError)
    /// No member is for what was asked for.
    case none(asked: String, there: [String])
    /// Several members are for the machine; the CPU says which.
    case several(there: [String])

    public var description: String {
        switch self {
        case .artifact(let error): error.text
        case .none(let asked, let there): "no artifact for \(asked) is in it; there are \(there.joined(separator: ", "))"
        case .several(let there): "several artifacts are for this machine: name one with its CPU: \(there.joined(separator: ", "))"
        }
    }
}

/// The artifact for `machine` in the container `bytes`: exactly the bytes that were put in.
///
/// - Parameter features: those of the CPU that it was compiled for; nil: whichever it is, if there is but one for the machine.
public func extract(_ bytes: [UInt8], machine: Machine, cpu: String?, features: CPUFeatures?) throws(ExtractionError) -> [UInt8] {
    let (container, stamps) = try members(of: bytes)
    let there = stamps.map(targetText)
    let fitting = stamps.indices.filter { stamps[$0].machine == machine && (features == nil || stamps[$0].requestedFeatures == features) }
    guard let first = fitting.first else {
        throw .none(asked: machine.triple + (cpu.map { ":" + $0 } ?? ""), there: there)
    }
    if fitting.count > 1 { throw .several(there: fitting.map { there[$0] }) }
    return try artifact(bytes, container.members[first])
}

/// The artifact in the container `bytes` that `host` loads.
public func extract(_ bytes: [UInt8], for host: HostDescription) throws(ExtractionError) -> [UInt8] {
    let (container, stamps) = try members(of: bytes)
    let best: Int?
    do throws(ArtifactError) { best = try Container.best(of: stamps, on: host) } catch { throw .artifact(error) }
    guard let best else { throw .none(asked: "this host", there: stamps.map(targetText)) }
    return try artifact(bytes, container.members[best])
}

private func members(of bytes: [UInt8]) throws(ExtractionError) -> (Container, [Stamp]) {
    do throws(ArtifactError) {
        let container = try readContainer(bytes)
        return (container, try container.members.map { (place) throws(ArtifactError) in try header(of: Array(bytes[place.range])).stamp })
    } catch {
        throw .artifact(error)
    }
}

private func artifact(_ bytes: [UInt8], _ place: Container.Member) throws(ExtractionError) -> [UInt8] {
    let artifact = Array(bytes[place.range])
    guard digest(artifact) == place.digest else { throw .artifact(.digestMismatch("container member's digest")) }
    return artifact
}

private func readContainer(_ bytes: [UInt8]) throws(ArtifactError) -> Container {
    try bytes.withUnsafeBufferPointer { (bytes) throws(ArtifactError) in try Container(prefix: prefix(bytes), fileSize: UInt64(bytes.count)) }
}

private func header(of artifact: [UInt8]) throws(ArtifactError) -> ArtifactHeader {
    try artifact.withUnsafeBufferPointer { (bytes) throws(ArtifactError) in try ArtifactHeader(prefix: prefix(bytes), fileSize: UInt64(bytes.count)) }
}

private func prefix(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, ArtifactHeader.limit)]))
}

private func digest(_ bytes: [UInt8]) -> Bytes32 { bytes.withUnsafeBytes { SHA256.digest($0) } }

/// What a member is for, as `--target` takes it.
func targetText(_ stamp: Stamp) -> String {
    guard stamp.formatVersion == .current else { return "another format version" }
    return printable(targetText(stamp.machine, stamp.cpuName, stamp.requestedFeatures))
}
