import FoundationEssentials
public import PrecastArtifactFormat

/// Why text does not describe a host.
public enum HostDescriptionError: Error, Hashable, Sendable, CustomStringConvertible {
    case notJSON(String)
    /// The field is missing or has another type.
    case field(String, expected: String)
    case unknown(field: String, value: String, known: [String])

    public var description: String {
        switch self {
        case .notJSON(let why): "the host description is not a JSON object: \(why)"
        case .field(let name, let expected): "the host description's \"\(name)\" must be \(expected)"
        case .unknown(let field, let value, let known): "unknown \(field) \"\(value)\" (known: \(known.joined(separator: ", ")))"
        }
    }
}

extension HostDescription {
    /// Reads what ``HostDescription/json`` writes (`precast-run --describe-host`). Unknown keys are ignored; all but `machine` have defaults.
    public init(json text: String) throws(HostDescriptionError) {
        let fields: HostFields
        do {
            fields = try JSONDecoder().decode(HostFields.self, from: Data(text.utf8))
        } catch let error as HostDescriptionError {
            throw error
        } catch DecodingError.dataCorrupted(let context) {
            throw .notJSON(context.underlyingError.map { "\($0)" } ?? context.debugDescription)
        } catch {
            throw .notJSON("it is another value")
        }
        self.init()
        if let number = fields.formatVersion { formatVersion = FormatVersion(number: number) }
        if let number = fields.abiVersion { abiVersion = ABIVersion(number: number) }
        guard let name = fields.machine else { throw .field("machine", expected: "a string") }
        guard let machine = Machine.named(name) else { throw .unknown(field: "machine", value: name, known: Machine.all.map(\.name)) }
        self.machine = machine
        if let name = fields.os, name != OperatingSystem.linux.name { throw .unknown(field: "os", value: name, known: [OperatingSystem.linux.name]) }
        if let order = fields.byteOrder {
            guard order == "little" || order == "big" else { throw .unknown(field: "byte_order", value: order, known: ["little", "big"]) }
            isLittleEndian = order == "little"
        }
        if let size = fields.pageSize { pageSize = size }
        if let cpu = fields.cpu { cpuName = cpu }
        for name in fields.cpuFeatures ?? [] {
            // A newer loader may know more features than this release: what we do not know, no artifact we read can need.
            if let bit = CPUFeatures.bit(named: name, on: machine) { features.bits |= 1 << UInt64(bit) }
        }
        if let text = fields.minimumCompiler {
            let parts = text.split(separator: ".").map { UInt16($0) }
            guard parts.count == 3, let major = parts[0], let minor = parts[1], let patch = parts[2] else {
                throw .field("minimum_compiler", expected: "a version like \"0.1.0\"")
            }
            minimumCompiler = CompilerVersion(major: major, minor: minor, patch: patch)
        }
        addressSpace = fields.addressSpace
        if let flag = fields.signalTraps { providesSignalTraps = flag }
    }

    /// A host of `target` (a triple, or its machine alone) with the features of `cpu` and `changes` to them, for `precast check`.
    /// Pages have the machine's usual size. No `cpu`: the machine's least. `native` is this host's CPU.
    public init(target: String, cpu: String? = nil, features changes: String? = nil, native: HostDescription? = nil) throws(TargetError) {
        self.init()
        machine = try Machine(triple: target)
        cpuName = cpu?.lowercased() ?? machine.cpus.first?.name ?? ""
        let same = native?.machine == machine ? native : nil
        if cpuName == "native", let same { self = same }
        features = try CPUFeatures(cpu: cpu?.lowercased() ?? cpuName, changes: changes ?? "", on: machine, native: same?.features)
    }
}

/// The fields of a description; a value of another type is an error that names it.
private struct HostFields: Decodable {
    let formatVersion, abiVersion: UInt32?
    let machine, os, byteOrder, cpu, minimumCompiler: String?
    let pageSize, addressSpace: UInt64?
    let cpuFeatures: [String]?
    let signalTraps: Bool?

    enum CodingKeys: String, CodingKey {
        case formatVersion = "format_version", abiVersion = "abi_version", machine, os, byteOrder = "byte_order", cpu
        case minimumCompiler = "minimum_compiler", pageSize = "page_size", addressSpace = "address_space", cpuFeatures = "cpu_features"
        case signalTraps = "signal_traps"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func value<T: Decodable>(_ key: CodingKeys, _ expected: String) throws(HostDescriptionError) -> T? {
            guard fields.contains(key) else { return nil }
            do { return try fields.decode(T.self, forKey: key) } catch { throw .field(key.rawValue, expected: expected) }
        }
        func number<T: FixedWidthInteger & Decodable>(_ key: CodingKeys) throws(HostDescriptionError) -> T? {
            try value(key, "a number from 0 to \(T.max)")
        }
        formatVersion = try number(.formatVersion)
        abiVersion = try number(.abiVersion)
        machine = try value(.machine, "a string")
        os = try value(.os, "a string")
        byteOrder = try value(.byteOrder, "a string")
        cpu = try value(.cpu, "a string")
        minimumCompiler = try value(.minimumCompiler, "a string")
        pageSize = try number(.pageSize)
        addressSpace = try number(.addressSpace)
        cpuFeatures = try value(.cpuFeatures, "a list of strings")
        signalTraps = try value(.signalTraps, "true or false")
    }
}
