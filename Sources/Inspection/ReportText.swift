import Foundation
import PrecastArtifactFormat
import PrecastWasmTypes

extension ArtifactReport {
    /// The report for people.
    public var text: String {
        var lines: [String] = []
        func line(_ label: String, _ value: String) { lines.append(label.padding(toLength: 22, withPad: " ", startingAt: 0) + value) }
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
            let name = section.name.padding(toLength: max(14, section.name.count), withPad: " ", startingAt: 0)
            lines.append("  \(name)\(column(section.address)) \(column(section.byteCount)) bytes" + (section.count.map { "  \($0) entries" } ?? ""))
        }
        lines.append("imports:" + (imports.isEmpty ? " none" : ""))
        for item in imports { lines.append("  \(item.module) \(item.name): \(item.type)") }
        lines.append("exports:" + (exports.isEmpty ? " none" : ""))
        for item in exports { lines.append("  \(item.name): \(item.type)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The report as one JSON object with sorted keys.
    public var json: String { jsonText(jsonObject) }

    var jsonObject: [String: Any] {
        var object: [String: Any] = [
            "target": stamp.target,
            "cpu": stamp.cpuName,
            "cpu_features": stamp.requiredFeatures.names(on: stamp.machine),
            "cpu_features_requested": stamp.requestedFeatures.names(on: stamp.machine),
            "format_version": Int(stamp.formatVersion.number),
            "abi_version": Int(stamp.abiVersion.number),
            "compiler_version": stamp.compilerVersion.text,
            "kind": stamp.kind.map { "\($0)" } ?? "\(stamp.kindNumber)",
            "page_size": stamp.pageSize,
            "wasm_features": wasmFeatureNames,
            "tunables": Dictionary(uniqueKeysWithValues: tunables.map { ($0.replacingOccurrences(of: " ", with: "_"), $1.json) }),
            "image_digest": stamp.imageDigest.hex,
            "image_digest_matches": imageDigestMatches,
            "file_digest": stamp.fileDigest.hex,
            "file_digest_matches": fileDigestMatches,
            "signed": !stamp.keyID.isZero,
            "functions": definedFunctions,
            "trampolines": trampolines,
            "text_bytes": textSize,
            "image_bytes": stamp.imageSize,
            "file_bytes": fileSize,
            "producers": producers,
            "sections": sections.map { section -> [String: Any] in
                var entry: [String: Any] = ["name": section.name, "address": section.address, "bytes": section.byteCount]
                if let count = section.count { entry["entries"] = count }
                return entry
            },
            "imports": imports.map { ["module": $0.module, "name": $0.name, "type": $0.type] },
            "exports": exports.map { ["name": $0.name, "type": $0.type] },
        ]
        if let moduleName { object["module"] = moduleName }
        return object
    }

    private var tunables: [(String, TunableValue)] {
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

    private var wasmFeatureNames: [String] {
        (UInt8(0)..<64).filter { stamp.wasmFeatures >> UInt64($0) & 1 != 0 }.map { Feature(rawValue: $0)?.name ?? "feature \($0)" }
    }
}

private enum TunableValue {
    case number(UInt64)
    case flag(Bool)
    var text: String {
        switch self {
        case .number(let number): "\(number)"
        case .flag(let isSet): isSet ? "yes" : "no"
        }
    }
    var json: Any {
        switch self {
        case .number(let number): number
        case .flag(let isSet): isSet
        }
    }
}

private func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
private func column(_ number: UInt64) -> String { String(repeating: " ", count: max(0, 10 - "\(number)".count)) + "\(number)" }

func printable(_ text: String) -> String {
    var text = text
    return text.withUTF8 { printable(UnsafeRawBufferPointer($0)) }
}

func jsonText(_ object: [String: Any]) -> String {
    guard let data = try? JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]) else { return "{}\n" }
    return String(decoding: data, as: UTF8.self) + "\n"
}
