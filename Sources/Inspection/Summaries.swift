import FoundationEssentials
import PrecastArtifactFormat

// What reports are as JSON. Keys are the names here in snake case.

/// `value` as text with sorted keys.
public func jsonText(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    guard let data = try? encoder.encode(value) else { return "{}\n" }
    return String(decoding: data, as: UTF8.self) + "\n"
}

struct ArtifactSummary: Encodable {
    struct Section: Encodable {
        var name: String
        var address: UInt64
        var bytes: UInt64
        var entries: UInt64?
    }
    struct Item: Encodable {
        var module: String?
        var name: String
        var type: String
    }
    var target: String
    var cpu: String
    var cpuFeatures: [String]
    var cpuFeaturesRequested: [String]
    var formatVersion: UInt32
    var abiVersion: UInt32
    var compilerVersion: String
    var kind: String
    var pageSize: UInt64
    var wasmFeatures: [String]
    var tunables: [String: TunableValue]
    var imageDigest: String
    var imageDigestMatches: Bool
    var fileDigest: String
    var fileDigestMatches: Bool
    var signed: Bool
    var functions: Int
    var trampolines: Int
    var textBytes: UInt64
    var imageBytes: UInt64
    var fileBytes: UInt64
    var producers: [String]
    var sections: [Section]
    var imports: [Item]
    var exports: [Item]
    var module: String?

    init(_ report: ArtifactReport) {
        let stamp = report.stamp
        target = stamp.target
        cpu = stamp.cpuName
        cpuFeatures = stamp.requiredFeatures.names(on: stamp.machine)
        cpuFeaturesRequested = stamp.requestedFeatures.names(on: stamp.machine)
        formatVersion = stamp.formatVersion.number
        abiVersion = stamp.abiVersion.number
        compilerVersion = stamp.compilerVersion.text
        kind = stamp.kind.map { "\($0)" } ?? "\(stamp.kindNumber)"
        pageSize = stamp.pageSize
        wasmFeatures = report.wasmFeatureNames
        tunables = Dictionary(uniqueKeysWithValues: report.tunables.map { ($0.replacing(" ", with: "_"), $1) })
        imageDigest = stamp.imageDigest.hex
        imageDigestMatches = report.imageDigestMatches
        fileDigest = stamp.fileDigest.hex
        fileDigestMatches = report.fileDigestMatches
        signed = !stamp.keyID.isZero
        functions = report.definedFunctions
        trampolines = report.trampolines
        textBytes = report.textSize
        imageBytes = stamp.imageSize
        fileBytes = report.fileSize
        producers = report.producers
        sections = report.sections.map { Section(name: $0.name, address: $0.address, bytes: $0.byteCount, entries: $0.count) }
        imports = report.imports.map { Item(module: $0.module, name: $0.name, type: $0.type) }
        exports = report.exports.map { Item(name: $0.name, type: $0.type) }
        module = report.moduleName
    }
}

extension TunableValue: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .flag(let isSet): try container.encode(isSet)
        }
    }
}

struct CheckSummary: Encodable {
    var target: String?
    var loads: Bool
    var mismatches: [String]
    var faults: [String]

    init(_ report: CheckReport, target: String? = nil) {
        self.target = target
        loads = report.loads
        mismatches = report.mismatches.map(\.text)
        faults = report.faults.map(\.text)
    }
}

struct ContainerCheckSummary: Encodable {
    var loads: Bool
    var faults: [String]
    /// From 1.
    var chosen: Int?
    var members: [CheckSummary]

    init(_ report: ContainerCheckReport) {
        loads = report.loads
        faults = report.faults.map(\.text)
        chosen = report.chosen.map { $0 + 1 }
        members = report.members.map { CheckSummary($0.report, target: $0.target) }
    }
}

struct ContainerSummary: Encodable {
    /// An artifact's summary, with these keys in addition.
    struct Member: Encodable {
        let artifact: ArtifactSummary
        let offset: UInt64
        let sha256: String
        let sha256Matches: Bool
        let mismatches: [String]
        let chosen: Bool

        enum CodingKeys: CodingKey {
            case offset, sha256, sha256Matches, mismatches, chosen
        }
        func encode(to encoder: any Encoder) throws {
            try artifact.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(offset, forKey: .offset)
            try container.encode(sha256, forKey: .sha256)
            try container.encode(sha256Matches, forKey: .sha256Matches)
            try container.encode(mismatches, forKey: .mismatches)
            try container.encode(chosen, forKey: .chosen)
        }
    }
    var fileBytes: UInt64
    /// From 1.
    var chosen: Int?
    var members: [Member]

    init(_ report: ContainerReport) {
        fileBytes = report.fileSize
        chosen = report.chosen.map { $0 + 1 }
        members = report.members.enumerated().map { index, member in
            Member(
                artifact: ArtifactSummary(member.artifact), offset: member.place.offset, sha256: member.place.digest.hex,
                sha256Matches: member.digestMatches, mismatches: member.mismatches.map(\.text), chosen: index == report.chosen)
        }
    }
}
