import Foundation
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
        let parsed: Any
        do { parsed = try JSONSerialization.jsonObject(with: Data(text.utf8)) } catch { throw .notJSON("\(error.localizedDescription)") }
        guard let object = parsed as? [String: Any] else { throw .notJSON("it is another value") }
        self.init()
        if let number = try object.number("format_version", UInt32.self) { formatVersion = FormatVersion(number: number) }
        if let number = try object.number("abi_version", UInt32.self) { abiVersion = ABIVersion(number: number) }
        guard let name = try object.string("machine") else { throw .field("machine", expected: "a string") }
        guard let machine = Machine.named(name) else { throw .unknown(field: "machine", value: name, known: Machine.all.map(\.name)) }
        self.machine = machine
        if let name = try object.string("os") {
            guard name == OperatingSystem.linux.name else { throw .unknown(field: "os", value: name, known: [OperatingSystem.linux.name]) }
        }
        if let order = try object.string("byte_order") {
            guard order == "little" || order == "big" else { throw .unknown(field: "byte_order", value: order, known: ["little", "big"]) }
            isLittleEndian = order == "little"
        }
        if let size = try object.number("page_size", UInt64.self) { pageSize = size }
        if let cpu = try object.string("cpu") { cpuName = cpu }
        if let list = object["cpu_features"] {
            guard let names = list as? [String] else { throw .field("cpu_features", expected: "a list of strings") }
            for name in names {
                // A newer loader may know more features than this release: what we do not know, no artifact we read can need.
                if let bit = CPUFeatures.bit(named: name, on: machine) { features.bits |= 1 << UInt64(bit) }
            }
        }
        if let text = try object.string("minimum_compiler") {
            let parts = text.split(separator: ".").map { UInt16($0) }
            guard parts.count == 3, let major = parts[0], let minor = parts[1], let patch = parts[2] else {
                throw .field("minimum_compiler", expected: "a version like \"0.1.0\"")
            }
            minimumCompiler = CompilerVersion(major: major, minor: minor, patch: patch)
        }
        addressSpace = try object.number("address_space", UInt64.self)
        if let value = object["signal_traps"] {
            guard let flag = value as? Bool else { throw .field("signal_traps", expected: "true or false") }
            providesSignalTraps = flag
        }
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

extension [String: Any] {
    fileprivate func string(_ key: String) throws(HostDescriptionError) -> String? {
        guard let value = self[key] else { return nil }
        guard let string = value as? String else { throw .field(key, expected: "a string") }
        return string
    }

    fileprivate func number<T: FixedWidthInteger>(_ key: String, _: T.Type) throws(HostDescriptionError) -> T? {
        guard let value = self[key] else { return nil }
        // A fraction or a negative number does not survive the conversion.
        guard let number = value as? NSNumber, let exact = T(exactly: number.uint64Value), number.doubleValue == Double(exact) else {
            throw .field(key, expected: "a number from 0 to \(T.max)")
        }
        return exact
    }
}
