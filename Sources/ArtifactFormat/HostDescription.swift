/// What a host can run: what its loader knows, its machine, and what it can provide.
public struct HostDescription: Hashable, Sendable {
    public var machine = Machine.host
    public var operatingSystem = OperatingSystem.linux
    public var isLittleEndian = true
    public var pageSize: UInt64 = 4096
    public var features = CPUFeatures()
    /// Name of the CPU or level, for people.
    public var cpuName = ""
    public var formatVersion = FormatVersion.current
    public var abiVersion = ABIVersion.current
    /// Refuses artifacts of older compilers; nil: takes any.
    public var minimumCompiler: CompilerVersion?
    /// Fault signals may be handled, so traps may come as signals.
    public var providesSignalTraps = true
    /// Bytes of address space that one memory may reserve, guards included; nil: as much as it wants.
    public var addressSpace: UInt64?
    public init() {}

    /// The description as JSON, the form that `precast check --host` reads.
    public var json: String {
        var text = "{\n"
        text += "  \"precast_host\": 1,\n"
        text += "  \"format_version\": \(formatVersion.number),\n"
        text += "  \"abi_version\": \(abiVersion.number),\n"
        if let minimum = minimumCompiler { text += "  \"minimum_compiler\": \"\(minimum.text)\",\n" }
        text += "  \"machine\": \"\(machine.name)\",\n"
        text += "  \"os\": \"\(operatingSystem.name)\",\n"
        text += "  \"byte_order\": \"\(isLittleEndian ? "little" : "big")\",\n"
        text += "  \"page_size\": \(pageSize),\n"
        text += "  \"cpu\": \"\(cpuName)\",\n"
        text += "  \"cpu_features\": ["
        var isFirst = true
        for name in features.names(on: machine) {
            text += isFirst ? "\"\(name)\"" : ", \"\(name)\""
            isFirst = false
        }
        text += "],\n"
        if let space = addressSpace { text += "  \"address_space\": \(space),\n" }
        text += "  \"signal_traps\": \(providesSignalTraps ? "true" : "false")\n"
        text += "}\n"
        return text
    }
}

/// One reason why an artifact does not load on a host, with what was expected and what was found.
public enum Mismatch: Error, Hashable, Sendable {
    case formatVersion(expected: FormatVersion, found: FormatVersion)
    case abiVersion(expected: ABIVersion, found: ABIVersion)
    case machine(expected: Machine, found: Machine)
    case operatingSystem(expected: OperatingSystem, found: OperatingSystem)
    case byteOrder(expectedLittle: Bool, foundLittle: Bool)
    case pointerSize(expected: UInt8, found: UInt8)
    /// The host's pages are larger than the artifact's segment alignment, or not among those the code is right for.
    case pageSize(host: UInt64, minimum: UInt64, maximum: UInt64)
    case kind(found: UInt8)
    /// Features of `machine` that the code executes and the host's CPU, called `cpu` if that is known, lacks.
    case cpuFeatures(machine: Machine, missing: CPUFeatures, cpu: String)
    case compilerTooOld(minimum: CompilerVersion, found: CompilerVersion)
    case signalTraps
    /// Code counts on tunables this loader does not know.
    case unknownTunables(bits: UInt64)
    case stackReserve(provided: UInt32, needed: UInt32)
    case addressSpace(needed: UInt64, available: UInt64)

