import PrecastArtifactFormat
import PrecastWasmTypes

extension ArtifactReport {
    /// The report for people.
    public var text: String {
        var lines: [String] = []
        func line(_ label: String, _ value: String) { lines.append(column(label, 22) + value) }
        line("target", stamp.target)
        line("cpu", printable(stamp.cpuName))
        line("cpu features", list(stamp.requiredFeatures.names(on: stamp.machine)))
        line("format version", "\(stamp.formatVersion.number)")
        line("abi version", "\(stamp.abiVersion.number)")
        line("compiler version", stamp.compilerVersion.text)
        line("kind", stamp.kind.map { "\($0)" } ?? "\(stamp.kindNumber)")
        line("page size", "\(stamp.pageSize)")
        line("wasm features", list(wasmFeatureNames))
        for (name, value) in tunables { line(name, value.text) }
        line("image digest", stamp.imageDigest.hex + (imageDigestMatches ? "" : "  DOES NOT MATCH"))
        line("file digest", stamp.fileDigest.hex + (fileDigestMatches ? "" : "  DOES NOT MATCH"))
        line("signature", stamp.keyID.isZero ? "none" : "by key " + stamp.keyID.hex)
        if let moduleName { line("module", moduleName) }
        line("functions", "\(definedFunctions) and \(trampolines) trampolines")
        line("text", "\(textSize) bytes")
        line("image", "\(stamp.imageSize) bytes")
        line("file", "\(fileSize) bytes")
        for producer in producers { line("made by", producer) }
        lines.append("")
        lines.append("sections:")
        for section in sections {
            let name = column(section.name, max(14, section.name.count))
            lines.append("  \(name)\(column(section.address)) \(column(section.byteCount)) bytes" + (section.count.map { "  \($0) entries" } ?? ""))
        }
        lines.append("imports:" + (imports.isEmpty ? " none" : ""))
        for item in imports { lines.append("  \(item.module) \(item.name): \(item.type)") }
        lines.append("exports:" + (exports.isEmpty ? " none" : ""))
        for item in exports { lines.append("  \(item.name): \(item.type)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The report as one JSON object with sorted keys.
    public var json: String { jsonText(ArtifactSummary(self)) }

    var tunables: [(String, TunableValue)] {
        let tunables = stamp.tunables
        func flag(_ flag: Tunables.Flags) -> TunableValue { .flag(tunables.flags.contains(flag)) }
        return [
            ("memory reservation", .number(tunables.memoryReservation)),
            ("guard before", .number(tunables.guardBefore)),
            ("guard after", .number(tunables.guardAfter)),
            ("growth room", .number(tunables.growthRoom)),
            ("signal traps", flag(.signalTraps)),
            ("mask memory", flag(.maskMemory)),
            ("mask tables", flag(.maskTables)),
            ("all frame pointers", flag(.allFramePointers)),
            ("movable memories", flag(.movableMemories)),
            ("canonical nans", flag(.canonicalNaNs)),
            ("deterministic relaxed SIMD", flag(.deterministicRelaxedSIMD)),
            ("branch targets", flag(.branchTargets)),
            ("signed returns", flag(.signedReturnAddresses)),
            ("whole stores", flag(.wholeStores)),
            ("minimum page size", .number(UInt64(tunables.minimumPageSize))),
            ("maximum page size", .number(UInt64(tunables.maximumPageSize))),
            ("stack reserve", .number(UInt64(tunables.stackReserve))),
            ("unchecked frame", .number(UInt64(tunables.uncheckedFrame))),
        ]
    }

    var wasmFeatureNames: [String] {
        (UInt8(0)..<64).filter { stamp.wasmFeatures >> UInt64($0) & 1 != 0 }.map { Feature(rawValue: $0)?.name ?? "feature \($0)" }
    }
}

enum TunableValue {
    case number(UInt64)
    case flag(Bool)
    var text: String {
        switch self {
        case .number(let number): "\(number)"
        case .flag(let isSet): isSet ? "yes" : "no"
        }
    }
}

private func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
/// `text` cut or filled with spaces to `width` characters.
public func column(_ text: String, _ width: Int) -> String {
    let count = text.count
    return count > width ? String(text.prefix(width)) : text + String(repeating: " ", count: width - count)
}
private func column(_ number: UInt64) -> String { String(repeating: " ", count: max(0, 10 - "\(number)".count)) + "\(number)" }

func printable(_ text: String) -> String {
    var text = text
    return text.withUTF8 { printable(UnsafeRawBufferPointer($0)) }
}