    /// A sentence that says what was expected and found, and what helps.
    public var text: String {
        switch self {
        case .formatVersion(let expected, let found):
            return "format version: this loader reads \(expected.number), the artifact has \(found.number); compile it with a matching release"
        case .abiVersion(let expected, let found):
            return "ABI version: this loader has \(expected.number), the artifact needs \(found.number); compile it with a matching release"
        case .machine(let expected, let found):
            return "machine: the host is \(expected.name), the artifact is for \(found.name)"
        case .operatingSystem(let expected, let found):
            return "operating system: the host has \(expected.name), the artifact is for \(found.name)"
        case .byteOrder(let expected, let found):
            return "byte order: the host is \(expected ? "little" : "big")-endian, the artifact \(found ? "little" : "big")-endian"
        case .pointerSize(let expected, let found):
            return "pointer size: the host has \(expected) bytes, the artifact needs \(found)"
        case .pageSize(let host, let minimum, let maximum):
            return "page size: the host has pages of \(host) bytes, the artifact takes \(minimum) to \(maximum)"
        case .kind(let found):
            return found == Stamp.Kind.component.rawValue
                ? "kind: this loader runs modules, the artifact is a component"
                : "kind: this loader runs modules (1), the artifact has kind \(found)"
        case .cpuFeatures(let machine, let missing, let cpu):
            var list = ""
            for name in missing.names(on: machine) { list += list.utf8.isEmpty ? name : ", " + name }
            let host = cpu.utf8.isEmpty ? "" : " (" + cpu + ")"
            return "CPU features: the artifact needs \(list), which the host's CPU\(host) lacks; compile it for a lower --cpu or without --cpu-features"
        case .compilerTooOld(let minimum, let found):
            return "compiler version: this host wants at least \(minimum.text), the artifact was made by \(found.text)"
        case .signalTraps:
            return "signals: the artifact's traps are fault signals, which this host does not handle; compile it with --no-signals"
        case .unknownTunables(let bits):
            return "tunables: the artifact depends on settings that this loader does not know (bits \(bits))"
        case .stackReserve(let provided, let needed):
            return "stack reserve: this loader keeps \(provided) bytes below the stack limit, the artifact needs \(needed)"
        case .addressSpace(let needed, let available):
            return "address space: a memory of the artifact reserves \(needed) bytes, the host gives \(available); compile it with --memory-reservation 0, or raise the limit (ulimit -v)"
        }
    }
}

extension Mismatch: CustomStringConvertible {
    public var description: String { text }
}

/// Everything that keeps an artifact with `stamp` from loading on `host`, in the order in which the loader checks; empty: it loads.
///
/// With another format version nothing else of the stamp can be read, so that is the only answer then.
public func mismatches(of stamp: Stamp, on host: HostDescription) -> [Mismatch] {
    guard stamp.formatVersion == host.formatVersion else {
        return [.formatVersion(expected: host.formatVersion, found: stamp.formatVersion)]
    }
    var found: [Mismatch] = []
    if stamp.abiVersion != host.abiVersion { found.append(.abiVersion(expected: host.abiVersion, found: stamp.abiVersion)) }
    if stamp.machine != host.machine { found.append(.machine(expected: host.machine, found: stamp.machine)) }
    if stamp.operatingSystem != host.operatingSystem {
        found.append(.operatingSystem(expected: host.operatingSystem, found: stamp.operatingSystem))
    }
    if stamp.isLittleEndian != host.isLittleEndian {
        found.append(.byteOrder(expectedLittle: host.isLittleEndian, foundLittle: stamp.isLittleEndian))
    }
    if stamp.pointerSize != 8 { found.append(.pointerSize(expected: 8, found: stamp.pointerSize)) }
    let largest = min(stamp.pageSize, UInt64(stamp.tunables.maximumPageSize))
    if host.pageSize > largest || host.pageSize < UInt64(stamp.tunables.minimumPageSize) {
        found.append(.pageSize(host: host.pageSize, minimum: UInt64(stamp.tunables.minimumPageSize), maximum: largest))
    }
    if stamp.kind != .module { found.append(.kind(found: stamp.kindNumber)) }
    // Feature bits of another machine say nothing about this one.
    let missing = stamp.requiredFeatures.subtracting(host.features)
    if stamp.machine == host.machine, !missing.isEmpty {
        found.append(.cpuFeatures(machine: stamp.machine, missing: missing, cpu: host.cpuName))
    }
    if let minimum = host.minimumCompiler, stamp.compilerVersion < minimum {
        found.append(.compilerTooOld(minimum: minimum, found: stamp.compilerVersion))
    }
    let tunables = stamp.tunables
    if tunables.flags.contains(.signalTraps), !host.providesSignalTraps { found.append(.signalTraps) }
    let unknown = tunables.flags.subtracting(.known)
    if !unknown.isEmpty { found.append(.unknownTunables(bits: unknown.rawValue)) }
    let provided = Tunables().stackReserve
    if tunables.stackReserve > provided || tunables.uncheckedFrame > provided {
        found.append(.stackReserve(provided: provided, needed: max(tunables.stackReserve, tunables.uncheckedFrame)))
    }
    if let available = host.addressSpace {
        let needed = [tunables.guardBefore, tunables.memoryReservation, tunables.guardAfter].reduce(UInt64(0)) { sum, part in
            let (total, overflow) = sum.addingReportingOverflow(part)
            return overflow ? .max : total
        }
        if needed > available { found.append(.addressSpace(needed: needed, available: available)) }
    }
    return found
}
